//! The scholarship of Yayasan Inspirasi Semangat Sekolah.

mod dialect;

pub use dialect::dialect;
