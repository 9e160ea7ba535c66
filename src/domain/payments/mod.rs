//! Payments: what is to be paid through a provider, and what the providers said about it. For admins: a realm's see
//! their realm's, those of the gateway all.

pub mod event;
pub mod order;
pub mod transition;
