use gerbang_derive::rules;

#[rules(and = check_total)]
pub struct CreateServiceInput {
    /// The name.
    #[rule(text)]
    pub name: String,
}

fn main() {}
