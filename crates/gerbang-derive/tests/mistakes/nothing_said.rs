use gerbang_derive::rules;

#[rules]
pub struct CreateFaqInput {
    /// The question.
    #[rule(max = 5_000)]
    pub question: String,
}

fn main() {}
