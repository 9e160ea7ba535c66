//! Mutations that an operation may hold once.
//!
//! What sends messages or makes accounts is counted by request. Under two
//! hundred aliases one document would be two hundred requests, of which the first ones are done before the last is
//! refused; so a second one is refused before anything runs.

use std::collections::HashMap;

use async_graphql::{
    ErrorExtensionValues, ServerError,
    parser::types::{ExecutableDocument, OperationType, Selection, SelectionSet},
};

/// What sends a message to somebody or makes an account. The descriptions of these fields say so, too.
pub const ONCE: [&str; 11] = [
    "acceptInvitation",
    "confirmSignUp",
    "createInvitation",
    "createUser",
    "registerStaff",
    "requestPasswordReset",
    "resendSignUp",
    "resendVerification",
    "signUp",
    "updateStaff",
    "updateUser",
];

/// Refuses a mutation that does one of [`ONCE`] twice, whatever its aliases and fragments. The document must have
/// passed [`check_document`](super::limits::check_document).
///
/// # Errors
/// When one of its operations does.
pub fn check_once(document: &ExecutableDocument) -> Result<(), ServerError> {
    let mut count = Count { document, fragments: HashMap::new() };
    for (_, operation) in document.operations.iter() {
        if operation.node.ty != OperationType::Mutation {
            continue;
        }
        let found = count.selections(&operation.node.selection_set.node);
        if let Some((place, found)) = found.iter().enumerate().find(|(_, found)| **found > 1) {
            let message = format!(
                "The operation has `{}` {found} times: it sends messages or makes accounts, so it may stand once. Send each in a request of its own.",
                ONCE[place]
            );
            let mut extensions = ErrorExtensionValues::default();
            extensions.set("limit", "once");
            extensions.set("maximum", 1);
            extensions.set("found", *found);
            return Err(ServerError { extensions: Some(extensions), ..ServerError::new(message, Some(operation.pos)) });
        }
    }
    Ok(())
}

/// How often each of [`ONCE`] stands somewhere.
type Found = [u64; ONCE.len()];

struct Count<'a> {
    document: &'a ExecutableDocument,
    /// Each fragment is looked at once, however often it is spread.
    fragments: HashMap<&'a str, Found>,
}

impl<'a> Count<'a> {
    /// Looks at root fields only: nothing else leads to the mutation's own type.
    fn selections(&mut self, set: &'a SelectionSet) -> Found {
        let mut total = Found::default();
        for selection in &set.items {
            let found = match &selection.node {
                Selection::Field(field) => ONCE.map(|name| u64::from(field.node.name.node == name)),
                Selection::InlineFragment(fragment) => self.selections(&fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            };
            for (total, found) in total.iter_mut().zip(found) {
                *total = total.saturating_add(found);
            }
        }
        total
    }

    fn fragment(&mut self, name: &'a str) -> Found {
        if let Some(known) = self.fragments.get(name) {
            return *known;
        }
        let Some(fragment) = self.document.fragments.get(name) else { return Found::default() };
        let found = self.selections(&fragment.node.selection_set.node);
        self.fragments.insert(name, found);
        found
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn is_refused(query: &str) -> bool {
        check_once(&parse_query(query).unwrap()).is_err()
    }

    #[test]
    fn a_mutation_is_counted_through_aliases_and_fragments() {
        assert!(!is_refused("mutation { a: signUp { x } b: createUser { x } c: createFaq { x } d: createFaq { x } }"));
        assert!(is_refused("mutation { a: signUp { x } b: signUp { x } }"));
        assert!(is_refused("mutation { signUp { x } signUp { x } }"), "the engine runs both");
        assert!(is_refused("mutation { a: signUp { x } ... { b: signUp { x } } }"));
        assert!(is_refused("mutation { ...F ...F } fragment F on Mutation { signUp { x } }"));
        assert!(is_refused(
            "mutation { ...F ...G } fragment F on Mutation { ...H } fragment G on Mutation { ...H } fragment H on Mutation { signUp { x } }"
        ));
        assert!(is_refused("query A { x } mutation B { a: signUp { x } b: signUp { x } }"));
        assert!(!is_refused("mutation A { signUp { x } } mutation B { signUp { x } }"), "one of them runs");
        assert!(!is_refused("query { a: signUp { x } b: signUp { x } }"));
    }
}
