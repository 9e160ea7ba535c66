//! Accounts: users, how they come to be one, and how they log in.

pub mod invitation;
pub mod password;
pub mod session;
pub mod sign_up;
pub mod staff;
pub mod user;
pub mod user_admin;
pub mod verification;
