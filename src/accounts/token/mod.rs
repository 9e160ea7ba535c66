//! The two kinds of bearer token: signed JSON Web Tokens, and Sanctum's `{id}|{secret}`.

pub mod last_used;
pub mod row;
pub mod rules;
