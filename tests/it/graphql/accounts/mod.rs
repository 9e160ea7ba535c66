//! Accounts: logging in, signing up, codes, invitations, and the messages about them.

mod access;
mod access_writers;
mod delivery;
mod invitations;
mod passwords;
mod remembered;
mod sessions;
mod sign_up;
mod sign_up_attempts;
mod staff;
mod tokens;
mod users;

use gerbang::accounts::{Realm, user};
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    app::{Answer, PASSWORD},
};

const LOGIN: &str = "mutation($input: LoginInput!) {
    login(input: $input) { token { content kind scheme expiresAt expiresIn } user { id email } }
}";

async fn login(app: &TestApp, input: Value) -> Answer {
    app.anonymous().graphql_with(LOGIN, json!({ "input": input })).await
}

async fn token_of(app: &TestApp, user: &user::row::Model) -> String {
    token_with(app, user.realm, &user.email, PASSWORD).await
}

async fn token_with(app: &TestApp, realm: Realm, email: &str, password: &str) -> String {
    let input = json!({ "realm": word(realm), "email": email, "password": password });
    login(app, input).await.ok()["login"]["token"]["content"].as_str().expect("a token").to_owned()
}

/// The user whose token this is; null if it is nobody's.
async fn whose(app: &TestApp, token: &str) -> Value {
    app.with_token(token).await.graphql("{ me { id } }").await.ok()["me"]["id"].take()
}

/// An enum's word in the schema.
fn word(value: impl async_graphql::InputType) -> Value {
    value.to_value().into_json().expect("a word")
}

fn global_id(user: &user::row::Model) -> String {
    format!("user_{}", user.id)
}

/// The rules that were broken, in alphabetical order.
#[track_caller]
fn broken(answer: &Answer) -> Vec<String> {
    let mut rules = answer.broken_rules();
    rules.sort();
    rules
}

#[test]
fn inputs_with_rules_are_in_the_schema() {
    let sdl = gerbang::graphql::sdl();
    for input in gerbang_graphql::rules::inputs() {
        assert!(sdl.contains(&format!("\ninput {input} {{")), "{input}");
    }
}
