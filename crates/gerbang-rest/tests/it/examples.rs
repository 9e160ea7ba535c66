//! Examples beside the routes: what does not fit is found, what may be different is told by its form, and lines for a
//! shell come out.

use gerbang_rest::{Dialect, Form, Ids, Route, SourceFile, Times, examples::script, load_all};
use serde_json::{Value, json};

use super::{
    identity::Realm,
    schema::{Runs, schema},
    shim::dialect,
};

const SHOW: &str = r#"query ShowThing($id: ID!) @rest(method: GET, path: "/things/{id}", auth: NONE) {
  data: thing(id: $id) @required { id name note }
}"#;

const SHOWN: &str = r#"{
  "exchanges": [
    {
      "fixture": "demo",
      "request": { "path": { "id": "2" } },
      "answer": {
        "status": 200,
        "body": { "data": { "id": 2, "name": "Thing 2", "note": null } },
        "any": { "/data/id": "id" }
      }
    }
  ]
}"#;

const MAKE: &str = r#"mutation MakeThing($name: String!, $fees: [FeeInput!], $secret: String @from(header: "X-Secret"))
@rest(method: [POST, PUT], path: "/things", auth: NONE, status: 201, message: "Made") {
  make(input: { name: $name, fees: $fees, email: $secret }) @spread { thing { id name } }
}"#;

const MADE: &str = r#"{
  "after": ["show_thing"],
  "exchanges": [
    {
      "name": "maker",
      "fixture": "demo",
      "request": { "method": "PUT", "body": { "name": "It's", "fees": [{ "name": "Fee", "amount": 5 }] } },
      "answer": {
        "status": 201,
        "headers": { "Link": "x" },
        "body": { "message": "Made", "thing": { "id": 1, "name": "Thing 1" } },
        "any": { "/thing/name": "token", "Link": "text" }
      }
    },
    {
      "fixture": "demo",
      "as": "maker",
      "request": { "headers": { "X-Secret": "s" } },
      "answer": { "status": 422, "body": { "message": "VALIDATION_FAILED" } }
    }
  ]
}"#;

/// The API with these examples.
fn api(shown: &str, made: &str) -> Dialect {
    let mut api = dialect("test", Realm::Apextrack, &[("show_thing", SHOW), ("make_thing", MAKE)]);
    for (file, text) in api.files.iter_mut().zip([shown, made]) {
        let path = file.path.replace(".graphql", ".example.json");
        file.example = Some(Box::new(SourceFile::new(path, text.to_owned())));
    }
    api
}

fn load(api: &Dialect) -> Result<Vec<Route>, Vec<String>> {
    let loaded = load_all(&schema(Runs::default()).finish().sdl(), std::slice::from_ref(api));
    loaded.map_err(|defects| defects.iter().map(ToString::to_string).collect())
}

/// The only mistake, after a change, must be this one.
#[track_caller]
fn finds(change: (&str, &str), expected: &str) {
    assert!(SHOWN.contains(change.0) || MADE.contains(change.0), "nothing to change: {}", change.0);
    let api = api(&SHOWN.replacen(change.0, change.1, 1), &MADE.replacen(change.0, change.1, 1));
    let found = load(&api).err().unwrap_or_default();
    assert!(found.len() == 1 && found[0].contains(expected), "expected only `{expected}`, found {found:#?}");
}

#[test]
fn examples_that_fit_are_loaded() {
    let routes = load(&api(SHOWN, MADE)).unwrap();
    let counts: Vec<_> = routes.iter().map(|route| route.example.as_ref().unwrap().exchanges.len()).collect();
    assert_eq!(counts, [1, 2]);
}

