//! What a request may bring.

use axum::body::Body;
use serde_json::json;

use super::{ADMIN, Office, invalid};
use crate::support::app::PASSWORD;

#[tokio::test]
async fn a_body_that_can_not_be_read_is_refused() {
    let office = Office::new().await;
    for broken in ["{", "{\"email\":", "nonsense", "{\"email\": \"a\",}", "\u{feff}{}"] {
        office.post("/auth/login").body("application/json", broken).await.says(400, "Bad request.");
    }
    for other in ["text/plain", "application/xml", "multipart/form-data; boundary=x"] {
        let answer = office.post("/auth/login").body(other, "email=a").await;
        answer.says(415, "Unsupported media type.");
    }
}

#[tokio::test]
async fn json_without_members_has_no_fields() {
    let office = Office::new().await;
    for body in ["[]", "null", "7", "\"text\""] {
        let answer = office.post("/auth/login").body("application/json", body).await;
        assert_eq!(answer.status, 422, "{body}: {answer:?}");
    }
}

#[tokio::test]
async fn a_body_of_more_than_a_mebibyte_is_too_large() {
    let office = Office::new().await;
    let padded = |length: usize| {
        let body = json!({ "email": ADMIN, "password": PASSWORD, "padding": "" }).to_string();
        body.replace("\"padding\":\"\"", &format!("\"padding\":\"{}\"", "x".repeat(length - body.len())))
    };
    let send = |length| office.post("/auth/login").body("application/json", padded(length));
    assert_eq!(send(1_048_576).await.status, 200);
    send(1_048_577).await.says(413, "The POST data is too large.");
    // A body of unknown length is counted while it comes in.
    let chunks = (0..20).map(|_| Ok::<_, std::io::Error>(vec![b' '; 65_536]));
    let endless = Body::from_stream(futures_util::stream::iter(chunks));
    let answer = office.post("/auth/login").body("application/json", endless).await;
    answer.says(413, "The POST data is too large.");
}

#[tokio::test]
async fn an_unused_body_is_not_read() {
    let office = Office::new().await;
    let token = office.admin().await;
    let get = office.get("/partners/1").token(&token).body("application/json", "{").await;
    assert_eq!(get.status, 200);
    // Who may not come in is told so before anything about the body.
    office.post("/auth/logout").body("text/plain", "x").await.says(401, "Unauthenticated.");
    let logout = office.post("/auth/logout").token(&token).body("application/json", "{").await;
    logout.says(200, "Successfully logged out");
}

#[tokio::test]
async fn text_that_no_database_stores_is_refused() {
    let office = Office::new().await;
    let body = json!({ "email": "a\u{0}@talents.test", "password": PASSWORD });
    let answer = office.post("/auth/login").json(body).await;
    answer.is(422, invalid("email", "The email format is invalid."));
    let search = office.get("/clients?search=a%00").token(&office.admin().await).send().await;
    search.is(422, invalid("search", "The search format is invalid."));
}
