//! Talents Mapping against its document.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{legacy::Legacy, protocol::Reply};

const USER: [&str; 7] = ["id", "name", "email", "role", "partner_id", "created_at", "updated_at"];
const PARTNER: [&str; 8] = ["id", "name", "email", "phone", "address", "clients_count", "created_at", "updated_at"];
const CLIENT: [&str; 11] = [
    "id",
    "partner_id",
    "name",
    "email",
    "phone",
    "gender",
    "birth_date",
    "status",
    "assessed_at",
    "created_at",
    "updated_at",
];

async fn admin(legacy: &Legacy) -> String {
    legacy.log_in("/api/auth/login", "admin@talents.test", "access_token").await
}

/// `POST /api/login` and its like go by prefix here, so that no other API is in the way.
async fn login(legacy: &Legacy, body: Value) -> Reply {
    legacy.post("/talentsmapping/api/auth/login").json(&body).await
}

#[tokio::test]
async fn a_session_lives_from_log_in_to_log_out() {
    let legacy = Legacy::demo().await;
    let reply = login(&legacy, json!({ "email": "partner@talents.test", "password": "rahasia-demo-123" })).await;
    assert_eq!((reply.status.as_u16(), reply.keys("")), (200, vec!["access_token", "token_type", "expires_in"]));
    assert_eq!((&reply.body["token_type"], &reply.body["expires_in"]), (&json!("bearer"), &json!(3600)));
    let first = reply.body["access_token"].as_str().unwrap().to_owned();

    for path in ["/api/auth/me", "/talentsmapping/api/user"] {
        let me = legacy.get(path).token(&first).send().await;
        assert_eq!((me.status.as_u16(), me.keys("")), (200, USER.to_vec()), "{path}");
        assert_eq!((&me.body["role"], &me.body["partner_id"]), (&json!("partner"), &json!(1)));
        assert!(me.body["id"].is_u64() && me.body["created_at"].as_str().unwrap().ends_with(".000000Z"));
    }

    let reply = legacy.post("/api/auth/refresh").token(&first).send().await;
    assert_eq!((reply.status.as_u16(), reply.keys("")), (200, vec!["access_token", "token_type", "expires_in"]));
    let second = reply.body["access_token"].as_str().unwrap().to_owned();
    let unauthenticated = json!({ "message": "Unauthenticated." });
    legacy.get("/api/auth/me").token(&first).send().await.is(401, &unauthenticated);
    legacy.post("/api/auth/refresh").token(&first).send().await.is(401, &unauthenticated);

    let bye = json!({ "message": "Successfully logged out" });
    legacy.post("/api/auth/logout").token(&second).send().await.is(200, &bye);
    legacy.post("/api/auth/logout").token(&second).send().await.is(401, &unauthenticated);
    legacy.post("/api/auth/refresh").send().await.is(401, &unauthenticated);
}

#[tokio::test]
async fn an_expired_token_can_be_exchanged_for_two_weeks() {
    let legacy = Legacy::demo().await;
    let token = admin(&legacy).await;
    legacy.app.clock.advance(TimeDelta::hours(2));
    legacy.get("/api/auth/me").token(&token).send().await.is(401, &json!({ "message": "Unauthenticated." }));
    let reply = legacy.post("/api/auth/refresh").token(&token).send().await;
    let token = reply.body["access_token"].as_str().unwrap().to_owned();
    assert_eq!(legacy.get("/api/auth/me").token(&token).send().await.status.as_u16(), 200);
    legacy.app.clock.advance(TimeDelta::days(14));
    assert_eq!(legacy.post("/api/auth/refresh").token(&token).send().await.status.as_u16(), 401);
}

#[tokio::test]
async fn a_wrong_log_in_says_so_and_a_missing_field_is_named() {
    let legacy = Legacy::demo().await;
    let wrong = json!({ "error": "Unauthorized" });
    login(&legacy, json!({ "email": "admin@talents.test", "password": "wrong" })).await.is(401, &wrong);
    login(&legacy, json!({ "email": "nobody@talents.test", "password": "wrong" })).await.is(401, &wrong);
    // Another realm's account is no account here.
    login(&legacy, json!({ "email": "admin@staff.test", "password": "rahasia-demo-123" })).await.is(401, &wrong);
    let missing = json!({
        "message": "The given data was invalid.",
        "errors": { "email": ["The email field is required."], "password": ["The password field is required."] },
    });
    login(&legacy, json!({ "email": " " })).await.is(422, &missing);
    legacy.post("/api/auth/login").send().await.is(422, &missing);
}

