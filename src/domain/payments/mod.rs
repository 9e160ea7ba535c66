//! Payments: what is to be paid through a provider, and what the providers said about it. For admins: a realm's see
//! their realm's, those of the gateway all.
//!
//! A notification passes through [`receive`]: its signature is checked on the bytes as they came, then it is read
//! ([`notice`]), confirmed where its signature does not cover the status ([`confirm`]), stored once ([`intake`]) and, in
//! the same transaction, applied to the payment it is about ([`settle`]) as the table in [`transition`] says.

mod confirm;
pub mod event;
pub mod intake;
mod notice;
pub mod order;
pub mod receive;
pub mod replay;
mod settle;
mod signature;
pub mod transition;
