//! The sunset of the legacy APIs: what is announced, what is closed, and who still calls.

use axum::{body::Body, http::Request};
use chrono::TimeDelta;
use gerbang::{
    accounts::{Realm, Role, user},
    config::Config,
    http::service::service,
    usage::{
        calls::OTHERS,
        rules::{MAX_CLIENTS, prune_legacy_usage, store},
    },
};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::{TestApp, legacy::Legacy, protocol::send};

const USAGE: &str =
    "{ legacyUsage(orderBy: OPERATION, direction: ASC) { totalCount nodes { api operation client requests } } }";

async fn with(change: impl FnOnce(&mut Config)) -> Legacy {
    Legacy::over(TestApp::with(change).await)
}

/// Announces the end of a whole API, or of one operation.
fn end(config: &mut Config, api: &str, what: &str, at: &str) {
    config.apis.get_mut(api).unwrap().sunset.insert(what.to_owned(), at.parse().unwrap());
}

#[tokio::test]
async fn the_sunset_of_an_api_is_announced_with_every_answer() {
    let legacy = with(|config| {
        end(config, "scholarship", "all", "2026-06-30T00:00:00Z");
        end(config, "scholarship", "ListFaqs", "2026-03-31T00:00:00Z");
        let deprecated = &mut config.apis.get_mut("scholarship").unwrap().deprecated;
        deprecated.insert("all".to_owned(), "2026-01-01T00:00:00Z".parse().unwrap());
    })
    .await;
    for (path, status, sunset) in [
        ("/scholarship/api/settings", 200, "Tue, 30 Jun 2026 00:00:00 GMT"),
        ("/scholarship/api/notifications", 401, "Tue, 30 Jun 2026 00:00:00 GMT"),
        ("/scholarship/api/faqs", 200, "Tue, 31 Mar 2026 00:00:00 GMT"),
    ] {
        let reply = legacy.get(path).send().await;
        assert_eq!((reply.status.as_u16(), reply.header("sunset")), (status, sunset), "{path}");
        assert_eq!(reply.header("deprecation"), "@1767225600");
        let links: Vec<&str> = reply.headers.get_all("link").iter().map(|link| link.to_str().unwrap()).collect();
        assert!(links[0].ends_with("rel=\"alternate\""), "{links:?}");
        let reference = "<http://gerbang.test/scholarship/docs>";
        assert_eq!(links[1], format!("{reference}; rel=\"deprecation\"; type=\"text/html\""));
        assert_eq!(links[2], format!("{reference}; rel=\"sunset\"; type=\"text/html\""));
    }
    let document = legacy.get("/scholarship/openapi.json").send().await;
    let faqs = &document.body["paths"]["/faqs"]["get"];
    assert_eq!(faqs["deprecated"], true);
    let words = "**Deprecated since 1 January 2026.** **It ends on 31 March 2026** (UTC) and answers 410 from then on.";
    assert_eq!(faqs["description"], words);
    assert!(faqs["responses"]["200"].is_object() && faqs["responses"]["410"].is_object());
    legacy.app.clock.advance(TimeDelta::days(60));
    let document = legacy.get("/scholarship/openapi.json").send().await;
    let faqs = &document.body["paths"]["/faqs"]["get"];
    let words = "**Closed since 31 March 2026.** It answers 410; `Link` leads to what replaces it.";
    assert_eq!((&faqs["description"], &faqs["deprecated"]), (&json!(words), &json!(true)));
    assert_eq!(faqs["responses"].as_object().unwrap().keys().collect::<Vec<_>>(), ["410"]);
    let answer = &faqs["responses"]["410"]["content"]["application/json"]["examples"]["GONE"]["value"];
    assert_eq!(
        answer,
        &legacy
            .get("/scholarship/api/faqs")
            .send()
            .await
            .is(
                410,
                json!({
                    "message": "Sudah tidak tersedia",
                    "errors": { "resource": ["Sumber daya yang diminta sudah tidak tersedia."] },
                })
            )
            .body
    );
    assert!(document.body["paths"]["/settings"]["get"]["responses"]["200"].is_object(), "it has not ended yet");
    let other = legacy.get("/notary/api/v1/office/service").send().await;
    assert_eq!((other.header("sunset"), other.header("deprecation")), ("", ""));
}

#[tokio::test]
async fn after_its_sunset_a_route_answers_410_as_its_api_does() {
    let gone = [
        ("talentsmapping", "/api/summary-report", json!({ "message": "This endpoint is no longer available." })),
        ("apextrack", "/api/user", json!({ "message": "Endpoint ini sudah tidak tersedia." })),
        ("notary", "/api/v1/office/service", json!({ "message": "This route is no longer available." })),
        (
            "scholarship",
            "/api/faqs",
            json!({
                "message": "Sudah tidak tersedia",
                "errors": { "resource": ["Sumber daya yang diminta sudah tidak tersedia."] },
            }),
        ),
        ("staff", "/api/v1/auth/profile", json!({ "message": "This endpoint is no longer available." })),
    ];
    let legacy = with(|config| {
        for (api, ..) in &gone {
            end(config, api, "all", "2026-02-04T00:00:00Z");
        }
    })
    .await;
    for (api, path, _) in &gone {
        assert_ne!(legacy.get(&format!("/{api}{path}")).send().await.status, 410, "{api}");
    }
    legacy.app.clock.advance(TimeDelta::days(1));
    for (api, path, body) in &gone {
        let reply = legacy.get(&format!("/{api}{path}")).send().await;
        reply.is(410, body);
        assert_eq!(reply.header("sunset"), "Wed, 04 Feb 2026 00:00:00 GMT");
        assert!(reply.header("link").contains("/explorer?operation="), "{reply:?}");
    }
}

