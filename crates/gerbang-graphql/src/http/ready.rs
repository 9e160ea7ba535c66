//! An operation that passed every check.

use std::sync::Arc;

use async_graphql::{Request, parser::types::OperationType};

use super::trusted::Trusted;
use crate::budget::Budget;

/// An operation that may run.
pub(super) struct Ready {
    pub(super) request: Request,
    pub(super) kind: OperationType,
    pub(super) complexity: u64,
    pub(super) budget: Arc<Budget>,
    /// The trusted document that it runs, if the answer is the same for everybody.
    pub(super) constant: Option<Arc<Trusted>>,
}

impl Ready {
    pub(super) const fn is_subscription(&self) -> bool {
        matches!(self.kind, OperationType::Subscription)
    }

    /// Whether it changes nothing, so that it may be refused after it was run.
    pub(super) const fn is_query(&self) -> bool {
        matches!(self.kind, OperationType::Query)
    }
}
