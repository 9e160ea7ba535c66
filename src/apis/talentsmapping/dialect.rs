//! What every route of Talents Mapping does.

use axum::http::{Method, StatusCode};
use gerbang_kernel::{
    error::{ErrorCode, Rule},
    messages::{Language, violation_message},
};
use gerbang_rest::{Answer, Blank, Claim, Condition, Dialect, Failure, Ids, Paging, Times, TokenType};
use serde_json::json;

use crate::{
    accounts::Realm,
    apis::{files, laravel::resource_page},
};

/// The API.
pub fn dialect() -> Dialect {
    Dialect {
        slug: "talentsmapping",
        title: "Talents Mapping",
        sections: &[
            "Authentication",
            "Partner Resource",
            "Client Resource",
            "Assessment Results (PDF & Data)",
            "Dictionaries",
            "Webhooks & Callbacks",
            "Utilities & Reports",
        ],
        hosts: &["api.talentsmapping.id"],
        bases: &["/api"],
        claims: CLAIMS,
        realm: Realm::TalentsMapping.name(),
        tokens: &[TokenType::Jwt],
        ids: Ids::Integer,
        times: Times::Micros,
        blank: Blank::Null,
        paging: Paging { default_size: 15, max_size: 100, envelope: resource_page },
        limits: &[],
        rule_message,
        answer,
        files: files("talentsmapping"),
    }
}

/// Apextrack documents the same path.
const CLAIMS: &[Claim] = &[Claim { method: Method::GET, path: "/api/user", when: Condition::Otherwise }];

fn rule_message(rule: &Rule, field: &str) -> String {
    violation_message(Language::English, rule, field)
}

fn answer(failure: &Failure) -> Answer {
    match failure.code {
        ErrorCode::Unauthenticated | ErrorCode::InvalidToken => {
            Answer::message(StatusCode::UNAUTHORIZED, "Unauthenticated.")
        }
        ErrorCode::Forbidden => Answer::message(StatusCode::FORBIDDEN, "This action is unauthorized."),
        ErrorCode::NotFound => Answer::message(StatusCode::NOT_FOUND, "Not found."),
        ErrorCode::ResultNotFound => Answer::message(StatusCode::NOT_FOUND, "Assessment result not found."),
        ErrorCode::ValidationFailed => Answer::message(StatusCode::UNPROCESSABLE_ENTITY, "The given data was invalid.")
            .with("errors", json!(failure.messages(rule_message))),
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
