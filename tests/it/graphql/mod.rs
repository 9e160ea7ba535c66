//! The schema as front ends see it.

mod accounts;
mod engine;
mod partners;
mod payments;
mod protocol;
mod sse;
mod tracking;
mod uploads;
mod websocket;
