//! Amounts in whole rupiah.

/// The largest amount: the last whole number that JavaScript, and so most JSON, holds exactly.
pub const MAX: i64 = 9_007_199_254_740_991;
