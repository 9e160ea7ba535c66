use gerbang_derive::node;

struct Client;

#[node("client")]
impl Client {}

fn main() {}
