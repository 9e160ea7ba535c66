//! `/c/{sub_id}`: tracking links, at every host.
//!
//! The visitor is sent on to the offer's URL, which comes from its row and never from the request. The answer is given
//! after the click is in the database. Whoever only looks is sent on as well, but is no click: a `HEAD`, and a browser
//! that fetches what its user may visit later. Where a link leads nowhere, a person sees a page and a program the envelope.

use axum::{
    Extension, Router,
    extract::State,
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, LOCATION, REFERER, REFERRER_POLICY, RETRY_AFTER, VARY},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use gerbang_graphql::http::wants_page;
use gerbang_kernel::{
    error::{Error, ErrorCode},
    identity::ClientInfo,
};
use gerbang_server::{extract::Path, problem};

use super::notice::message_page;
use crate::app::App;

/// How browsers say that nobody has clicked yet: the standard's header, Chrome's former, Safari's, Firefox's former.
const PURPOSES: [HeaderName; 4] = [
    HeaderName::from_static("sec-purpose"),
    HeaderName::from_static("purpose"),
    HeaderName::from_static("x-purpose"),
    HeaderName::from_static("x-moz"),
];

/// Every answer: another visit is another click. Offers may know which page the visitor comes from, over HTTPS.
const HEADERS: [(HeaderName, HeaderValue); 2] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer-when-downgrade")),
];

/// The route. A slash at its end, which some programs add to what they find in a text, changes nothing.
pub(super) fn router(app: App) -> Router {
    let link = get(follow).head(look);
    Router::new().route("/c/{sub_id}", link.clone()).route("/c/{sub_id}/", link).with_state(app)
}

async fn follow(
    State(app): State<App>,
    Extension(client): Extension<ClientInfo>,
    sub_id: Result<Path<String>, Response>,
    headers: HeaderMap,
) -> Response {
    if is_prefetch(&headers) {
        return look(State(app), sub_id, headers).await;
    }
    let sub_id = sub_id_of(sub_id);
    let referrer = headers.get(REFERER).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    answer(app.follow_link(&sub_id, client, referrer).await, &headers)
}

async fn look(State(app): State<App>, sub_id: Result<Path<String>, Response>, headers: HeaderMap) -> Response {
    answer(app.link_destination(&sub_id_of(sub_id)).await, &headers)
}

/// What stands in the path; bytes that are no text are no link's.
fn sub_id_of(sub_id: Result<Path<String>, Response>) -> String {
    sub_id.map(|Path(sub_id)| sub_id).unwrap_or_default()
}

/// Whether a browser fetches ahead (`prefetch`, `prefetch;prerender`, Safari's `preview`).
fn is_prefetch(headers: &HeaderMap) -> bool {
    let values = PURPOSES.into_iter().flat_map(|name| headers.get_all(name)).filter_map(|value| value.to_str().ok());
    let mut words = values.flat_map(|value| value.split([';', ','])).map(str::trim);
    words.any(|word| ["prefetch", "prerender", "preview"].iter().any(|ahead| word.eq_ignore_ascii_case(ahead)))
}

fn answer(destination: Result<String, Error>, headers: &HeaderMap) -> Response {
    let location = destination.and_then(|url| HeaderValue::try_from(url).map_err(Error::internal));
    let response = match location {
        Ok(location) => (StatusCode::FOUND, [(LOCATION, location)]).into_response(),
        Err(error) => refusal(&error, wants_page(headers)),
    };
    (HEADERS, response).into_response()
}

/// A page for people, who came here by a click; the gateway's envelope for programs.
fn refusal(error: &Error, page: bool) -> Response {
    let (status, title, advice) = match error.code {
        ErrorCode::NotFound => (
            StatusCode::NOT_FOUND,
            "This link leads nowhere",
            "It may be mistyped, or what it led to is over. Whoever gave it to you may have a newer one.",
        ),
        ErrorCode::Unavailable => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many visitors at once",
            "The link is right, but there is no room at the moment. Try again in a few seconds.",
        ),
        _ => {
            tracing::error!(error = %error, cause = ?error.cause(), "a click could not be recorded");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong on our side",
                "The link may well be right. Try again later.",
            )
        }
    };
    let mut response = if page {
        (status, message_page(title, advice)).into_response()
    } else {
        problem(status, error.code, &error.message)
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static("Accept"));
    if let Some(seconds) = error.retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}
