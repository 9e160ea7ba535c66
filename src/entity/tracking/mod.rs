//! Offers, the clicks on them, and the leads that clicks turn into.

pub mod click;
pub mod click_batch;
pub mod click_retention;
pub mod click_summary;
pub mod lead;
pub mod network;
pub mod offer;
pub mod sub_id;
