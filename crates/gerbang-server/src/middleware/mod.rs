//! What happens to every request, one file for each concern; [`crate::router`] puts them in order.

pub mod access_log;
pub mod body;
pub mod client;
pub mod content_length;
pub mod decode;
pub mod headers;
pub mod overload;
pub mod request_id;
pub mod viewer;
