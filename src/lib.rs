//! *Gerbang* (Indonesian: gate): one GraphQL schema over every entity, and documented REST APIs kept
//! alive, unchanged, as views of that schema.
//!
//! Data flows one way: `http` → `rest` → `graphql` → `domain` → `entity` → database. Each layer calls
//! only the one to its right; a test reads the `use crate::` lines and fails on an arrow that runs
//! back. `error`, `messages`, `number`, `text`, `config` and `platform` stand beside the layers and serve all of them.

pub mod apis;
pub mod app;
pub mod cli;
pub mod commands;
pub mod config;
pub mod domain;
pub mod entity;
pub mod graphql;
pub mod http;
pub mod logging;
