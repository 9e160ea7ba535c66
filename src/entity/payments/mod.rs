//! What is to be paid, and what the providers said about it.

pub mod payment_order;
pub mod webhook_event;
