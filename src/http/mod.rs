//! What the product serves over HTTP beside the schema and the legacy APIs, and how all of it is put together.

mod explorer;
mod gzip;
mod landing;
mod legacy_usage;
mod links;
pub mod routes;
pub mod serve;
pub mod service;
mod storage;
