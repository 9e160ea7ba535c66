use gerbang_derive::Columns;

#[derive(Columns)]
pub enum ClientOrder {
    Name(bool),
}

fn main() {}
