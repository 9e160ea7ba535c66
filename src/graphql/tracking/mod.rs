//! Affiliate tracking: networks and their offers, links to them, clicks, leads, and the numbers of the dashboard.

pub mod click;
pub mod conversion;
pub mod dashboard;
pub mod lead;
mod money;
pub mod network;
pub mod offer;
pub mod sub_id;

pub use self::money::{Amount, Money};