#[tokio::test]
async fn partners_are_listed_in_laravels_pages() {
    let legacy = Legacy::demo().await;
    let token = admin(&legacy).await;
    let reply = legacy.get("/api/partners?per_page=2&page=2&x=1").token(&token).send().await;
    assert_eq!((reply.status.as_u16(), reply.keys("")), (200, vec!["data", "links", "meta"]));
    assert_eq!(reply.keys("/data/0"), PARTNER);
    let url = "http://gerbang.test/api/partners";
    let total = reply.body["meta"]["total"].as_u64().unwrap();
    let last = total.div_ceil(2);
    assert_eq!(
        reply.body["links"],
        json!({
            "first": format!("{url}?page=1"), "last": format!("{url}?page={last}"), "prev": format!("{url}?page=1"),
            "next": (last > 2).then(|| format!("{url}?page=3")),
        })
    );
    let meta = &reply.body["meta"];
    assert_eq!(reply.keys("/meta"), ["current_page", "from", "last_page", "links", "path", "per_page", "to", "total"]);
    assert_eq!(
        (&meta["current_page"], &meta["from"], &meta["per_page"], &meta["path"]),
        (&json!(2), &json!(3), &json!(2), &json!(url))
    );
    assert_eq!(
        meta["links"][0],
        json!({ "url": format!("{url}?page=1"), "label": "&laquo; Previous", "active": false })
    );
    assert_eq!(meta["links"][2], json!({ "url": format!("{url}?page=2"), "label": "2", "active": true }));

    let far = legacy.get("/api/partners?page=1000").token(&token).send().await;
    assert_eq!((far.body["data"].clone(), far.body["meta"]["from"].clone()), (json!([]), Value::Null));
}

#[tokio::test]
async fn a_partner_sees_its_own_and_others_do_not_exist_for_it() {
    let legacy = Legacy::demo().await;
    let partner = legacy.log_in("/api/auth/login", "partner@talents.test", "access_token").await;
    let list = legacy.get("/api/partners").token(&partner).send().await;
    assert_eq!((&list.body["meta"]["total"], &list.body["data"][0]["id"]), (&json!(1), &json!(1)));
    let own = legacy.get("/api/partners/1").token(&partner).send().await;
    assert_eq!((own.status.as_u16(), own.keys("/data")), (200, PARTNER.to_vec()));
    let gone = json!({ "message": "Not found." });
    for path in [
        "/api/partners/2",
        "/api/partners/2/clients",
        "/api/partners/999",
        "/api/partners/partner_1",
        "/api/partners/0x1",
    ] {
        legacy.get(path).token(&partner).send().await.is(404, &gone);
    }
    legacy.get("/api/partners").send().await.is(401, &json!({ "message": "Unauthenticated." }));
}

#[tokio::test]
async fn clients_are_filtered_and_shown() {
    let legacy = Legacy::demo().await;
    let token = admin(&legacy).await;
    let get = async |path: &str| legacy.get(path).token(&token).send().await;
    let all = get("/api/clients").await;
    assert_eq!(all.keys("/data/0"), CLIENT);
    assert_eq!((all.body["data"].as_array().unwrap().len(), &all.body["meta"]["per_page"]), (15, &json!(15)));
    let total = |reply: &Reply| reply.body["meta"]["total"].as_u64().unwrap();

    let assessed = get("/api/clients?status=assessed&partner_id=1&per_page=100").await;
    let rows = assessed.body["data"].as_array().unwrap();
    assert!(!rows.is_empty() && total(&assessed) < total(&all));
    assert!(
        rows.iter().all(|row| row["status"] == "assessed" && row["partner_id"] == 1 && row["assessed_at"].is_string())
    );
    let of_partner = get("/api/partners/1/clients?per_page=100").await;
    assert_eq!(total(&of_partner), total(&get("/api/clients?partner_id=1").await));
    assert_eq!(of_partner.keys("/data/0"), CLIENT);

    let name = rows[0]["name"].as_str().unwrap();
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("search", name).finish();
    let found = get(&format!("/api/clients?{query}")).await;
    assert!(found.body["data"].as_array().unwrap().iter().any(|row| row["name"] == name));

    let one = get(&format!("/api/clients/{}", rows[0]["id"])).await;
    assert_eq!((one.status.as_u16(), &one.body["data"]), (200, &rows[0]));
    get("/api/clients?status=ASSESSED&partner_id=x").await.is(
        422,
        &json!({
            "message": "The given data was invalid.",
            "errors": { "partner_id": ["The partner id must be an integer."], "status": ["The selected status is invalid."] },
        }),
    );
}

