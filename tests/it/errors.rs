//! Errors as front ends know them: the words are in the schema, docs/errors.md is made of them, and no others are sent.

use std::{env, fmt::Write, fs, path::Path};

use gerbang::graphql::sdl;
use gerbang_graphql::{
    error_types::codes,
    type_index::{SchemaIndex, TypeIndex},
};
use gerbang_kernel::error::Rule;
use regex::Regex;

/// Set to write the file anew.
const RENEW: &str = "GERBANG_TEST_RENEW";

const HEAD: &str = r#"# Errors

Every error of an operation has a code, and whatever the code needs, in `extensions`:

```json
{ "message": "The given data was invalid.",
  "path": ["createClient"],
  "extensions": {
    "code": "VALIDATION_FAILED",
    "violations": [{ "path": "email",
      "rule": "EMAIL", "message": "The email must be a valid email address.", "example": "siti@example.com" }],
    "fields": { "email": [{
      "rule": "EMAIL", "message": "The email must be a valid email address.", "example": "siti@example.com" }] } } }
```

The types are in the schema, so that generated code has names for them: `ErrorExtensions`, its `ErrorCode`, and `FieldViolation` with its
`ValidationRule` (`Query.errorExtensions` leads there; it is always null). `violations` and `fields` say the same, in the order in which it
was found and by field; a path is one in the input (`birthDate`, `fees.0.amount`). All violations that can be found are told at once, malformed dates and numbers and files that are too large among them; `example` is a value of the right
form. `retryAfter` has seconds (`RATE_LIMITED`, `UNAVAILABLE`), `requestId` names the line in the log (`INTERNAL`), `completed` has the
data of the fields of a mutation before the one that failed.

An operation that was not run has no `data`: with `application/graphql-response+json` its status is 400, 401 where the token is not valid.
One that was run has `data`, and status 200.

This page is made from the code by a test (`GERBANG_TEST_RENEW=1 cargo test --test it errors::`).
"#;

#[test]
fn the_page_says_every_word_that_the_schema_has() {
    let mut page = HEAD.to_owned();
    page += "\n## Codes\n\n| `ErrorCode` | |\n|---|---|\n";
    for (code, meaning) in codes() {
        let _ = writeln!(page, "| `{code}` | {meaning} |");
    }
    page += "\n## Rules\n\n| `ValidationRule` | |\n|---|---|\n";
    for (rule, meaning) in Rule::all() {
        let _ = writeln!(page, "| `{rule}` | {meaning} |");
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors.md");
    if env::var_os(RENEW).is_some() {
        fs::write(&file, &page).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == page, "docs/errors.md is stale: run `{RENEW}=1 cargo test --test it errors::`");
}

#[test]
fn the_words_are_those_of_the_schema() {
    let index = SchemaIndex::new(sdl()).unwrap();
    let words = |name: &str| -> Vec<String> {
        let Some(TypeIndex::Enum(words)) = index.get(name) else { panic!("no enum {name}") };
        words.iter().map(ToString::to_string).collect()
    };
    assert_eq!(words("ErrorCode"), codes().into_iter().map(|(code, _)| code.to_owned()).collect::<Vec<_>>());
    assert_eq!(words("ValidationRule"), Rule::all().into_keys().map(str::to_owned).collect::<Vec<_>>());
}

#[test]
fn descriptions_name_no_other_words() {
    // A field says `Errors: ...` with codes, and with rules in brackets.
    let listed = Regex::new(r"Errors:[^.]*(?s:.*?)\.\s").unwrap();
    let word = Regex::new(r"`([A-Z]+(?:_[A-Z]+)*)`").unwrap();
    let unknown: Vec<_> = listed
        .find_iter(sdl())
        .flat_map(|errors| word.captures_iter(errors.as_str()).map(|found| found[1].to_owned()).collect::<Vec<_>>())
        .filter(|word| !is_known(word))
        .filter(|word| !sdl().contains(&format!("\n\t{word}\n")))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
#[should_panic(expected = "NO_SUCH_CODE")]
fn an_answer_with_an_unknown_word_fails_its_test() {
    assert_known(&serde_json::json!([{ "extensions": { "code": "NO_SUCH_CODE" } }]));
}

fn is_known(word: &str) -> bool {
    codes().into_iter().any(|(code, _)| code == word) || Rule::all().contains_key(word)
}

/// Looks at the errors of an answer, which every test does that gets one.
#[track_caller]
pub(crate) fn assert_known(errors: &serde_json::Value) {
    for error in errors.as_array().into_iter().flatten() {
        let extensions = &error["extensions"];
        let code = extensions["code"].as_str().unwrap_or_default();
        assert!(codes().into_iter().any(|(known, _)| known == code), "ErrorCode lacks {code:?}: {error:#}");
        for violation in
            extensions["fields"].as_object().into_iter().flatten().filter_map(|(_, of)| of.as_array()).flatten()
        {
            let rule = violation["rule"].as_str().unwrap_or_default();
            assert!(Rule::all().contains_key(rule), "ValidationRule lacks {rule:?}: {error:#}");
        }
    }
}
