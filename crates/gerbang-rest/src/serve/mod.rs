//! One request to one route: whose it is, what it brings, and what it is answered.

pub(crate) mod address;
pub(crate) mod bind;
mod conditional;
mod errors;
pub(crate) mod mounted;
pub(crate) mod paths;
mod ready;
mod render;
mod run;
mod server;
mod sunset;
mod throttle;

pub(crate) use self::server::{Server, failure_response};
pub use self::{
    address::{host, host_name},
    conditional::conditional_response,
    render::disposition,
    run::MatchedRoute,
};
