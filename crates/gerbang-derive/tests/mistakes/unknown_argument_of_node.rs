use gerbang_derive::node;

struct Client;

#[node("client_17", label = "Customer")]
impl Client {}

fn main() {}
