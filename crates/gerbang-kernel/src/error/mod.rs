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

#[cfg(feature = "sea-orm")]
mod database;

use std::{borrow::Cow, fmt, sync::Arc};

#[cfg(feature = "sea-orm")]
pub use self::database::{is_busy, is_connection_failure};
use crate::messages::{Language, violation_message};

/// A result whose failure is the gateway's own [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure this is; the wire name is [`ErrorCode::as_str`].
///
/// The order is the order of precedence: where one answer has to stand for several failures, the first wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorCode {
    /// No token, or one that is not (or no longer) valid here; also wrong credentials at log-in.
    Unauthenticated,
    /// The caller is known and may not do this.
    Forbidden,
    /// It does not exist, or the caller may not know that it does.
    NotFound,
    /// The client exists but has no assessment result.
    ResultNotFound,
    /// The input breaks one or more rules; see [`Error::violations`].
    ValidationFailed,
    /// A code (by mail or SMS) is wrong, used up or expired.
    InvalidCode,
    /// A single-purpose token (sign-up, reset) is wrong, used up or expired.
    InvalidToken,
    /// What was to be confirmed is confirmed already.
    AlreadyConfirmed,
    /// An operator has closed the legacy route for good.
    Gone,
    /// Too many requests; [`Error::retry_after`] says when to come back.
    RateLimited,
    /// The request could not be read (malformed JSON, a broken multipart body).
    BadRequest,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The body or a file in it is larger than allowed.
    PayloadTooLarge,
    /// The body is of a media type that is not understood here.
    UnsupportedMediaType,
    /// A resource is exhausted for the moment; [`Error::retry_after`] says when to come back.
    Unavailable,
    /// A fault of ours. Its cause is in the log under the request's id.
    Internal,
}

impl ErrorCode {
    /// Every code, in order of precedence.
    pub const ALL: [Self; 16] = [
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::ResultNotFound,
        Self::ValidationFailed,
        Self::InvalidCode,
        Self::InvalidToken,
        Self::AlreadyConfirmed,
        Self::Gone,
        Self::RateLimited,
        Self::BadRequest,
        Self::MethodNotAllowed,
        Self::PayloadTooLarge,
        Self::UnsupportedMediaType,
        Self::Unavailable,
        Self::Internal,
    ];

    /// The name on the wire and in route files, such as `VALIDATION_FAILED`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::ResultNotFound => "RESULT_NOT_FOUND",
            Self::ValidationFailed => "VALIDATION_FAILED",
            Self::InvalidCode => "INVALID_CODE",
            Self::InvalidToken => "INVALID_TOKEN",
            Self::AlreadyConfirmed => "ALREADY_CONFIRMED",
            Self::Gone => "GONE",
            Self::RateLimited => "RATE_LIMITED",
            Self::BadRequest => "BAD_REQUEST",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::PayloadTooLarge => "PAYLOAD_TOO_LARGE",
            Self::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }

    /// The code with this wire name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A rule that an input value broke, with the numbers its message needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Absent, null, blank or an empty list where a value is needed.
    Required,
    /// Not a string.
    String,
    /// Not a whole number.
    Integer,
    /// Not a number.
    Numeric,
    /// Neither true nor false.
    Boolean,
    /// Not a list.
    Array,
    /// Not a date (`YYYY-MM-DD`) or a time (RFC 3339).
    Date,
    /// Not an e-mail address.
    Email,
    /// Not a telephone number (`+` or a leading 0, 8 to 15 digits).
    Phone,
    /// Not an absolute http or https URL.
    Url,
    /// Not of the expected form.
    Format,
    /// Fewer characters than this.
    MinLength(u64),
    /// More characters than this.
    MaxLength(u64),
    /// A number below this.
    Min(i64),
    /// A number above this.
    Max(i64),
    /// A repeated value (such as `password_confirmation`) differs.
    Confirmed,
    /// Already in use by another row.
    Taken,
    /// Not one of the allowed words.
    In,
    /// Refers to something that does not exist.
    Exists,
    /// Not an uploaded file, or an empty one.
    File,
    /// A file of another type than these extensions.
    FileType(&'static [&'static str]),
    /// A file larger than this many kilobytes (1,024 bytes).
    FileSize(u64),
    /// A rule of one flow; the code names its message in [`crate::messages`].
    Custom(&'static str),
}

impl Rule {
    /// The rule's name on the wire and in route files, such as `REQUIRED`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Required => "REQUIRED",
            Self::String => "STRING",
            Self::Integer => "INTEGER",
            Self::Numeric => "NUMERIC",
            Self::Boolean => "BOOLEAN",
            Self::Array => "ARRAY",
            Self::Date => "DATE",
            Self::Email => "EMAIL",
            Self::Phone => "PHONE",
            Self::Url => "URL",
            Self::Format => "FORMAT",
            Self::MinLength(_) => "MIN_LENGTH",
            Self::MaxLength(_) => "MAX_LENGTH",
            Self::Min(_) => "MIN",
            Self::Max(_) => "MAX",
            Self::Confirmed => "CONFIRMED",
            Self::Taken => "TAKEN",
            Self::In => "IN",
            Self::Exists => "EXISTS",
            Self::File => "FILE",
            Self::FileType(_) => "FILE_TYPE",
            Self::FileSize(_) => "FILE_SIZE",
            Self::Custom(name) => name,
        }
    }
}

/// One broken rule and where: a path from the operation's arguments, such as `input.birthPlace`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Argument and field names joined by dots; list positions are numbers (`input.fees.0.amount`).
    pub path: Cow<'static, str>,
    /// What was broken.
    pub rule: Rule,
}

impl Violation {
    /// A violation of `rule` at `path`.
    pub fn new(path: impl Into<Cow<'static, str>>, rule: Rule) -> Self {
        Self { path: path.into(), rule }
    }

    /// The last name of the path, which is how people know the field (`birthPlace`).
    pub fn field(&self) -> &str {
        self.path.rsplit('.').find(|part| part.parse::<usize>().is_err()).unwrap_or(&self.path)
    }
}

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
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
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

    /// The sentence for one of [`Self::violations`], in English.
    pub fn violation_message(violation: &Violation) -> String {
        violation_message(Language::English, &violation.rule, violation.field())
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
