//! Files that list the documents of a client: Apollo's manifest, and the maps that Relay's compiler and graphql-codegen
//! write.

use serde::Deserialize;
use serde_json::Value;

/// What Apollo's `generate-persisted-query-manifest` writes.
const APOLLO: &str = "apollo-persisted-query-manifest";

/// A document as a file lists it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listed {
    /// What clients send in its place.
    pub(super) id: String,
    /// The operation, where the file names it beside the document: its name and its kind.
    pub(super) operation: Option<(String, String)>,
    pub(super) text: String,
}

#[derive(Deserialize)]
struct Manifest {
    version: u64,
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    id: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    body: String,
}

/// The documents that a file lists.
///
/// # Errors
/// With what keeps it from being read.
pub(super) fn read(json: &str) -> Result<Vec<Listed>, String> {
    let unreadable = |error: serde_json::Error| error.to_string();
    let Value::Object(members) = serde_json::from_str(json).map_err(unreadable)? else {
        return Err(format!("it is neither of the format `{APOLLO}` nor an object of texts by their hash"));
    };
    let Some(format) = members.get("format") else {
        return members.into_iter().map(mapped).collect();
    };
    if *format != APOLLO {
        return Err(format!("its format is {format}: `{APOLLO}` is known, and an object of texts by their hash"));
    }
    let manifest: Manifest = serde_json::from_value(Value::Object(members)).map_err(unreadable)?;
    if manifest.version != 1 {
        return Err(format!("it is of version {}: 1 is known", manifest.version));
    }
    let listed = |Operation { id, name, kind, body }| Listed { id, operation: Some((name, kind)), text: body };
    Ok(manifest.operations.into_iter().map(listed).collect())
}

fn mapped((id, text): (String, Value)) -> Result<Listed, String> {
    match text {
        Value::String(text) => Ok(Listed { id, operation: None, text }),
        _ => Err(format!("`{id}` is no text of a document")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formats_of_apollo_relay_and_codegen_are_read() {
        let apollo = r#"{
            "format": "apollo-persisted-query-manifest", "version": 1,
            "operations": [{ "id": "a", "name": "Q", "type": "query", "body": "query Q { a }" }]
        }"#;
        let operation = Some(("Q".to_owned(), "query".to_owned()));
        let text = "query Q { a }".to_owned();
        assert_eq!(read(apollo), Ok(vec![Listed { id: "a".to_owned(), operation, text: text.clone() }]));
        let map = r#"{ "3f5a": "query Q { a }" }"#;
        assert_eq!(read(map), Ok(vec![Listed { id: "3f5a".to_owned(), operation: None, text }]));
        assert_eq!(read("{}"), Ok(Vec::new()));
    }

    #[test]
    fn other_files_are_refused_with_what_they_are_not() {
        for (json, expected) in [
            ("[]", "neither"),
            ("{", "EOF"),
            (r#"{ "a": 1 }"#, "`a` is no text"),
            (r#"{ "format": "other" }"#, "its format is \"other\""),
            (r#"{ "format": "apollo-persisted-query-manifest", "version": 2, "operations": [] }"#, "version 2"),
            (r#"{ "format": "apollo-persisted-query-manifest", "version": 1 }"#, "missing field `operations`"),
        ] {
            let problem = read(json).unwrap_err();
            assert!(problem.contains(expected), "{json}: {problem}");
        }
    }
}
