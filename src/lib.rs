//! *Gerbang* (Indonesian: gate): one GraphQL schema over every entity, and documented REST APIs kept
//! alive, unchanged, as views of that schema.
//!
//! Data flows one way: [`http`] → the shim (`gerbang_rest`) with the routes of [`apis`] → [`graphql`] → the rules of a noun
//! over the [`domain`] → its rows → database. A noun is one folder: `schema.rs`, `rules.rs`, `row.rs`, each of which
//! names only those behind it. A test reads the `use crate::` lines and fails on an arrow that runs back. What knows no
//! entity is a crate of its own.

pub mod accounts;
pub mod apis;
pub mod app;
pub mod audit;
pub mod cli;
pub mod client_errors;
pub mod commands;
pub mod config;
pub mod constants;
pub mod content;
pub mod demo;
pub mod domain;
pub mod events;
pub mod graphql;
pub mod http;
pub mod input;
pub mod logging;
pub mod notary;
pub mod notifications;
pub mod outbox;
pub mod payments;
pub mod period;
pub mod prelude;
pub mod program;
pub mod quotas;
pub mod recent_writes;
mod reload;
pub mod scholarship;
pub mod scope;
pub mod stored_files;
pub mod talents;
pub mod tracking;
pub mod usage;
pub mod viewer;
pub mod worker;
