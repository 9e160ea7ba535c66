//! For servers that nobody logs in to.

use chrono::{DateTime, Utc};

use super::caller::{Identity, TokenType};

/// Nobody, which is all that a server without log-ins knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Anonymous;

impl Identity for Anonymous {
    fn user_key(&self) -> Option<String> {
        None
    }

    fn realm(&self) -> Option<&str> {
        None
    }

    fn is_admin_of(&self, _: &str) -> bool {
        false
    }

    fn is_admin(&self) -> bool {
        false
    }

    fn is_gateway_admin(&self) -> bool {
        false
    }

    fn token_type(&self) -> Option<TokenType> {
        None
    }

    fn device(&self) -> Option<&str> {
        None
    }

    fn expires_at(&self) -> Option<DateTime<Utc>> {
        None
    }

    fn has_rights_of(&self, _: &Self) -> bool {
        true
    }
}
