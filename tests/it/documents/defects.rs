//! What is wrong with a document is said before the server starts, with the file and the operation.

use std::path::PathBuf;

use gerbang::{
    app::{App, StartError},
    graphql,
};
use gerbang_graphql::{
    constants::Constants,
    http::{Schema, TrustedDocuments},
};
use gerbang_kernel::clock::Clock;
use serde_json::{Value, json};

use super::{Files, SETTINGS, apollo};
use crate::support::app::test_config;

/// The defects of these files, below their folder, and how many documents there are without.
async fn load(files: &Files, documents: Vec<PathBuf>) -> Result<usize, Vec<String>> {
    let mut limits = test_config(files.0.path()).graphql;
    limits.documents = documents;
    let schema = Schema { engine: &graphql::unserved(), limits: &limits, constants: &Constants::default() };
    let folder = format!("{}/", files.0.path().display());
    match TrustedDocuments::load(schema).await {
        Ok(documents) => Ok(documents.count()),
        Err(defects) => Err(defects.iter().map(|defect| defect.to_string().replace(&folder, "")).collect()),
    }
}

#[tokio::test]
async fn every_defect_names_its_file_and_operation() {
    let files = Files::new();
    let documents = apollo(&[
        ("1", "Right", "query", "query Right { settings { key } }"),
        ("2", "WrongField", "query", "query WrongField { settings { keys } }"),
        ("3", "WrongVariable", "query", "query WrongVariable($key: Int!) { setting(key: $key) { key } }"),
        ("4", "NoDocument", "query", "query NoDocument {"),
        ("5", "Several", "query", "query Several { __typename } query Other { __typename }"),
        ("6", "OtherName", "query", "query Name { __typename }"),
        ("7", "OtherKind", "mutation", "query OtherKind { __typename }"),
        ("1", "SameId", "query", "query SameId { __typename }"),
        ("9", "TooDeep", "query", &format!("query TooDeep {{ {} }}", deep(30))),
    ]);
    let apollo = files.write("apollo.json", &documents);
    let map = files.write("map.json", &json!({ "abc": "query Q { nothing }" }));
    let no_list = files.write("list.json", &json!(["query Q { __typename }"]));
    let missing = files.0.path().join("missing.json");
    let found = load(&files, vec![apollo, map, no_list, missing]).await.unwrap_err();
    let expected = [
        "apollo.json: WrongField: Unknown field \"keys\" on type \"Setting\"",
        "apollo.json: WrongVariable: ",
        "apollo.json: NoDocument: ",
        "apollo.json: Several: The document has several operations",
        "apollo.json: OtherName: the document is not the query OtherName",
        "apollo.json: OtherKind: the document is not the mutation OtherKind",
        "apollo.json: SameId: the id 1 stands for another document, too",
        "apollo.json: TooDeep: ",
        "map.json: abc: Unknown field \"nothing\" on type \"Query\"",
        "list.json: it is no list of documents: it is neither",
        "missing.json: it can't be read",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "expected {expected}, found {found}");
    }
    assert!(found[0].ends_with("(1:31)"), "{}", found[0]);
}

/// The first partner of the first client of the first partner, and so on.
fn deep(levels: usize) -> String {
    let below = (0..levels)
        .fold("id".to_owned(), |below, _| format!("clients(first: 1) {{ nodes {{ partner {{ {below} }} }} }}"));
    format!("partner(id: \"1\") {{ {below} }}")
}

#[tokio::test]
async fn a_document_may_stand_in_several_files() {
    let files = Files::new();
    let one = files.write("one.json", &apollo(&[("a", "Settings", "query", SETTINGS)]));
    let other = files.write("other.json", &json!({ "a": SETTINGS, "b": SETTINGS }));
    assert_eq!(load(&files, vec![one, other]).await, Ok(1));
}

#[tokio::test]
async fn a_server_with_a_defect_does_not_start() {
    let files = Files::new();
    let wrong: Value = json!({ "abc": "query Q { nothing }" });
    let mut config = test_config(files.0.path());
    config.database.url =
        gerbang_kernel::secret::Secret::new(format!("sqlite://{}/gerbang.db", files.0.path().display()));
    config.graphql.documents = vec![files.write("map.json", &wrong)];
    let refused = App::build(config, Clock::system()).await.err().unwrap();
    assert!(matches!(refused, StartError::Documents(_)));
    assert!(refused.to_string().contains("map.json: abc: Unknown field"), "{refused}");
}
