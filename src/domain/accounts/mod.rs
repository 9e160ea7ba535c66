//! Accounts: who somebody is, how they prove it, and the messages sent to them about it.

pub mod authenticate;
pub mod passwords;
pub mod sessions;
pub mod tokens;
