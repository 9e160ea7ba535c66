//! What the product serves over HTTP beside the schema and the legacy APIs, and how all of it is put together.

mod explorer;
mod gzip;
mod invitation;
mod landing;
mod links;
mod notice;
pub mod routes;
pub mod serve;
pub mod service;
mod storage;
