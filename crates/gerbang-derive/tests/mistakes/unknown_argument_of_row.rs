use gerbang_derive::row;

#[row(table = "faqs", name = "Faq")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
}

fn main() {}
