//! Accounts: logging in, signing up, codes, invitations, and the messages about them.

mod sessions;
mod tokens;
