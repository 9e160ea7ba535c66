//! The schema as front ends see it.

mod accounts;
mod arguments;
mod assessments;
mod budget;
mod client_errors;
mod clients;
mod content;
mod engine;
mod integers;
pub(crate) mod introspection;
mod literals;
mod notary;
mod notifications;
mod partners;
mod payments;
mod permissions;
mod protocol;
mod reports;
mod scholarship;
mod sse;
mod summary;
mod tracking;
mod uploads;
mod websocket;
