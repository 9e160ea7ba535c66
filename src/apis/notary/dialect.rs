//! What every route of the notary office does.

use axum::http::StatusCode;
use gerbang_kernel::{
    error::{ErrorCode, Rule},
    messages::{Language, violation_message},
};
use gerbang_rest::{Answer, Blank, Dialect, Failure, Ids, Paging, Times, TokenType};

use crate::{accounts::Realm, apis::files};

/// The API.
pub fn dialect() -> Dialect {
    Dialect {
        slug: "notary",
        title: "Notary office",
        sections: &["Authentication", "Registration", "Office", "Invitation"],
        hosts: &[],
        bases: &["/api/v1"],
        claims: &[],
        realm: Realm::Notary.name(),
        tokens: &[TokenType::Jwt],
        ids: Ids::Text,
        times: Times::UnixMillis,
        blank: Blank::Null,
        // No route of this API is cut into pages.
        paging: Paging { default_size: 15, max_size: 100, envelope: |_| Vec::new() },
        limits: &[],
        rule_message,
        answer,
        files: files("notary"),
    }
}

/// `Email has been taken!` is how the document says it.
fn rule_message(rule: &Rule, field: &str) -> String {
    match rule {
        Rule::Taken => format!("{} has been taken!", capitalized(field)),
        other => violation_message(Language::English, other, field),
    }
}

fn capitalized(field: &str) -> String {
    let mut letters = field.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// One message, the first broken rule's: the API has no list of errors.
fn answer(failure: &Failure) -> Answer {
    match failure.code {
        ErrorCode::Unauthenticated => Answer::message(StatusCode::UNAUTHORIZED, "Access denied to access this route."),
        ErrorCode::Forbidden => Answer::message(StatusCode::FORBIDDEN, "Access denied"),
        ErrorCode::NotFound | ErrorCode::ResultNotFound => Answer::message(StatusCode::NOT_FOUND, "Not found."),
        ErrorCode::ValidationFailed => {
            let first = failure.violations.first().map(|violation| rule_message(&violation.rule, &violation.field));
            Answer::message(StatusCode::BAD_REQUEST, first.as_deref().unwrap_or("Invalid input parameters."))
        }
        ErrorCode::InvalidCode => Answer::message(StatusCode::BAD_REQUEST, "Invalid code"),
        ErrorCode::InvalidToken => Answer::message(StatusCode::BAD_REQUEST, "Invalid token."),
        ErrorCode::AlreadyConfirmed => Answer::message(StatusCode::FORBIDDEN, "Sign Up attempt has been confirmed."),
        ErrorCode::Gone => Answer::message(StatusCode::GONE, "This route is no longer available."),
        ErrorCode::RateLimited => Answer::message(StatusCode::TOO_MANY_REQUESTS, "Too many request"),
        ErrorCode::BadRequest => Answer::message(StatusCode::BAD_REQUEST, "Invalid input parameters."),
        ErrorCode::MethodNotAllowed => Answer::message(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed."),
        ErrorCode::PayloadTooLarge => Answer::message(StatusCode::PAYLOAD_TOO_LARGE, "Request body is too large."),
        ErrorCode::UnsupportedMediaType => {
            Answer::message(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type.")
        }
        ErrorCode::Unavailable => {
            Answer::message(StatusCode::SERVICE_UNAVAILABLE, "Service unavailable. Try again later.")
        }
        ErrorCode::Internal => Answer::message(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error."),
    }
}
