//! Payments.

use async_graphql::Subscription;
use futures_util::Stream;

pub use super::row::Model as Payment;
use crate::{
    accounts::user::{self, schema::User},
    payments::{
        event::schema::{EventsOfPayment, WebhookEvent},
        order::{
            row::Column,
            rules::{self, CancelPaymentInput, CreatePaymentOrderInput, PaymentFilter},
        },
    },
    prelude::schema::*,
};

#[node("payment_5", legacy = "The number of the payment, such as `5`.")]
#[ComplexObject]
impl Payment {
    /// The id that the provider knows it by; unique within the realm.
    async fn order_id(&self) -> &str {
        self.given_id()
    }

    /// Who pays, if they have an account and the viewer may see it.
    async fn payer(&self, ctx: &Context<'_>) -> Option<Result<Row<User>>> {
        ctx.get(IdOf::<user::row::Entity>::new(self.user_id?)).await.transpose()
    }

    /// What the provider said about it, in the order in which it came in; the first 100 (`webhookEvents` has them all).
    async fn events(&self, ctx: &Context<'_>) -> Result<Vec<WebhookEvent>> {
        ctx.first_below::<EventsOfPayment>(self.id, 100).await
    }
}

/// Payments as the viewer may see them.
#[derive(Default)]
pub struct PaymentQuery;

#[lists]
#[Object]
impl PaymentQuery {
    /// Payments: for admins of their realm, for admins of the gateway all, for others those that they pay. Errors:
    /// `UNAUTHENTICATED`, `VALIDATION_FAILED`.
    async fn payments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which payments are wanted.")] filter: Option<PaymentFilter>,
        #[list(direction = Desc)] list: List,
    ) -> Result<Connection<Payment>> {
        let listing = list.by_column(Column::CreatedAt);
        Ok(rules::payments(ctx.domain(), ctx.viewer(), filter.unwrap_or_default(), &listing).await?.into())
    }

    /// The payment with this order id; null if there is none that the viewer may see. Errors: `UNAUTHENTICATED`.
    async fn payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id that the provider knows it by.")] order_id: String,
    ) -> Option<Result<Payment>> {
        rules::payment(ctx.domain(), ctx.viewer(), &order_id).await.transpose()
    }
}

/// The payment after the change.
#[derive(SimpleObject)]
pub struct PaymentPayload {
    /// The payment.
    payment: Payment,
}

mutations! {
    /// Changes to payments, for admins.
    PaymentMutation;

    /// Adds a payment order. Providers name no realm: of several realms' orders with one id, a notification is about that
    /// of Talents Mapping, whose API receives it, or of the gateway (`STAFF`), before any other. What a provider said
    /// before an order was added is applied to orders of these two realms only; another realm adds its order first. For
    /// admins of the realm. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`.
    create_payment_order("The new payment order.": CreatePaymentOrderInput) -> PaymentPayload { payment };

    /// Calls a payment off that was not paid; the provider is not told. For admins of its realm. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED` (`TRANSITION`) for one that was paid or has
    /// expired.
    cancel_payment("The payment.": CancelPaymentInput) -> PaymentPayload { payment };
}

/// Payments as they change.
#[derive(Default)]
pub struct PaymentSubscription;

#[Subscription]
impl PaymentSubscription {
    /// Every payment that is made or changes from now on: for admins of their realm, for admins of the gateway all, for
    /// others those that they pay. Errors: `UNAUTHENTICATED`, `VALIDATION_FAILED`, `UNAVAILABLE` at the end for a watcher
    /// that fell behind.
    async fn payment_updated(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which payments are wanted, as they are after the change.")] filter: Option<PaymentFilter>,
    ) -> Result<impl Stream<Item = Result<Payment>> + use<>> {
        rules::payments_updated(ctx.domain(), ctx.viewer(), filter.unwrap_or_default())
    }
}