#[test]
fn a_mistake_has_file_line_column_and_remedy() {
    finds(
        (r#""name": "Thing 2""#, r#""nmae": "Thing 2", "name": "Thing 2""#),
        "test/show_thing.example.json:8:46: the route does not show `nmae`. A success has what the route's file selects, in that order.",
    );
    finds(
        (
            r#""fixture": "demo",
      "request": { "path""#,
            r#""fixtrue": "demo",
      "request": { "path""#,
        ),
        "show_thing.example.json:4:15: the examples can't be read: unknown field `fixtrue`",
    );
}

#[test]
fn a_request_brings_what_the_route_takes() {
    finds(
        (r#""path": { "id": "2" }"#, r#""path": { "thing_id": "2" }"#),
        "no path of the route fits the parameters thing_id. `/things/{id}` takes id.",
    );
    finds(
        (r#""path": { "id": "2" }"#, r#""path": { "id": "2" }, "query": { "q": "x" }"#),
        "takes no `q` from the query. There is none to choose from",
    );
    finds((r#"{ "X-Secret""#, r#"{ "X-Sceret""#), "takes no header `X-Sceret`. Did you mean `x-secret`?");
    finds(
        (r#""body": { "name": "It's""#, r#""body": { "nama": "x", "name": "It's""#),
        "7:55: the route takes no field `nama`. Did you mean `name`?",
    );
    finds((r#""amount": 5"#, r#""amuont": 5"#), "takes no field `amuont` here. Did you mean `amount`?");
    finds((r#""method": "PUT""#, r#""method": "GET""#), "the route has no GET");
}

#[test]
fn an_answer_is_one_that_the_route_can_give() {
    finds((r#""status": 200"#, r#""status": 201"#), ":7:19: the route never answers 201. It answers 200, ");
    finds((r#", "note": null"#, ""), "the answer lacks `note`");
    finds((r#""id": 2, "name": "Thing 2""#, r#""name": "Thing 2", "id": 2"#), "`id` comes before `name` in the route");
    finds((r#""data": { "id": 2"#, r#""data": { "id": "2""#), "the route answers integer here, and no string");
    finds((r#""message": "Made""#, r#""message": "Maid""#), "the route never answers \"Maid\" here");
}

#[test]
fn what_may_be_different_is_there() {
    finds((r#"{ "/data/id": "id" }"#, r#"{ "/data/*/id": "id" }"#), ":9:32: nothing is at `/data/*/id`");
    finds((r#"{ "/data/id": "id" }"#, r#"{ "/data/id": "more" }"#), "`/data/id` is no list");
    finds((r#"{ "/data/id": "id" }"#, r#"{ "/data/id": "ids" }"#), "unknown variant `ids`, expected one of `id`");
}

#[test]
fn examples_refer_to_what_is_there() {
    finds(
        (r#""show_thing""#, r#""show_thng""#),
        "make_thing.example.json:2:13: the API has no route `show_thng`. Did you mean `show_thing`?",
    );
    finds((r#""as": "maker""#, r#""as": "makr""#), "no exchange of the API is called `makr`. There is only `maker`.");
    finds(
        (r#"["show_thing"]"#, r#"["make_thing"]"#),
        "make_thing.example.json:2:12: the examples come after themselves",
    );
    finds((r#""/thing/name": "token", "#, ""), "`maker` is answered without a token");
}

#[test]
fn forms_are_those_of_the_api() {
    let seconds = Dialect { ids: Ids::Uuid, times: Times::Seconds, ..dialect("test", Realm::Apextrack, &[]) };
    let millis = Dialect { ids: Ids::Text, times: Times::UnixMillis, ..seconds.clone() };
    let micros = Dialect { ids: Ids::Integer, times: Times::Micros, ..seconds.clone() };
    let uuid = json!("0198aef0-0000-7000-8000-000000000001");
    for (form, api, fits, does_not) in [
        (Form::Time, &seconds, json!("2025-08-15T09:20:30Z"), json!("2025-08-15T09:20:30.000000Z")),
        (Form::Time, &micros, json!("2024-08-17T08:05:00.000000Z"), json!("2024-08-17T08:05:00Z")),
        (Form::Time, &millis, json!(1_731_225_743_233_i64), json!("2024-08-17T08:05:00Z")),
        (Form::Id, &seconds, uuid.clone(), json!(7)),
        (Form::Id, &micros, json!(7), json!("7")),
        (Form::Id, &millis, json!("seven"), json!(7)),
        (Form::Uuid, &micros, uuid, json!("0198AEF0-0000-7000-8000-000000000001")),
        (Form::Date, &micros, json!("2024-02-29"), json!("2023-02-29")),
        (Form::Token, &micros, json!("eyJh.e30.c2ln"), json!("token-string")),
        (Form::Token, &micros, json!(format!("7|{}", "x".repeat(48))), json!("7|xxxx")),
        (Form::Url, &micros, json!("https://api.example/x?y=1"), json!("/x?y=1")),
        (Form::Email, &micros, json!("a@b.test"), json!("a.test")),
        (Form::Text, &micros, json!("x"), json!(" ")),
        (Form::Integer, &micros, json!(1), json!(1.0)),
        (Form::Number, &micros, json!(1.0), json!(1)),
        (Form::Boolean, &micros, json!(false), json!("false")),
        (Form::More, &micros, json!([]), json!({})),
    ] {
        assert!(form.fits(&fits, api), "{form:?} {fits}");
        assert!(!form.fits(&does_not, api) && !form.fits(&Value::Null, api), "{form:?} {does_not}");
    }
}

#[test]
fn a_body_is_filled_with_what_came() {
    let api = dialect("test", Realm::Apextrack, &[]);
    let shown: gerbang_rest::ShownAnswer = serde_json::from_value(json!({
        "status": 200,
        "body": { "rows": [{ "id": 1, "name": "first" }], "total": 1 },
        "any": { "/rows/*/id": "id", "/rows": "more", "/total": "integer" },
    }))
    .unwrap();
    let came = json!({ "rows": [{ "id": 5, "name": "first" }, { "id": 6, "name": "second" }], "total": 2 });
    assert_eq!(shown.filled(&came, &api).unwrap(), came);
    // What stands in the example is compared, and what follows has the same members.
    let other = json!({ "rows": [{ "id": 5, "name": "other" }], "total": 2 });
    assert_ne!(shown.filled(&other, &api).unwrap(), other);
    let strange = json!({ "rows": [{ "id": 5, "name": "first" }, { "id": 6 }], "total": 2 });
    assert_eq!(shown.filled(&strange, &api).unwrap_err(), [r#"/rows holds something else: {"id":6}"#]);
    let wrong = json!({ "rows": [{ "id": "5", "name": "first" }], "total": 2.0 });
    assert_eq!(shown.filled(&wrong, &api).unwrap_err().len(), 2);
}

#[test]
fn lines_for_a_shell_log_in_first() {
    let api = api(SHOWN, MADE);
    let lines = script(&api, &load(&api).unwrap(), "demo", "http://here");
    let made = r#"'http://here/api/things' -H 'Content-Type: application/json' -d '{"name":"It'\''s","fees":[{"name":"Fee","amount":5}]}'"#;
    let expected = format!(
        r#"# Examples of Test at http://here, in the order in which they build on each other.

# A new token of maker.
maker() {{
  curl -s -X PUT {made} | sed -n 's/.*"name":"\([^"]*\)".*/\1/p'
}}

# show_thing: 200
curl -s -w ' %{{http_code}}\n' 'http://here/api/things/2'

# make_thing: 201
curl -s -w ' %{{http_code}}\n' -X PUT {made}

# make_thing: 422
curl -s -w ' %{{http_code}}\n' -X POST 'http://here/api/things' -H 'X-Secret: s' -H "Authorization: Bearer $(maker)"
"#
    );
    assert_eq!(lines, expected);
    assert!(
        script(&api, &load(&api).unwrap(), "other", "http://here")
            .contains("# Only in states that the tests make: show_thing 200, make_thing 201")
    );
}
