//! Forms with files: to a legacy route, or to GraphQL if the first byte is odd.
#![no_main]

use gerbang_fuzz::{answered, graphql, rest};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((kind, body)) = data.split_first() else { return };
    let media = "multipart/form-data; boundary=XX";
    if kind % 2 == 0 {
        answered(rest::post("/store", media, body));
    } else {
        answered(graphql::send("POST", "/graphql", media, body));
    }
});
