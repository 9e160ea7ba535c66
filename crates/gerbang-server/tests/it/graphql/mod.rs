//! GraphQL as clients send it, over every transport.

mod budget;
mod engine;
mod literals;
mod protocol;
mod sse;
mod uploads;
mod websocket;
