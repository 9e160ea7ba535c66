//! Cursors: as they come, or what stands in one, on lists that are read from the database and one that is kept.
#![no_main]

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use gerbang_fuzz::{
    answered,
    product::{begin, graphql, send_as_admin},
};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

const LISTS: [&str; 6] = [
    "clients(first: 2, PLACE)",
    "clients(orderBy: NAME, first: 2, PLACE)",
    "clients(orderBy: EMAIL, direction: DESC, first: 2, PLACE)",
    "clients(orderBy: UPDATED_AT, first: 2, PLACE)",
    "webhookEvents(first: 2, PLACE)",
    "faqsConnection(first: 2, PLACE)",
];

fuzz_target!(init: begin(), |data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else { return };
    let kind = usize::from(*kind);
    let cursor = if kind & 128 == 0 {
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    } else {
        String::from_utf8_lossy(bytes).into_owned()
    };
    let place = if kind & 64 == 0 { "after: $cursor" } else { "before: $cursor" };
    let list = LISTS[kind % LISTS.len()].replace("PLACE", place);
    let query = format!(
        "query($cursor: String) {{ {list} {{ edges {{ cursor }} pageInfo {{ hasNextPage hasPreviousPage }} }} }}"
    );
    answered(send_as_admin(graphql(&json!({ "query": query, "variables": { "cursor": cursor } }).to_string())));
});
