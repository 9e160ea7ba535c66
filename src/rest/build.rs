//! Rebuilds the crate when a route file appears or disappears; embedding alone would not notice.

fn main() {
    println!("cargo::rerun-if-changed=src/rest/apis");
}
