//! Operations in traces.

use async_graphql::parser::types::OperationType;
use gerbang_trace::{KeyValue, Span, SpanKind, span};

/// The work of an operation, as the semantic conventions call it: by its type, since a client makes up its name.
pub fn operation_span(kind: OperationType, name: Option<&str>) -> Span {
    let kind = match kind {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    };
    span(kind, SpanKind::Internal, || {
        let mut attributes = vec![KeyValue::new("graphql.operation.type", kind)];
        attributes.extend(name.map(|name| KeyValue::new("graphql.operation.name", name.to_owned())));
        attributes
    })
}
