//! Numbers given out within a realm: `users.legacy_id` and staff codes. Raised in the transaction that uses the
//! number, so that none is lost or given twice.

use sea_orm::entity::prelude::*;

use crate::accounts::Realm;

/// One row of `realm_counters`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "realm_counters")]
pub struct Model {
    /// The realm that counts.
    #[sea_orm(primary_key, auto_increment = false)]
    pub realm: Realm,
    /// What is counted.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The last number given out.
    pub value: i64,
}

gerbang_platform::no_relations!();
impl ActiveModelBehavior for ActiveModel {}
