//! Bodies as PHP reads them, and JSON: the first byte says which.
#![no_main]

use gerbang_fuzz::{answered, rest};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((kind, body)) = data.split_first() else { return };
    let media = if kind % 2 == 0 { "application/x-www-form-urlencoded" } else { "application/json" };
    answered(rest::post(if kind & 2 == 0 { "/probe" } else { "/make" }, media, body));
});
