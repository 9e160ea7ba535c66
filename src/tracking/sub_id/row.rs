//! The words that tracking links carry: one affiliate advertising one offer.

use crate::prelude::row::*;

/// The word that a tracking link carries: one affiliate advertising one offer.
#[row(table = "sub_ids", object = "SubId")]
pub struct Model {
    /// The word itself.
    #[sea_orm(primary_key, auto_increment = false)]
    #[graphql(skip)]
    pub id: String,
    /// Whose link it is.
    #[graphql(skip)]
    pub affiliate_id: i64,
    /// What it advertises.
    #[graphql(skip)]
    #[refers_to(crate::tracking::offer::row)]
    pub offer_id: i64,
    /// When it was made, UTC.
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
