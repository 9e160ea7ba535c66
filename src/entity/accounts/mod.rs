//! Users, their tokens and codes, invitations, and the messages sent to them.

pub mod access_token;
pub mod invitation;
pub mod jwt_session;
pub mod outbox_message;
pub mod realm;
pub mod realm_counter;
pub mod role;
pub mod sign_up_attempt;
pub mod user;
pub mod verification_code;

pub use self::{realm::Realm, role::Role};
