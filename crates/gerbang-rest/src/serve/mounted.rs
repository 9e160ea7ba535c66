//! A route that answers.

use axum::http::HeaderValue;

use super::sunset::SunsetHeaders;
use crate::model::{route::Route, settings::Settings};

/// A route with what its answers always carry.
pub(crate) struct Mounted {
    pub(crate) route: Route,
    /// The GraphQL operation that replaces it, if there is a page that shows it.
    pub(crate) link: Option<HeaderValue>,
    pub(crate) sunset: SunsetHeaders,
}

impl Mounted {
    pub(crate) fn new(route: Route, settings: &Settings) -> Self {
        let link = settings.replacement(&route.operation).map(|page| format!("<{page}>; rel=\"alternate\""));
        let reference = format!("{}/{}/docs", settings.public_url, route.dialect.slug);
        let sunset = SunsetHeaders::new(
            settings.sunset_of(route.dialect.slug, &route.operation),
            &reference,
            settings.clock.now(),
        );
        Self { link: link.and_then(|link| HeaderValue::try_from(link).ok()), sunset, route }
    }
}
