//! Affiliate networks, which report conversions.

use crate::prelude::row::*;

/// An affiliate network, which reports conversions. Its secret is shown only when it is made.
#[row(table = "networks", object = "Network")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    #[graphql(skip)]
    pub id: i64,
    /// Unique name.
    pub name: String,
    /// What its postbacks must carry.
    #[graphql(skip)]
    pub secret: Option<String>,
    /// Whether its postbacks are taken as long as it has no secret.
    pub allow_unsigned: bool,
    /// When it was added, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

impl Scoped for Entity {
    /// All for admins, none for others: rows hold secrets.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admins_of(viewer, Realm::Apextrack)
    }
}
