//! What routes are run with.

use std::{collections::HashSet, sync::Arc};

use axum::{
    Json,
    http::{request::Parts, uri::Authority},
    response::{IntoResponse, Response},
};
use gerbang_kernel::error::ErrorCode;
use gerbang_limits::Limiter;

use super::address::{authority, canonical, host_name};
use crate::model::{dialect::Dialect, failure::Failure, rules::InputRules, settings::Settings};

/// What routes are run with.
pub(crate) struct Server<E> {
    pub(crate) engine: E,
    pub(crate) rules: Arc<dyn InputRules>,
    pub(crate) limiter: Limiter,
    pub(crate) settings: Settings,
    /// The hosts of all APIs.
    pub(crate) hosts: HashSet<String>,
}

impl<E> Server<E> {
    /// The called URL without its query. Hosts that are not ours don't come back in an answer.
    pub(super) fn called_url(&self, parts: &Parts) -> String {
        let public = &self.settings.public_url;
        let origin = match (authority(&parts.uri, &parts.headers), public.split_once("://")) {
            (Some(host), Some((scheme, authority))) if self.is_ours(&host, authority) => format!("{scheme}://{host}"),
            _ => public.clone(),
        };
        format!("{origin}{}", canonical(parts.uri.path()))
    }

    fn is_ours(&self, host: &Authority, public: &str) -> bool {
        let name = host_name(host.host());
        matches!(name.as_str(), "localhost" | "127.0.0.1" | "[::1]")
            || host.as_str().eq_ignore_ascii_case(public)
            || self.hosts.contains(&name)
    }
}

/// The answer to a failure outside of any route.
pub(crate) fn failure_response(dialect: &Dialect, code: ErrorCode) -> Response {
    let answer = (dialect.answer)(&Failure::from(code));
    (answer.status, Json(answer.body)).into_response()
}
