//! Legacy REST APIs as views of a GraphQL schema.
//!
//! A route is one GraphQL operation in a file: aliases are the legacy names, the selection is the body, directives say where
//! it answers. What an API does everywhere (its words for failures, its ids, times and pages) is its [`Dialect`]. The files
//! are checked against the schema before anything is served, and give the API's `OpenAPI` document and reference, too.
//!
//! # Using it
//!
//! ```ignore
//! let engine = SchemaEngine::new(|| Schema::build(Query, Mutation, EmptySubscription));
//! let router = gerbang_rest::router(engine, &[dialect()], Settings::new("https://api.example"))?;
//! axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await?;
//! ```
//!
//! `examples/library` is the whole of it. [`router`] takes the short way; [`load_all`] and [`build`] are its two halves, for
//! who has rules for inputs ([`InputRules`]), a limiter to share, or an [`Engine`] of their own. The router answers whatever
//! it is asked (as its fallback), so it goes behind other paths: `app.fallback_service(router)`.
//!
//! It looks for these in the extensions of a request, each optional: the engine's
//! [`Identity`](gerbang_kernel::identity::Identity) (else it is nobody's; or the [`Error`](gerbang_kernel::error::Error) that kept
//! one from being found), and a [`ClientInfo`](gerbang_kernel::identity::ClientInfo) (else what axum's `ConnectInfo` knows;
//! without either it answers 500). It leaves a [`MatchedRoute`] in those of its answers.
//!
//! # Adding a route
//!
//! 1. Write `<verb>_<noun>.graphql`: one named operation whose aliases are the legacy names and whose selection is the body, in
//!    order. The file's stem is the operation's name (`list_partners.graphql` is `query ListPartners`).
//! 2. Say on the operation where it answers, and what is special about it:
//!    ```graphql
//!    query ShowPartner($partner_id: ID!)
//!    @rest(method: GET, path: "/partners/{partner_id}")
//!    @error(code: NOT_FOUND, message: "Partner not found.") {
//!      data: partner(id: $partner_id) @required { id name clients_count: clientsCount }
//!    }
//!    ```
//! 3. Put what the API's document shows of it into the file's [`example`](SourceFile::example), in the form of [`Example`]: it
//!    is held against the route, becomes the examples of the `OpenAPI` document ([`openapi::document`]) and lines for a shell
//!    ([`examples::script`]), and your tests can replay it ([`examples::in_order`], [`ShownAnswer::filled`]).
//! 4. [`load_all`] names every mistake with its line and what to do ([`Defect`]). Done: the route answers, is in the
//!    [`listing`] and in the `OpenAPI` document ([`openapi::document`]).
//!
//! | directive | on | means |
//! |---|---|---|
//! | `@rest(method, path, tag, status, message, body, footer, kind, media, auth, tokens, etag, maxAge)` | operation | where it answers; `tag` is the section of the API's document it stands in; `message` and `body` stand in front of the selection, `footer` behind it; `media` is the type of a `FILE`; `auth` is `USER` unless it says `NONE`, `OPTIONAL` or `ADMIN`; `etag` adds a validator, `maxAge` one, too, and lets whoever stands in between keep a success for so many seconds, where `auth` is `NONE` |
//! | `@error(code, field, rule, status, message, body, location)` | operation | its own answer to a failure; the first that applies; `{retryAfter}`, `{app_url}` and `{public_url}` are filled in |
//! | `@from(query, header, body, request, number)` | variable | where it comes from, if not from the path, the query (GET) or the body, then the query; `number` is the list that a bare number stands for |
//! | `@values(map: { nama: NAME })` | variable, field | the API's words for an enum, both ways; default: lower case |
//! | `@spread` | field | the object's members stand among those around it |
//! | `@omit`, `@omit(when: NULL)` | field | not shown; not shown if null |
//! | `@required(code)` | field | null is an error, `NOT_FOUND` unless it says another |
//! | `@nullable` | field | null is shown on purpose; the loader asks for one of the three on every object that may be null |
//! | `@page` | connection | its rows under this key, with the dialect's page data beside them |
//! | `@entries(key, value)` | list of pairs | shown as an object |
//! | `@id` | text | shown in the form that the dialect gives ids |
//! | `@asSent(variable)` | list of objects | shown as a bare number where one was sent for this variable |
//! | `@outcome(status, message)` | inline fragment, `Boolean!` | what a success says, where there are several |
//!
//! # What the schema must bring
//!
//! - Failures are [`Error`](gerbang_kernel::error::Error)s, or have one of our codes ([`ErrorCode::as_str`]) as `code` in their
//!   extensions; all others are `INTERNAL`. A dialect answers every code, a route answers some in its own words.
//! - Ids are what follows the first `_` (`client_17` is 17), or all of it where there is none.
//! - A list for `@page` has `nodes` and `totalCount` and takes `page` and `perPage`.
//! - Scalars are known by name: `Date`, `DateTime`, `Decimal`, `Upload`, `JSON`, `SafeInt`, `Rupiah`, and `File` (an object of
//!   `content`, `contentType`, `name` and `etag`) for routes of `kind: FILE`.
#![deny(missing_docs)]

mod docs;
mod load;
mod model;
mod mount;
mod serve;

use std::sync::Arc;

use axum::Router;
use gerbang_limits::Limiter;

pub use self::{
    docs::{examples, listing::listing, openapi},
    load::load_all,
    model::{
        defect::Defect,
        dialect::{Blank, Claim, Condition, Dialect, Ids, Limit, Page, Paging, SourceFile, Times},
        example::{Budget, Example, Exchange, Request, ShownAnswer},
        example_request::{Part, Payload},
        failure::{Answer, Failure, FieldViolation, english_message},
        form::Form,
        input_type::{InputType, Kind, Member},
        notice::{Notice, PLAIN},
        plan::{Content, Leaf, Outcome, Plan, Show, Step},
        route::{Auth, Output, Route},
        route_error::RouteError,
        rules::{DeclaredRules, InputRules},
        settings::{Limits, NOT_FOUND, Settings},
        sunset::Sunset,
        variable::{PagingRole, Source, Variable},
    },
    serve::{MatchedRoute, conditional_response, disposition, host, host_name},
};
pub use gerbang_graphql::engine::{Engine, SchemaEngine};
pub use gerbang_kernel::{
    error::{ErrorCode, Rule},
    identity::TokenType,
};

/// The router that answers the routes of `dialects`, on a schema whose inputs have no rules but its types, and with a
/// limiter of its own.
///
/// # Errors
/// All mistakes of all route files.
pub fn router(engine: impl Engine, dialects: &[Dialect], settings: Settings) -> Result<Router, Vec<Defect>> {
    let routes = load_all(&engine.sdl(), dialects)?;
    let limiter = Limiter::new(settings.clock.clone());
    build(engine, routes, dialects, DeclaredRules, limiter, settings)
}

/// The router that answers the loaded `routes` of `dialects`.
///
/// # Errors
/// Every path that can't be told from another.
pub fn build(
    engine: impl Engine,
    routes: Vec<Route>,
    dialects: &[Dialect],
    rules: impl InputRules + 'static,
    limiter: Limiter,
    settings: Settings,
) -> Result<Router, Vec<Defect>> {
    mount::mount(routes, dialects, engine, Arc::new(rules), limiter, settings)
}
