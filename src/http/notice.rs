//! What legacy routes show to people: what came of a link in a mail, and where a redirect leads.

use axum::{
    http::{HeaderValue, StatusCode, header::CACHE_CONTROL},
    response::{IntoResponse, Response},
};
use gerbang_kernel::text::escape_html;
use gerbang_rest::Notice;
use gerbang_server::page::Page;

/// The page.
pub(super) fn page(notice: &Notice<'_>) -> Response {
    let page = match *notice {
        Notice::Message { status, message, .. } => message_page(message, advice(status)),
        Notice::Redirect { status, location } => {
            let title = if status.is_client_error() { "There is nothing here" } else { "This page is elsewhere" };
            let shown = escape_html(location);
            let link = format!("You are led on to <a href=\"{shown}\">{shown}</a>.");
            Page::new(include_str!("message.html"))
                .titled(title)
                .with("title", title)
                .with_html("advice", &link)
                .leading_to(location)
        }
    };
    let mut response = page.into_response();
    // It is for whoever has the link.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
    response
}

/// A page that says one thing, and what can be done about it.
pub(super) fn message_page(title: &str, advice: &str) -> Page {
    Page::new(include_str!("message.html")).titled(title).with("title", title).with("advice", advice)
}

fn advice(status: StatusCode) -> &'static str {
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => "Try again in a few minutes.",
        _ if status.is_success() => "You can log in now. This page has done its work and can be closed.",
        _ if status.is_client_error() => {
            "The link may have been used already, be too old, or be cut off. Ask for a new mail, and open the link in that."
        }
        _ => "Something went wrong on our side. The link may well be right. Try again later.",
    }
}
