//! The failure itself.

use std::{borrow::Cow, fmt, sync::Arc};

use super::{code::ErrorCode, rule::Rule, violation::Violation};

/// A result whose failure is the gateway's own [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in the terms of [`ErrorCode`].
#[derive(Clone, Debug)]
pub struct Error {
    /// The kind of failure.
    pub code: ErrorCode,
    /// A sentence for the caller, in English; legacy dialects put their own words instead.
    pub message: Cow<'static, str>,
    /// Every broken rule; filled only for [`ErrorCode::ValidationFailed`].
    pub violations: Vec<Violation>,
    /// Whole seconds to wait; filled for [`ErrorCode::RateLimited`] and [`ErrorCode::Unavailable`].
    pub retry_after: Option<u64>,
    pub(super) cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A failure of this kind with a message for the caller.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), violations: Vec::new(), retry_after: None, cause: None }
    }

    /// The caller must log in (again).
    pub fn unauthenticated() -> Self {
        Self::new(
            ErrorCode::Unauthenticated,
            "You are not logged in, or your token is no longer valid. Log in and send the token as `Authorization: Bearer`.",
        )
    }

    /// The e-mail address (telephone, user name) and password do not belong together.
    pub fn wrong_credentials() -> Self {
        Self::new(ErrorCode::Unauthenticated, "These credentials do not match our records.")
    }

    /// The caller may not do this.
    pub fn forbidden() -> Self {
        Self::new(ErrorCode::Forbidden, "You may not do this with the account you are logged in with.")
    }

    /// Nothing of this kind is there for the caller; `what` is its name in English ("Client").
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("{what} not found."))
    }

    /// The input broke these rules.
    pub fn invalid(violations: Vec<Violation>) -> Self {
        Self { violations, ..Self::new(ErrorCode::ValidationFailed, "The given data was invalid.") }
    }

    /// The input broke one rule.
    pub fn violation(path: impl Into<Cow<'static, str>>, rule: Rule) -> Self {
        Self::invalid(vec![Violation::new(path, rule)])
    }

    /// The caller asked too often and may come back in this many seconds.
    pub fn rate_limited(retry_after: u64) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(ErrorCode::RateLimited, format!("Too many attempts. Try again in {retry_after} seconds."))
        }
    }

    /// A bounded resource is full for the moment.
    pub fn unavailable(retry_after: u64) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(ErrorCode::Unavailable, "The server is busy. Try again in a moment.")
        }
    }

    /// A fault of ours; the cause goes to the log only.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            cause: Some(Arc::from(cause.into())),
            ..Self::new(ErrorCode::Internal, "Something went wrong on our side. Try again later.")
        }
    }

    /// Why it failed, for the log; never for the caller.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync)> {
        self.cause.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::internal(error)
    }
}

impl From<tokio::task::JoinError> for Error {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::internal(error)
    }
}
