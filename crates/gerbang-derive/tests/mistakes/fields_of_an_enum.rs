use gerbang_derive::Fields;

#[derive(Fields)]
pub enum Answer {
    Yes,
    No,
}

fn main() {}
