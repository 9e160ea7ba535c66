//! The integration tests, one binary.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

mod demo;
mod finders;
mod graphql;
mod layers;
mod migrations;
mod rest;
mod schema;
mod server;
mod storage;
mod support;
