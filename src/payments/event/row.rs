//! Notifications of the providers, each stored once however often it is delivered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{payments::order::row::Provider, prelude::row::*};

/// What came of a provider's notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
#[graphql(name = "WebhookEventStatus")]
pub enum Status {
    /// It changed the payment.
    Applied,
    /// The payment was in that state already.
    DuplicateState,
    /// The payment does not go back to that state.
    Ignored,
    /// There is no such payment.
    Unmatched,
    /// Something in it contradicts the payment; somebody must look at it.
    Flagged,
    /// The provider's status is not known here.
    UnknownStatus,
}

/// Whose admins see what is about no payment.
pub(crate) const UNMATCHED: Realm = Realm::TalentsMapping;

/// Names, in lower case, and values of the headers that matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Headers(pub BTreeMap<String, String>);

/// What a provider said about a payment; stored once however often it was delivered.
#[row(table = "webhook_events", object = "WebhookEvent")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    #[graphql(skip)]
    pub id: i64,
    /// Who sent it.
    pub provider: Provider,
    /// What tells the provider's events apart.
    #[graphql(name = "eventId")]
    pub event_key: String,
    /// The order's id as it was sent.
    pub order_id: String,
    /// The payment it is about, if there is one.
    #[graphql(skip)]
    pub payment_id: Option<i64>,
    /// The realm whose admins see it: that of the payment; without one Talents Mapping, whose API receives them.
    #[graphql(skip)]
    pub realm: Realm,
    /// The status in the provider's words.
    pub provider_status: String,
    /// What came of it.
    pub status: Status,
    /// Why it was not applied; null if it was.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// Whole rupiah, as it was sent.
    #[graphql(skip)]
    pub amount: Option<i64>,
    /// The currency that was sent, an ISO 4217 code; null if there was none.
    pub currency: Option<String>,
    /// The body as it was received.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// The headers that matter.
    #[sea_orm(column_type = "JsonBinary")]
    #[graphql(skip)]
    pub headers: Headers,
    /// When it came in, UTC.
    pub received_at: Timestamp,
    /// When the row was made.
    #[graphql(skip)]
    pub created_at: Timestamp,
    /// When the row was last changed.
    #[graphql(skip)]
    pub updated_at: Timestamp,
}

impl Scoped for Entity {
    /// Those of the realm for its admins, all for gateway admins.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admins(viewer, Column::Realm)
    }
}
