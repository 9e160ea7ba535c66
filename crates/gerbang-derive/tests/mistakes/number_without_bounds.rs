use gerbang_derive::rules;

#[rules]
pub struct CreateInvitationInput {
    /// Minutes.
    #[rule(number, min = 1)]
    pub expires_in_minutes: i32,
}

fn main() {}
