//! One request to one route: throttle, authenticate, bind, run, show. In this order: 401 and 403 come
//! before anything that is wrong with the body.

use std::{any::Any, panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{Request, Value};
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use gerbang_graphql::{engine::Engine, http::wants_page, trace::operation_span};
use gerbang_kernel::{
    error::{Error, ErrorCode},
    facts::note,
    identity::{Caller, ClientInfo, Identity},
    request::{Overloaded, RequestId},
};
use gerbang_trace::KeyValue;
use serde_json::Value as Json;

use super::{
    address::client,
    bind::{BoundVariables, Incoming, bind},
    mounted::Mounted,
    ready::Ready,
    render::{self, File, Frame},
    server::Server,
};
use crate::model::{
    failure::Failure,
    notice::{Notice, PLAIN},
    plan::Outcome,
    route::{Auth, Output, Route},
    route_error::Reply,
};

/// Which route answered, for metrics and logs: an extension of every answer of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedRoute {
    /// The API's slug.
    pub api: &'static str,
    /// The realm whose users it serves.
    pub realm: &'static str,
    /// The operation's name.
    pub operation: Arc<str>,
    /// Both, such as `notary/list_services`.
    pub name: Arc<str>,
    /// Who called: the name of the token, else the `User-Agent`, as they were sent.
    pub client: Option<String>,
}

/// What the operation of a route gave.
struct Success {
    data: Value,
    /// Number and size of the page that was asked for.
    page: (u32, u32),
    /// The variables for whose list a bare number was sent.
    bare: Vec<String>,
    status: StatusCode,
    message: Option<String>,
}

impl<E: Engine> Server<E> {
    /// The route's answer to a request.
    pub(crate) async fn serve(
        &self,
        mounted: &Mounted,
        parts: Parts,
        parameters: &[(String, String)],
        incoming: Incoming,
    ) -> Response {
        let route = &mounted.route;
        note(|facts| facts.operation = Some(Arc::clone(&mounted.operation)));
        gerbang_trace::rename(|| format!("{} {}", parts.method, route.documented_path()));
        gerbang_trace::annotate(|| {
            vec![
                KeyValue::new("http.route", route.documented_path()),
                KeyValue::new("gerbang.api", route.dialect.slug),
                KeyValue::new("gerbang.route_file", route.file.clone()),
            ]
        });
        let mut headers = HeaderMap::new();
        let result = if mounted.sunset.has_ended(self.settings.clock.now()) {
            Err(ErrorCode::Gone.into())
        } else {
            let run = AssertUnwindSafe(self.run(mounted, &parts, parameters, incoming, &mut headers)).catch_unwind();
            run.await.unwrap_or_else(|panic| {
                route.log_fault(&format!("the operation panicked: {}", panic_message(&*panic)), None);
                Err(ErrorCode::Internal.into())
            })
        };
        let mut response = result.unwrap_or_else(|failure| self.refuse(route, &failure, &parts));
        if route.html {
            headers.append(header::VARY, HeaderValue::from_static("Accept"));
        }
        headers.extend(mounted.link.clone().map(|link| (header::LINK, link)));
        mounted.sunset.add_to(&mut headers);
        response.headers_mut().extend(headers);
        // Nobody in between keeps what was meant for one client, or for one time.
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache, private"));
        response.extensions_mut().insert(MatchedRoute {
            api: route.dialect.slug,
            realm: route.dialect.realm,
            operation: Arc::clone(&mounted.operation),
            name: Arc::clone(&mounted.name),
            client: client_of::<E::Identity>(&parts),
        });
        response
    }

    async fn run(
        &self,
        mounted: &Mounted,
        parts: &Parts,
        parameters: &[(String, String)],
        incoming: Incoming,
        headers: &mut HeaderMap,
    ) -> Result<Response, Failure> {
        let route = &mounted.route;
        if let Some(Overloaded(error)) = parts.extensions.get() {
            return Err(error.clone().into());
        }
        if route.auth != Auth::None
            && let Some(error) = parts.extensions.get::<Error>()
        {
            return Err(error.clone().into());
        }
        let viewer = parts.extensions.get::<E::Identity>().cloned().unwrap_or_default();
        let Some(client) = client(parts) else {
            route.log_fault("the request does not say where it came from", None);
            return Err(ErrorCode::Internal.into());
        };
        self.throttle(route, &viewer, &client, headers).await?;
        let viewer = effective_viewer(route, viewer)?;
        let bound = bind(route, parts, parameters, incoming, self.settings.limits, &*self.rules).await?;
        let caller = Caller { viewer, client };
        if route.html && wants_page(&parts.headers) {
            let Success { status, message, .. } = self.execute(route, parts, bound, caller).await?;
            return Ok(self.page(route, status, message.as_deref().or(route.message.as_deref())));
        }
        if route.output == Output::Json {
            let make = async { self.ready(route, parts, self.execute(route, parts, bound, caller).await?) };
            let ready = match &mounted.constant {
                Some(kept) => kept.get_or_make(make).await,
                None => make.await,
            };
            return Ok(ready?.response(route, parts));
        }
        let Success { data, status, .. } = self.execute(route, parts, bound, caller).await?;
        if route.output == Output::Redirect {
            if let Some(Value::String(location)) = route.plan.only_leaf(&data) {
                return Ok(self.redirect(status, location, parts));
            }
            route.log_fault("the operation gave no location", None);
            return Err(ErrorCode::Internal.into());
        }
        let Some(file) = route.plan.only_leaf(&data).and_then(File::of) else {
            route.log_fault("the operation gave no file", None);
            return Err(ErrorCode::Internal.into());
        };
        Ok(Ready::file(route, status, file).response(route, parts))
    }

