//! What tests share.

pub(crate) mod app;
pub(crate) mod database;
pub(crate) mod rows;

pub(crate) use app::TestApp;
