//! Where what may stand. That the crates know nothing of the product, cargo holds; this holds the rest.

mod access;
mod circles;
mod constants;
mod flow;
mod sources;
