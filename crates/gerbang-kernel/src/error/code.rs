//! The kinds of failure.

use super::words::words;

words! {
    /// What kind of failure this is; the wire name is [`ErrorCode::as_str`].
    ///
    /// The order is the order of precedence: where one answer has to stand for several failures, the first wins.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum ErrorCode {
        /// No token, or one that is not (or no longer) valid here; also wrong credentials at log-in.
        Unauthenticated = "UNAUTHENTICATED",
        /// The caller is known and may not do this.
        Forbidden = "FORBIDDEN",
        /// It does not exist, or the caller may not know that it does.
        NotFound = "NOT_FOUND",
        /// The client exists but has no assessment result.
        ResultNotFound = "RESULT_NOT_FOUND",
        /// The input breaks one or more rules, which `fields` lists.
        ValidationFailed = "VALIDATION_FAILED",
        /// A code (by mail or SMS) is wrong, used up or expired.
        InvalidCode = "INVALID_CODE",
        /// A single-purpose token (sign-up, reset) is wrong, used up or expired.
        InvalidToken = "INVALID_TOKEN",
        /// What was to be confirmed is confirmed already.
        AlreadyConfirmed = "ALREADY_CONFIRMED",
        /// An operator has closed the legacy route for good.
        Gone = "GONE",
        /// Too many requests; `retryAfter` says when to come back.
        RateLimited = "RATE_LIMITED",
        /// The request could not be read (malformed JSON, a broken multipart body).
        BadRequest = "BAD_REQUEST",
        /// The path exists, the method does not.
        MethodNotAllowed = "METHOD_NOT_ALLOWED",
        /// The body or a file in it is larger than allowed.
        PayloadTooLarge = "PAYLOAD_TOO_LARGE",
        /// The body is of a media type that is not understood here.
        UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE",
        /// A resource is exhausted for the moment; `retryAfter` says when to come back.
        Unavailable = "UNAVAILABLE",
        /// A fault of ours. Its cause is in the log under the request's id.
        Internal = "INTERNAL",
    }
}

words! {
    /// What only an operation of GraphQL can meet: what is wrong with it before it runs, or how it was ended.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum OperationCode {
        /// The document can't be parsed.
        ParseFailed = "GRAPHQL_PARSE_FAILED",
        /// The document does not fit the schema, or asks for too much.
        ValidationFailed = "GRAPHQL_VALIDATION_FAILED",
        /// The document has several operations and the request names none of them.
        Unresolved = "OPERATION_RESOLUTION_FAILURE",
        /// A value does not fit the type that it is for.
        BadUserInput = "BAD_USER_INPUT",
        /// The hash is not known: send the document with it.
        PersistedQueryNotFound = "PERSISTED_QUERY_NOT_FOUND",
        /// No trusted document has this `documentId`.
        DocumentNotFound = "DOCUMENT_NOT_FOUND",
        /// Only trusted documents are answered here.
        DocumentNotTrusted = "DOCUMENT_NOT_TRUSTED",
        /// The operation took too long and was stopped; of a mutation, `completed` has what was done.
        Timeout = "TIMEOUT",
        /// The answer became too large and was cut off.
        ResponseTooLarge = "RESPONSE_TOO_LARGE",
    }
}

impl ErrorCode {
    /// The code with this wire name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }
}
