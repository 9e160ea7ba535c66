//! An operation that passed every check.

use std::sync::Arc;

use async_graphql::{Request, parser::types::OperationType};

use crate::budget::Budget;

/// An operation that may run.
pub(super) struct Ready {
    pub(super) request: Request,
    pub(super) kind: OperationType,
    pub(super) complexity: u64,
    pub(super) budget: Arc<Budget>,
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

/// What an operation may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Allowed {
    Everything,
    /// All but mutations, since the request may come from a link.
    WithoutEffect,
}
