//! What tests share.

pub(crate) mod app;
pub(crate) mod bucket;
pub(crate) mod database;
pub(crate) mod files;
pub(crate) mod legacy;
pub(crate) mod log;
pub(crate) mod mmdb;
pub(crate) mod openapi;
pub(crate) mod outbox;
pub(crate) mod pdf;
pub(crate) mod protocol;
pub(crate) mod proxy;
pub(crate) mod rows;
mod signatures;
pub(crate) mod streams;
mod talents;
pub(crate) mod types;
pub(crate) mod webhooks;

pub(crate) use app::TestApp;
