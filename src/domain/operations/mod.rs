//! What helps to run the service.

pub mod client_error;
pub mod legacy_usage;
