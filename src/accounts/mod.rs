//! Accounts: who somebody is, how they prove it, and the messages sent to them about it.

pub mod access;
pub mod authenticate;
pub mod input_rules;
pub mod invitation;
pub mod password;
pub mod realm;
pub mod retention;
pub mod role;
pub mod session;
pub mod sign_up;
pub mod staff;
pub mod token;
pub mod user;
pub mod verification;

pub use self::{realm::Realm, role::Role};
