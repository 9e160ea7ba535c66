use gerbang_derive::row;

#[row(object = "Faq")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
}

fn main() {}
