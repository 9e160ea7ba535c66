//! Statements outside the span of their request.
//!
//! For each row, sqlx enters and leaves the span that was the current one when the statement began, twice: 9 % of a profile
//! of answers with 4,500 rows. So there is none, for who asks while a statement runs; lines of the log still have the fields
//! of the request. Statements of a transaction keep it: they have few rows.

use tracing::{
    Dispatch, Event, Metadata, Subscriber,
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
    subscriber::Interest,
};
use tracing_core::span::Current;

use super::waiting::is_statement;

/// A subscriber that names no current span to a statement.
#[derive(Debug)]
pub struct Unspanned<S>(pub S);

impl<S: Subscriber> Subscriber for Unspanned<S> {
    fn current_span(&self) -> Current {
        if is_statement() { Current::none() } else { self.0.current_span() }
    }

    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.0.on_register_dispatch(dispatch);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.0.register_callsite(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.0.enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.0.max_level_hint()
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.0.new_span(span)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.0.record(span, values);
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.0.record_follows_from(span, follows);
    }

    fn event_enabled(&self, event: &Event<'_>) -> bool {
        self.0.event_enabled(event)
    }

    fn event(&self, event: &Event<'_>) {
        self.0.event(event);
    }

    fn enter(&self, span: &Id) {
        self.0.enter(span);
    }

    fn exit(&self, span: &Id) {
        self.0.exit(span);
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.0.clone_span(id)
    }

    fn try_close(&self, id: Id) -> bool {
        self.0.try_close(id)
    }
}

#[cfg(test)]
mod tests {
    use tracing::{Instrument, Span, info_span, subscriber};

    use super::{super::waiting::Waiting, *};

    #[tokio::test]
    async fn only_a_statement_has_no_current_span() {
        let _log = subscriber::set_default(Unspanned(tracing_subscriber::registry()));
        let request = async {
            assert!(Span::current().id().is_some());
            let statement = async { assert_eq!(Span::current().id(), None) };
            Waiting::new("test").until_acquired(statement).await;
            assert!(Span::current().id().is_some());
        };
        request.instrument(info_span!("request")).await;
    }
}
