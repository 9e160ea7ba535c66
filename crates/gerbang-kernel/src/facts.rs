//! What is found out about a request while it is answered, for its line of the log.
//!
//! Each layer notes what it learns where it learns it; what answers in another task (a socket, a stream of events) has a line
//! of its own kind, and its notes go nowhere.

use std::{cell::RefCell, net::IpAddr, sync::Arc};

/// Characters of a client's name that are kept.
const MAX_NAME_LENGTH: usize = 100;

tokio::task_local! {
    static FACTS: RefCell<Facts>;
}

/// What is known of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The operation's name, of a route or of a GraphQL document.
    pub operation: Option<Arc<str>>,
    /// The code of the first error.
    pub code: Option<&'static str>,
    /// The key of who asked.
    pub user: Option<String>,
    /// The realm that they are of.
    pub realm: Option<String>,
    /// What the client calls itself.
    pub client: Option<String>,
    /// Where the request came from.
    pub ip: Option<IpAddr>,
}

impl Facts {
    /// Notes what a client calls itself, unless it is known already.
    pub fn name_client(&mut self, name: &str) {
        if self.client.is_none() && !name.is_empty() {
            self.client = Some(name.chars().take(MAX_NAME_LENGTH).collect());
        }
    }

    /// Notes the code of an error, unless there was one before.
    pub fn fail(&mut self, code: &'static str) {
        self.code.get_or_insert(code);
    }
}

/// Notes something about the request that is being answered, if one is.
pub fn note(learn: impl FnOnce(&mut Facts)) {
    // Outside of a request there is nobody to read it.
    let _ = FACTS.try_with(|facts| learn(&mut facts.borrow_mut()));
}

/// What is known of the request that is being answered, if one is.
pub fn read<T>(ask: impl FnOnce(&Facts) -> T) -> Option<T> {
    FACTS.try_with(|facts| ask(&facts.borrow())).ok()
}

/// The operation of the request that is being answered, if there is one and it is known.
pub fn operation() -> Option<Arc<str>> {
    read(|facts| facts.operation.clone()).flatten()
}

/// Answers a request; what is noted meanwhile comes with the answer.
pub async fn collect<T>(answer: impl Future<Output = T>) -> (T, Facts) {
    FACTS
        .scope(RefCell::default(), async {
            let answer = answer.await;
            (answer, FACTS.with(RefCell::take))
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_noted_comes_with_the_answer() {
        note(|facts| facts.fail("NOWHERE"));
        let (answer, facts) = collect(async {
            note(|facts| facts.fail("FIRST"));
            note(|facts| facts.fail("SECOND"));
            note(|facts| facts.name_client(""));
            note(|facts| facts.name_client(&"x".repeat(200)));
            1
        })
        .await;
        assert_eq!((answer, facts.code), (1, Some("FIRST")));
        assert_eq!(facts.client, Some("x".repeat(100)));
    }
}