#[tokio::test]
async fn a_closed_route_answers_410_and_others_still_run() {
    let legacy = with(|config| {
        config.apis.get_mut("apextrack").unwrap().closed = vec!["RegisterAffiliate".to_owned()];
        config.apis.get_mut("staff").unwrap().closed = vec!["all".to_owned()];
    })
    .await;
    let body = json!({
        "name": "A", "email": "a@example.test", "password": "rahasia-123", "password_confirmation": "rahasia-123",
    });
    let reply = legacy.post("/apextrack/api/register").json(&body).await;
    reply.says(410, "Endpoint ini sudah tidak tersedia.");
    // The day on which the server started, and no end to come.
    assert_eq!((reply.header("deprecation"), reply.header("sunset")), ("@1770076800", ""));
    assert_eq!(user::row::Entity::find().count(legacy.app.domain.db.read()).await.unwrap(), 0);
    assert_eq!(legacy.get("/apextrack/api/user").send().await.status, 401);
    for path in ["/staff/api/v1/auth/profile", "/staff/api/v1/auth/get-list"] {
        assert_eq!(legacy.get(path).send().await.status, 410, "{path}");
    }
}

#[tokio::test]
async fn an_end_is_announced_since_it_was_first_seen() {
    let closed = |config: &mut Config| {
        config.apis.get_mut("staff").unwrap().closed = vec!["all".to_owned()];
        config
            .apis
            .get_mut("notary")
            .unwrap()
            .sunset
            .insert("SignUp".to_owned(), "2026-06-30T00:00:00Z".parse().unwrap());
    };
    let app = TestApp::with(closed).await;
    let first = app.app.clone().with_announced_ends().await.unwrap();
    app.clock.advance(TimeDelta::days(40));
    // Another start, or another server beside it.
    let again = app.app.clone().with_announced_ends().await.unwrap();
    for app in [first, again] {
        let router = service(app, CancellationToken::new()).unwrap().router;
        let request = Request::get("/staff/api/v1/auth/profile").body(Body::empty()).unwrap();
        let reply = send(&router, request).await;
        assert_eq!((reply.status.as_u16(), reply.header("deprecation")), (410, "@1770076800"));
    }
}

#[tokio::test]
async fn the_sunset_of_an_unknown_operation_fails_the_start() {
    let app = TestApp::with(|config| end(config, "notary", "SingUp", "2026-06-30T00:00:00Z")).await;
    let refused = service(app.app.clone(), CancellationToken::new()).map(drop);
    let problem = refused.unwrap_err().to_string();
    assert!(problem.contains("[apis.notary] has no operation `SingUp`") && problem.contains("SignUp"), "{problem}");
}

#[tokio::test]
async fn admins_see_who_calls_which_route() {
    let legacy = Legacy::empty().await;
    let app = &legacy.app;
    let affiliate = app.user(Realm::Apextrack, Role::Affiliate).await;
    let login = json!({ "email": affiliate.email, "password": "rahasia-demo-123", "device_name": "mobile_app" });
    let session = legacy.post("/apextrack/api/login").header("user-agent", "okhttp/4.9.1").json(&login).await;
    let token = session.body["token"].as_str().unwrap().to_owned();
    for _ in 0..3 {
        legacy.get("/apextrack/api/user").token(&token).header("user-agent", "okhttp/4.9.1").send().await;
    }
    legacy.get("/apextrack/api/user").send().await;
    legacy.get("/notary/api/v1/office/service").header("user-agent", "curl/8.5.0").send().await;
    // What is no route of an API is no use of one.
    legacy.get("/notary/api/v1/nothing").header("user-agent", "curl/8.5.0").send().await;

    let usage = async |realm: Realm| {
        let admin = app.user(realm, Role::Admin).await;
        app.as_user(&admin).graphql(USAGE).await.ok()["legacyUsage"].clone()
    };
    assert_eq!(usage(Realm::Staff).await["totalCount"], 0);
    assert_eq!(store(&app.domain).await.unwrap(), 4);
    let row = |api: &str, operation: &str, client: &str, requests: u32| json!({ "api": api, "operation": operation, "client": client, "requests": requests });
    let own = [
        row("apextrack", "LogInAffiliate", "okhttp/4", 1),
        row("apextrack", "ShowAffiliate", "mobile_app", 3),
        row("apextrack", "ShowAffiliate", "(unnamed)", 1),
    ];
    let sorted = |list: Value| -> Vec<String> {
        let mut rows: Vec<String> = list["nodes"].as_array().unwrap().iter().map(Value::to_string).collect();
        rows.sort();
        rows
    };
    let expected = |rows: &[Value]| sorted(json!({ "nodes": rows }));
    assert_eq!(sorted(usage(Realm::Apextrack).await), expected(&own));
    let all = [&own[..], &[row("notary", "ListServices", "curl/8", 1)]].concat();
    assert_eq!(sorted(usage(Realm::Staff).await), expected(&all));
    assert_eq!(sorted(usage(Realm::Scholarship).await), [""; 0]);

    // Later calls are added.
    legacy.get("/notary/api/v1/office/service").header("user-agent", "curl/8.6.0").send().await;
    assert_eq!(store(&app.domain).await.unwrap(), 1);
    assert_eq!(sorted(usage(Realm::Notary).await), expected(&[row("notary", "ListServices", "curl/8", 2)]));
    assert_eq!(store(&app.domain).await.unwrap(), 0);

    let answer = app.as_user(&affiliate).graphql(USAGE).await;
    assert_eq!(answer.code(), "FORBIDDEN");
    assert_eq!(app.anonymous().graphql(USAGE).await.code(), "UNAUTHENTICATED");
    let metrics = legacy.get("/metrics").send().await;
    assert!(
        metrics.text.contains("gerbang_legacy_requests_total{api=\"notary\",operation=\"ListServices\"}"),
        "{}",
        metrics.text
    );
    assert!(!metrics.text.contains("mobile_app"), "clients are no label: there may be any number");
}

