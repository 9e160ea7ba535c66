//! What every route of the staff accounts does.

use axum::http::StatusCode;
use gerbang_kernel::{
    error::{ErrorCode, Rule},
    messages::{Language, violation_message},
};
use gerbang_rest::{Answer, Blank, Dialect, Failure, Ids, Paging, Times, TokenType};

use crate::{
    accounts::Realm,
    apis::{files, laravel::collection_page},
};

/// The API. Its base is short, since one route is documented outside of `/api/v1/auth`.
pub fn dialect() -> Dialect {
    Dialect {
        slug: "staff",
        title: "Staff accounts",
        sections: &["AuthController", "Update User"],
        hosts: &[],
        bases: &["/api"],
        claims: &[],
        realm: Realm::Staff.name(),
        tokens: &[TokenType::Sanctum],
        ids: Ids::Integer,
        times: Times::Micros,
        blank: Blank::Null,
        paging: Paging { default_size: 15, max_size: 100, envelope: collection_page },
        limits: &[],
        rule_message,
        answer,
        files: files("staff"),
    }
}

fn rule_message(rule: &Rule, field: &str) -> String {
    violation_message(Language::English, rule, field)
}

fn answer(failure: &Failure) -> Answer {
    match failure.code {
        ErrorCode::Unauthenticated | ErrorCode::InvalidToken => {
            Answer::message(StatusCode::UNAUTHORIZED, "Unauthenticated.")
        }
        ErrorCode::Forbidden => Answer::message(StatusCode::FORBIDDEN, "This action is unauthorized."),
        ErrorCode::NotFound | ErrorCode::ResultNotFound => Answer::message(StatusCode::NOT_FOUND, "Not found."),
        ErrorCode::ValidationFailed => Answer::message(StatusCode::UNPROCESSABLE_ENTITY, "The given data was invalid.")
            .with("errors", failure.messages(rule_message)),
        ErrorCode::InvalidCode => {
            Answer::message(StatusCode::UNPROCESSABLE_ENTITY, "The code is invalid or has expired.")
        }
        ErrorCode::AlreadyConfirmed => Answer::message(StatusCode::CONFLICT, "Already confirmed."),
        ErrorCode::Gone => Answer::message(StatusCode::GONE, "This endpoint is no longer available."),
        ErrorCode::RateLimited => Answer::message(StatusCode::TOO_MANY_REQUESTS, "Too Many Attempts."),
        ErrorCode::BadRequest => Answer::message(StatusCode::BAD_REQUEST, "Bad request."),
        ErrorCode::MethodNotAllowed => Answer::message(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed."),
        ErrorCode::PayloadTooLarge => Answer::message(StatusCode::PAYLOAD_TOO_LARGE, "The POST data is too large."),
        ErrorCode::UnsupportedMediaType => {
            Answer::message(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type.")
        }
        ErrorCode::Unavailable => Answer::message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        ErrorCode::Internal => Answer::message(StatusCode::INTERNAL_SERVER_ERROR, "Server Error"),
    }
}
