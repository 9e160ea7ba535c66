//! The product itself with the demo's data, behind all that a request passes in the server.

use std::{env, fs, net::Ipv4Addr, sync::OnceLock};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderValue, Request},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use gerbang::{
    app::App,
    config::{Config, JwtKey},
    demo,
    http::service::service,
};
use gerbang_kernel::{clock::Clock, secret::Secret};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::runtime;

/// Signs its tokens.
pub const KEY: &str = "a secret for fuzzing, 32 bytes long";
/// The account of the demo that sees the most.
const ADMIN: (&str, &str) = ("TALENTS_MAPPING", "admin@talents.test");
/// More than any answer has.
const MAX_ANSWER: usize = 64 << 20;

struct Product {
    router: Router,
    token: String,
}

/// Starts the product, so that the first answer takes no longer than others.
pub fn begin() {
    runtime().block_on(product());
}

async fn product() -> &'static Product {
    static PRODUCT: OnceLock<Product> = OnceLock::new();
    if PRODUCT.get().is_none() {
        let product = start().await;
        let _ = PRODUCT.set(product);
    }
    PRODUCT.get().expect("it was started")
}

async fn start() -> Product {
    let folder = env::temp_dir().join(format!("gerbang-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the database");
    let listen = (Ipv4Addr::LOCALHOST, 0).into();
    let mut config = Config::demo(&folder, &folder.join("outbox"), listen).expect("the settings of the demo are right");
    config.limits.scale = 1_000_000;
    config.database.connections = 2;
    config.auth.access_ttl_seconds = 30 * 86_400;
    config.auth.jwt_keys = vec![JwtKey { kid: "fuzz".to_owned(), secret: Secret::new(KEY) }];
    let app = App::build(config, Clock::system()).await.expect("the product starts");
    app.migrate().await.expect("the tables are made");
    demo::fill(&app.domain).await.expect("the rows fit");
    let router = service(app, CancellationToken::new()).expect("the routes fit the schema").router;
    let (realm, login) = ADMIN;
    let query = "mutation($input: LoginInput!) { login(input: $input) { token { content } } }";
    let input = json!({ "realm": realm, "login": login, "password": demo::PASSWORD });
    let request = graphql(&json!({ "query": query, "variables": { "input": input } }).to_string());
    let (status, answer) = answer(&router, request).await;
    let answer: Value = serde_json::from_slice(&answer).expect("JSON");
    let token = answer["data"]["login"]["token"]["content"].as_str();
    let token = token.unwrap_or_else(|| panic!("the admin can't log in: {status} {answer}")).to_owned();
    Product { router, token }
}

/// What the token of an admin says, to say it with changes.
pub async fn claims() -> Map<String, Value> {
    let claims = product().await.token.split('.').nth(1).and_then(|part| BASE64_URL_SAFE_NO_PAD.decode(part).ok());
    serde_json::from_slice(&claims.expect("a JSON Web Token")).expect("claims are an object")
}

/// A POST to `/graphql`.
pub fn graphql(body: &str) -> Request<Body> {
    let request = Request::post("/graphql").header("content-type", "application/json");
    request.body(Body::from(body.to_owned())).expect("a request")
}

/// Sends a request; the status, or 500 where a field failed for a reason of ours.
pub async fn send(request: Request<Body>) -> u16 {
    let (status, answer) = answer(&product().await.router, request).await;
    let failed = b"\"code\":\"INTERNAL\"";
    if answer.windows(failed.len()).any(|at| at == failed) { 500 } else { status }
}

/// The same as the admin.
pub async fn send_as_admin(mut request: Request<Body>) -> u16 {
    let token = format!("Bearer {}", product().await.token);
    request.headers_mut().insert("authorization", HeaderValue::try_from(token).expect("a token"));
    send(request).await
}

async fn answer(router: &Router, mut request: Request<Body>) -> (u16, Vec<u8>) {
    request.headers_mut().insert("host", HeaderValue::from_static("gerbang.test"));
    let Ok(response) = router.clone().oneshot(request).await;
    let status = response.status().as_u16();
    (status, to_bytes(response.into_body(), MAX_ANSWER).await.expect("an answer").into())
}
