//! The routes over the application: what the server serves, and tests call without one.

use std::{sync::Arc, time::Duration};

use axum::{Router, http::Method, middleware::from_fn};
use futures_util::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use gerbang_graphql::{
    http::{Endpoint, KnownDocuments},
    print::Printed,
    settings::{Audience, Settings},
};
use gerbang_kernel::{
    error::Error,
    identity::{Authenticate, Authenticator},
};
use gerbang_rest::{Dialect, MatchedRoute, Route};
use gerbang_server::{
    connections::{ConnectionLimits, Connections},
    extract::method_not_allowed,
    metrics::{self, CountedRoute},
    middleware::{
        body::BodyLimits,
        client::TrustedProxies,
        headers::{self, IsSecure},
        overload::refuse_overloaded,
    },
    open_files,
    probes::{Counted, Readiness},
    router::{Parts, router},
    server::Service,
};
use tokio_util::sync::CancellationToken;

use super::{explorer, invitation, landing, links, notice, routes::routes, storage};
use crate::{
    accounts::{
        Realm,
        access::{AccessChanges, AccessWatch},
        authenticate::{authenticate, recall},
    },
    apis::{
        self,
        settings::{legacy_settings, unknown_operations},
    },
    app::{App, StartError},
    audit,
    config::{Config, ConfigError, MetricsListen},
    domain::Domain,
    graphql, outbox,
    payments::event::receive,
    quotas,
    viewer::Viewer,
};

/// Puts the routes together; streams end when `shutdown` is cancelled.
///
/// # Errors
/// When a setting can't be served with.
pub fn service(app: App, shutdown: CancellationToken) -> Result<Service, StartError> {
    let config = app.domain.config.clone();
    let authenticator = Authenticator::new(Tokens(app.domain.clone()), app.domain.clock.clone());
    let sdl = graphql::sdl();
    let dialects = apis::all();
    let routes = routes()?;
    let unknown = unknown_operations(&config, routes);
    if !unknown.is_empty() {
        return Err(ConfigError::Invalid(unknown).into());
    }
    let documents = KnownDocuments {
        own: routes.iter().map(|route| Printed(&route.document).to_string()).chain(explorer::documents()).collect(),
        trusted: app.trusted.clone(),
    };
    let endpoint =
        Endpoint::new(app.gateway.clone(), graphql_settings(&config), authenticator.clone(), documents, shutdown)
            .map_err(Error::internal)?;
    let tasks = endpoint.tasks().clone();
    let legacy = legacy_apis(&app, routes.to_vec(), &dialects)?;
    let own = explorer::router(&app, routes)?
        .merge(landing::router(&app, routes, sdl, legacy.clone()))
        .merge(storage::router(app.clone()))
        .merge(links::router(app.clone()))
        .merge(invitation::router(&app, routes))
        .method_not_allowed_fallback(method_not_allowed)
        .route_layer(from_fn(refuse_overloaded));
    let Config { server, limits, .. } = &config;
    let scale = usize::try_from(limits.scale).unwrap_or(usize::MAX);
    let proxies = TrustedProxies::new(&server.trusted_proxies, &server.country_header)
        .map_err(|error| ConfigError::Invalid(vec![error.to_string()]))?;
    let connection_limits = ConnectionLimits::new(limits.connections_per_address, scale, open_files::limit());
    let body_limits =
        BodyLimits::new(limits.bodies_per_address, scale, Duration::from_secs(limits.body_seconds), connection_limits);
    let connections = Connections::new(connection_limits, proxies.clone());
    let counted = if server.metrics_listen == MetricsListen::Off { None } else { Some(counted(&app)?) };
    metrics::start_series(routes.iter().map(counted_route));
    dialects.iter().map(|dialect| dialect.slug).chain(["login", "password"]).for_each(gerbang_limits::start_series);
    quotas::start_series();
    audit::log::start_series();
    outbox::rules::start_series();
    receive::start_series(&app.domain);
    let on_legacy_call = legacy_calls(&app);
    let all_routes = router(Parts {
        endpoint,
        rest: own.merge(legacy),
        authenticator,
        body_limits,
        concurrency: app.concurrency.clone(),
        proxies,
        readiness: readiness(app),
        metrics: counted.filter(|_| server.metrics_listen == MetricsListen::Shared),
        cors: headers::cors(
            &server.cors_origins,
            headers::allowed_headers(&server.cors_headers).map_err(ConfigError::Invalid)?,
        ),
        is_secure: IsSecure(server.public_url.starts_with("https://")),
        on_legacy_call,
    });
    Ok(Service { router: all_routes, tasks, connections })
}

