//! Accounts: who somebody is, how they prove it, and the messages sent to them about it.

pub mod access;
/// What administrators do to accounts.
pub mod administration {
    pub mod schema;
}

pub mod authenticate;

/// Invitations.
pub mod invitation {
    pub mod row;
    pub mod rules;
    pub mod schema;
}

/// New passwords.
pub mod password {
    pub mod hashing;
    pub mod rules;
    pub mod schema;
}

pub mod realm;
pub mod retention;
pub mod role;

/// Logging in and out.
pub mod session {
    pub mod row;
    pub mod rules;
    pub mod schema;
}

/// Signing up.
pub mod sign_up {
    pub mod attempts;
    pub mod row;
    pub mod rules;
    pub mod schema;
}

/// Staff.
pub mod staff {
    pub mod rules;
    pub mod schema;
}

/// The two kinds of bearer token: signed JSON Web Tokens, and Sanctum's `{id}|{secret}`.
pub mod token {
    pub mod key;
    pub mod last_used;
    pub mod row;
    pub mod rules;
}

/// Users.
pub mod user {
    pub mod identity;
    pub mod new_users;
    pub mod profiles;
    pub mod realm_counter;
    pub mod row;
    pub mod rules;
    pub mod schema;
}

/// Verifying e-mail addresses.
pub mod verification {
    pub mod codes;
    pub mod row;
    pub mod rules;
    pub mod schema;
}

pub mod viewer_cache;

pub use self::{realm::Realm, role::Role};
