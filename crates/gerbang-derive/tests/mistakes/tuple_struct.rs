use gerbang_derive::rules;

#[rules]
pub struct CreateFaqInput(String);

fn main() {}
