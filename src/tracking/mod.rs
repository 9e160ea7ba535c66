//! Affiliate tracking: links to offers, the clicks on them, and the leads that clicks turn into.
//!
//! An affiliate's link is a sub id; a visit through it is a click with an id that nobody can guess. The network behind
//! the offer sends that id back when the visitor has done what the offer is about (a *postback*): that makes a lead. The
//! sums that reports show are kept hour by hour in the transactions that write clicks and leads.

pub mod click;
pub mod conversion;
pub mod dashboard;
pub mod lead;
pub mod money;
pub mod network;
pub mod offer;
pub mod sub_id;
pub mod summary;
