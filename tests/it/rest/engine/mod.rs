//! The shim's engine, on a small schema and dialect of its own.

mod answers;
mod auth;
mod bodies;
mod defects;
mod errors;
mod methods;
mod pages;
mod schema;
mod shared_root;
mod shim;
mod values;
mod vocabulary;
