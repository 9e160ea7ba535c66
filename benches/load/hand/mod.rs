//! What somebody would write by hand for the same answers: axum and sqlx, one handler and few statements for each.

mod authorize;
mod dashboard;
mod graphql;
mod pages;
mod pool;
mod rest;

use std::{error::Error, sync::Arc};

use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use sea_orm::sqlx;
use tokio::net::TcpListener;

use self::pool::Pool;
use crate::server::KEY;

/// What handlers work with.
#[derive(Clone)]
struct Context {
    pool: Pool,
    verifier: Arc<Verifier>,
    /// Whether anybody may ask anything.
    open: bool,
}

/// What tokens are verified with.
struct Verifier {
    key: DecodingKey,
    validation: Validation,
}

/// Serves this database until the process ends.
pub(crate) async fn serve(url: &str) -> Result<(), Box<dyn Error>> {
    let verifier =
        Verifier { key: DecodingKey::from_secret(KEY.as_bytes()), validation: Validation::new(Algorithm::HS256) };
    let context = Context { pool: Pool::new(url).await?, verifier: Arc::new(verifier), open: false };
    let open = Context { open: true, ..context.clone() };
    let router = routes().with_state(context).nest("/open", routes().with_state(open));
    let router = router.route("/ready", get(async || StatusCode::OK));
    let listener = TcpListener::bind(std::env::var("LISTEN")?).await?;
    Ok(axum::serve(axum::serve::ListenerExt::tap_io(listener, |stream| drop(stream.set_nodelay(true))), router).await?)
}

fn routes() -> Router<Context> {
    Router::new()
        .route("/graphql/client/{id}", get(graphql::client))
        .route("/graphql/partners/{page}", get(graphql::partners))
        .route("/graphql/scores/{page}", get(graphql::scores))
        .route("/clients", get(pages::clients))
        .route("/clients/{id}", get(rest::client))
        .route("/dashboard/{affiliate}", get(dashboard::dashboard))
        .route("/settings", get(rest::settings))
        .route("/static/settings", get(rest::static_settings))
}

/// Why there is no answer.
enum Refusal {
    Unauthenticated,
    NotFound,
    Failed(sqlx::Error),
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, message) = match self {
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "Unauthenticated.".to_owned()),
            Self::NotFound => (StatusCode::NOT_FOUND, "Not found.".to_owned()),
            Self::Failed(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
        };
        (status, Json(serde_json::json!({ "message": message }))).into_response()
    }
}

type Result<T, E = Refusal> = std::result::Result<T, E>;
