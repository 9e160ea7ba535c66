//! What the old API does everywhere: its words for every failure, and its route files.

use axum::http::StatusCode;
use gerbang_rest::{Answer, Dialect, ErrorCode, Failure, SourceFile, english_message};

pub(crate) fn dialect() -> Dialect {
    Dialect {
        bases: &["/api"],
        hosts: &["api.library.example"],
        files: vec![
            SourceFile::new("routes/list_books.graphql", include_str!("routes/list_books.graphql")),
            SourceFile::new("routes/show_book.graphql", include_str!("routes/show_book.graphql")),
            SourceFile::new("routes/add_book.graphql", include_str!("routes/add_book.graphql")),
        ],
        ..Dialect::new("library", "Library API", answer)
    }
}

/// One `match` over every kind of failure, so that the compiler finds one that was forgotten.
fn answer(failure: &Failure) -> Answer {
    let (status, message) = match failure.code {
        ErrorCode::Unauthenticated | ErrorCode::InvalidToken => (StatusCode::UNAUTHORIZED, "Log in first."),
        ErrorCode::Forbidden => (StatusCode::FORBIDDEN, "Not allowed."),
        ErrorCode::NotFound | ErrorCode::ResultNotFound => (StatusCode::NOT_FOUND, "Not found."),
        ErrorCode::ValidationFailed => (StatusCode::UNPROCESSABLE_ENTITY, "Something is missing or wrong."),
        ErrorCode::InvalidCode => (StatusCode::UNPROCESSABLE_ENTITY, "The code is wrong."),
        ErrorCode::AlreadyConfirmed => (StatusCode::CONFLICT, "Confirmed already."),
        ErrorCode::Gone => (StatusCode::GONE, "This is closed."),
        ErrorCode::RateLimited => (StatusCode::TOO_MANY_REQUESTS, "Too many requests."),
        ErrorCode::BadRequest => (StatusCode::BAD_REQUEST, "The request can't be read."),
        ErrorCode::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "Another method."),
        ErrorCode::PayloadTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Too large."),
        ErrorCode::UnsupportedMediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send JSON or a form."),
        ErrorCode::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Come back later."),
        ErrorCode::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "Our fault."),
    };
    let answer = Answer::message(status, message);
    if failure.violations.is_empty() { answer } else { answer.with("errors", failure.messages(english_message)) }
}