#[tokio::test]
async fn usage_is_filtered_sorted_and_pruned() {
    let legacy = Legacy::empty().await;
    let app = &legacy.app;
    let admin = app.user(Realm::Staff, Role::Admin).await;
    let ask = async |arguments: &str| {
        let query = format!("{{ legacyUsage({arguments}) {{ nodes {{ client firstUsedAt lastUsedAt }} }} }}");
        app.as_user(&admin).graphql(&query).await.ok()["legacyUsage"]["nodes"].clone()
    };
    legacy.get("/scholarship/api/faqs").header("user-agent", "old/1").send().await;
    store(&app.domain).await.unwrap();
    app.clock.advance(TimeDelta::days(300));
    legacy.get("/scholarship/api/settings").header("user-agent", "new/2").send().await;
    store(&app.domain).await.unwrap();
    let (first, second) = ("2026-02-03T04:05:06+00:00", "2026-11-30T04:05:06+00:00");
    let old = json!({ "client": "old/1", "firstUsedAt": first, "lastUsedAt": first });
    let new = json!({ "client": "new/2", "firstUsedAt": second, "lastUsedAt": second });
    assert_eq!(ask("first: 10").await, json!([new, old]));
    assert_eq!(ask(r#"filter: { usedSince: "2026-11-01T00:00:00Z" }"#).await, json!([new]));
    assert_eq!(ask(r#"filter: { api: "scholarship", operation: "ListFaqs" }"#).await, json!([old]));
    assert_eq!(ask(r#"filter: { client: "new/2" }"#).await, json!([new]));
    app.clock.advance(TimeDelta::days(101));
    assert_eq!(prune_legacy_usage(&app.domain).await.unwrap(), 1);
    assert_eq!(ask("first: 10").await, json!([new]));
}

#[tokio::test]
async fn any_number_of_clients_takes_a_bounded_number_of_rows() {
    let legacy = Legacy::empty().await;
    let app = &legacy.app;
    for number in 0..MAX_CLIENTS + 5 {
        let client = format!("agent-{number:03}");
        app.app.count_legacy_call(Realm::Notary, "notary", "ListServices", Some(&client));
    }
    store(&app.domain).await.unwrap();
    app.app.count_legacy_call(Realm::Notary, "notary", "SignIn", Some("one more"));
    app.app.count_legacy_call(Realm::Notary, "notary", "SignIn", Some("agent-000"));
    app.app.count_legacy_call(Realm::Staff, "staff", "ListStaff", Some("another API's"));
    store(&app.domain).await.unwrap();
    let admin = app.user(Realm::Staff, Role::Admin).await;
    let ask = async |filter: String| {
        let query = format!("{{ legacyUsage(filter: {filter}) {{ totalCount nodes {{ client requests }} }} }}");
        app.as_user(&admin).graphql(&query).await.ok()["legacyUsage"].clone()
    };
    let routes = ask("{ operation: \"ListServices\" }".to_owned()).await;
    assert_eq!(routes["totalCount"], MAX_CLIENTS + 1);
    let others = ask(format!("{{ client: \"{OTHERS}\" }}")).await;
    assert_eq!(others["totalCount"], 2);
    let requests = others["nodes"].as_array().unwrap().iter().map(|row| row["requests"].as_i64().unwrap());
    assert_eq!(requests.sum::<i64>(), 6);
    assert_eq!(ask("{ client: \"agent-000\" }".to_owned()).await["totalCount"], 2);
    assert_eq!(ask("{ client: \"another API's\" }".to_owned()).await["totalCount"], 1);
}
