//! Payments, and what the providers said about them.

pub mod notification;
pub mod payment;
pub mod webhook_event;
