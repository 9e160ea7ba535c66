//! What a notary office offers, and what its customers ordered.

pub mod order;
pub mod service;
