//! Rebuilds the crate when a route file or template appears or disappears; embedding alone would not notice.

fn main() {
    println!("cargo::rerun-if-changed=src/rest/apis");
    println!("cargo::rerun-if-changed=templates");
}
