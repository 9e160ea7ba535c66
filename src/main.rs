//! The command line of gerbang.
fn main() {}
