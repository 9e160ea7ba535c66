//! The integration tests, one binary.

mod graphql;
mod support;
