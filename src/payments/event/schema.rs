//! What the providers said, as it was stored.

use gerbang_graphql::integer::Rupiah;
use gerbang_kernel::number::MAX_SAFE_INTEGER;
use gerbang_platform::query::{batch::Children, page::Sort};

pub use super::row::Model as WebhookEvent;
use crate::{
    graphql::reads::ChildList,
    payments::{
        event::{
            replay::{ReplayWebhookEventInput, replay_webhook_event},
            row::{Column, Entity},
            rules::{self, WebhookEventFilter},
        },
        order::{self, schema::Payment},
    },
    prelude::schema::*,
};

#[node("webhookEvent_9", legacy = "The number of the event, such as `9`.", name = "Webhook event")]
#[ComplexObject]
impl WebhookEvent {
    /// The amount that was sent; null if there was none that can be said in whole rupiah, up to 9007199254740991.
    async fn amount(&self) -> Option<Rupiah> {
        self.amount.filter(|amount| (-MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER).contains(amount)).map(Rupiah::from)
    }

    /// The payment it is about; null if there is none with that provider.
    async fn payment(&self, ctx: &Context<'_>) -> Option<Result<Row<Payment>>> {
        ctx.get(IdOf::<order::row::Entity>::new(self.payment_id?)).await.transpose()
    }
}

/// The events of a payment, in the order in which they came.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EventsOfPayment;

impl ChildList for EventsOfPayment {
    type Entity = Entity;
    type Parent = i64;
    const CHILDREN: Children<Column> =
        Children { parent: Column::PaymentId, sort: Sort::ascending(Column::Id), key: Column::Id };
}

/// Events as the viewer may see them.
#[derive(Default)]
pub struct WebhookEventQuery;

#[lists]
#[Object]
impl WebhookEventQuery {
    /// What the providers said, for admins: about payments of their realm, or all for admins of the gateway; what
    /// matches no payment also for those of talents mapping, who receive it. Errors: `UNAUTHENTICATED`, `FORBIDDEN`.
    async fn webhook_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which events are wanted.")] filter: Option<WebhookEventFilter>,
        #[list(direction = Desc)] list: List,
    ) -> Result<Connection<WebhookEvent>> {
        let listing = list.by_column(Column::ReceivedAt);
        Ok(rules::events(ctx.domain(), ctx.viewer(), filter.unwrap_or_default(), &listing).await?.into())
    }
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
        Ok(WebhookEventPayload { event: replay_webhook_event(ctx.domain(), ctx.viewer(), input).await? })
    }
}
