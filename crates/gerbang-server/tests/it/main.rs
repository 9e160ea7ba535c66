//! The whole server over a schema of its own, one binary.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]
#![expect(clippy::format_collect, clippy::format_push_string, reason = "short and plain is worth more here than fast")]

mod compressed;
mod floods;
mod graphql;
mod server;
mod support;
