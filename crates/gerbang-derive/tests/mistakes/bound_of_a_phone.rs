use gerbang_derive::rules;

#[rules]
pub struct CreateUserInput {
    /// The number.
    #[rule(phone, max = 20)]
    pub phone: String,
}

fn main() {}
