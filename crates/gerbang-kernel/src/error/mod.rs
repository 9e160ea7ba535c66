//! The only list of what can go wrong.
//!
//! Every failure of the gateway is one [`Error`]: a [`ErrorCode`] that both fronts map (GraphQL to
//! `extensions.code`, each legacy dialect to a status and a body), a message that says what to do, and
//! what the answer needs besides. Which one to use:
//!
//! - the caller must log in: [`Error::unauthenticated`];
//! - the caller is known and may not: [`Error::forbidden`];
//! - it does not exist, or is somebody else's: [`Error::not_found`] (never `forbidden`, which would reveal it);
//! - the input breaks rules: collect every [`Violation`] and raise them as one [`Error::invalid`];
//! - anything that is our fault: let `?` turn it into [`ErrorCode::Internal`]. Its cause is logged, never shown.

mod code;
#[cfg(feature = "sea-orm")]
mod database;
mod failure;
mod rule;
mod violation;
mod violations;
mod words;

#[cfg(feature = "sea-orm")]
pub use self::database::{is_busy, is_connection_failure, is_lock_refused, is_serialization_failure};
#[doc(hidden)]
pub use inventory;

pub use self::{
    code::{ErrorCode, OperationCode},
    failure::{Error, Result},
    rule::{CustomRule, RegisteredRule, Rule},
    violation::Violation,
    violations::Violations,
};
