//! What may be sent with a token that has ended.

/// Mutations by which one comes by a session, and the report of a fault, which may be that the session has ended. A client
/// that puts its token on every request needs them most when the token is dead.
pub const WITHOUT_SESSION: &[&str] = &[
    "login",
    "refreshToken",
    "signUp",
    "confirmSignUp",
    "signUpStatus",
    "resendSignUp",
    "cancelSignUp",
    "requestPasswordReset",
    "resetPassword",
    "acceptInvitation",
    "logClientError",
];

#[cfg(test)]
mod tests {
    use async_graphql::parser::types::OperationType;
    use gerbang_graphql::type_index::SchemaIndex;

    use super::*;

    #[test]
    fn all_of_them_are_mutations() {
        let types = SchemaIndex::new(crate::graphql::sdl()).expect("a schema");
        let mutation = types.root(OperationType::Mutation).expect("mutations");
        for name in WITHOUT_SESSION {
            assert!(types.field(mutation, name).is_some(), "{name}");
        }
    }
}
