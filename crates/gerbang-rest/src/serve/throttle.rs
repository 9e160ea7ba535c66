//! How often one caller may ask.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use gerbang_graphql::engine::Engine;
use gerbang_kernel::{
    error::ErrorCode,
    identity::{ClientInfo, Identity},
};
use gerbang_limits as limits;
use gerbang_limits::{Remaining, RetryAfter};

use super::server::Server;
use crate::model::{failure::Failure, route::Route};

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");

impl<E: Engine> Server<E> {
    /// Counts the request against the API's limits; headers say what is left.
    pub(super) async fn throttle(
        &self,
        route: &Route,
        viewer: &E::Identity,
        client: &ClientInfo,
        headers: &mut HeaderMap,
    ) -> Result<(), Failure> {
        let user = viewer.user_key().filter(|_| viewer.realm() == Some(route.dialect.realm));
        let who = user.map_or_else(|| limits::address(client.ip).to_string(), |user| format!("user {user}"));
        let limits = route.dialect.limits.iter().map(|limit| {
            let key = format!("{}|{}|{who}", route.dialect.slug, limit.window.as_secs());
            (key, limit.requests.saturating_mul(self.settings.scale.max(1)), limit.window)
        });
        let limits: Vec<_> = limits.collect();
        // Looked at before counted, so that a refusal by one limit does not count for the others.
        for (key, max, _) in &limits {
            if let Err(refused) = self.limiter.peek(key, *max).await {
                return Err(too_many(*max, refused, headers));
            }
        }
        let mut least: Option<(u32, u32)> = None;
        for (key, max, window) in &limits {
            match self.limiter.hit(key, *max, *window).await {
                Ok(Remaining { hits, .. }) if least.is_none_or(|(_, least)| hits < least) => least = Some((*max, hits)),
                Ok(_) => {}
                Err(refused) => return Err(too_many(*max, refused, headers)),
            }
        }
        if let Some((max, hits)) = least {
            headers.insert(LIMIT, HeaderValue::from(max));
            headers.insert(REMAINING, HeaderValue::from(hits));
        }
        Ok(())
    }
}

fn too_many(max: u32, RetryAfter(seconds): RetryAfter, headers: &mut HeaderMap) -> Failure {
    headers.insert(LIMIT, HeaderValue::from(max));
    headers.insert(REMAINING, HeaderValue::from(0));
    Failure { retry_after: Some(seconds), ..ErrorCode::RateLimited.into() }
}
