//! Any method, up to the first space, and any path.
#![no_main]

use gerbang_fuzz::{answered, path, rest};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let method = data.split(|byte| *byte == b' ').next().unwrap_or_default();
    let rest_of_line = data.get(method.len() + 1..).unwrap_or_default();
    answered(rest::call(&String::from_utf8_lossy(method), &path(rest_of_line)));
});
