//! Numbers given out within a realm: `users.legacy_id` and staff codes. Raised in the transaction that uses the
//! number, so that none is lost or given twice.

use crate::prelude::row::*;

/// One row of `realm_counters`.
#[row(table = "realm_counters")]
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
