//! Documents are found by what clients name them by, and what is the same for everybody is kept.

use std::time::Instant;

use gerbang::accounts::{Realm, Role};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Files, SETTINGS, Server, apollo, hashed};

#[tokio::test]
async fn the_files_of_apollo_relay_and_codegen_are_served() {
    let files = Files::new();
    let hash = hex::encode(Sha256::digest(SETTINGS));
    let documents = vec![
        files.write("apollo.json", &apollo(&[("from-apollo", "Settings", "query", SETTINGS)])),
        files.write("relay.json", &json!({ "0123456789abcdef": "query FaqsQuery {\n  faqs {\n    id\n  }\n}\n" })),
        files.write(
            "codegen.json",
            &json!({ "sha1": "query Services { services { ...Name } } fragment Name on Service { name }" }),
        ),
    ];
    let server = Server::knowing(documents, false).await;
    for (id, data) in [
        ("from-apollo", json!({ "settings": [] })),
        ("0123456789abcdef", json!({ "faqs": [] })),
        ("sha1", json!({ "services": [] })),
        (&hash, json!({ "settings": [] })),
    ] {
        assert_eq!(server.post(None, json!({ "documentId": id })).await.data(), &data, "{id}");
        assert_eq!(server.post(None, hashed(id)).await.data(), &data, "{id}");
        assert_eq!(server.get(&format!("documentId={id}"), &[]).await.data(), &data, "{id}");
    }
    assert_eq!(server.get(&format!("documentId=sha256:{hash}"), &[]).await.data(), &json!({ "settings": [] }));
    // Others are answered as ever.
    assert_eq!(server.post(None, json!({ "query": "{ faqs { question } }" })).await.data(), &json!({ "faqs": [] }));
}

#[tokio::test]
async fn what_is_the_same_for_everybody_may_be_kept_until_it_changes() {
    let files = Files::new();
    let documents = files.write("apollo.json", &apollo(&[("settings", "Settings", "query", SETTINGS)]));
    let server = Server::knowing(vec![documents], false).await;
    let admin = server.app.user(Realm::Scholarship, Role::Admin).await;
    let mut etags = Vec::new();
    for value in ["1", "2"] {
        let change = format!(
            r#"mutation {{ updateSettings(input: {{ settings: [{{ key: "a", value: "{value}" }}] }}) {{ settings {{ key }} }} }}"#
        );
        server.app.as_user(&admin).graphql(&change).await.ok();
        for accept in ["application/json", "application/graphql-response+json"] {
            let reply = server.get("documentId=settings", &[("accept", accept)]).await;
            assert_eq!(reply.data(), &json!({ "settings": [{ "key": "a", "value": value }] }));
            assert_eq!(reply.header("cache-control"), "public, max-age=60");
            assert!(reply.header("content-type").starts_with(accept), "{reply:?}");
            let vary: Vec<_> = reply.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
            assert!(vary.join(", ").to_lowercase().contains("accept"), "{vary:?}");
            let etag = reply.header("etag").to_owned();
            let again = server.get("documentId=settings", &[("accept", accept), ("if-none-match", &etag)]).await;
            assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
            assert_eq!((again.header("etag"), again.header("cache-control")), (&*etag, "public, max-age=60"));
            etags.push(etag);
        }
        // By POST nobody in between keeps anything.
        let reply = server.post(None, json!({ "documentId": "settings" })).await;
        assert_eq!(reply.data()["settings"][0]["value"], value);
        assert_eq!((reply.header("etag"), reply.header("cache-control")), ("", "private, no-cache, must-revalidate"));
    }
    assert_ne!(etags[0], etags[2]);
    let (before, started) = (server.app.domain.db.request_statements(), Instant::now());
    for _ in 0..10 {
        server.get("documentId=settings", &[]).await.data();
    }
    let statements = server.app.domain.db.request_statements() - before;
    let allowed = 1 + u64::try_from(started.elapsed().as_millis()).unwrap() / 400;
    assert!(statements <= allowed, "{statements} statements");
}

#[tokio::test]
async fn what_depends_on_who_asks_is_kept_by_nobody() {
    let files = Files::new();
    let documents = files.write(
        "codegen.json",
        &json!({
            "me": "query Me { me { id } }",
            "periods": "query Periods { scholarshipPeriods { year } }",
            "both": "query Both { settings { key } me { id } }",
            "one": "query One($key: String!) { setting(key: $key) { value } }",
            "none": "query None { partner(id: \"77\") { name } }",
        }),
    );
    let server = Server::knowing(vec![documents], false).await;
    for query in [
        "documentId=me",
        "documentId=periods",
        "documentId=both",
        "documentId=one&variables=%7B%22key%22%3A%22a%22%7D",
        "documentId=none",
        "query=%7Bsettings%7Bkey%7D%7D",
        "documentId=unknown",
    ] {
        let reply = server.get(query, &[]).await;
        assert_eq!(reply.header("cache-control"), "private, no-cache, must-revalidate", "{query}");
        assert_eq!(reply.header("etag"), "", "{query}");
    }
}
