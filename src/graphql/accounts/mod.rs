//! Accounts: users, and how they log in.

pub mod session;
pub mod user;
