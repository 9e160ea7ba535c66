//! What a person in front of a browser sees of a route.

use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use gerbang_kernel::text::escape_html;

/// What a page has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice<'a> {
    /// What came of a request to a route with `html`, in the words of its answer.
    Message {
        /// The API's slug.
        api: &'a str,
        /// Its status.
        status: StatusCode,
        /// What it says.
        message: &'a str,
    },
    /// Where a redirect leads, for those who don't follow it.
    Redirect {
        /// Its status.
        status: StatusCode,
        /// The address.
        location: &'a str,
    },
}

/// A page without any style.
pub const PLAIN: fn(&Notice<'_>) -> Response = |notice| {
    let (title, head, body) = match notice {
        Notice::Message { message, .. } => {
            let message = escape_html(message);
            (message.clone(), String::new(), format!("<h1>{message}</h1>"))
        }
        Notice::Redirect { location, .. } => {
            let location = escape_html(location);
            let head = format!("<meta http-equiv=\"refresh\" content=\"0; url={location}\">");
            ("Redirect".to_owned(), head, format!("<a href=\"{location}\">{location}</a>"))
        }
    };
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>{head}</head>\
         <body>{body}</body></html>"
    );
    Html(page).into_response()
};

impl Notice<'_> {
    /// The page with its status, and with the address to go to.
    pub(crate) fn response(&self, page: fn(&Self) -> Response) -> Response {
        let mut response = page(self);
        match *self {
            Self::Message { status, .. } => *response.status_mut() = status,
            Self::Redirect { status, location } => {
                *response.status_mut() = status;
                if let Ok(location) = location.try_into() {
                    response.headers_mut().insert(header::LOCATION, location);
                }
            }
        }
        response
    }
}
