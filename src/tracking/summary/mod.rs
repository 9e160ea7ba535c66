//! Sums by link and hour, kept in the transactions that write clicks and leads, so that reports never count rows.

pub mod repair;
pub mod row;
pub mod rules;
