//! One operation on a socket.

use std::sync::Arc;

use futures_util::{
    Stream, StreamExt,
    future::AbortHandle,
    stream::{self, BoxStream},
};
use gerbang_kernel::identity::{Access, Identity};
use tokio::sync::watch;

use super::super::{
    answer::Answer,
    endpoint::{Endpoint, RequestContext},
    refusal::Refusal,
    request::Operation,
    validate::Allowed,
};
use crate::engine::Engine;

/// An operation that runs.
pub(super) struct Running {
    pub(super) handle: AbortHandle,
    pub(super) is_subscription: bool,
}

/// What comes of one operation, under its id.
pub(super) type Events = BoxStream<'static, (Arc<str>, Event)>;

/// What comes of an operation.
pub(super) enum Event {
    /// It is a subscription.
    Subscribed,
    Next(Answer),
    /// A subscription that missed something, and its last answer.
    FellBehind(Answer),
    /// It was not run, since its caller is logged out.
    LoggedOut,
    Done,
}

/// Runs an operation as whoever the token belongs to by now.
pub(super) async fn run<E: Engine>(
    endpoint: Endpoint<E>,
    mut context: RequestContext<E::Identity>,
    access: watch::Receiver<Access>,
    operation: Operation,
) -> BoxStream<'static, Event> {
    let ready = match endpoint.prepare(operation, Allowed::Everything, &context).await {
        Ok(ready) => ready,
        Err(refusal) => return one(Event::Next(refusal.into())),
    };
    if let Some(token) = context.token.clone() {
        match endpoint.authenticator().look_up(token).await {
            Ok(viewer) if viewer.is_anonymous() => return one(Event::LoggedOut),
            Ok(viewer) => context.caller.viewer = viewer,
            Err(_) => return one(Event::Next(Refusal::unknown_caller().into())),
        }
    }
    if !ready.is_subscription() {
        return endpoint.stream(ready, context).map(Event::Next).boxed();
    }
    let event = |answer: Answer| if answer.is_unavailable() { Event::FellBehind(answer) } else { Event::Next(answer) };
    let answers = while_confirmed(access, endpoint.stream(ready, context));
    one(Event::Subscribed).chain(answers.map(event)).boxed()
}

fn one(event: Event) -> BoxStream<'static, Event> {
    stream::once(async { event }).boxed()
}

/// Holds a stream back for as long as its caller's access is not confirmed.
fn while_confirmed(
    access: watch::Receiver<Access>,
    answers: BoxStream<'static, Answer>,
) -> impl Stream<Item = Answer> + Send {
    stream::unfold((access, answers), async |(mut access, mut answers)| {
        loop {
            access.wait_for(|access| *access == Access::Confirmed).await.ok()?;
            let doubted = async { access.wait_for(|access| *access != Access::Confirmed).await.is_ok() };
            tokio::select! {
                biased;
                is_open = doubted => if !is_open { return None },
                answer = answers.next() => return answer.map(|answer| (answer, (access, answers))),
            }
        }
    })
}
