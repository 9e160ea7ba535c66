use gerbang_derive::rules;

#[rules]
pub struct CreateUserInput {
    /// The name.
    #[rule(text)]
    #[rule(name)]
    pub name: String,
}

fn main() {}
