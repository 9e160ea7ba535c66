//! A route that answers.

use std::sync::Arc;

use axum::http::HeaderValue;
use gerbang_graphql::type_index::SchemaIndex;
use gerbang_kernel::version::Kept;

use super::{ready::Ready, sunset::SunsetHeaders};
use crate::model::{
    route::{Output, Route},
    settings::Settings,
};

/// A route with what its answers always carry.
pub(crate) struct Mounted {
    pub(crate) route: Route,
    /// The operation's name.
    pub(crate) operation: Arc<str>,
    /// The API's slug and the operation's name.
    pub(crate) name: Arc<str>,
    /// The GraphQL operation that replaces it, if there is a page that shows it.
    pub(crate) link: Option<HeaderValue>,
    pub(crate) sunset: SunsetHeaders,
    /// Its answer, where that is the same for all who get one.
    pub(crate) constant: Option<Kept<Ready>>,
}

impl Mounted {
    pub(crate) fn new(route: Route, types: &SchemaIndex, settings: &Settings) -> Self {
        let link = settings.replacement(&route.operation).map(|page| format!("<{page}>; rel=\"alternate\""));
        let reference = format!("{}/{}/docs", settings.public_url, route.dialect.slug);
        let sunset = SunsetHeaders::new(
            settings.sunset_of(route.dialect.slug, &route.operation),
            &reference,
            settings.clock.now(),
        );
        let made_of = settings.constants.read_by(&route.document, types).filter(|_| route.output == Output::Json);
        Self {
            operation: route.operation.as_str().into(),
            name: format!("{}/{}", route.dialect.slug, route.operation).into(),
            link: link.and_then(|link| HeaderValue::try_from(link).ok()),
            sunset,
            constant: made_of.map(Kept::new),
            route,
        }
    }
}
