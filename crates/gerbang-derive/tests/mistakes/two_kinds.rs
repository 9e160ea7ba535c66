use gerbang_derive::rules;

#[rules]
pub struct CreateUserInput {
    /// The address.
    #[rule(text, email)]
    pub email: String,
}

fn main() {}
