//! `nodes(ids:)`: several objects at once.

use serde_json::json;

use crate::support::{
    TestApp,
    protocol::{post, send},
};

#[tokio::test]
async fn objects_come_in_the_order_of_their_ids_and_null_for_those_that_are_not_there() {
    let app = TestApp::new().await;
    let admin = app.talents_admin().await;
    app.partner("Satu").await;
    for name in ["Citra", "Agus", "Budi"] {
        app.client(1, name).await;
    }
    let query = r#"{ nodes(ids: [
        "client_3", "client_99", "partner_1", "client_1", "nothing", "client_3", "client_x", "unknown_1", "user_1"
    ]) { id ... on Client { name } ... on Partner { name } } }"#;
    let before = app.statements();
    let found = app.as_user(&admin).graphql(query).await.ok();
    let budi = json!({ "id": "client_3", "name": "Budi" });
    assert_eq!(
        found["nodes"],
        json!([
            budi, null, { "id": "partner_1", "name": "Satu" }, { "id": "client_1", "name": "Citra" }, null, budi, null, null,
            { "id": "user_1" },
        ])
    );
    assert!(app.statements() - before <= 3, "one statement for each kind");
    let nobody = app.anonymous().graphql(r#"{ nodes(ids: ["client_1"]) { id } }"#).await.ok();
    assert_eq!(nobody["nodes"], json!([null]));
    assert_eq!(app.anonymous().graphql("{ nodes(ids: []) { id } }").await.ok()["nodes"], json!([]));
}

#[tokio::test]
async fn more_than_a_hundred_are_refused_and_each_costs_what_one_costs() {
    let app = TestApp::with(|config| config.graphql.complexity = 150).await;
    let ask = async |query: &str, ids: usize| {
        let ids: Vec<_> = (0..ids).map(|id| format!("client_{id}")).collect();
        let body = json!({ "query": query, "variables": { "ids": ids } });
        send(&app.router(), post(body.to_string(), &[("content-type", "application/json")])).await
    };
    let too_many = ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", 101).await;
    assert!(too_many.text.contains("complexity"), "{too_many:?}");
    assert_eq!(ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", 60).await.data()["nodes"][0], json!(null));

    let app = TestApp::new().await;
    let ids: Vec<_> = (0..101).map(|id| format!("\"client_{id}\"")).collect();
    let answer = app.anonymous().graphql(&format!("{{ nodes(ids: [{}]) {{ id }} }}", ids.join(" "))).await;
    assert_eq!(answer.broken_rules(), ["ids TOO_MANY"]);
}