    /// Runs the operation of a route.
    async fn execute(
        &self,
        route: &Route,
        parts: &Parts,
        bound: BoundVariables,
        caller: Caller<E::Identity>,
    ) -> Result<Success, Failure> {
        let BoundVariables { variables, uploads, names, page, bare } = bound;
        let mut request = Request::new("").operation_name(&route.operation).variables(variables);
        request.set_parsed_query(route.document.clone());
        if let Some(id) = parts.extensions.get::<RequestId>() {
            request = request.data(id.clone());
        }
        for (name, upload) in uploads {
            request.set_upload(&format!("variables.{name}"), upload);
        }
        let span = operation_span(route.kind, Some(&route.operation));
        let answer = span.around(self.engine.execute_trusted(request, caller)).await;
        drop(span);
        if !answer.errors.is_empty() {
            return Err(route.failure(&answer.errors, &names));
        }
        let Outcome { status, message } = route.plan.inspect(&answer.data)?;
        Ok(Success { data: answer.data, page, bare, status: status.unwrap_or(route.status), message })
    }

    /// Shows what the operation of a route gave.
    fn ready(&self, route: &Route, parts: &Parts, success: Success) -> Result<Ready, Failure> {
        let Success { data, page, bare, status, message } = success;
        let url = if route.plan.paged { self.called_url(parts) } else { String::new() };
        let frame = Frame {
            dialect: &route.dialect,
            message: message.as_deref().or(route.message.as_deref()),
            body: &route.body,
            footer: &route.footer,
            page,
            bare: &bare,
            url: &url,
        };
        let body = render::write(&route.plan, &data, &frame).map_err(|error| {
            route.log_fault("the answer could not be written", Some(&error));
            Failure::from(ErrorCode::Internal)
        })?;
        Ok(Ready::json(route, status, body))
    }

    /// The message of an answer as a page.
    fn page(&self, route: &Route, status: StatusCode, message: Option<&str>) -> Response {
        let message = message.or(status.canonical_reason()).unwrap_or_default();
        Notice::Message { api: route.dialect.slug, status, message }.response(self.settings.notice)
    }

    /// A redirect, with a page for those who don't follow: for programs, whose users may see it, a small one.
    fn redirect(&self, status: StatusCode, location: &str, parts: &Parts) -> Response {
        let page = if wants_page(&parts.headers) { self.settings.notice } else { PLAIN };
        let mut response = Notice::Redirect { status, location }.response(page);
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept"));
        response
    }

    fn refuse(&self, route: &Route, failure: &Failure, parts: &Parts) -> Response {
        note(|facts| facts.fail(failure.code.as_str()));
        let Reply { answer, location } = route.reply(failure, &self.settings);
        let mut response = match location {
            Some(location) => self.redirect(answer.status, &location, parts),
            None if route.html && wants_page(&parts.headers) => {
                self.page(route, answer.status, answer.body.get("message").and_then(Json::as_str))
            }
            None => (answer.status, axum::Json(answer.body)).into_response(),
        };
        if let Some(seconds) = failure.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The message of a panic.
fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref().copied()).unwrap_or("nothing")
}

/// What the client calls itself.
fn client_of<I: Identity>(parts: &Parts) -> Option<String> {
    let named = parts.extensions.get::<I>().and_then(Identity::device);
    let sent = || parts.extensions.get::<ClientInfo>().and_then(|client| client.user_agent.clone());
    named.map(str::to_owned).or_else(sent)
}

/// The viewer as the route sees them: nobody, unless they are of its realm and have a token of a kind that it takes.
fn effective_viewer<I: Identity>(route: &Route, viewer: I) -> Result<I, ErrorCode> {
    let realm = route.dialect.realm;
    let counts =
        viewer.realm() == Some(realm) && viewer.token_type().is_some_and(|token| route.tokens.contains(&token));
    match route.auth {
        Auth::Optional if counts || viewer.is_gateway_admin() => Ok(viewer),
        Auth::None | Auth::Optional => Ok(I::default()),
        Auth::User | Auth::Admin if !counts => Err(ErrorCode::Unauthenticated),
        Auth::Admin if !viewer.is_admin_of(realm) => Err(ErrorCode::Forbidden),
        Auth::User | Auth::Admin => Ok(viewer),
    }
}
