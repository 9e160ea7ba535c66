//! `/c/{sub_id}`: tracking links, at every host.
//!
//! The visitor is sent on to the offer's URL, which comes from its row and never from the request. The answer is given
//! after the click is in the database. Whoever only looks is sent on as well, but is no click: a `HEAD`, and a browser
//! that fetches what its user may visit later.

use axum::{
    Extension, Router,
    extract::{Path, State, rejection::PathRejection},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, LOCATION, REFERER, REFERRER_POLICY, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use url::Url;

use super::problem;
use crate::{
    app::App,
    error::{Error, ErrorCode},
    graphql::ClientInfo,
};

/// How browsers say that nobody has clicked yet: the standard's header, Chrome's and Safari's former, Firefox's former.
const PURPOSES: [HeaderName; 3] =
    [HeaderName::from_static("sec-purpose"), HeaderName::from_static("purpose"), HeaderName::from_static("x-moz")];

/// Every answer: another visit is another click. Offers may know which page the visitor comes from, over HTTPS.
const HEADERS: [(HeaderName, HeaderValue); 2] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer-when-downgrade")),
];

/// The route.
pub(super) fn router(app: App) -> Router {
    Router::new().route("/c/{sub_id}", get(follow).head(look)).with_state(app)
}

async fn follow(
    State(app): State<App>,
    Extension(client): Extension<ClientInfo>,
    sub_id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    if is_prefetch(&headers) {
        return look(State(app), sub_id).await;
    }
    let sub_id = word(sub_id);
    let referrer = headers.get(REFERER).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    answer(app.follow_link(&sub_id, client, referrer).await)
}

async fn look(State(app): State<App>, sub_id: Result<Path<String>, PathRejection>) -> Response {
    answer(app.look_at_link(&word(sub_id)).await)
}

/// What stands in the path; bytes that are no text are no link's.
fn word(sub_id: Result<Path<String>, PathRejection>) -> String {
    sub_id.map(|Path(sub_id)| sub_id).unwrap_or_default()
}

/// Whether a browser fetches ahead (`prefetch`, `prefetch;prerender`, Safari's `preview`).
fn is_prefetch(headers: &HeaderMap) -> bool {
    let values = PURPOSES.into_iter().flat_map(|name| headers.get_all(name)).filter_map(|value| value.to_str().ok());
    let mut words = values.flat_map(|value| value.split([';', ','])).map(str::trim);
    words.any(|word| ["prefetch", "prerender", "preview"].iter().any(|ahead| word.eq_ignore_ascii_case(ahead)))
}

fn answer(destination: Result<String, Error>) -> Response {
    let location = destination.and_then(|destination| location(&destination));
    let response = match location {
        Ok(location) => (StatusCode::FOUND, [(LOCATION, location)]).into_response(),
        Err(error) => refusal(&error),
    };
    (HEADERS, response).into_response()
}

/// The offer's URL as it stands in its row; a URL with other letters than ASCII as browsers write it.
fn location(destination: &str) -> Result<HeaderValue, Error> {
    if destination.is_ascii() {
        return HeaderValue::try_from(destination).map_err(Error::internal);
    }
    let url = Url::parse(destination).map_err(Error::internal)?;
    HeaderValue::try_from(url.as_str()).map_err(Error::internal)
}

fn refusal(error: &Error) -> Response {
    let status = match error.code {
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => {
            tracing::error!(error = %error, cause = ?error.cause(), "a click could not be recorded");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    let mut response = problem(status, error.code, &error.message);
    if let Some(seconds) = error.retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}
