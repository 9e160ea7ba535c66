//! The integration tests, one binary.

mod finders;
mod graphql;
mod migrations;
mod support;
