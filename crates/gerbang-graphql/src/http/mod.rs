//! `/graphql`: GraphQL over HTTP, over Server-Sent Events and over WebSocket.
//!
//! POST takes JSON, and multipart where files are sent; GET takes whatever changes nothing. A body that a
//! form of another site could send is refused, so that no page can act for its visitor. What an answer
//! looks like is decided by `Accept`: see `format` and `refusal`.

mod admission;
mod answer;
mod constant;
mod content;
mod documents;
mod endpoint;
mod format;
mod manifest;
mod multipart;
mod prepare;
mod ready;
mod refusal;
mod request;
mod run;
mod sse;
mod trusted;
mod validate;
mod variables;
mod websocket;

use std::{convert::Infallible, net::Ipv4Addr, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{FromRequestParts, RawQuery, Request, State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use futures_util::StreamExt;
use gerbang_kernel::{
    identity::{Caller, ClientInfo, Identity},
    request::{BearerToken, ConnectionGuard, RequestId},
};
use mime::Mime;

use self::{
    answer::Answer,
    endpoint::RequestContext,
    format::{Accepted, Format},
    refusal::{Kind, Refusal},
    request::{Batch, Operation},
    run::subscription_needs_a_stream,
    validate::Allowed,
};
pub use self::{
    endpoint::Endpoint,
    trusted::{DocumentDefect, KnownDocuments, Schema, TrustedDocuments},
};
use crate::{
    engine::Engine,
    multipart::{boundary, essence},
};

/// The routes of the endpoint.
pub fn router<E: Engine>(endpoint: Endpoint<E>) -> Router {
    let methods = get(by_get::<E>).post(by_post::<E>).fallback(other_method);
    Router::new().route("/graphql", methods).with_state(endpoint)
}

/// Whether the client is a person in front of a browser, who wants a page.
pub fn wants_page(headers: &HeaderMap) -> bool {
    Accepted::from_headers(headers).page
}

async fn by_get<E: Engine>(
    State(endpoint): State<Endpoint<E>>,
    context: RequestContext<E::Identity>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if wants_socket(&headers) {
        return match upgrade {
            Ok(upgrade) => websocket::upgrade(endpoint, context, &headers, upgrade),
            Err(rejection) => {
                let message = format!("This is no handshake for a WebSocket: {}.", rejection.body_text());
                Refusal::malformed(message).into_response(Format::Json)
            }
        };
    }
    let accepted = Accepted::from_headers(&headers);
    let query = query.unwrap_or_default();
    if query.is_empty() && accepted.page {
        return ([(header::VARY, "Accept")], Redirect::to(endpoint.settings().page)).into_response();
    }
    match Operation::from_query_string(&query) {
        Ok(operation) => respond(&endpoint, operation, Some(&headers), accepted, context).await,
        Err(refusal) => refusal.into_response(accepted.or_json()),
    }
}

/// Whether the client would rather speak over a WebSocket. Some offer another protocol with every request (`h2c`), which
/// may be passed over.
fn wants_socket(headers: &HeaderMap) -> bool {
    let offered = headers.get_all(header::UPGRADE).iter().filter_map(|value| value.to_str().ok());
    offered.flat_map(|value| value.split(',')).any(|protocol| protocol.trim().eq_ignore_ascii_case("websocket"))
}

async fn by_post<E: Engine>(
    State(endpoint): State<Endpoint<E>>,
    context: RequestContext<E::Identity>,
    request: Request,
) -> Response {
    let accepted = Accepted::from_headers(request.headers());
    match receive(&endpoint, request).await {
        Ok(Batch::One(operation)) => respond(&endpoint, operation, None, accepted, context).await,
        Ok(Batch::Many(operations)) => respond_all(&endpoint, operations, accepted, context).await,
        Err(refusal) => refusal.into_response(accepted.or_json()),
    }
}

async fn other_method(headers: HeaderMap) -> Response {
    let refusal = Refusal::new(Kind::Method, "GraphQL is served by GET and POST.");
    let mut response = refusal.into_response(Accepted::from_headers(&headers).or_json());
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    response
}

/// Reads the body, if it is of a type that only a script of an allowed origin could send.
async fn receive<E: Engine>(endpoint: &Endpoint<E>, request: Request) -> Result<Batch, Refusal> {
    let limits = endpoint.settings();
    let (parts, body) = request.into_parts();
    // Whatever could be decompressed has been.
    if parts.headers.contains_key(header::CONTENT_ENCODING) {
        return Err(Refusal::new(
            Kind::MediaType,
            "The body must be sent as it is, or with `Content-Encoding: gzip` or `deflate`.",
        ));
    }
    let unsupported = || Refusal::new(Kind::MediaType, "The body must be `application/json`, in UTF-8.");
    match essence(&parts.headers).as_str() {
        "application/json" if is_utf_8(&parts.headers) => {
            Batch::from_json(&collect(&parts.headers, body, limits.body_bytes).await?)
        }
        "multipart/form-data" => {
            multipart::require_preflight(&parts.headers)?;
            let boundary = boundary(&parts.headers);
            let boundary = boundary.ok_or_else(|| Refusal::malformed("The multipart body names no boundary."))?;
            multipart::receive(body, boundary, limits).await
        }
        _ => Err(unsupported()),
    }
}

/// Whether a body is in UTF-8, as far as its type says. Clients know it by two names.
fn is_utf_8(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()?.parse::<Mime>().ok());
    let Some(content_type) = content_type else { return false };
    content_type.get_param(mime::CHARSET).is_none_or(|charset| charset == mime::UTF_8 || charset == "utf8")
}

async fn collect(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Refusal> {
    let too_large = || Refusal::new(Kind::TooLarge, format!("The body is larger than {limit} bytes."));
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let mut collected = Vec::with_capacity(announced.unwrap_or_default());
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Refusal::malformed("The body ended before it was complete."))?;
        if collected.len() + chunk.len() > limit {
            return Err(too_large());
        }
        collected.extend_from_slice(&chunk);
    }
    Ok(collected.into())
}

