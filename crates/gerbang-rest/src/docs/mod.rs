//! What is said about routes: the `OpenAPI` document, the page that shows it, examples as lines for a
//! shell, and the table of all of them.

pub mod examples;
pub(crate) mod listing;
pub mod openapi;
pub(crate) mod reference;
