//! What affiliates advertise.

use crate::prelude::row::*;

/// What affiliates advertise.
#[row(table = "offers", object = "Offer")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    #[graphql(skip)]
    pub id: i64,
    /// Name.
    pub name: String,
    /// Where a click leads; `{click_id}` in it is filled in.
    #[sea_orm(column_type = "Text")]
    pub url: String,
    /// Most that one lead pays, in millionths of the currency.
    #[graphql(skip)]
    pub payout_micros: i64,
    /// The currency's ISO 4217 code, such as `USD`.
    pub currency: String,
    /// The network that reports its conversions.
    #[graphql(skip)]
    #[refers_to(crate::tracking::network::row)]
    pub network_id: i64,
    /// Whether it takes new clicks.
    pub active: bool,
    /// When it was added, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

impl Scoped for Entity {
    /// All for admins, the active ones for affiliates.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admin_or(viewer, Realm::Apextrack, |_| Some(Scope::is(Column::Active, true)))
    }
}
