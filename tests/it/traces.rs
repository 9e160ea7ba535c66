//! What a collector is told over OTLP, and what others are told in `traceparent`, by the real program.

use std::{
    collections::BTreeMap,
    fs,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::{Span, span::SpanKind},
};
use prost::Message;
use sea_orm::ConnectionTrait;
use serde_json::json;
use tempfile::TempDir;
use tokio::{net::TcpListener, time::sleep};

use crate::{
    crash::{Program, Settings, client, free_address, write_settings},
    support::database::TestDatabase,
};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";
/// Rows of which none has a span of its own.
const SERVICES: usize = 40;
/// Nothing in a trace may hold it.
const PHONE: &str = "+6281234567890";

/// What came in: spans at the collector, headers at the gateway for text messages.
#[derive(Clone, Default)]
struct Received {
    spans: Arc<Mutex<Vec<Span>>>,
    headers: Arc<Mutex<Vec<HeaderMap>>>,
}

impl Received {
    /// A collector and a gateway for text messages, on one address.
    async fn listen(&self) -> String {
        let collect = async |State(received): State<Self>, body: Bytes| {
            let request = ExportTraceServiceRequest::decode(body).unwrap();
            let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
            received.spans.lock().unwrap().extend(scopes.flat_map(|scope| scope.spans));
            StatusCode::OK
        };
        let send = async |State(received): State<Self>, headers: HeaderMap| {
            received.headers.lock().unwrap().push(headers);
            StatusCode::OK
        };
        let router = Router::new().route("/v1/traces", post(collect)).route("/sms", post(send));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, router.with_state(self.clone())).into_future());
        format!("http://{address}")
    }

    fn of_trace(&self, trace: &str) -> Vec<Span> {
        let spans = self.spans.lock().unwrap();
        spans.iter().filter(|span| hex::encode(&span.trace_id) == trace).cloned().collect()
    }
}

fn attributes(span: &Span) -> BTreeMap<&str, String> {
    let text = |attribute: &KeyValue| match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    };
    span.attributes.iter().map(|attribute| (attribute.key.as_str(), text(attribute))).collect()
}

#[track_caller]
fn named<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("{name} in {names:?}"))
}

