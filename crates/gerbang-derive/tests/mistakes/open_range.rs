use gerbang_derive::rules;

#[rules]
pub struct CreateServiceInput {
    /// What is done.
    #[rule(text, items = 1..100)]
    pub tasks: Vec<String>,
}

fn main() {}
