//! Work as a part of a span.

use std::{
    pin::Pin,
    task::{Context as TaskContext, Poll},
};

use opentelemetry::Context;
use pin_project_lite::pin_project;

pin_project! {
    /// Work whose pieces are parts of a span. One future, whether or not there is a span.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Within<F> {
        context: Option<Context>,
        #[pin]
        work: F,
    }
}

impl<F> Within<F> {
    pub(crate) fn new(context: Option<Context>, work: F) -> Self {
        Self { context, work }
    }
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _attached = this.context.clone().map(Context::attach);
        this.work.poll(task)
    }
}
