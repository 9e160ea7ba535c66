//! What is said about routes: the `OpenAPI` document, the page that shows it, and the table of all of them.

pub(crate) mod listing;
pub mod openapi;
pub(crate) mod reference;
