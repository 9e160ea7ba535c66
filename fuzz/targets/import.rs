//! Results of assessments that are taken over: the input of the mutation as JSON, sent by an admin.
#![no_main]

use gerbang_fuzz::{
    answered,
    product::{begin, graphql, send_as_admin},
};
use libfuzzer_sys::fuzz_target;

const IMPORT: &str = include_str!("../../tests/it/fuzz/import.graphql");

fuzz_target!(init: begin(), |data: &[u8]| {
    // Not JSON would be refused before the mutation is looked at.
    let Ok(input) = serde_json::from_slice::<serde_json::Value>(data) else { return };
    answered(send_as_admin(graphql(
        &serde_json::json!({ "query": IMPORT, "variables": { "input": input } }).to_string(),
    )));
});
