//! The notary office: what it offers and what was ordered.

pub mod order;
pub mod service;
