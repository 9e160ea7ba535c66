//! The shim's engine, on a small schema and dialect of its own.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]

mod answers;
mod auth;
mod bodies;
mod defects;
mod errors;
mod examples;
mod identity;
mod library;
mod methods;
mod pages;
mod schema;
mod shared_root;
mod shim;
mod values;
mod vocabulary;
