//! Rules as an input declares them.

use async_graphql::{Enum, InputObject, InputType, MaybeUndefined, Value, indexmap::IndexMap, value};
use gerbang_kernel::error::{Rule, Violation, Violations};

use super::{Form, Members, Rules, check, form_at, of, rules};

/// Part of what something costs.
#[rules]
#[derive(Clone, Debug, InputObject)]
struct PartInput {
    /// What it is for.
    #[rule(text, max = 10)]
    name: String,
    /// What it costs.
    #[rule(number, min = 0, max = 1_000)]
    amount: i32,
}

/// How large it is.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
enum Size {
    /// Small.
    Small,
    /// Large.
    Large,
}

/// Everything that can be ruled.
#[rules(also = no_word_is_its_text)]
#[derive(Clone, Debug, InputObject)]
struct EverythingInput {
    /// A text; anything.
    #[rule(text, min = 2, max = 1_000)]
    text: String,
    /// A note.
    #[rule(text, optional, max = 5)]
    note: Option<String>,
    /// Another note.
    #[rule(text, optional, max = 5)]
    remark: MaybeUndefined<String>,
    /// An address.
    #[rule(email)]
    email: Option<String>,
    /// A number to call.
    #[rule(phone, by = phone_by_word)]
    phone: Option<String>,
    /// A secret.
    #[rule(password)]
    password: Option<String>,
    /// The same again.
    #[rule(repeats = "password")]
    password_confirmation: Option<String>,
    /// Money.
    #[rule(currency, optional)]
    currency: Option<String>,
    /// Where it leads.
    #[rule(url, max = 50)]
    link: Option<String>,
    /// A word.
    #[rule(word, max = 5)]
    #[graphql(name = "code")]
    word: Option<String>,
    /// A year; any.
    #[rule(pattern = "[0-9]{4}|none", max = 6)]
    year: Option<String>,
    /// How large it is.
    #[rule(one_of = ["SMALL"])]
    size: Option<Size>,
    /// What can be changed and not cleared.
    #[rule(text, max = 5, required)]
    kept: MaybeUndefined<String>,
    /// What it costs. All together is checked elsewhere.
    #[rule(members, items = 1..=2)]
    parts: Option<Vec<PartInput>>,
    /// What is done.
    #[rule(text, max = 3, items = 1..=2)]
    tasks: Option<Vec<String>>,
}

fn phone_by_word(members: Members<'_>) -> Form {
    if members.text("code") == Some("bare") { Form::BarePhone } else { Form::Phone }
}

fn no_word_is_its_text(members: Members<'_>, found: &mut Violations) {
    if members.text("code").is_some_and(|word| members.text("text") == Some(word)) {
        found.add("input.code", Rule::Taken);
    }
}

fn broken(violations: &[Violation]) -> Vec<String> {
    violations.iter().map(|violation| format!("{} {}", violation.path, violation.rule.name())).collect()
}

fn whole(text: &str) -> EverythingInput {
    EverythingInput::parse(Some(value!({ "text": text }))).map_err(|_| ()).expect("an input")
}

#[test]
fn a_part_is_checked_as_far_as_it_is_there() {
    let part = value!({
        "text": " ", "note": "too long", "remark": null, "email": "x", "phone": "1234567890", "password": "short",
        "passwordConfirmation": "other", "currency": "IDRR", "link": "ftp://x.test", "code": "a b",
        "year": "12345", "size": "LARGE", "kept": null,
        "parts": [{ "name": "x", "amount": (-1) }, { "amount": 1_001 }, {}], "tasks": []
    });
    assert_eq!(
        broken(&check("EverythingInput", &part)),
        [
            "input.text REQUIRED",
            "input.note MAX_LENGTH",
            "input.email EMAIL",
            "input.phone PHONE",
            "input.password MIN_LENGTH",
            "input.password CONFIRMED",
            "input.currency FORMAT",
            "input.link URL",
            "input.code FORMAT",
            "input.year FORMAT",
            "input.size IN",
            "input.kept REQUIRED",
            "input.parts TOO_MANY",
            "input.parts.0.amount MIN",
            "input.parts.1.amount MAX",
            "input.tasks REQUIRED",
        ]
    );
    assert_eq!(broken(&check("EverythingInput", &value!({}))), [""; 0]);
    assert_eq!(broken(&check("UnknownInput", &part)), [""; 0]);
    let repeated = value!({ "passwordConfirmation": "other", "note": " ", "phone": "1234567890", "code": "bare" });
    assert_eq!(broken(&check("EverythingInput", &repeated)), [""; 0]);
    assert_eq!(broken(&check("EverythingInput", &value!({ "text": "same", "code": "same" }))), ["input.code TAKEN"]);
}

