//! Who calls which legacy route, for those who want to close it.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use gerbang_rest::MatchedRoute;
use gerbang_server::metrics;

use crate::{accounts::Realm, app::App};

/// Counts the request if a legacy route answered it. On `/metrics` by route; by client only where that is bounded.
pub(super) async fn count_legacy_call(State(app): State<App>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if let Some(MatchedRoute { api, realm, operation, client }) = response.extensions().get::<MatchedRoute>() {
        metrics::record_legacy(api, operation);
        if let Some(realm) = Realm::by_name(realm) {
            app.count_legacy_call(realm, api, operation, client.as_deref());
        }
    }
    response
}
