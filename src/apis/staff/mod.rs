//! Staff accounts: a Laravel 8 application with Sanctum.

mod dialect;

pub use dialect::dialect;
