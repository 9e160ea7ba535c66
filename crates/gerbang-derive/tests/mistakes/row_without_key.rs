use gerbang_derive::row;

#[row(table = "faqs")]
pub struct Model {
    pub id: i64,
}

fn main() {}
