//! What helps to run the service.

pub mod client_error;
