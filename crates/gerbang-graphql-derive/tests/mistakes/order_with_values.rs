use gerbang_graphql_derive::Columns;

#[derive(Columns)]
pub enum ClientOrder {
    Name(bool),
}

fn main() {}
