//! Talents Mapping: a Laravel 8 application with jwt-auth.

mod dialect;

pub use dialect::dialect;
