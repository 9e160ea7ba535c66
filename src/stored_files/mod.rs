//! Files that are fetched by path: whose they are, and links that open private ones for a short time.

pub mod owner;
pub mod rules;
pub mod signed_link;
