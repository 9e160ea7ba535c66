//! The GraphQL endpoint: documents, variables, the shape of a request, cursors.

use std::cell::Cell;

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    Target,
    inputs::{BOUNDARY, MULTIPART, multipart, near, reshaped, text, value},
    request::Sent,
};

const DOCUMENTS: [&str; 12] = [
    "{ me { id } }",
    "query Q($id: ID!, $n: Int = 2) { client(id: $id) { id name } clients(first: $n) { nodes { id } } }",
    "{ clients(first: 2, after: \"x\") { edges { cursor node { id } } pageInfo { endCursor hasNextPage } totalCount } }",
    "query($yes: Boolean!) { me @include(if: $yes) { ...F } } fragment F on User { id __typename }",
    "fragment A on Query { ...B } fragment B on Query { ...A } { ...A }",
    "{ nodes(ids: [\"client_1\", \"user_2\"]) { id ... on Client { name } } }",
    "mutation($input: LoginInput!) { login(input: $input) { token { content } } }",
    "mutation($file: Upload!) { uploadDocument(input: { name: \"a\", file: $file }) { document { id } } }",
    "subscription { notificationReceived { id } }",
    "{ __schema { types { name fields { name type { name ofType { name } } } } } }",
    "{ a: assessmentDictionary { typologies { code name description(language: EN) } } }",
    "{ settings { key value } faqs { id } services { id } }",
];

const WORDS: [&str; 44] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "!",
    "=",
    "$",
    "$a",
    "@",
    "|",
    "&",
    "...",
    "\"",
    "\"\"\"",
    "\\u{110000}",
    "#",
    ",",
    "query",
    "mutation",
    "subscription",
    "fragment",
    "on",
    "A",
    "Query",
    "Client",
    "me",
    "clients",
    "client",
    "id",
    "first",
    "after",
    "nodes",
    "__typename",
    "__schema",
    "@skip(if: $a)",
    "@include(if: true)",
    "null",
    "1e400",
    "-0",
    "ID",
    "Int",
];

fn document() -> impl Strategy<Value = String> {
    let known = near(DOCUMENTS.map(|text| text.as_bytes().to_vec()).to_vec());
    prop_oneof![
        3 => known.prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        2 => vec(select(&WORDS[..]), 0..60).prop_map(|words| words.join(" ")),
        1 => (select(vec!["{ me ", "{ a(x: [", "[", "...", "@a ", "{ nodes { ... on Client "]), 1_usize..5_000)
            .prop_map(|(open, times)| open.repeat(times)),
    ]
}

/// A request as JSON, of about the right shape.
fn operation() -> impl Strategy<Value = Value> {
    let variables = prop_oneof![
        Just(json!({ "id": "client_1", "n": 3, "yes": true })),
        reshaped(
            json!({ "id": "client_1", "n": 3, "yes": true, "input": { "realm": "STAFF", "login": "a", "password": "b" } })
        ),
        value(),
    ];
    (document(), variables).prop_flat_map(|(query, variables)| {
        let whole = json!({ "query": query, "variables": variables, "operationName": null, "extensions": {} });
        let named = json!({ "query": query, "operationName": "Q", "variables": variables });
        prop_oneof![
            Just(json!({ "query": query, "variables": variables })),
            reshaped(whole),
            reshaped(named),
            reshaped(json!([{ "query": query }, { "query": "{ me { id } }", "variables": variables }])),
            Just(Value::Array(vec![json!({ "query": "{ me { id } }" }); 40])),
        ]
    })
}

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[test]
fn any_operation_is_answered() {
    let target = Target::new();
    let body = prop_oneof![
        8 => operation().prop_map(|body| body.to_string().into_bytes()),
        1 => near(vec![json!({ "query": DOCUMENTS[1], "variables": { "id": "client_1" } }).to_string().into_bytes()]),
    ];
    let requests = (prop::option::of(select(target.all_tokens())), body);
    let ran = Cell::new(0);
    let seen = target.fuzz_and_check(
        500,
        requests.prop_map(|(token, body)| Sent::new("POST", "/graphql").token(token).body("application/json", body)),
        |_, reply| {
            ran.set(ran.get() + u32::from(reply.body["data"].is_object()));
            Ok(())
        },
    );
    assert!(ran.get() > 0, "no operation ran");
    assert!([200, 400].iter().all(|status| seen.contains_key(status)), "{seen:?}");
}

