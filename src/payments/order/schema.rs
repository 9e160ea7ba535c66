//! Payments.

use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use futures_util::Stream;
use gerbang_graphql::integer::Rupiah;
use gerbang_kernel::error::Result;
use gerbang_platform::query::page::{PageInput, PageRequest};

use crate::{
    accounts::Realm,
    graphql::{
        connection::{Connection, Direction, wants_total},
        context::ContextExt,
    },
    payments::{
        event::schema::{EventsOf, WebhookEvent},
        order::{
            row::{Provider, Status},
            rules,
        },
    },
};
use gerbang_graphql::id::node;

pub use super::row::Model as Payment;

#[node("payment_5", legacy = "The number of the payment, such as `5`.")]
#[ComplexObject]
impl Payment {
    /// The id that the provider knows it by; unique within the realm.
    async fn order_id(&self) -> &str {
        self.given_id()
    }

    /// What the provider said about it, in the order in which it came in; the first 100 (`webhookEvents` has them all).
    async fn events(&self, ctx: &Context<'_>) -> Result<Vec<WebhookEvent>> {
        let rows = ctx.load(EventsOf(self.id)).await?.unwrap_or_default();
        Ok(rows.into_iter().map(WebhookEvent::from).collect())
    }
}

/// Which payments are wanted.
#[derive(Debug, Default, InputObject)]
pub struct PaymentFilter {
    /// Only those collected by this provider.
    provider: Option<Provider>,
    /// Only those standing at this status.
    status: Option<Status>,
    /// Part of the order's id or of the description, without regard to case.
    search: Option<String>,
    /// Only those made at this time or later.
    from: Option<DateTime<Utc>>,
    /// Only those made before this time.
    to: Option<DateTime<Utc>>,
}

impl From<PaymentFilter> for rules::PaymentFilter {
    fn from(PaymentFilter { provider, status, search, from, to }: PaymentFilter) -> Self {
        Self { provider, status, search, from, to }
    }
}

/// Payments as the viewer may see them.
#[derive(Default)]
pub struct PaymentQuery;

#[Object]
impl PaymentQuery {
    /// Payments, for admins: of their realm, or all for admins of the gateway. Errors: `UNAUTHENTICATED`, `FORBIDDEN`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn payments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which payments are wanted.")] filter: Option<PaymentFilter>,
        #[graphql(desc = "`DESC`, the newest first, by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<Payment>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let filter = filter.unwrap_or_default().into();
        let descending = direction != Some(Direction::Asc);
        let page = rules::payments(ctx.domain(), ctx.viewer(), filter, descending, &request, wants_total(ctx)).await?;
        Ok(page.into())
    }

    /// The payment with this order id, for admins; null if there is none in their realm. Errors: `UNAUTHENTICATED`,
    /// `FORBIDDEN`.
    async fn payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id that the provider knows it by.")] order_id: String,
    ) -> Option<Result<Payment>> {
        rules::payment(ctx.domain(), ctx.viewer(), &order_id).await.transpose().map(|row| row)
    }
}

/// What a new payment order is made of.
#[derive(Debug, InputObject)]
pub struct CreatePaymentOrderInput {
    /// The id that the provider knows it by: up to 100 letters, digits and `-_.~`; unique within the realm.
    order_id: String,
    /// Who collects the money.
    provider: Provider,
    /// What is to be paid, in whole rupiah (whole units of the currency), at least 1.
    amount: Rupiah,
    /// The currency's ISO 4217 code; `IDR` by default.
    currency: Option<String>,
    /// What it is for, at most 255 characters.
    description: Option<String>,
    /// The realm that is paid; the viewer's own by default.
    realm: Option<Realm>,
}

/// Which payment is called off.
#[derive(Debug, InputObject)]
pub struct CancelPaymentInput {
    /// The id that the provider knows it by.
    order_id: String,
}

/// The payment after the change.
#[derive(SimpleObject)]
pub struct PaymentPayload {
    /// The payment.
    payment: Payment,
}

/// Changes to payments, for admins.
#[derive(Default)]
pub struct PaymentMutation;

#[Object]
impl PaymentMutation {
    /// Adds a payment order. Providers name no realm: of several realms' orders with one id, a notification is about that
    /// of Talents Mapping, whose API receives it, or of the gateway (`STAFF`), before any other. What a provider said
    /// before an order was added is applied to orders of these two realms only; another realm adds its order first. For
    /// admins of the realm. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`.
    async fn create_payment_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new payment order.")] input: CreatePaymentOrderInput,
    ) -> Result<PaymentPayload> {
        let CreatePaymentOrderInput { order_id, provider, amount, currency, description, realm } = input;
        let amount = amount.into();
        let input = rules::CreatePaymentOrder { order_id, provider, amount, currency, description, realm };
        Ok(PaymentPayload { payment: rules::create_payment_order(ctx.domain(), ctx.viewer(), input).await?.into() })
    }

    /// Calls a payment off that was not paid; the provider is not told. For admins of its realm. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED` (`TRANSITION`) for one that was paid or has
    /// expired.
    async fn cancel_payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The payment.")] input: CancelPaymentInput,
    ) -> Result<PaymentPayload> {
        let row = rules::cancel_payment(ctx.domain(), ctx.viewer(), &input.order_id).await?;
        Ok(PaymentPayload { payment: row.into() })
    }
}

/// Payments as they change.
#[derive(Default)]
pub struct PaymentSubscription;

#[Subscription]
impl PaymentSubscription {
    /// Every payment that is made or changes from now on, for admins: of their realm, or all for admins of the gateway.
    /// Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `UNAVAILABLE` at the end for a watcher that fell behind.
    async fn payment_updated(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = Result<Payment>>> {
        Ok(rules::payments_updated(ctx.domain(), ctx.viewer())?)
    }
}
