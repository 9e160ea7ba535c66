//! Who asks, as far as the protocols look at it. What else is known of somebody, only the product knows.

mod access;
mod anonymous;
mod authenticator;
mod bearer;
mod caller;

pub use self::{
    access::Access,
    anonymous::Anonymous,
    authenticator::{Authenticate, Authenticator},
    bearer::{bearer, bearer_token},
    caller::{Caller, ClientInfo, Identity, TokenType},
};
