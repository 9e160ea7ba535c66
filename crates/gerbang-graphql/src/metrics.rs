//! What is counted of operations.

/// Operations by kind and outcome.
pub const OPERATIONS: &str = "gerbang_graphql_operations_total";
/// Open sockets and event streams.
pub const STREAMS: &str = "gerbang_graphql_streams";

/// Counts a GraphQL operation.
pub(crate) fn record_operation(kind: &'static str, outcome: &'static str) {
    metrics::counter!(OPERATIONS, "kind" => kind, "outcome" => outcome).increment(1);
}

/// Counts a stream while it is open.
#[derive(Debug)]
pub(crate) struct OpenStream(());

impl OpenStream {
    pub(crate) fn new() -> Self {
        metrics::gauge!(STREAMS).increment(1);
        Self(())
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        metrics::gauge!(STREAMS).decrement(1);
    }
}
