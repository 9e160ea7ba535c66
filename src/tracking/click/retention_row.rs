//! How far old clicks have been removed: one row. Sums of hours before it can't be made of clicks any more.

use crate::prelude::row::*;

/// The key of the only row.
pub const ONLY: i32 = 1;

/// The row of `click_retention`.
#[row(table = "click_retention")]
pub struct Model {
    /// [`ONLY`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Clicks before this time may be gone. It is written before the first of them goes.
    pub removed_before: DateTimeUtc,
    /// Clicks before this time are gone, except for those that turned into leads.
    pub cleared_before: Option<DateTimeUtc>,
}
