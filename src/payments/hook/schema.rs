//! Notifications of payment providers.

use async_graphql::{InputObject, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use bytes::Bytes;

use crate::{
    payments::{event::receive as rules, order::row::Provider, provider::interface::Delivery},
    prelude::schema::*,
};

/// The bytes of a request's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawBody(pub Bytes);

#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc3629")]
/// The body of a request, byte for byte as it was sent; in JSON a text that is taken as UTF-8. Signatures are made over it.
impl ScalarType for RawBody {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::Binary(bytes) => Ok(Self(bytes)),
            Value::String(text) => Ok(Self(text.into())),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Binary(self.0.clone())
    }
}

/// A notification of Midtrans, which signs in the body.
#[derive(Debug, InputObject)]
pub struct MidtransNotificationInput {
    /// The body, at most 64 KiB.
    body: RawBody,
}

/// A notification of DOKU (not SNAP), which signs the body, three headers and the path that it calls.
#[derive(Debug, InputObject)]
pub struct DokuNotificationInput {
    /// The body, at most 64 KiB.
    body: RawBody,
    /// The path that was called.
    path: String,
    /// The header `Client-Id`.
    client_id: Option<String>,
    /// The header `Request-Id`.
    request_id: Option<String>,
    /// The header `Request-Timestamp`.
    request_timestamp: Option<String>,
    /// The header `Signature`: `HMACSHA256=` and the signature in Base64.
    signature: Option<String>,
}

/// A notification of Xendit, about an invoice or a payment.
#[derive(Debug, InputObject)]
pub struct XenditNotificationInput {
    /// The body, at most 64 KiB.
    body: RawBody,
    /// The header `X-Callback-Token`.
    callback_token: Option<String>,
    /// The header `Webhook-Id`, which tells deliveries apart.
    webhook_id: Option<String>,
}

/// The notification is stored, now or before.
#[derive(SimpleObject)]
pub struct PaymentNotificationPayload {
    /// Who sent it.
    provider: Provider,
}

/// Notifications, for whoever can sign them.
#[derive(Default)]
pub struct NotificationHookMutation;

#[Object]
impl NotificationHookMutation {
    /// Stores a notification of Midtrans, once however often it comes, and applies it to its payment. Errors:
    /// `UNAUTHENTICATED` for a wrong or missing signature, `BAD_REQUEST`, `PAYLOAD_TOO_LARGE`, `UNAVAILABLE` (send it again).
    async fn receive_midtrans_notification(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The notification.")] input: MidtransNotificationInput,
    ) -> Result<PaymentNotificationPayload> {
        let MidtransNotificationInput { body: RawBody(body) } = input;
        receive(ctx, Delivery::new(Provider::Midtrans, body)).await
    }

    /// Stores a notification of DOKU, once however often it comes, and applies it to its payment. Errors:
    /// `UNAUTHENTICATED` for a wrong or missing signature, `BAD_REQUEST`, `PAYLOAD_TOO_LARGE`, `UNAVAILABLE` (send it again).
    async fn receive_doku_notification(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The notification.")] input: DokuNotificationInput,
    ) -> Result<PaymentNotificationPayload> {
        let DokuNotificationInput { body: RawBody(body), path, client_id, request_id, request_timestamp, signature } =
            input;
        let delivery = Delivery::new(Provider::Doku, body)
            .to(path)
            .with_header("client-id", client_id)
            .with_header("request-id", request_id)
            .with_header("request-timestamp", request_timestamp)
            .with_header("signature", signature);
        receive(ctx, delivery).await
    }

    /// Stores a notification of Xendit, once however often it comes, and applies it to its payment. Errors:
    /// `UNAUTHENTICATED` for a wrong or missing token, `BAD_REQUEST`, `PAYLOAD_TOO_LARGE`, `UNAVAILABLE` (send it again).
    async fn receive_xendit_notification(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The notification.")] input: XenditNotificationInput,
    ) -> Result<PaymentNotificationPayload> {
        let XenditNotificationInput { body: RawBody(body), callback_token, webhook_id } = input;
        let delivery = Delivery::new(Provider::Xendit, body)
            .with_header("x-callback-token", callback_token)
            .with_header("webhook-id", webhook_id);
        receive(ctx, delivery).await
    }
}

async fn receive(ctx: &Context<'_>, delivery: Delivery) -> Result<PaymentNotificationPayload> {
    let provider = rules::receive(ctx.domain(), ctx.client(), delivery).await?;
    Ok(PaymentNotificationPayload { provider })
}
