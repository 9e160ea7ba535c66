//! Traces: what a request did, where, and for how long, sent to a collector over OTLP.
//!
//! Off unless a collector is named; then a share of the requests is traced, and all that somebody in front of us traces
//! already (W3C `traceparent`). What is not traced costs a look at a flag. No span holds a value of a statement, a variable
//! or a header that may be secret.

mod exporter;
mod propagation;
mod span;
mod sql;
mod within;

pub use exporter::{Exporter, Settings, StartError, start};
pub use opentelemetry::{KeyValue, trace::SpanKind};
pub use propagation::inject;
pub use span::{Span, annotate, rename, root, span};
pub use sql::{statement, without_texts};
pub use within::Within;
