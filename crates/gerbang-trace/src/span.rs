//! Spans: pieces of work with a name, a beginning and an end.

use http::HeaderMap;
use opentelemetry::{
    Context, KeyValue,
    trace::{SpanKind, Status, TraceContextExt, Tracer, get_active_span},
};
use opentelemetry_sdk::trace::SdkTracer;

use crate::{
    exporter::{is_on, tracer},
    propagation::extract,
    within::Within,
};

/// A piece of work that is traced, or would be if it were looked at. It ends when it is dropped.
#[derive(Debug)]
pub struct Span(Option<Context>);

impl Span {
    /// The work of a server for a request with these headers, which may name what it is a part of.
    pub fn of_request(headers: &HeaderMap, name: &'static str, attributes: impl FnOnce() -> Vec<KeyValue>) -> Self {
        let Some(tracer) = tracer() else { return Self(None) };
        Self::begin(tracer, &extract(headers), name, SpanKind::Server, attributes)
    }

    fn begin(
        tracer: &SdkTracer,
        parent: &Context,
        name: &'static str,
        kind: SpanKind,
        attributes: impl FnOnce() -> Vec<KeyValue>,
    ) -> Self {
        let span = tracer.span_builder(name).with_kind(kind).start_with_context(tracer, parent);
        let context = parent.with_span(span);
        if context.span().is_recording() {
            context.span().set_attributes(attributes());
        }
        // What is not looked at is still passed on: others decide as we did.
        Self(Some(context))
    }

    /// The name of the trace that this is a part of, if it is looked at.
    pub fn trace_id(&self) -> Option<String> {
        let span = self.0.as_ref()?.span();
        let context = span.span_context();
        context.is_sampled().then(|| context.trace_id().to_string())
    }

    /// The work as a part of this.
    pub fn around<F: Future>(&self, work: F) -> Within<F> {
        Within::new(self.0.clone(), work)
    }

    /// Gives this a better name, if it is looked at.
    pub fn rename(&self, name: impl FnOnce() -> String) {
        if let Some(context) = &self.0
            && context.span().is_recording()
        {
            context.span().update_name(name());
        }
    }

    /// Says more about this, if it is looked at.
    pub fn annotate(&self, attributes: impl FnOnce() -> Vec<KeyValue>) {
        if let Some(context) = &self.0
            && context.span().is_recording()
        {
            context.span().set_attributes(attributes());
        }
    }

    /// Says that this failed, by a code.
    pub fn fail(&self, code: &'static str) {
        if let Some(context) = &self.0 {
            context.span().set_attribute(KeyValue::new("error.type", code));
            context.span().set_status(Status::error(code));
        }
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if let Some(context) = &self.0 {
            context.span().end();
        }
    }
}

/// Work that is a part of nothing, such as of a worker; a share of it is looked at.
pub fn root(name: &'static str, kind: SpanKind, attributes: impl FnOnce() -> Vec<KeyValue>) -> Span {
    let Some(tracer) = tracer() else { return Span(None) };
    Span::begin(tracer, &Context::new(), name, kind, attributes)
}

/// A piece of the work that is going on, if that is looked at.
pub fn span(name: &'static str, kind: SpanKind, attributes: impl FnOnce() -> Vec<KeyValue>) -> Span {
    let Some(tracer) = tracer() else { return Span(None) };
    let current = Context::current();
    if !current.span().is_recording() {
        return Span(None);
    }
    Span::begin(tracer, &current, name, kind, attributes)
}

/// Says more about the work that is going on, if that is looked at.
pub fn annotate(attributes: impl FnOnce() -> Vec<KeyValue>) {
    if is_on() {
        get_active_span(|span| {
            if span.is_recording() {
                span.set_attributes(attributes());
            }
        });
    }
}

/// Gives the work that is going on a better name, if that is looked at.
pub fn rename(name: impl FnOnce() -> String) {
    if is_on() {
        get_active_span(|span| {
            if span.is_recording() {
                span.update_name(name());
            }
        });
    }
}
