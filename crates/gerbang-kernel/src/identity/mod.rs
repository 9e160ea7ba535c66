//! Who asks, as far as the protocols look at it. What else is known of somebody, only the product knows.

mod access;
mod authenticator;
mod bearer;
mod caller;

pub use self::{
    access::Access,
    authenticator::{Authenticate, Authenticator},
    bearer::{bearer, bearer_token},
    caller::{Caller, ClientInfo, Identity, TokenType},
};
