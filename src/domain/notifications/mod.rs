//! What users are told inside the product.

pub mod notification;
