//! Affiliate tracking: networks and their offers, links to them, clicks, leads, and the numbers of the dashboard.

mod amount;
pub mod click;
pub mod conversion;
pub mod dashboard;
pub mod lead;
pub mod network;
pub mod offer;
pub mod sub_id;

pub use self::amount::Amount;
