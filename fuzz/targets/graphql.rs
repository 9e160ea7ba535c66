//! The GraphQL endpoint: the body of a POST, a document alone, or a query string, by the first byte.
#![no_main]

use gerbang_fuzz::{answered, graphql, path};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((kind, input)) = data.split_first() else { return };
    match kind % 3 {
        0 => answered(graphql::send("POST", "/graphql", "application/json", input)),
        1 => {
            let body = serde_json::json!({ "query": String::from_utf8_lossy(input) }).to_string();
            answered(graphql::send("POST", "/graphql", "application/json", body.as_bytes()));
        }
        _ => answered(graphql::send("GET", &format!("/graphql?{}", path(input).trim_start_matches('/')), "", b"")),
    }
});