/// What knows the tokens.
struct Tokens(Domain);

impl Authenticate<Viewer> for Tokens {
    fn authenticate(&self, token: Arc<str>) -> BoxFuture<'static, gerbang_kernel::error::Result<Viewer>> {
        let domain = self.0.clone();
        async move { authenticate(&domain, &token).await }.boxed()
    }

    fn recall(&self, token: &str) -> Option<Viewer> {
        recall(&self.0, token)
    }

    fn changes(&self, viewer: &Viewer) -> BoxStream<'static, ()> {
        let Some(user) = viewer.user() else { return stream::pending().boxed() };
        let changes = AccessChanges::new(self.0.events.clone()).of_user(user.id);
        let next = async |mut changes: AccessWatch| {
            // Among those that were missed may be one of this user.
            let _ = changes.next().await;
            Some(((), changes))
        };
        stream::unfold(changes, next).boxed()
    }
}

/// What the endpoint needs of the settings.
pub fn graphql_settings(config: &Config) -> Settings {
    let scale = usize::try_from(config.limits.scale).unwrap_or(usize::MAX);
    Settings {
        limits: config.graphql.clone(),
        streams_per_address: config.limits.streams_per_address.saturating_mul(scale),
        body_bytes: config.limits.body_bytes,
        file_bytes: config.limits.file_bytes,
        origins: config.server.cors_origins.clone(),
        public_url: config.server.public_url.clone(),
        page: if config.server.explorer == Audience::Off { "/" } else { "/explorer" },
        without_session: graphql::WITHOUT_SESSION,
    }
}

fn legacy_apis(app: &App, routes: Vec<Route>, dialects: &[Dialect]) -> Result<Router, StartError> {
    let mut settings = gerbang_rest::Settings {
        constants: app.domain.events.versions().constants(),
        not_found: landing::not_found,
        notice: notice::page,
        ..legacy_settings(&app.domain.config, app.domain.clock.clone())
    };
    for (name, sunset) in &mut settings.sunsets {
        if let Some(seen) = app.announced_ends.get(name) {
            sunset.deprecated = Some(sunset.sunset.unwrap_or(*seen).min(*seen));
        }
    }
    Ok(gerbang_rest::build(
        app.gateway.clone(),
        routes,
        dialects,
        gerbang_rest::DeclaredRules,
        app.domain.limiter.clone(),
        settings,
    )?)
}

/// Who calls which legacy route, for those who want to close it.
fn legacy_calls(app: &App) -> Arc<dyn Fn(&MatchedRoute) + Send + Sync> {
    let app = app.clone();
    Arc::new(move |MatchedRoute { api, realm, operation, client, .. }| {
        if let Some(realm) = Realm::by_name(realm) {
            app.count_legacy_call(realm, api, operation, client.as_deref());
        }
    })
}

/// What is counted, and what is looked at when somebody asks.
fn counted(app: &App) -> Result<Counted, StartError> {
    let app = app.clone();
    Ok(Counted::new(metrics::install().map_err(Error::internal)?, move || app.read_gauges()))
}

/// What is counted of a route.
fn counted_route(route: &Route) -> CountedRoute<'_> {
    CountedRoute {
        api: route.dialect.slug,
        operation: &route.operation,
        method: route.methods.first().map_or("GET", Method::as_str),
        status: route.status.as_u16(),
    }
}

/// The probes and what is counted, for an address of their own.
pub(super) fn probes(app: App) -> Result<Router, StartError> {
    let counted = counted(&app)?;
    Ok(gerbang_server::probes::router(readiness(app), Some(counted)))
}

fn readiness(app: App) -> Readiness {
    Readiness::new(move || {
        let app = app.clone();
        async move { app.readiness().await }
    })
}
