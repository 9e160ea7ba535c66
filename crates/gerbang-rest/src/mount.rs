//! Whose a request is: by host, by explicit prefix, or at the root that all APIs share.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use gerbang_graphql::engine::Engine;
use gerbang_kernel::{error::ErrorCode, identity::Identity};
use gerbang_limits::Limiter;

use crate::{
    docs::reference::Reference,
    model::{
        defect::{Defect, NOWHERE},
        dialect::{Condition, Dialect},
        route::Route,
        rules::InputRules,
        settings::Settings,
    },
    serve::{
        Server,
        address::canonical,
        bind::{Incoming, has_field},
        failure_response, host, host_name,
        mounted::Mounted,
        paths::{Entry, Handler, PathTable},
    },
};

/// One API: its hosts and its paths.
struct Api {
    dialect: Arc<Dialect>,
    hosts: Vec<String>,
    table: PathTable,
    reference: Reference,
}

/// Everything that answers legacy requests.
struct Shim<E> {
    server: Server<E>,
    apis: Vec<Api>,
    shared: PathTable,
    /// The paths of the settings.
    configured: PathTable,
}

/// Puts loaded routes behind their paths.
///
/// # Errors
/// Every path that can't be told from another.
pub(crate) fn mount<E: Engine>(
    routes: Vec<Route>,
    dialects: &[Dialect],
    engine: E,
    rules: Arc<dyn InputRules>,
    limiter: Limiter,
    settings: Settings,
) -> Result<Router, Vec<Defect>> {
    let types = engine.types().map_err(|error| vec![Defect::of_schema(&error)])?;
    let mounted = routes.into_iter().map(|route| Arc::new(Mounted::new(route, &types, &settings)));
    let mounted: Vec<Arc<Mounted>> = mounted.collect();
    let mut apis: Vec<Api> = dialects
        .iter()
        .map(|dialect| {
            let documented = || dialect.hosts.iter().map(|host| (*host).to_owned()).collect();
            let hosts: Vec<String> = settings.hosts.get(dialect.slug).cloned().unwrap_or_else(documented);
            let hosts = hosts.iter().map(|host| host_name(host)).collect();
            let dialect = Arc::new(dialect.clone());
            let own = mounted.iter().filter(|one| one.route.dialect.slug == dialect.slug).map(Arc::clone).collect();
            let reference = Reference::new(Arc::clone(&dialect), own);
            Api { dialect, hosts, table: PathTable::default(), reference }
        })
        .collect();
    let (mut shared, mut defects) = (PathTable::default(), Vec::new());
    // Documented bases first: at the shared root the others take only what is left.
    let most = dialects.iter().map(|dialect| dialect.bases.len()).max().unwrap_or_default();
    for base in 0..most {
        for one in &mounted {
            let Some(prefix) = one.route.dialect.bases.get(base) else { continue };
            let own = apis.iter_mut().find(|api| api.dialect.slug == one.route.dialect.slug);
            let Some(own) = own else { continue };
            for path in &one.route.paths {
                let added =
                    own.table.add(prefix, path, one, false).and_then(|()| shared.add(prefix, path, one, base > 0));
                if let Err(problem) = added {
                    defects.push(Defect {
                        file: one.route.file.clone(),
                        pos: NOWHERE,
                        problem: format!("{prefix}{path} can't be told from another path: {problem}"),
                        remedy: "Change one of the two paths.".to_owned(),
                    });
                }
            }
        }
    }
    let mut configured = PathTable::default();
    for (operation, path) in &settings.paths {
        let found = mounted.iter().find(|one| one.route.operation == *operation).ok_or("there is no such operation");
        let added = found.map_err(str::to_owned).and_then(|one| configured.add("", path, one, false));
        if let Err(problem) = added {
            defects.push(Defect {
                file: "the settings".to_owned(),
                pos: NOWHERE,
                problem: format!("{operation} can't answer at {path}: {problem}"),
                remedy: "Change the path in the settings.".to_owned(),
            });
        }
    }
    if !defects.is_empty() {
        return Err(defects);
    }
    let hosts = apis.iter().flat_map(|api| api.hosts.iter().cloned()).collect();
    let server = Server { engine, rules, limiter, settings, hosts };
    let shim = Arc::new(Shim { server, apis, shared, configured });
    Ok(Router::new().fallback(answer::<E>).with_state(shim))
}

