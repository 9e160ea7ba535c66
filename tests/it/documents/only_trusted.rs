//! `[graphql] only_trusted`: what the operator's clients don't send is not answered.

use gerbang::accounts::{Realm, Role};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Files, SETTINGS, Server, apollo, hashed};
use crate::support::{app::PASSWORD, streams};

async fn server() -> (Server, Files) {
    let files = Files::new();
    let log_in = "mutation LogIn($input: LoginInput!) { login(input: $input) { token { content } } }";
    let documents = apollo(&[("settings", "Settings", "query", SETTINGS), ("log-in", "LogIn", "mutation", log_in)]);
    let server = Server::knowing(vec![files.write("apollo.json", &documents)], true).await;
    (server, files)
}

/// A request with a text and its hash.
fn stored(text: &str) -> Value {
    let mut body = hashed(&hex::encode(Sha256::digest(text)));
    body["query"] = text.into();
    body
}

async fn token(server: &Server, realm: Realm, role: Role) -> String {
    let user = server.app.user(realm, role).await;
    let realm = if realm == Realm::Staff { "STAFF" } else { "SCHOLARSHIP" };
    let input = json!({ "realm": realm, "email": user.email, "password": PASSWORD });
    let reply = server.post(None, json!({ "documentId": "log-in", "variables": { "input": input } })).await;
    reply.data()["login"]["token"]["content"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_explorer_lets_an_admin_log_in() {
    let (server, _files) = server().await;
    let admin = server.app.user(Realm::Staff, Role::Admin).await;
    let text = include_str!("../../../explorer/src/session/log_in.graphql");
    let input = json!({ "realm": "STAFF", "login": admin.email, "password": PASSWORD });
    let reply = server.post(None, json!({ "query": text, "variables": { "input": input } })).await;
    let token = reply.data()["login"]["token"]["content"].as_str().unwrap();
    server.post(Some(token), json!({ "query": "{ __schema { description } }" })).await.data();
    server
        .post(Some(token), json!({ "query": include_str!("../../../explorer/src/session/log_out.graphql") }))
        .await
        .data();
}

#[tokio::test]
async fn only_known_documents_are_answered() {
    let (server, _files) = server().await;
    let other = "{ faqs { id } }";
    let other_hash = hex::encode(Sha256::digest(other));
    let applicant = token(&server, Realm::Scholarship, Role::Applicant).await;
    for token in [None, Some(applicant.as_str())] {
        for body in [
            json!({ "query": other }),
            json!({ "query": "{ __schema { description } }" }),
            json!({ "query": "{" }),
            hashed(&other_hash),
            stored(other),
            json!([{ "query": other }]),
        ] {
            let reply = server.post(token, body.clone()).await;
            let error = if body.is_array() { &reply.body[0]["errors"][0] } else { &reply.body["errors"][0] };
            assert_eq!(error["extensions"]["code"], "DOCUMENT_NOT_TRUSTED", "{body}: {reply:?}");
            assert!(error["message"].as_str().unwrap().contains("documentId"), "{error}");
        }
        let by_get = server.get("query=%7Bfaqs%7Bid%7D%7D", &[]).await;
        assert_eq!(by_get.refused(), "DOCUMENT_NOT_TRUSTED");

        // What is known may be named, or sent as it is.
        for body in [
            json!({ "documentId": "settings" }),
            json!({ "documentId": "settings", "operationName": "Settings" }),
            hashed(&hex::encode(Sha256::digest(SETTINGS))),
            stored(SETTINGS),
            json!({ "query": SETTINGS }),
        ] {
            assert_eq!(server.post(token, body.clone()).await.data(), &json!({ "settings": [] }), "{body}");
        }
    }
}

#[tokio::test]
async fn admins_of_the_gateway_may_ask_for_anything_and_nobody_after_them() {
    let (server, _files) = server().await;
    let admin = token(&server, Realm::Staff, Role::Admin).await;
    let other = "{ faqs { id } }";
    for body in [json!({ "query": other }), stored(other), json!({ "query": "{ __typename }" })] {
        server.post(Some(&admin), body).await.data();
    }
    for body in [json!({ "query": other }), hashed(&hex::encode(Sha256::digest(other))), stored(other)] {
        assert_eq!(server.post(None, body.clone()).await.refused(), "DOCUMENT_NOT_TRUSTED", "{body}");
    }
}

#[tokio::test]
async fn that_holds_over_every_transport() {
    let (server, _files) = server().await;
    let applicant = token(&server, Realm::Scholarship, Role::Applicant).await;
    let open = streams::Server::start(server.app.app.clone()).await;
    for document in ["{ faqs { id } }", "subscription { notificationReceived { id } }"] {
        let mut socket = open.socket(&applicant).await;
        socket.begin("1", document, json!({})).await;
        let refused = socket.receive().await.unwrap();
        assert_eq!(refused["type"], "error", "{document}: {refused}");
        assert_eq!(refused["payload"][0]["extensions"]["code"], "DOCUMENT_NOT_TRUSTED", "{document}: {refused}");
        let refused = open.events(&applicant, document).await.rest().await;
        assert_eq!(refused[0]["errors"][0]["extensions"]["code"], "DOCUMENT_NOT_TRUSTED", "{document}: {refused:?}");
    }
    let answer = open.socket(&applicant).await.ask(SETTINGS, json!({})).await.unwrap();
    assert_eq!(answer, json!({ "data": { "settings": [] } }));
}
