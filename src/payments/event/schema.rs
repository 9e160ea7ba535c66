//! What the providers said, as it was stored.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject, dataloader::Loader};
use chrono::{DateTime, Utc};
use gerbang_graphql::integer::Rupiah;
use gerbang_kernel::{
    error::{Error, Result},
    number::MAX_SAFE_INTEGER,
};
use gerbang_platform::query::page::{PageInput, PageRequest};

use crate::input::id::IdOf;
use crate::{
    graphql::{
        connection::{Connection, Direction, wants_total},
        context::ContextExt,
        loaders::Batches,
    },
    payments::{
        event::{
            replay::replay_webhook_event,
            row::{Model, Status},
            rules,
        },
        order::{self, row::Provider, schema::Payment},
    },
};
use gerbang_graphql::id::{Node, node, parse_id};

pub use super::row::Model as WebhookEvent;

#[node("webhookEvent_9", legacy = "The number of the event, such as `9`.")]
#[ComplexObject]
impl WebhookEvent {
    /// The amount that was sent; null if there was none that can be said in whole rupiah, up to 9007199254740991.
    async fn amount(&self) -> Option<Rupiah> {
        self.amount.filter(|amount| (-MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER).contains(amount)).map(Rupiah::from)
    }

    /// The payment it is about; null if there is none with that provider.
    async fn payment(&self, ctx: &Context<'_>) -> Option<Result<Payment>> {
        let key = IdOf::<order::row::Entity>::new(self.payment_id?);
        ctx.load(key).await.transpose().map(|row| row.map(Payment::from))
    }
}

/// The events of the payment with this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventsOf(pub i64);

impl Loader<EventsOf> for Batches {
    type Value = Vec<Model>;
    type Error = Error;

    async fn load(&self, keys: &[EventsOf]) -> Result<HashMap<EventsOf, Vec<Model>>> {
        let payments: Vec<i64> = keys.iter().map(|key| key.0).collect();
        let events = rules::events_of(&self.domain, &self.viewer, &payments).await?;
        Ok(events.into_iter().map(|(payment, rows)| (EventsOf(payment), rows)).collect())
    }
}

/// Which events are wanted.
#[derive(Debug, Default, InputObject)]
pub struct WebhookEventFilter {
    /// Only those that this provider sent.
    provider: Option<Provider>,
    /// Only those with this outcome.
    status: Option<Status>,
    /// Only those about this order, by the id that was sent.
    order_id: Option<String>,
    /// Only those received at this time or later.
    from: Option<DateTime<Utc>>,
    /// Only those received before this time.
    to: Option<DateTime<Utc>>,
}

impl From<WebhookEventFilter> for rules::EventFilter {
    fn from(WebhookEventFilter { provider, status, order_id, from, to }: WebhookEventFilter) -> Self {
        Self { provider, status, order_id, from, to }
    }
}

/// Events as the viewer may see them.
#[derive(Default)]
pub struct WebhookEventQuery;

#[Object]
impl WebhookEventQuery {
    /// What the providers said, for admins: about payments of their realm, or all for admins of the gateway; what
    /// matches no payment also for those of talents mapping, who receive it. Errors: `UNAUTHENTICATED`, `FORBIDDEN`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn webhook_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which events are wanted.")] filter: Option<WebhookEventFilter>,
        #[graphql(desc = "`DESC`, the newest first, by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<WebhookEvent>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let filter = filter.unwrap_or_default().into();
        let descending = direction != Some(Direction::Asc);
        let page = rules::events(ctx.domain(), ctx.viewer(), filter, descending, &request, wants_total(ctx)).await?;
        Ok(page.into())
    }
}

/// Which event is looked at again.
#[derive(Debug, InputObject)]
pub struct ReplayWebhookEventInput {
    /// The event's global id, or its number.
    id: ID,
}

/// The event as it stands now.
#[derive(SimpleObject)]
pub struct WebhookEventPayload {
    /// The event.
    event: WebhookEvent,
}

/// Changes to events, for admins.
#[derive(Default)]
pub struct WebhookEventMutation;

#[Object]
impl WebhookEventMutation {
    /// Looks at a stored event again as if it came in now, for instance after its order was added or put right; one that
    /// has been applied stays as it is. For admins who may see it. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`,
    /// `VALIDATION_FAILED` (`FORMAT`) for one that can't be read, `UNAVAILABLE` when its provider can't be asked.
    async fn replay_webhook_event(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event.")] input: ReplayWebhookEventInput,
    ) -> Result<WebhookEventPayload> {
        let id = parse_id(<WebhookEvent as Node>::KIND, &input.id);
        Ok(WebhookEventPayload { event: replay_webhook_event(ctx.domain(), ctx.viewer(), id).await?.into() })
    }
}
