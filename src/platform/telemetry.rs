//! What a layer tells the log and the metrics about a request.

use std::sync::Arc;

/// The name of what answered a request, for the log and the metrics; put it into the answer's extensions.
///
/// It must come from a fixed set (a route's path, an operation of ours), never from what a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteLabel(pub Arc<str>);

impl RouteLabel {
    /// A label with this text.
    pub fn new(label: impl Into<Arc<str>>) -> Self {
        Self(label.into())
    }
}
