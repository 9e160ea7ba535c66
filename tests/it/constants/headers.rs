//! What is kept is answered as ever: validators, limits, who may, and what others may keep.

use std::time::Instant;

use gerbang::accounts::{Realm, Role};
use serde_json::json;

use crate::support::legacy::Legacy;

#[tokio::test]
async fn texts_of_the_site_may_be_kept_by_others_for_a_minute() {
    let legacy = Legacy::demo().await;
    for path in ["/api/settings", "/api/faqs", "/api/testimonials"] {
        // The first is made, the second was kept.
        for _ in 0..2 {
            let reply = legacy.get(path).send().await;
            let etag = reply.header("etag").to_owned();
            assert!(etag.starts_with('"') && etag.len() > 30, "{reply:?}");
            assert_eq!((reply.status.as_u16(), reply.header("cache-control")), (200, "public, max-age=60"));
            assert!(reply.header("link").contains("explorer"), "{reply:?}");

            let again = legacy.get(path).header("if-none-match", &format!("\"x\", {etag}")).send().await;
            again.is_empty(304);
            assert_eq!((again.header("etag"), again.header("cache-control")), (&*etag, "public, max-age=60"));
            let head = legacy.call("HEAD", path).send().await;
            assert_eq!((head.status.as_u16(), head.header("etag"), head.text.as_str()), (200, &*etag, ""));
            assert_eq!(head.header("content-length"), reply.bytes.len().to_string());
        }
    }
}

/// Its admins change it by the same API, and want to read what they wrote.
#[tokio::test]
async fn the_list_of_services_is_asked_for_each_time() {
    let legacy = Legacy::demo().await;
    let reply = legacy.get("/api/v1/office/service").send().await;
    assert_eq!(reply.header("cache-control"), "public, no-cache");
    legacy.get("/api/v1/office/service").header("if-none-match", reply.header("etag")).send().await.is_empty(304);
}

#[tokio::test]
async fn what_needs_a_token_needs_it_though_it_is_kept() {
    let legacy = Legacy::demo().await;
    let app = &legacy.app;
    let applicant = app.user(Realm::Scholarship, Role::Applicant).await;
    let token = {
        let credentials = json!({ "email": applicant.email, "password": crate::support::app::PASSWORD });
        legacy.post("/api/login").json(credentials).await.body["data"]["token"].as_str().unwrap().to_owned()
    };
    let path = "/api/beasiswa/periods";
    let reply = legacy.get(path).token(&token).send().await;
    assert_eq!((reply.status.as_u16(), reply.header("cache-control")), (200, "private, no-cache"));
    legacy.get(path).token(&token).header("if-none-match", reply.header("etag")).send().await.is_empty(304);
    for refused in [legacy.get(path), legacy.get(path).token("nonsense")] {
        let refused = refused.header("if-none-match", reply.header("etag")).send().await;
        assert_eq!((refused.status.as_u16(), refused.header("cache-control")), (401, "no-cache, private"));
    }
}

#[tokio::test]
async fn refusals_are_kept_by_nobody() {
    let legacy = Legacy::empty().await;
    for _ in 0..60 {
        assert_eq!(legacy.get("/api/settings").send().await.status, 200);
    }
    let refused = legacy.get("/api/settings").send().await;
    assert_eq!((refused.status.as_u16(), refused.header("cache-control")), (429, "no-cache, private"));
    assert_eq!(refused.header("etag"), "");
    let missing = legacy.get("/api/settingz").send().await;
    assert_eq!((missing.status.as_u16(), missing.header("etag")), (404, ""));
    let method = legacy.call("DELETE", "/api/settings").send().await;
    assert_eq!(method.status, 405);
    for refused in [missing, method, legacy.get("/nowhere").send().await] {
        assert_eq!(refused.header("cache-control"), "no-cache, private", "{refused:?}");
    }
}

#[tokio::test]
async fn what_is_kept_costs_no_statement_and_is_counted_all_the_same() {
    let legacy = Legacy::demo().await;
    let statements = || legacy.app.domain.db.request_statements();
    legacy.get("/api/settings").send().await;
    let (before, started) = (statements(), Instant::now());
    for _ in 0..10 {
        assert_eq!(&*legacy.get("/api/settings").send().await.matched.unwrap().operation, "ListSettings");
    }
    // What has become old is read again.
    let allowed = 1 + u64::try_from(started.elapsed().as_millis()).unwrap() / 400;
    assert!(statements() - before <= allowed, "{} statements", statements() - before);
}
