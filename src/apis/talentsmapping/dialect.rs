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
    let say = Answer::message;
    match failure.code {
        ErrorCode::Unauthenticated | ErrorCode::InvalidToken => say(StatusCode::UNAUTHORIZED, "Unauthenticated."),
        ErrorCode::Forbidden => say(StatusCode::FORBIDDEN, "This action is unauthorized."),
        ErrorCode::NotFound => say(StatusCode::NOT_FOUND, "Not found."),
        ErrorCode::ResultNotFound => say(StatusCode::NOT_FOUND, "Assessment result not found."),
        ErrorCode::ValidationFailed => say(StatusCode::UNPROCESSABLE_ENTITY, "The given data was invalid.")
            .with("errors", json!(failure.messages(rule_message))),
        ErrorCode::InvalidCode => say(StatusCode::UNPROCESSABLE_ENTITY, "The code is invalid or has expired."),
        ErrorCode::AlreadyConfirmed => say(StatusCode::CONFLICT, "Already confirmed."),
        ErrorCode::Gone => say(StatusCode::GONE, "This endpoint is no longer available."),
        ErrorCode::RateLimited => say(StatusCode::TOO_MANY_REQUESTS, "Too Many Attempts."),
        ErrorCode::BadRequest => say(StatusCode::BAD_REQUEST, "Bad request."),
        ErrorCode::MethodNotAllowed => say(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed."),
        ErrorCode::PayloadTooLarge => say(StatusCode::PAYLOAD_TOO_LARGE, "The POST data is too large."),
        ErrorCode::UnsupportedMediaType => say(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type."),
        ErrorCode::Unavailable => say(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        ErrorCode::Internal => say(StatusCode::INTERNAL_SERVER_ERROR, "Server Error"),
    }
}
