//! The kinds of failure.

use std::fmt;

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
    /// The input breaks one or more rules; see [`Error::violations`](super::Error::violations).
    ValidationFailed,
    /// A code (by mail or SMS) is wrong, used up or expired.
    InvalidCode,
    /// A single-purpose token (sign-up, reset) is wrong, used up or expired.
    InvalidToken,
    /// What was to be confirmed is confirmed already.
    AlreadyConfirmed,
    /// An operator has closed the legacy route for good.
    Gone,
    /// Too many requests; [`Error::retry_after`](super::Error::retry_after) says when to come back.
    RateLimited,
    /// The request could not be read (malformed JSON, a broken multipart body).
    BadRequest,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The body or a file in it is larger than allowed.
    PayloadTooLarge,
    /// The body is of a media type that is not understood here.
    UnsupportedMediaType,
    /// A resource is exhausted for the moment; [`Error::retry_after`](super::Error::retry_after) says when to come back.
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
