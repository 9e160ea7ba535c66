//! What tests share.

mod endpoint;
mod engine;
mod identity;
mod reply;
mod schema;

pub(crate) use self::{
    endpoint::{TRUSTED, TestEndpoint, TestSettings, trusted},
    engine::schema,
    reply::{Reply, get, post},
};
