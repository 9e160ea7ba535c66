//! Conversions that a network reported. A lead is one click and one transaction.

use crate::prelude::row::*;

/// What the network decided about a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))", rename_all = "snake_case")]
#[graphql(name = "LeadStatus")]
pub enum Status {
    /// Not decided yet.
    Pending,
    /// Pays.
    Approved,
    /// Does not pay.
    Rejected,
}

/// What a click turned into, as its network reported.
#[row(table = "leads", object = "Lead")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    #[graphql(skip)]
    pub id: i64,
    /// The click that led to it (the row's key).
    #[graphql(skip)]
    pub click_id: i64,
    /// Who earns.
    #[graphql(skip)]
    pub affiliate_id: i64,
    /// The sub id of the link that was followed.
    pub sub_id: String,
    /// The network that reported it.
    #[graphql(skip)]
    pub network_id: i64,
    /// The network's transaction; empty if it named none.
    #[graphql(skip)]
    pub txid: String,
    /// What was decided about it.
    pub status: Status,
    /// What it pays, in millionths of the currency.
    #[graphql(skip)]
    pub payout_micros: i64,
    /// The currency's ISO 4217 code, such as `USD`.
    pub currency: String,
    /// Where the visitor was: two capital letters (ISO 3166-1); null if unknown.
    pub country_code: Option<String>,
    /// When it was first reported, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

impl Scoped for Entity {
    /// All for admins, their own for affiliates.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admin_or(viewer, Realm::Apextrack, |user| Some(Scope::is(Column::AffiliateId, user.id)))
    }
}
