//! Running an operation that passed every check.

use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll};

use async_graphql::{Request, Response, Value, parser::types::OperationType};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use gerbang_kernel::{
    error::ErrorCode,
    facts::{self, note},
    request::RequestId,
};
use tokio::time::{Instant, timeout_at};

use super::{
    answer::Answer,
    endpoint::{Endpoint, RequestContext},
    ready::Ready,
    refusal::{Kind, Refusal},
};
use crate::{
    budget::{Budget, Unwatched},
    deadline::Deadline,
    engine::Engine,
    errors::decorate,
    metrics::record_operation,
    trace::operation_span,
};

impl<E: Engine> Endpoint<E> {
    /// Runs a query or mutation.
    pub(super) async fn run(&self, ready: Ready, context: RequestContext<E::Identity>) -> Answer {
        let Ready { request, kind: operation, complexity, budget, constant: _ } = ready;
        // A query is stopped when the time is over; a mutation begins nothing from then on.
        let (kind, request, stop) = match (operation, budget.deadline()) {
            (OperationType::Subscription, _) => return subscription_needs_a_stream().into(),
            (OperationType::Mutation, Some(deadline)) => ("mutation", request.data(Deadline::new(deadline)), None),
            (OperationType::Mutation, None) => ("mutation", request, None),
            (OperationType::Query, deadline) => ("query", request, deadline),
        };
        let small = kind == "query" && budget.outlasts(complexity);
        let answer = match self.0.admission.admit(complexity).await {
            Ok(_permit) => {
                let span = operation_span(operation, facts::operation().as_deref());
                span.around(self.execute(request, context, &budget, stop, small)).await
            }
            Err(refusal) => Err(refusal),
        };
        match &answer {
            Ok(response) => note_code(response),
            Err(refusal) => note(|facts| facts.fail(refusal.kind.code())),
        }
        record_operation(
            kind,
            match &answer {
                Ok(response) if response.is_ok() => "ok",
                Ok(_) => "errors",
                Err(refusal) => refusal.kind.code(),
            },
        );
        answer.map_or_else(Answer::from, Answer::from)
    }

    /// Runs an operation until it is answered, nothing of the budget is left, or the time has come to `stop` it.
    async fn execute(
        &self,
        request: Request,
        context: RequestContext<E::Identity>,
        budget: &Arc<Budget>,
        stop: Option<Instant>,
        small: bool,
    ) -> Result<Response, Refusal> {
        let request = request.data(Arc::clone(budget)).data(RequestId(Arc::clone(&context.request_id)));
        let mut executed = pin!(if small {
            self.0.engine.execute_small(request.data(Unwatched), context.caller)
        } else {
            self.0.engine.execute(request, context.caller)
        });
        let within_bytes = poll_fn(|context| match executed.as_mut().poll(context) {
            Poll::Ready(response) => Poll::Ready(Some(response)),
            Poll::Pending if budget.is_overdrawn() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        });
        let response = match stop {
            Some(deadline) => timeout_at(deadline, within_bytes).await.map_err(|_| self.timed_out())?,
            None => within_bytes.await,
        };
        match response.map(|response| decorate(response, &context.request_id)) {
            Some(response) if budget.admits(&response) => Ok(response),
            _ => Err(self.too_large()),
        }
    }

    /// Runs any operation as a stream of answers; a query or mutation has one.
    pub(super) fn stream(&self, ready: Ready, context: RequestContext<E::Identity>) -> BoxStream<'static, Answer> {
        let endpoint = self.clone();
        if ready.is_subscription() {
            return endpoint.watch(ready.request, context);
        }
        stream::once(async move { endpoint.run(ready, context).await }).boxed()
    }

    /// Runs a subscription until it ends, or an answer is too large.
    fn watch(self, request: Request, context: RequestContext<E::Identity>) -> BoxStream<'static, Answer> {
        let RequestContext { caller, request_id, .. } = context;
        let budget = Arc::new(Budget::for_each_answer(&self.0.settings.limits));
        let answers = self.0.engine.subscribe(request.data(Arc::clone(&budget)), caller);
        record_operation("subscription", "started");
        let mut open = Some(answers);
        stream::poll_fn(move |context| {
            let Some(answers) = &mut open else { return Poll::Ready(None) };
            let response = match answers.poll_next_unpin(context) {
                Poll::Ready(Some(response)) => decorate(response, &request_id),
                Poll::Pending if budget.is_overdrawn() => {
                    open = None;
                    return Poll::Ready(Some(self.too_large().into()));
                }
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            };
            if budget.admits(&response) {
                return Poll::Ready(Some(response.into()));
            }
            open = None;
            Poll::Ready(Some(self.too_large().into()))
        })
        .boxed()
    }
}

/// Notes the code of the first error for the log.
fn note_code(response: &Response) {
    let code = || response.errors.first()?.extensions.as_ref()?.get("code").cloned();
    if let Some(Value::String(code)) = code()
        && let Some(known) = ErrorCode::parse(&code)
    {
        note(|facts| facts.fail(known.as_str()));
    }
}

pub(super) fn subscription_needs_a_stream() -> Refusal {
    Refusal::new(
        Kind::NotAcceptable,
        "Subscriptions are sent as events: ask with `Accept: text/event-stream`, or over WebSocket with `graphql-transport-ws`.",
    )
}
