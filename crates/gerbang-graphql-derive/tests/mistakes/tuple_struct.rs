use gerbang_graphql_derive::rules;

#[rules]
pub struct CreateFaqInput(String);

fn main() {}