/// Answers one operation; `by_get` has the headers of a GET request.
async fn respond<E: Engine>(
    endpoint: &Endpoint<E>,
    operation: Operation,
    by_get: Option<&HeaderMap>,
    accepted: Accepted,
    context: RequestContext<E::Identity>,
) -> Response {
    let format = accepted.or_json();
    if accepted.single.is_none() && !accepted.events {
        return not_acceptable().into_response(format);
    }
    let allowed = if by_get.is_some() { Allowed::WithoutEffect } else { Allowed::Everything };
    match endpoint.prepare(operation, allowed, &context).await {
        Ok(ready) if ready.is_subscription() && !accepted.events => subscription_needs_a_stream().into_response(format),
        Ok(ready) if ready.is_subscription() || accepted.prefers_events => sse::respond(endpoint, Ok(ready), context),
        Ok(ready) if ready.is_query() => {
            let answer = match ready.constant.clone() {
                Some(trusted) => endpoint.constant(&trusted, ready, context, format, by_get).await,
                None => endpoint.run(ready, context).await.into_response(format),
            };
            endpoint.admission().admit_answer(answer).unwrap_or_else(|refusal| refusal.into_response(format))
        }
        Ok(ready) => endpoint.run(ready, context).await.into_response(format),
        // What is wrong with the request as such is no event of an operation.
        Err(refusal) if accepted.prefers_events && !matches!(refusal.kind, Kind::Malformed | Kind::Method) => {
            sse::respond(endpoint, Err(refusal), context)
        }
        Err(refusal) => refusal.into_response(format),
    }
}

/// Runs a batch one by one, since mutations may build on each other. They share one budget; each answers for itself, so that
/// what was done before the time was over is answered as done, and the rest is refused.
async fn respond_all<E: Engine>(
    endpoint: &Endpoint<E>,
    operations: Vec<Operation>,
    accepted: Accepted,
    context: RequestContext<E::Identity>,
) -> Response {
    let Some(format) = accepted.single else { return not_acceptable().into_response(accepted.or_json()) };
    let budget = endpoint.budget();
    let mut answers = Vec::with_capacity(operations.len());
    let (mut context, mut only_queries) = (context, true);
    for operation in operations {
        if !answers.is_empty()
            && let Err(refusal) = look_up_again(endpoint, &mut context).await
        {
            answers.push(refusal.into());
            continue;
        }
        answers.push(
            match endpoint.prepare_within(Arc::clone(&budget), operation, Allowed::Everything, &context).await {
                Ok(ready) => {
                    only_queries &= ready.is_query();
                    endpoint.run(ready, context.clone()).await
                }
                Err(refusal) => Answer::Refused(refusal),
            },
        );
    }
    let answer = answer::batch(&answers, format);
    if !only_queries {
        return answer;
    }
    endpoint.admission().admit_answer(answer).unwrap_or_else(|refusal| refusal.into_response(format))
}

/// Finds out who the caller is by now: what ran before may have ended their session or changed what they may do, and so may
/// somebody else.
async fn look_up_again<E: Engine>(
    endpoint: &Endpoint<E>,
    context: &mut RequestContext<E::Identity>,
) -> Result<(), Refusal> {
    if let Some(token) = context.token.clone() {
        let viewer = endpoint.authenticator().authenticate(token).await;
        context.caller.viewer = viewer.map_err(|_| Refusal::unknown_caller())?;
    }
    Ok(())
}

fn not_acceptable() -> Refusal {
    Refusal::new(
        Kind::NotAcceptable,
        "Answers are `application/graphql-response+json`, `application/json` or `text/event-stream`.",
    )
}

impl<S: Sync, I: Identity> FromRequestParts<S> for RequestContext<I> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let extensions = &parts.extensions;
        let unknown = || ClientInfo { ip: Ipv4Addr::UNSPECIFIED.into(), user_agent: None, country: None };
        Ok(Self {
            caller: Caller {
                viewer: extensions.get::<I>().cloned().unwrap_or_default(),
                client: extensions.get::<ClientInfo>().cloned().unwrap_or_else(unknown),
            },
            request_id: extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
            token: extensions.get::<BearerToken>().map(|token| token.0.clone()),
            _place: extensions.get::<ConnectionGuard>().cloned(),
        })
    }
}
