use gerbang_derive::ByPosition;

#[derive(ByPosition)]
pub struct Model(i64);

fn main() {}
