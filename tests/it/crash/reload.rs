//! Keys are exchanged while the program serves.

use std::time::{Duration, Instant};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use gerbang::accounts::{Realm, Role};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::sleep;

use super::{Program, TIMEOUT, client};
use crate::support::{TestApp, app::PASSWORD, database::TestDatabase};

const FIRST: &str = r#"{ kid = "test", secret = "a secret for tests, 32 bytes long" }"#;
const SECOND: &str = r#"{ kid = "next", secret = "another secret of tests, also long" }"#;

/// The key of RFC 8032, section 7.1, test 1, and its public half.
const PAIR: &str = r#"{ kid = "pair", secret = """
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
""" }"#;
const PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_exchanged_at_a_hangup_and_bad_settings_change_nothing() {
    let (database, folder, client) = (TestDatabase::new().await, TempDir::new().unwrap(), client());
    database.migrated().await.close().await.unwrap();
    let program = Program::start(folder.path(), &database, &client).await;
    let app = TestApp::on(database, |_| ()).await;
    let admin = app.user(Realm::Notary, Role::Admin).await;
    let log_in = async || log_in(&client, &program, &admin.email).await;
    let old = log_in().await;
    assert!(opens(&client, &program, &old).await);

    program.change_settings(FIRST, &format!("{SECOND}, {FIRST}"));
    let new = eventually(async || Some(log_in().await).filter(|token| header(token)["kid"] == "next")).await;
    assert!(opens(&client, &program, &old).await, "both verify");

    program.change_settings("jwt_keys = [", "jwt_keys = [7, ");
    sleep(Duration::from_millis(300)).await;
    assert!(opens(&client, &program, &old).await && opens(&client, &program, &new).await, "nothing changed");

    program.change_settings("jwt_keys = [7, ", "jwt_keys = [");
    program.change_settings(&format!("{SECOND}, {FIRST}"), SECOND);
    let ended = async || (!opens(&client, &program, &old).await).then_some(());
    eventually(ended).await;
    assert!(opens(&client, &program, &new).await);

    // A pair of keys, whose public half is for everybody.
    program.change_settings(SECOND, &format!("{PAIR}, {SECOND}"));
    let signed = eventually(async || Some(log_in().await).filter(|token| header(token)["kid"] == "pair")).await;
    assert!(header(&signed)["alg"] == "EdDSA" && opens(&client, &program, &signed).await);
    let keys: Value = client.get(program.url("/.well-known/jwks.json")).send().await.unwrap().json().await.unwrap();
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "pair", "x": PUBLIC });
    assert_eq!(keys, json!({ "keys": [key] }));
    let verifying = DecodingKey::from_ed_components(PUBLIC).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.validate_exp = false;
    assert!(jsonwebtoken::decode::<Value>(&signed, &verifying, &validation).is_ok(), "anybody can verify it");
    // Whoever knows the public half can't sign with it as if it were a secret.
    let forged = jsonwebtoken::encode(
        &Header { kid: Some("pair".to_owned()), ..Header::new(Algorithm::HS256) },
        &jsonwebtoken::dangerous::insecure_decode::<Value>(&signed).unwrap().claims,
        &EncodingKey::from_secret(&BASE64_URL_SAFE_NO_PAD.decode(PUBLIC).unwrap()),
    );
    assert!(!opens(&client, &program, &forged.unwrap()).await);
}

async fn log_in(client: &Client, program: &Program, email: &str) -> String {
    let query = "mutation($input: LoginInput!) { login(input: $input) { token { content } } }";
    let input = json!({ "realm": "NOTARY", "login": email, "password": PASSWORD });
    let body = json!({ "query": query, "variables": { "input": input } });
    let answer: Value = client.post(program.url("/graphql")).json(&body).send().await.unwrap().json().await.unwrap();
    answer["data"]["login"]["token"]["content"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

async fn opens(client: &Client, program: &Program, token: &str) -> bool {
    let body = json!({ "query": "{ me { id } }" });
    let request = client.post(program.url("/graphql")).bearer_auth(token).json(&body);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    answer["data"]["me"]["id"].is_string()
}

/// What a token says about itself.
fn header(token: &str) -> Value {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap()
}

/// What comes of the signal, which is handled some time after it was sent.
async fn eventually<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < TIMEOUT, "nothing came of the signal");
        sleep(Duration::from_millis(50)).await;
    }
}
