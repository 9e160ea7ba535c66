//! Who is asking: the bearer token of a request becomes its [`Viewer`].

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    error::ErrorCode,
    graphql::Viewer,
    http::{
        auth::{Authenticator, bearer},
        problem,
    },
};

/// The token that the request carries, valid or not.
#[derive(Clone, Debug)]
pub struct BearerToken(pub Arc<str>);

/// Puts the [`Viewer`] beside the request. A token that is not valid is nobody's: whether that matters is
/// for the route or field to say.
pub async fn set_viewer(State(authenticator): State<Authenticator>, mut request: Request, next: Next) -> Response {
    let viewer = match bearer(request.headers()) {
        None => Viewer::anonymous(),
        Some(token) => {
            request.extensions_mut().insert(BearerToken(Arc::clone(&token)));
            match authenticator.authenticate(token).await {
                Ok(viewer) => viewer,
                Err(error) => {
                    tracing::error!(error = %error, cause = ?error.cause(), "a token could not be looked up");
                    return problem(
                        StatusCode::SERVICE_UNAVAILABLE,
                        ErrorCode::Unavailable,
                        "The server is busy. Try again in a moment.",
                    )
                    .into_response();
                }
            }
        }
    };
    request.extensions_mut().insert(viewer);
    next.run(request).await
}
