//! The notary office.

mod dialect;

pub use dialect::dialect;
