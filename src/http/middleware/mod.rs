//! What happens to every request, one file for each concern; [`crate::http::router`] puts them in order.

pub mod access_log;
pub mod body;
pub mod client;
pub mod content_length;
pub mod decode;
pub mod headers;
pub mod legacy_usage;
pub mod request_id;
pub mod room;
pub mod viewer;

pub use request_id::RequestId;
pub use viewer::BearerToken;
