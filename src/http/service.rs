//! The routes over the application: what the server serves, and tests call without one.

use std::{collections::BTreeMap, fmt, sync::Arc};

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    auth::Authenticator,
    connections::{Connections, Room},
    explorer,
    extract::method_not_allowed,
    graphql::Endpoint,
    landing, links, metrics,
    middleware::{body::Bodies, client::TrustedProxies, headers, legacy_usage::count_legacy_call, room::require_room},
    probes::Readiness,
    router::{Parts, router},
    storage,
};
use crate::{
    app::{App, StartError},
    config::{Config, ConfigError},
    domain::accounts::{access::AccessChanges, authenticate::authenticate},
    error::Error,
    graphql::{self, print::Printed},
    platform::{clock::Clock, db::in_background, open_files},
    rest::{self, Dialect, Route},
};

/// All routes, and the sockets that were opened through them.
#[derive(Clone)]
pub struct Service {
    /// The routes.
    pub router: Router,
    /// Open sockets; they end when the shutdown begins.
    pub tasks: TaskTracker,
    /// Who may hold connections.
    pub connections: Connections,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("tasks", &self.tasks).finish_non_exhaustive()
    }
}

/// Puts the routes together; streams end when `shutdown` is cancelled.
///
/// # Errors
/// When a setting can't be served with.
pub fn service(app: App, shutdown: CancellationToken) -> Result<Service, StartError> {
    let config = app.domain.config.clone();
    let domain = app.domain.clone();
    let check = move |token: Arc<str>| {
        let domain = domain.clone();
        async move { authenticate(&domain, &token).await }
    };
    let changes = AccessChanges::new(app.domain.events.clone());
    let authenticator = Authenticator::new(check, changes, app.domain.clock.clone());
    let sdl = graphql::sdl();
    let dialects = rest::apis::all();
    let routes = rest::load_all(&sdl, &dialects)?;
    let unknown = unknown_among(&config, &routes);
    if !unknown.is_empty() {
        return Err(ConfigError::Invalid(unknown).into());
    }
    let trusted = routes.iter().map(|route| Printed(&route.document).to_string()).collect();
    let endpoint = Endpoint::new(app.gateway.clone(), config.clone(), authenticator.clone(), trusted, shutdown)
        .map_err(Error::internal)?;
    let tasks = endpoint.tasks().clone();
    let legacy = legacy_apis(&app, routes.clone(), &dialects)?;
    let own = explorer::router(&app, &routes)?
        .merge(landing::router(&app, &routes, sdl, legacy.clone()))
        .merge(storage::router(app.clone()))
        .merge(links::router(app.clone()))
        .method_not_allowed_fallback(method_not_allowed)
        .route_layer(from_fn(require_room));
    let proxies = TrustedProxies::new(&config.server).map_err(|error| ConfigError::Invalid(vec![error.to_string()]))?;
    let room = Room::new(&config.limits, open_files::limit());
    let bodies = Bodies::new(&config.limits, room, proxies.clone());
    let connections = Connections::new(room, proxies.clone());
    let all_routes = router(Parts {
        endpoint,
        rest: own.merge(legacy),
        authenticator,
        bodies,
        proxies,
        readiness: readiness(app),
        metrics: metrics::install().map_err(Error::internal)?,
        cors: headers::cors(&config.server)?,
    });
    Ok(Service { router: all_routes, tasks, connections })
}

/// Where the settings announce the end of what there is not: a slip of the pen would close nothing, and nobody would
/// notice.
///
/// # Errors
/// When a route file doesn't fit the schema.
pub fn unknown_operations(config: &Config) -> Result<Vec<String>, StartError> {
    Ok(unknown_among(config, &rest::load_all(&graphql::sdl(), &rest::apis::all())?))
}

fn unknown_among(config: &Config, routes: &[Route]) -> Vec<String> {
    let mut problems = Vec::new();
    for (slug, api) in &config.apis {
        let own: Vec<&str> =
            routes.iter().filter(|route| route.dialect.slug == slug).map(|route| route.operation.as_str()).collect();
        for name in api.deprecated.keys().chain(api.sunset.keys()).chain(&api.closed) {
            if name != "all" && !own.contains(&name.as_str()) {
                problems.push(format!(
                    "[apis.{slug}] has no operation `{name}`: write `all`, or one of {}",
                    own.join(", ")
                ));
            }
        }
    }
    problems
}

/// What the legacy APIs need of the settings.
pub fn legacy_settings(config: &Config, clock: Clock) -> rest::Settings {
    let hosts = config.apis.iter().map(|(slug, api)| (slug.clone(), api.hosts.clone())).collect();
    let mut farewells: BTreeMap<String, rest::Farewell> = BTreeMap::new();
    for (slug, api) in &config.apis {
        let key = |name: &str| if name == "all" { slug.clone() } else { name.to_owned() };
        for (name, at) in &api.deprecated {
            farewells.entry(key(name)).or_default().deprecated = Some(*at);
        }
        for (name, at) in &api.sunset {
            farewells.entry(key(name)).or_default().sunset = Some(*at);
        }
        for name in &api.closed {
            farewells.entry(key(name)).or_default().closed = true;
        }
    }
    let payments = &config.payments;
    let hooks = [
        ("ReceiveMidtransNotification", &payments.midtrans.paths),
        ("ReceiveDokuNotification", &payments.doku.paths),
        ("ReceiveXenditNotification", &payments.xendit.paths),
    ];
    let named = |(operation, paths): (&str, &Vec<String>)| {
        let operation = operation.to_owned();
        paths.iter().map(move |path| (operation.clone(), path.clone())).collect::<Vec<_>>()
    };
    rest::Settings {
        paths: hooks.into_iter().flat_map(named).collect(),
        public_url: config.server.public_url.clone(),
        app_url: config.server.app_url.clone(),
        shared_root: config.server.shared_root,
        hosts,
        farewells,
        clock,
        limits: rest::Limits { body: config.limits.body_bytes, file: config.limits.file_bytes },
        scale: config.limits.scale,
    }
}

fn legacy_apis(app: &App, routes: Vec<Route>, dialects: &[Dialect]) -> Result<Router, StartError> {
    let legacy = rest::build(
        app.gateway.clone(),
        routes,
        dialects,
        graphql::check_shape,
        app.domain.limiter.clone(),
        legacy_settings(&app.domain.config, app.domain.clock.clone()),
    )?;
    Ok(legacy.layer(from_fn_with_state(app.clone(), count_legacy_call)))
}

fn readiness(app: App) -> Readiness {
    Readiness::new(move || {
        let app = app.clone();
        async move {
            // A probe is no request of anybody.
            in_background(async {
                app.domain.db.ping().await.map_err(|_| "the database does not answer".to_owned())?;
                match app.is_migrated().await {
                    Ok(true) => Ok(()),
                    Ok(false) => Err("the tables are not up to date: run `gerbang migrate`".to_owned()),
                    Err(_) => Err("the database does not answer".to_owned()),
                }
            })
            .await
        }
    })
}
