//! What requests are made of.

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};
use serde_json::{Map, Value, json};

/// Texts that programs have stumbled over.
const ODD: [&str; 24] = [
    "",
    " ",
    "0",
    "-1",
    "1e400",
    "9223372036854775808",
    "NaN",
    "null",
    "true",
    "\0",
    "a\0b",
    "\u{feff}",
    "\u{202e}abc",
    "\u{10ffff}",
    "e\u{301}\u{301}\u{301}",
    "%00",
    "%",
    "%ff",
    "'; --",
    "\\",
    "../../etc/passwd",
    "2026-02-30T25:61:61Z",
    "+262143-12-31T23:59:59Z",
    "client_18446744073709551616",
];

/// A text.
pub(super) fn text() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        3 => select(&ODD[..]).prop_map(str::to_owned),
        2 => "\\PC{0,12}",
        1 => any::<String>(),
        1 => ("[a0\u{e9}]", 1_usize..5_000).prop_map(|(letter, times)| letter.repeat(times)),
    ]
}

/// Any JSON, up to eight deep.
pub(super) fn value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(8, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((text(), inner), 0..6).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
    .boxed()
}

/// A place in a text, and what happens there.
#[derive(Clone, Debug)]
enum Edit {
    Insert(Vec<u8>),
    Overwrite(u8),
    Remove(usize),
    Repeat(usize, usize),
    Cut,
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        vec(any::<u8>(), 1..5).prop_map(Edit::Insert),
        text().prop_map(|text| Edit::Insert(text.into_bytes())),
        select(&b"{}[]()\"'\\%&=:;,./|-$!@#\r\n\0\xff"[..]).prop_map(Edit::Overwrite),
        any::<u8>().prop_map(Edit::Overwrite),
        (1_usize..40).prop_map(Edit::Remove),
        (1_usize..20, 2_usize..400).prop_map(|(length, times)| Edit::Repeat(length, times)),
        Just(Edit::Cut),
    ]
}

/// Bytes that are almost one of these.
pub(super) fn near(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    (select(seeds), vec((any::<Index>(), edit()), 0..4)).prop_map(|(seed, edits)| edits.into_iter().fold(seed, edited))
}

fn edited(mut bytes: Vec<u8>, (place, edit): (Index, Edit)) -> Vec<u8> {
    let at = place.index(bytes.len() + 1);
    let rest = bytes.len() - at;
    match edit {
        Edit::Insert(new) => drop(bytes.splice(at..at, new)),
        Edit::Overwrite(new) => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = new),
        Edit::Remove(length) => drop(bytes.drain(at..at + length.min(rest))),
        Edit::Repeat(length, times) => {
            let again = bytes[at..at + length.min(rest)].repeat(times);
            bytes.splice(at..at, again);
        }
        Edit::Cut => bytes.truncate(at),
    }
    bytes
}

/// JSON that is almost this: some of what is in it is something else, or is missing.
pub(super) fn reshaped(seed: Value) -> impl Strategy<Value = Value> {
    let changes = vec((any::<Index>(), prop::option::weighted(0.8, value())), 0..4);
    changes.prop_map(move |changes| {
        let mut seed = seed.clone();
        for (place, new) in changes {
            let places = places(&seed, String::new());
            let at = place.get(&places);
            match (new, at.rsplit_once('/')) {
                (Some(new), _) => seed.pointer_mut(at).into_iter().for_each(|value| *value = new.clone()),
                (None, Some((parent, name))) => {
                    if let Some(Value::Object(members)) = seed.pointer_mut(parent) {
                        members.shift_remove(name);
                    }
                }
                (None, None) => seed = json!({}),
            }
        }
        seed
    })
}

/// Pointers to a value and to all that is in it.
fn places(value: &Value, at: String) -> Vec<String> {
    let below: Vec<String> = match value {
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(place, item)| places(item, format!("{at}/{place}"))).collect()
        }
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| places(member, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))))
            .collect(),
        _ => Vec::new(),
    };
    std::iter::once(at).chain(below).collect()
}

/// Form-urlencoded fields with PHP's brackets, some of them with these names.
pub(super) fn form(names: Vec<String>) -> impl Strategy<Value = Vec<u8>> {
    let bracket = select(vec!["[]", "[0]", "[1]", "[a]", "[", "]", "[[", "[]]", "[99999999999999999999]", "[%00]"]);
    let brackets = prop_oneof![
        4 => vec(bracket.clone(), 0..4).prop_map(|brackets| brackets.concat()),
        1 => (bracket, 1_usize..600).prop_map(|(bracket, times)| bracket.repeat(times)),
    ];
    let name = prop_oneof![select(names), text()];
    let escaped = |text: String| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let content = prop_oneof![text().prop_map(escaped), text()];
    let field = (name, brackets, content).prop_map(|(name, brackets, content)| format!("{name}{brackets}={content}"));
    let fields = prop_oneof![
        6 => vec(field.clone(), 0..8).prop_map(|fields| fields.join("&")),
        1 => (field, 900_usize..1_100).prop_map(|(field, times)| vec![field; times].join("&")),
    ];
    (fields, vec((any::<Index>(), edit()), 0..3))
        .prop_map(|(fields, edits)| edits.into_iter().fold(fields.into_bytes(), edited))
}

/// The boundary of [`multipart`].
pub(super) const BOUNDARY: &str = "batas";
/// Its media type.
pub(super) const MULTIPART: &str = "multipart/form-data; boundary=batas";

/// A multipart form, some of its fields with these names.
pub(super) fn multipart(names: Vec<String>) -> impl Strategy<Value = Vec<u8>> {
    let name = prop_oneof![4 => select(names), 1 => text()];
    let media = select(vec!["application/pdf", "image/png", "text/plain", "application/json", "", "x"]);
    let content = prop_oneof![
        text().prop_map(String::into_bytes),
        vec(any::<u8>(), 0..400),
        select(vec![&b"%PDF-1.7\n"[..], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff"])
            .prop_map(<[u8]>::to_vec),
    ];
    let part = (name, prop::option::of(text()), media, content).prop_map(|(name, file, media, content)| {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        let head = format!("content-disposition: form-data; name=\"{name}\"{file}\r\ncontent-type: {media}\r\n\r\n");
        [format!("--{BOUNDARY}\r\n{head}").into_bytes(), content, b"\r\n".to_vec()].concat()
    });
    let end = format!("--{BOUNDARY}--\r\n").into_bytes();
    (vec(part, 0..6), vec((any::<Index>(), edit()), 0..3))
        .prop_map(move |(parts, edits)| edits.into_iter().fold([parts.concat(), end.clone()].concat(), edited))
}

/// The names in an object, and in those in it.
pub(super) fn names(value: &Value) -> Vec<String> {
    let members = value.as_object().into_iter().flat_map(Map::iter);
    members.flat_map(|(name, member)| std::iter::once(name.clone()).chain(names(member))).collect()
}
