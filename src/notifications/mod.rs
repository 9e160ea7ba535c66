//! What users are told inside the product.

pub mod row;
pub mod rules;
pub mod schema;
