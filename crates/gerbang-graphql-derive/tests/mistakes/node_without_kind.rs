use gerbang_graphql_derive::node;

struct Client;

#[node("client")]
impl Client {}

fn main() {}