#[test]
fn a_whole_input_is_checked_the_same_and_cleaned() {
    let mut input = whole("  two words ");
    input.note = Some("  ".to_owned());
    input.remark = MaybeUndefined::Value(" \t".to_owned());
    input.currency = Some(" idr ".to_owned());
    input.password = Some("  as typed  ".to_owned());
    input.parts = Some(vec![PartInput { name: " fee ".to_owned(), amount: 1 }]);
    input.tasks = Some(vec![" a ".to_owned()]);
    let input = input.check().expect("nothing is broken");
    assert_eq!(
        (input.text.as_str(), input.note, input.remark, input.currency.as_deref(), input.password.as_deref()),
        ("two words", None, MaybeUndefined::Null, Some("IDR"), Some("  as typed  "))
    );
    assert_eq!(input.parts.expect("parts")[0].name, "fee");
    assert_eq!(input.tasks.expect("tasks"), ["a"]);

    let mut input = whole("x");
    input.year = Some(" 2025 ".to_owned());
    input.size = Some(Size::Large);
    input.kept = MaybeUndefined::Null;
    input.parts = Some(Vec::new());
    let (input, found) = input.examine();
    assert_eq!(input.year.as_deref(), Some("2025"));
    assert_eq!(
        broken(&found.into_inner()),
        ["input.text MIN_LENGTH", "input.size IN", "input.kept REQUIRED", "input.parts REQUIRED"]
    );
}

#[test]
fn numbers_stand_in_the_descriptions() {
    let mut registry = async_graphql::registry::Registry::default();
    EverythingInput::create_type_info(&mut registry);
    let description = |input: &str, field: &str| match &registry.types[input] {
        async_graphql::registry::MetaType::InputObject { input_fields, .. } => {
            input_fields[field].description.clone().unwrap_or_default()
        }
        _ => panic!("no input"),
    };
    for (input, field, expected) in [
        ("EverythingInput", "text", "A text, 2 to 1,000 characters; anything."),
        ("EverythingInput", "note", "A note, at most 5 characters."),
        ("EverythingInput", "email", "An address."),
        ("EverythingInput", "phone", "A number to call."),
        ("EverythingInput", "password", "A secret, at least 8 characters."),
        ("EverythingInput", "link", "Where it leads, at most 50 characters."),
        ("EverythingInput", "year", "A year, at most 6 characters; any."),
        ("EverythingInput", "size", "How large it is."),
        ("EverythingInput", "parts", "What it costs, 1 to 2. All together is checked elsewhere."),
        ("PartInput", "amount", "What it costs, 0 to 1,000."),
    ] {
        assert_eq!(description(input, field), expected, "{field}");
    }
}

#[test]
fn a_form_is_found_by_its_path() {
    let nothing = Value::Object(IndexMap::default());
    let form =
        |path: &[&str], part: &Value| format!("{:?}", form_at("EverythingInput", path, part).map(|(form, _)| form));
    assert_eq!(form(&["parts", "name"], &nothing), "Some(Text { min: 0, max: 10 })");
    assert_eq!(form(&["phone"], &nothing), "Some(Phone)");
    assert_eq!(form(&["phone"], &value!({ "code": "bare" })), "Some(BarePhone)");
    assert_eq!(form(&["nothing"], &nothing), "None");
    assert!(of("PartInput").is_some() && of("Nothing").is_none());
}