/// A server that tells the collector at `url` of this share of the requests.
async fn start(folder: &TempDir, database: &TestDatabase, url: &str, sample: &str) -> (Program, Settings) {
    let settings = write_settings(folder.path(), database, free_address());
    let text = fs::read_to_string(&settings.file).unwrap();
    let text = text
        .replace("filter = \"warn\"", "filter = \"info\"\nformat = \"json\"")
        .replace("[sms]\ntransport = \"file\"", &format!("[sms]\ntransport = \"http\"\ngateway_url = \"{url}/sms\""));
    fs::write(&settings.file, format!("{text}[traces]\nendpoint = \"{url}/\"\nsample = {sample}\n")).unwrap();
    (Program::logging_to(&folder.path().join("log"), settings.clone(), &client()).await, settings)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_is_told_what_a_request_did_and_others_what_they_are_a_part_of() {
    let (received, folder, database) = (Received::default(), TempDir::new().unwrap(), TestDatabase::new().await);
    let db = database.migrated().await;
    for n in 1..=SERVICES {
        let time = "'2026-01-01T00:00:00+00:00'";
        let row = format!("'{n}', 'Akta {n}', '', '[]', '[]', 'list', 'open', {n}, {time}, {time}");
        let columns = "id, name, description, fees, tasks, fee_form, status, position, created_at, updated_at";
        db.write().execute_unprepared(&format!("INSERT INTO services ({columns}) VALUES ({row})")).await.unwrap();
    }
    db.close().await.unwrap();
    let url = received.listen().await;
    let (program, _) = start(&folder, &database, &url, "1.0").await;
    let client = client();
    let traced = |path: &str| client.get(program.url(path)).header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
    let services = traced("/notary/api/v1/office/service?x=secret").send().await.unwrap();
    assert_eq!(services.status(), 200);
    assert_eq!(services.text().await.unwrap().matches("Akta ").count(), SERVICES);
    let query = "query Search { clients(filter: { search: \"budi\" }) { nodes { name } } }";
    let asked = client.post(program.url("/graphql")).json(&json!({ "query": query }));
    assert_eq!(asked.send().await.unwrap().status(), 200);
    let register = json!({
        "name": "Nama Pengguna", "email": "pengguna@contoh.com", "phone": PHONE,
        "password": "kata sandi", "password_confirmation": "kata sandi",
    });
    let registered = client.post(program.url("/scholarship/api/register")).json(&register).send().await.unwrap();
    assert_eq!(registered.status(), 200);
    let forgot = client.post(program.url("/scholarship/api/forgot-password")).json(&json!({ "phone": PHONE }));
    assert_eq!(forgot.send().await.unwrap().status(), 200);
    while received.headers.lock().unwrap().is_empty() {
        sleep(Duration::from_millis(50)).await;
    }
    assert!(program.terminate().await.success());

    // A route: what it is, and below it the operation and its statements.
    let spans = received.of_trace(TRACE);
    let route = named(&spans, "GET /api/v1/office/service");
    let statements = spans.iter().filter(|span| span.kind() == SpanKind::Client).count();
    assert_eq!(spans.len(), 2 + statements, "a request, its operation, its statements, and nothing of a row");
    assert!((1..=3).contains(&statements), "{statements} statements of {SERVICES} rows");
    assert_eq!((route.kind(), hex::encode(&route.parent_span_id).as_str()), (SpanKind::Server, CALLER));
    let said = attributes(route);
    for (key, value) in [
        ("http.request.method", "GET"),
        ("http.route", "/api/v1/office/service"),
        ("http.response.status_code", "200"),
        ("url.path", "/notary/api/v1/office/service"),
        ("client.address", "127.0.0.1"),
        ("gerbang.api", "notary"),
        ("gerbang.route_file", "src/apis/notary/list_services.graphql"),
    ] {
        assert_eq!(said.get(key).map(String::as_str), Some(value), "{key}: {said:?}");
    }
    let operation = named(&spans, "query");
    assert_eq!(operation.parent_span_id, route.span_id);
    assert_eq!(attributes(operation)["graphql.operation.name"], "ListServices");
    let statement = named(&spans, "SELECT services");
    assert_eq!((statement.kind(), &statement.parent_span_id), (SpanKind::Client, &operation.span_id));
    assert!(["sqlite", "postgresql"].contains(&&*attributes(statement)["db.system.name"]));
    assert!(statement.start_time_unix_nano >= operation.start_time_unix_nano);

    let all = received.spans.lock().unwrap().clone();
    let search =
        all.iter().find(|span| attributes(span).get("graphql.operation.name").is_some_and(|name| name == "Search"));
    assert_eq!(attributes(search.unwrap())["graphql.operation.type"], "query");

    // A message leaves as a part of its own delivery.
    let delivery = named(&all, "deliver message");
    let sent = received.headers.lock().unwrap()[0].clone();
    let parent = sent["traceparent"].to_str().unwrap().to_owned();
    assert_eq!(parent.split('-').nth(1).unwrap(), hex::encode(&delivery.trace_id));

    // Nothing that is anybody's own is in a trace.
    let told = format!("{:?}", all.iter().map(attributes).collect::<Vec<_>>());
    for own in ["budi", PHONE, "pengguna@contoh.com", "kata sandi", "x=secret"] {
        assert!(!told.contains(own), "{own}");
    }
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    let line = log.lines().find(|line| line.contains("ListServices")).unwrap();
    assert!(line.contains(TRACE), "{line}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_looks_at_is_not_sent_and_a_dead_collector_harms_nobody() {
    let (received, folder, database) = (Received::default(), TempDir::new().unwrap(), TestDatabase::new().await);
    database.migrated().await.close().await.unwrap();
    let url = received.listen().await;
    let (program, _) = start(&folder, &database, &url, "0.0").await;
    let client = client();
    for sampled in ["00", "01"] {
        let asked = client.get(program.url("/notary/api/v1/office/service"));
        let trace = format!("{}{sampled}", &TRACE[..30]);
        let reply = asked.header("traceparent", format!("00-{trace}-{CALLER}-{sampled}")).send().await.unwrap();
        assert_eq!(reply.status(), 200);
    }
    assert_eq!(client.get(program.url("/faqs")).send().await.unwrap().status().as_u16() / 100, 4);
    assert!(program.terminate().await.success());
    let traces: Vec<String> = received.spans.lock().unwrap().iter().map(|span| hex::encode(&span.trace_id)).collect();
    assert!(!traces.is_empty() && traces.iter().all(|trace| trace.ends_with("01")), "{traces:?}");

    let (program, _) = start(&folder, &database, "http://127.0.0.1:9", "1").await;
    for _ in 0..20 {
        let reply = client.get(program.url("/notary/api/v1/office/service")).send().await.unwrap();
        assert_eq!(reply.status(), 200);
    }
    assert!(program.terminate().await.success());
}
