//! Who still calls which legacy route.

use crate::prelude::row::*;

/// A legacy route and a client that calls it. Forgotten 400 days after the last call.
#[row(table = "legacy_usage", object = "LegacyUsage")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    #[graphql(skip)]
    pub id: i64,
    /// The realm whose users the API serves.
    #[graphql(skip)]
    pub realm: Realm,
    /// The API's short name, such as `notary`.
    pub api: String,
    /// The operation that the route is a view of, such as `ListServices`.
    pub operation: String,
    /// The name of the client's token, else the product in its `User-Agent` with the major version; `(unnamed)` without
    /// either, `(others)` for all beyond the first 100 of an API.
    pub client: String,
    /// How often it was called.
    #[graphql(skip)]
    pub requests: i64,
    /// When it was called first, UTC.
    #[graphql(name = "firstUsedAt")]
    pub created_at: Timestamp,
    /// When it was called last, UTC.
    #[graphql(name = "lastUsedAt")]
    pub updated_at: Timestamp,
}

impl Scoped for Entity {
    /// That of their API for the admins of a realm, all of it for gateway admins.
    fn scope(viewer: &Viewer) -> Scope<Column> {
        scope::admins(viewer, Column::Realm)
    }
}