#[tokio::test]
async fn raw_results_show_every_typology_and_cluster() {
    let legacy = Legacy::demo().await;
    let token = admin(&legacy).await;
    let get = async |path: &str| legacy.get(path).token(&token).send().await;
    let id = get("/api/clients?status=assessed").await.body["data"][0]["id"].clone();
    let raw = get(&format!("/api/clients/{id}/raw")).await;
    assert_eq!(raw.keys("/data"), ["client", "typologies", "clusters", "assessed_at", "version"]);
    assert_eq!(raw.keys("/data/client"), CLIENT);
    assert_eq!(raw.keys("/data/typologies/0"), ["code", "name", "cluster", "score", "rank"]);
    assert_eq!(raw.keys("/data/clusters/0"), ["code", "name", "score"]);
    let data = &raw.body["data"];
    assert_eq!((data["typologies"].as_array().unwrap().len(), data["clusters"].as_array().unwrap().len()), (30, 8));
    assert!(data["typologies"][0]["cluster"].is_string() && data["typologies"][0]["score"].is_f64());

    let invited = get("/api/clients?status=invited").await.body["data"][0]["id"].clone();
    get(&format!("/api/clients/{invited}/raw")).await.is(404, &json!({ "message": "Assessment result not found." }));
    get("/api/clients/99999/raw").await.is(404, &json!({ "message": "Not found." }));
}

#[tokio::test]
async fn the_dictionary_can_be_kept() {
    let legacy = Legacy::demo().await;
    let token = admin(&legacy).await;
    let path = "/api/dictionaries/assessment-result";
    let reply = legacy.get(path).token(&token).send().await;
    assert_eq!(reply.keys("/data/typologies/0"), ["code", "name", "cluster", "description"]);
    assert_eq!(reply.keys("/data/clusters/0"), ["code", "name", "description"]);
    let again = legacy.get(path).token(&token).header("if-none-match", reply.header("etag")).send().await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
}

#[tokio::test]
async fn the_summary_is_public_and_shows_admins_more() {
    let legacy = Legacy::demo().await;
    let public = ["partners", "clients", "assessments", "months"];
    let reply = legacy.get("/api/summary-report").send().await;
    assert_eq!((reply.status.as_u16(), reply.keys("/data")), (200, public.to_vec()));
    assert_eq!(reply.keys("/data/months/0"), ["month", "clients", "assessments"]);
    let partner = legacy.log_in("/api/auth/login", "partner@talents.test", "access_token").await;
    assert_eq!(legacy.get("/api/summary-report").token(&partner).send().await.keys("/data"), public);
    let reply = legacy.get("/api/summary-report").token(&admin(&legacy).await).send().await;
    assert_eq!(reply.keys("/data").last(), Some(&"payments"));
    assert_eq!(reply.keys("/data/payments/0"), ["provider", "status", "count", "total"]);

    let reply = legacy.get("/api/summary-report?from=2024-13-01&to=tomorrow").send().await;
    assert_eq!(reply.status.as_u16(), 422);
    assert_eq!(
        reply.body["errors"],
        json!({ "from": ["The from is not a valid date."], "to": ["The to is not a valid date."] })
    );
    assert_eq!(legacy.get("/api/summary-report?from=2025-02-01&to=2025-01-01").send().await.status.as_u16(), 422);
}

#[tokio::test]
async fn errors_of_front_ends_are_logged_within_limits() {
    let legacy = Legacy::demo().await;
    let logged = json!({ "message": "Error logged" });
    let full = json!({ "message": "x is undefined", "level": "error", "stack": "at y", "url": "https://app.test", "context": { "a": [1] } });
    legacy.post("/api/log-client-error").json(&full).await.is(201, &logged);
    legacy.post("/api/log-client-error").form("message=hi").await.is(201, &logged);
    let reply = legacy.post("/api/log-client-error").json(&json!({})).await;
    assert_eq!(
        (reply.status.as_u16(), &reply.body["errors"]),
        (422, &json!({ "message": ["The message field is required."] }))
    );
    assert_eq!(
        legacy
            .post("/api/log-client-error")
            .json(&json!({ "message": "x", "stack": "s".repeat(17_000) }))
            .await
            .status
            .as_u16(),
        413
    );
}

#[tokio::test]
async fn its_words_and_its_host_are_its_own() {
    let legacy = Legacy::demo().await;
    let host = |method: &str, path: &str| legacy.call(method, path).header("host", "api.talentsmapping.id");
    legacy.get("/talentsmapping/api/nope").send().await.is(404, &json!({ "message": "Not found." }));
    let reply = legacy.call("DELETE", "/talentsmapping/api/partners").send().await;
    reply.is(405, &json!({ "message": "Method not allowed." }));
    assert_eq!(reply.header("allow"), "GET, HEAD");
    assert_eq!(host("GET", "/api/summary-report").send().await.status.as_u16(), 200);
    let reply = legacy.get("/api/summary-report").send().await;
    assert_eq!(reply.header("link"), "<http://gerbang.test/explorer?operation=ShowSummaryReport>; rel=\"alternate\"");
}