async fn answer<E: Engine>(State(shim): State<Arc<Shim<E>>>, request: Request) -> Response {
    let is_head = *request.method() == Method::HEAD;
    let response = shim.dispatch(request).await;
    if is_head { without_body(response) } else { response }
}

/// The answer to HEAD: all headers of the answer to GET, its length included.
fn without_body(response: Response) -> Response {
    use axum::body::HttpBody;
    let (mut parts, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(parts, Body::empty())
}

impl<E: Engine> Shim<E> {
    async fn dispatch(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let mut incoming = Incoming::new(&parts.headers, body);
        let path = canonical(parts.uri.path());
        let path = path.as_str();
        let own = self.own(&parts, path);
        let found = match &own {
            Some((api, path)) => api.table.find(path),
            None if self.server.settings.shared_root => self.shared.find(path),
            None => None,
        };
        let found = found.or_else(|| self.configured.find(path));
        // The page of the reference links what is beside it, which a slash at its end would move.
        let is_reference = found.is_none() && !parts.uri.path().ends_with('/');
        let reference = own.as_ref().filter(|_| is_reference).map(|(api, path)| (&api.reference, *path));
        if let Some((reference, path)) = reference
            && let Some(answer) = reference.answer(&parts, path, &*self.server.rules, &self.server.settings).await
        {
            return answer;
        }
        let Some((entry, values)) = found else { return self.not_found(&parts, own.map(|(api, _)| api), path) };
        if parts.method == Method::OPTIONS {
            return (StatusCode::NO_CONTENT, [(header::ALLOW, entry.allow())]).into_response();
        }
        let Some(handler) = self.choose(entry, &parts, &mut incoming).await else {
            return method_not_allowed(entry);
        };
        let parameters = handler.parameters(values);
        self.server.serve(&handler.mounted, parts, &parameters, incoming).await
    }

    /// The one API that the prefix or the host names, and the path within it.
    fn own<'s, 'p>(&'s self, parts: &Parts, path: &'p str) -> Option<(&'s Api, &'p str)> {
        let prefixed = self.apis.iter().find_map(|api| {
            let rest = path.strip_prefix('/')?.strip_prefix(api.dialect.slug)?;
            (rest.is_empty() || rest.starts_with('/')).then_some((api, rest))
        });
        prefixed.or_else(|| {
            let host = host(&parts.uri, &parts.headers)?;
            self.apis.iter().find(|api| api.hosts.contains(&host)).map(|api| (api, path))
        })
    }

    /// The handler for this request. Several stand at one path only at the shared root.
    async fn choose<'e>(&self, entry: &'e Entry, parts: &Parts, incoming: &mut Incoming) -> Option<&'e Handler> {
        let handlers = entry.handlers_for(&parts.method);
        if let [handler] = handlers.as_slice() {
            return Some(handler);
        }
        let realm = parts.extensions.get::<E::Identity>().and_then(Identity::realm);
        for handler in &handlers {
            let is_meant = match handler.when {
                Condition::BodyHas(field) => {
                    has_field(incoming, &parts.headers, field, self.server.settings.limits).await
                }
                Condition::OwnToken => realm == Some(handler.mounted.route.dialect.realm),
                Condition::Otherwise => false,
            };
            if is_meant {
                return Some(handler);
            }
        }
        handlers.into_iter().find(|handler| handler.when == Condition::Otherwise)
    }

    fn not_found(&self, parts: &Parts, api: Option<&Api>, path: &str) -> Response {
        let closest = || {
            self.shared
                .closest(path)
                .filter(|_| self.server.settings.shared_root)
                .map(|handler| &handler.mounted.route.dialect)
        };
        let dialect = api.map(|api| &api.dialect).or_else(closest);
        match dialect {
            Some(dialect) => failure_response(dialect, ErrorCode::NotFound),
            None => (self.server.settings.not_found)(parts),
        }
    }
}

fn method_not_allowed(entry: &Entry) -> Response {
    let handlers = &entry.handlers;
    let handler = handlers.iter().find(|handler| handler.when == Condition::Otherwise).or(handlers.first());
    let mut response = match handler {
        Some(handler) => failure_response(&handler.mounted.route.dialect, ErrorCode::MethodNotAllowed),
        None => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    };
    response.headers_mut().insert(header::ALLOW, entry.allow());
    response
}
