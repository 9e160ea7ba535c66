//! Notifications to users inside the product.

pub mod row;
pub mod rules;
pub mod schema;
