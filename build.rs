//! Embedding alone would not notice a route file or template that appears or disappears.

fn main() {
    println!("cargo::rerun-if-changed=src/apis");
    println!("cargo::rerun-if-changed=templates");
}
