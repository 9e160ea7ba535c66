//! Who is asking: the bearer token of a request becomes its [`Identity`].

use std::sync::Arc;

use axum::{
    extract::Request,
    http::{StatusCode, header::RETRY_AFTER as RETRY_AFTER_HEADER},
    middleware::Next,
    response::Response,
};
use gerbang_kernel::{
    error::{Error, ErrorCode},
    facts::note,
    identity::{Authenticator, ClientInfo, Identity, bearer},
    request::BearerToken,
};

use super::overload::Refused;
use crate::problem;

/// Seconds after which a token can be looked up again, it is hoped.
const RETRY_AFTER: u64 = 1;

/// Puts who asks beside the request. A token that is not valid is nobody's: whether that matters is
/// for the route or field to say. Where it could not be looked up, the [`Error`] stands in place of
/// the viewer, since each front says so in its own words.
pub(crate) async fn set_viewer<I: Identity>(authenticator: &Authenticator<I>, request: &mut Request) {
    let is_refused = request.extensions().get::<Refused>().is_some();
    let viewer = match bearer(request.headers()).filter(|_| !is_refused).map(Arc::from) {
        None => I::default(),
        Some(token) => {
            request.extensions_mut().insert(BearerToken(Arc::clone(&token)));
            match authenticator.authenticate(token).await {
                Ok(viewer) => viewer,
                Err(error) => {
                    // That the database is down is logged once, where it is found out.
                    if error.code != ErrorCode::Unavailable {
                        tracing::error!(error = %error, cause = ?error.cause(), "a token could not be looked up");
                    }
                    request.extensions_mut().insert(Error::unavailable(RETRY_AFTER));
                    return;
                }
            }
        }
    };
    note(|facts| {
        facts.user = viewer.user_key();
        facts.realm = viewer.realm().map(str::to_owned);
        let agent = request.extensions().get::<ClientInfo>().and_then(|client| client.user_agent.as_deref());
        facts.name_client(viewer.device().or(agent).unwrap_or_default());
    });
    request.extensions_mut().insert(viewer);
}

/// Refuses requests of which nobody could say who sent them, for the gateway's own paths.
pub async fn require_viewer(request: Request, next: Next) -> Response {
    match refusal(&request) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    }
}

/// The answer to a request of which nobody could say who sent it.
pub(crate) fn refusal(request: &Request) -> Option<Response> {
    let error = request.extensions().get::<Error>()?;
    let mut refusal = problem(StatusCode::SERVICE_UNAVAILABLE, error.code, &error.message);
    refusal.headers_mut().insert(RETRY_AFTER_HEADER, RETRY_AFTER.into());
    Some(refusal)
}
