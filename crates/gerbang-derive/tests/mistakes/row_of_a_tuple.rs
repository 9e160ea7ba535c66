use gerbang_derive::row;

#[row(table = "faqs")]
pub struct Model(i64);

fn main() {}
