//! Accounts: who somebody is, how they prove it, and the messages sent to them about it.

pub mod access;
pub mod authenticate;
mod codes;
mod identity;
pub mod invitations;
pub mod letters;
mod links;
pub mod new_users;
pub mod outbox;
pub mod passwords;
pub mod profiles;
pub mod recovery;
pub mod retention;
pub mod sessions;
pub mod shapes;
pub mod sign_up;
pub mod sign_up_attempts;
pub mod staff;
pub mod tokens;
pub mod users;
pub mod verification;
