//! What is to be paid through a provider.

use gerbang_graphql::integer::Rupiah;
use sea_orm::Iterable;

use crate::prelude::row::*;

/// Who collects a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
#[graphql(name = "PaymentProvider")]
pub enum Provider {
    /// Midtrans.
    Midtrans,
    /// DOKU.
    Doku,
    /// Xendit.
    Xendit,
}

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
#[graphql(name = "PaymentStatus")]
pub enum Status {
    /// Not paid yet.
    Pending,
    /// The provider holds it for a check.
    Review,
    /// Paid.
    Paid,
    /// Refused.
    Failed,
    /// Not paid in time.
    Expired,
    /// Called off.
    Cancelled,
    /// Paid, and a part given back.
    PartiallyRefunded,
    /// Paid, and all given back.
    Refunded,
    /// Paid, and taken back by the payer's bank.
    ChargedBack,
}

/// Something that is to be paid through a provider.
#[row(table = "payment_orders", object = "Payment")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    #[graphql(skip)]
    pub id: i64,
    /// The id that the provider knows it by, as far as that tells it from all others: see [`key`].
    #[graphql(skip)]
    pub order_id: String,
    /// The realm that is paid.
    pub realm: Realm,
    /// Who pays, if they have an account.
    #[graphql(skip)]
    pub user_id: Option<i64>,
    /// Who collects the money.
    pub provider: Provider,
    /// What is to be paid, in whole rupiah (whole units of the currency).
    #[graphql(skip, derived(name = "amount", into = "Rupiah", owned))]
    pub amount: i64,
    /// The currency's ISO 4217 code, such as `IDR`.
    pub currency: String,
    /// Where it stands.
    pub status: Status,
    /// Whether it was paid after it had expired or been cancelled.
    pub late_payment: bool,
    /// Whether the provider took back what it had reported as paid.
    pub reversed: bool,
    /// Why somebody must look at it; null if nobody must.
    #[sea_orm(column_type = "Text", nullable)]
    pub flagged: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// When it was paid, UTC; null while it was not.
    pub paid_at: Option<Timestamp>,
    /// When it was made, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

impl Model {
    /// The id that the provider knows it by; unique within the realm.
    pub fn given_id(&self) -> &str {
        self.order_id.split_once(OF).map_or(&*self.order_id, |(_, id)| id)
    }

    /// Whether it is meant before other realms' orders with the same id: it is of the realm whose API receives the
    /// notifications, or of the gateway's.
    pub const fn has_precedence(&self) -> bool {
        matches!(self.realm, Realm::TalentsMapping | Realm::Staff)
    }
}

/// Between the realm and the id; no id has it.
const OF: char = '/';

/// How an order is told from all others: by its id or, if another realm has one with this id already, by its realm and
/// its id. Providers know no realms, so which of them an id alone means is for [`Model::has_precedence`] to say.
pub fn key(order_id: &str, realm_after_another: Option<Realm>) -> String {
    match realm_after_another {
        None => order_id.to_owned(),
        Some(realm) => format!("{}{OF}{order_id}", realm.to_value()),
    }
}

/// All keys that orders with this id may have.
pub fn keys(order_id: &str) -> Vec<String> {
    std::iter::once(None).chain(Realm::iter().map(Some)).map(|realm| key(order_id, realm)).collect()
}

impl Scoped for Entity {
    /// Those of the realm for its admins, all for gateway admins, their own for others.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        match scope::admins(viewer, Column::Realm) {
            Scope::Nothing => scope::own(viewer, Column::UserId),
            administered => administered,
        }
    }
}
