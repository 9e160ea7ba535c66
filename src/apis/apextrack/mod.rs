//! Apextrack: a Laravel 8 application with Sanctum, for affiliates.

mod dialect;

pub use dialect::dialect;