#[test]
fn any_operation_in_an_address_is_answered() {
    let target = Target::new();
    let name =
        prop_oneof![4 => select(vec!["variables", "operationName", "extensions"]).prop_map(str::to_owned), 1 => text()];
    let content = prop_oneof![value().prop_map(|value| value.to_string()), text()];
    let requests = (document(), vec((name, content), 0..4)).prop_map(|(document, more)| {
        let more: Vec<_> = more.iter().map(|(name, text)| format!("&{}={}", escaped(name), escaped(text))).collect();
        Sent::new("GET", format!("/graphql?query={}{}", escaped(&document), more.concat()))
    });
    let seen = target.fuzz(300, requests);
    assert!([200, 400].iter().all(|status| seen.contains_key(status)), "{seen:?}");
}

#[test]
fn any_upload_is_answered() {
    let target = Target::new();
    let right = json!({ "query": DOCUMENTS[7], "variables": { "file": null } });
    let operations = prop_oneof![Just(right.clone()), reshaped(right)];
    let right = json!({ "0": ["variables.file"] });
    let map = prop_oneof![
        2 => Just(right.clone()),
        1 => reshaped(right),
        1 => reshaped(json!({ "0": ["0.variables.file.0", ""] })),
    ];
    let fields = ["0", "1", "map", "operations"].map(str::to_owned).to_vec();
    let file = "content-disposition: form-data; name=\"0\"; filename=\"a.pdf\"\r\ncontent-type: application/pdf\r\n\r\n%PDF-1.7\n";
    let right = format!("--{BOUNDARY}\r\n{file}\r\n--{BOUNDARY}--\r\n").into_bytes();
    let rest = prop_oneof![Just(right.clone()), near(vec![right]), multipart(fields)];
    let requests = (operations, map, rest, prop::option::of(select(target.all_tokens())));
    let requests = requests.prop_map(|(operations, map, rest, token)| {
        let field = |name: &str, value: Value| {
            format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
        };
        let body = [field("operations", operations), field("map", map), rest].concat();
        Sent::new("POST", "/graphql").token(token).header("graphql-require-preflight", "true").body(MULTIPART, body)
    });
    let seen = target.fuzz(300, requests);
    assert!([200, 400].iter().all(|status| seen.contains_key(status)), "{seen:?}");
}

#[test]
fn any_cursor_is_answered() {
    let target = Target::new();
    let admin = target.tokens["talentsmapping"].first().cloned();
    let page = "query($after: String, $before: String, $first: Int, $last: Int) {
        clients(after: $after, before: $before, first: $first, last: $last) { nodes { id } pageInfo { endCursor } }
        servicesConnection(after: $after, before: $before, first: $first, last: $last) { pageInfo { endCursor } }
    }";
    let ask = move |variables: Value| {
        let body = json!({ "query": page, "variables": variables }).to_string();
        Sent::new("POST", "/graphql").token(admin.clone()).body("application/json", body)
    };
    let reply = target.runtime.block_on(target.answer(&ask(json!({ "first": 2 })))).unwrap();
    let cursors = ["/data/clients", "/data/servicesConnection"].map(|at| {
        let cursor = reply.body.pointer(&format!("{at}/pageInfo/endCursor")).and_then(Value::as_str);
        cursor.unwrap_or_else(|| panic!("{reply:?}")).as_bytes().to_vec()
    });
    let cursor = prop_oneof![4 => near(cursors.to_vec()), 1 => text().prop_map(String::into_bytes)];
    let cursor = cursor.prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let count = prop::option::of(prop_oneof![0..5_i64, any::<i64>()]);
    let requests = (prop::option::of(cursor.clone()), prop::option::of(cursor), count.clone(), count);
    let requests = requests.prop_map(move |(after, before, first, last)| {
        ask(json!({ "after": after, "before": before, "first": first, "last": last }))
    });
    let seen = target.fuzz(400, requests);
    assert!(seen.contains_key(&200), "{seen:?}");
}
