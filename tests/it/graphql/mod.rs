//! The schema as front ends see it.

mod accounts;
mod engine;
mod partners;
mod protocol;
mod sse;
mod uploads;
mod websocket;
