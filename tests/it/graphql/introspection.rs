//! The schema about itself: whole for the tools that want it, and not for free.

use std::{path::Path, time::Instant};

use axum::http::StatusCode;
use gerbang_graphql::{engine::Engine as _, limits::check_operation, type_index::SchemaIndex};
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    app::test_config,
    protocol::{Reply, post, send},
};

/// What asks for everything, as the tests of the protocol ask for it, too.
pub(crate) const WHOLE: &str =
    include_str!("../../../crates/gerbang-server/tests/it/graphql/protocol/introspection.graphql");

const CLIENTS: [(&str, &str); 4] = [
    ("GraphiQL", include_str!("introspection/graphiql.graphql")),
    ("graphql-codegen", include_str!("introspection/codegen.graphql")),
    ("Apollo", include_str!("introspection/apollo.graphql")),
    ("others", WHOLE),
];

/// Small to send: a chain of lists, under as many names as a document may have.
pub(crate) fn attack() -> String {
    let chain = "{types{fields{type{ofType{fields{type{ofType{fields{name}}}}}}}}}";
    let (spread, fragment) = ("__schema{...F}", format!("fragment F on __Schema{chain}"));
    let aliases: String = (0..199).map(|n| format!("a{n}:{spread} ")).collect();
    format!("{{{aliases}}}{fragment}")
}

async fn ask(app: &TestApp, body: Value) -> Reply {
    let headers = [("content-type", "application/json"), ("accept", "application/graphql-response+json")];
    send(&app.router(), post(body.to_string(), &headers)).await
}

/// How many fields an answer has.
fn fields(value: &Value) -> u64 {
    match value {
        Value::Object(entries) => entries.values().map(|value| 1 + fields(value)).sum(),
        Value::Array(items) => items.iter().map(fields).sum(),
        _ => 0,
    }
}

#[tokio::test]
async fn each_client_gets_the_whole_schema() {
    let app = TestApp::new().await;
    for (client, query) in CLIENTS {
        let reply = ask(&app, json!({ "query": query })).await;
        let schema = &reply.data()["__schema"];
        let types: Vec<_> = schema["types"].as_array().unwrap().iter().map(|ty| ty["name"].as_str().unwrap()).collect();
        for name in ["Query", "Mutation", "Subscription", "Partner", "CreatePartnerInput", "Realm", "__Type"] {
            assert!(types.contains(&name), "{client}: {name}");
        }
        let query = schema["types"].as_array().unwrap().iter().find(|ty| ty["name"] == "Query").unwrap();
        let partners = query["fields"].as_array().unwrap().iter().find(|field| field["name"] == "partners").unwrap();
        assert_eq!(partners["type"]["ofType"]["name"], "PartnerConnection", "{client}");
    }
}

#[tokio::test]
async fn introspection_costs_the_fields_that_it_returns() {
    let app = TestApp::new().await;
    let index = SchemaIndex::new(&app.app.gateway.sdl()).unwrap();
    let limits = &test_config(Path::new("unused")).graphql;
    let chain =
        "{ __schema { types { fields { type { ofType { fields { name } } } } } directives { args { name } } } }";
    let named = "query ($name: String!) { __type(name: $name) { name fields { name args { type { name } } } } }";
    let enumerated = "{ __type(name: \"Realm\") { enumValues { name } possibleTypes { name } } }";
    let abstracted = "{ __type(name: \"Node\") { kind possibleTypes { name interfaces { name } } } }";
    for query in CLIENTS.map(|(_, query)| query).into_iter().chain([chain, named, enumerated, abstracted]) {
        let variables = json!({ "name": "Query" });
        let reply = ask(&app, json!({ "query": query, "variables": variables })).await;
        let answered = fields(reply.data());
        let document = async_graphql::parser::parse_query(query).unwrap();
        let operation = document.operations.iter().next().unwrap().1;
        let variables = async_graphql::Variables::from_json(variables);
        let cost = check_operation(limits, &index, &document, &operation.node, &variables).unwrap();
        let charged = cost.complexity() - index.size();
        // Built-in scalars count even where nothing is of them.
        assert!(charged >= answered && charged <= answered + 50, "{charged} for {answered}: {query}");
    }
}

#[tokio::test]
async fn nested_introspection_is_refused_by_the_real_size_of_the_schema() {
    let app = TestApp::new().await;
    let types = "type { ofType { fields { name type { ofType { fields { name } } } } } }";
    let aliases: String = (0..100).map(|n| format!("a{n}: {types} ")).collect();
    let reply = ask(&app, json!({ "query": format!("{{ __schema {{ types {{ fields {{ {aliases} }} }} }} }}") })).await;
    assert_eq!((reply.status, reply.refused()), (StatusCode::BAD_REQUEST, "GRAPHQL_VALIDATION_FAILED"));
    assert_eq!(reply.body["errors"][0]["extensions"]["limit"], "complexity");
    let many: String = (0..100).map(|n| format!("a{n}: __type(name: \"Query\") {{ name }} ")).collect();
    let reply = ask(&app, json!({ "query": format!("{{ {many} }}") })).await;
    assert_eq!(reply.body["errors"][0]["extensions"]["limit"], "complexity", "each look goes through the whole schema");
    let some: String = (0..10).map(|n| format!("a{n}: __type(name: \"Realm\") {{ enumValues {{ name }} }} ")).collect();
    ask(&app, json!({ "query": format!("{{ {some} }}") })).await.data();
}

#[tokio::test]
async fn the_whole_schema_is_answered_once_per_request() {
    let app = TestApp::new().await;
    let once = "{ __schema { queryType { name } } }";
    ask(&app, json!({ "query": once })).await.data();
    let assert_refused = |body: &Value| {
        let error = &body["errors"][0]["extensions"];
        assert_eq!((error["limit"].as_str(), error["maximum"].as_u64()), (Some("schemas"), Some(1)), "{body}");
    };
    for twice in [
        "{ a: __schema { queryType { name } } b: __schema { queryType { name } } }",
        "{ __schema { queryType { name } } __schema { queryType { name } } }",
        "{ ...F ... on Query { ...F } } fragment F on Query { __schema { queryType { name } } }",
    ] {
        assert_refused(&ask(&app, json!({ "query": twice })).await.body);
    }
    let batch = ask(&app, json!([{ "query": once }, { "query": once }])).await;
    assert_eq!(batch.body[0]["data"]["__schema"]["queryType"]["name"], "Query");
    assert_refused(&batch.body[1]);
}

#[tokio::test]
async fn the_introspection_attack_is_refused_at_once() {
    let app = TestApp::new().await;
    let attack = json!({ "query": attack() });
    assert!(attack.to_string().len() < 4_096, "as small as it was");
    let began = Instant::now();
    let reply = ask(&app, attack.clone()).await;
    assert_eq!((reply.status, reply.refused()), (StatusCode::BAD_REQUEST, "GRAPHQL_VALIDATION_FAILED"));
    let reply = ask(&app, json!(vec![attack; 10])).await;
    let refused = |answer: &Value| answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED";
    assert!(reply.body.as_array().unwrap().iter().all(refused));
    assert!(reply.text.len() < 10_000, "{} bytes", reply.text.len());
    assert!(began.elapsed().as_secs() < 2, "took {:?}", began.elapsed());
}
