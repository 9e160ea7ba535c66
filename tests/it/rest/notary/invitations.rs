//! Invitations: an admin creates them, a link shows them, one request accepts.

use chrono::TimeDelta;
use futures_util::future::join_all;
use gerbang::accounts::{Realm, Role, user};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use super::{Notary, PUBLIC_URL, code_in, text, with};
use crate::support::{legacy::STRING, protocol::Reply};

const CREATE: &str = "/office/invitation/create";
const ACCEPT: &str = "/invitation/accept";
const EMAIL: &str = "invitee@example.com";
const BAD: &str = "Invalid invitation ID or missing data.";

/// The document's request.
fn invitation(user_type: &str) -> Value {
    json!({ "email": EMAIL, "user_type": user_type, "expired": 10 })
}

/// Invites as documented, and gives the link.
async fn invite(api: &Notary, admin: &str, user_type: &str) -> String {
    let reply = api.post(CREATE).token(admin).json(&invitation(user_type)).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    text(&reply, "/data/link")
}

/// An API with an invitation of a notary, and its code.
async fn invited() -> (Notary, String) {
    let api = Notary::new().await;
    let admin = api.token(Role::Admin).await;
    let code = code_in(&invite(&api, &admin, "NOTARY").await).to_owned();
    (api, code)
}

/// The document's request to accept.
fn acceptance(code: &str) -> Value {
    json!({ "code": code, "name": "John Doe", "password": "securepassword" })
}

async fn accept(api: &Notary, code: &str) -> Reply {
    api.post(ACCEPT).json(&acceptance(code)).await
}

fn accepted() -> Value {
    json!({
        "message": "Invitation accepted successfully.",
        "data": { "token": { "content": STRING, "type": "access" } },
    })
}

/// The answer of `GET /invitation/open` to a code that opens nothing.
async fn assert_dead_link(api: &Notary, query: &str) {
    let reply = api.get(&format!("/invitation/open{query}")).send().await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (404, "http://app.gerbang.test/404"), "{query}");
    assert!(reply.header("content-type").starts_with("text/html"), "{reply:?}");
    assert!(reply.text.contains("http://app.gerbang.test/404"), "{reply:?}");
}

#[tokio::test]
async fn the_documented_request_invites() {
    let api = Notary::new().await;
    let admin = api.token(Role::Admin).await;
    for user_type in ["ADMIN", "NOTARY", "PPAT"] {
        let reply = api.post(CREATE).token(&admin).json(&invitation(user_type)).await;
        let created = json!({
            "message": "Invitation created successfully.",
            "data": { "link": STRING, "expired": 10, "user_type": user_type, "email": EMAIL },
        });
        reply.is(201, &created);
        let link = text(&reply, "/data/link");
        assert!(link.starts_with(&format!("{PUBLIC_URL}/notary/api/v1/invitation/open?code=")), "{link}");
        assert_eq!(api.link_to(EMAIL).await, link, "the guest gets the same link");
    }
}

#[tokio::test]
async fn wrong_parameters_and_taken_addresses_are_told_apart() {
    let api = Notary::new().await;
    let user = api.user(Role::Customer).await;
    let admin = api.token(Role::Admin).await;
    for changes in [
        json!({ "email": null }),
        json!({ "email": "invitee" }),
        json!({ "email": 7 }),
        json!({ "user_type": null }),
        json!({ "user_type": "CUSTOMER" }),
        json!({ "user_type": "ADMIN | NOTARY | PPAT" }),
        json!({ "expired": null }),
        json!({ "expired": 0 }),
        json!({ "expired": -10 }),
        json!({ "expired": 1.5 }),
        json!({ "expired": "soon" }),
        json!({ "expired": 50_000_000_000_i64 }),
    ] {
        let reply = api.post(CREATE).token(&admin).json(&with(invitation("NOTARY"), &changes)).await;
        assert_eq!(
            (reply.status.as_u16(), reply.text.as_str()),
            (400, r#"{"message":"Invalid input parameters."}"#),
            "{changes}"
        );
    }
    api.post(CREATE).token(&admin).send().await.says(400, "Invalid input parameters.");
    for email in [user.email.clone(), user.email.to_uppercase()] {
        let reply = api.post(CREATE).token(&admin).json(&with(invitation("PPAT"), &json!({ "email": email }))).await;
        reply.says(400, "Email has been taken.");
    }
    assert!(api.0.app.messages().await.is_empty());
}

#[tokio::test]
async fn only_admins_invite() {
    let api = Notary::new().await;
    let body = invitation("NOTARY");
    api.post(CREATE).json(&body).await.says(401, "Access denied to access this route.");
    api.post(CREATE).token("token-string").json(&body).await.says(401, "Access denied to access this route.");
    for role in [Role::Notary, Role::Ppat, Role::Customer] {
        let token = api.token(role).await;
        let reply = api.post(CREATE).token(&token).json(&body).await;
        reply.says(403, "Access denied. Only admins can create invitations.");
    }
}

#[tokio::test]
async fn the_link_redirects_to_the_page_of_the_application() {
    let api = Notary::new().await;
    let admin = api.token(Role::Admin).await;
    let link = invite(&api, &admin, "PPAT").await;
    let page = format!("http://app.gerbang.test/invitation?code={}", code_in(&link));
    // As often as it is opened: looking uses nothing up.
    for _ in 0..2 {
        let reply = api.open(&link).await;
        assert_eq!((reply.status.as_u16(), reply.header("location")), (302, page.as_str()), "{reply:?}");
        assert!(reply.body.is_null(), "{reply:?}");
    }
    // Wherever the request claims to come from.
    let path = link.strip_prefix(PUBLIC_URL).unwrap();
    let reply = api.0.get(path).header("host", "evil.example").send().await;
    assert_eq!(reply.header("location"), page);
}

#[tokio::test]
async fn unknown_used_and_expired_links_redirect_to_the_page_for_404() {
    let (api, code) = invited().await;
    for query in ["", "?code=", "?code=abc123", "?code=%22%3E%3Cscript%3E", &format!("?code={code}x")] {
        assert_dead_link(&api, query).await;
    }
    api.0.app.clock.advance(TimeDelta::minutes(10));
    assert_dead_link(&api, &format!("?code={code}")).await;
    accept(&api, &code).await.says(404, "Invitation not found.");

    let admin = api.token(Role::Admin).await;
    let code = code_in(&invite(&api, &admin, "NOTARY").await).to_owned();
    accept(&api, &code).await.is(200, accepted());
    assert_dead_link(&api, &format!("?code={code}")).await;
    accept(&api, &code).await.says(404, "Invitation not found.");
}

#[tokio::test]
async fn an_accepted_invitation_gives_its_address_and_role() {
    for (user_type, role) in [("ADMIN", Role::Admin), ("NOTARY", Role::Notary), ("PPAT", Role::Ppat)] {
        let api = Notary::new().await;
        let admin = api.token(Role::Admin).await;
        let code = code_in(&invite(&api, &admin, user_type).await).to_owned();
        // Nothing else in the request counts.
        let body = with(acceptance(&code), &json!({ "email": "evil@example.com", "user_type": "ADMIN" }));
        let reply = api.post(ACCEPT).json(&body).await;
        reply.is(200, accepted());
        let db = api.0.app.domain.db.read();
        let row = user::row::Entity::find().filter(user::row::Column::Email.eq(EMAIL)).one(db).await.unwrap().unwrap();
        assert_eq!((row.realm, row.role, row.name.as_str()), (Realm::Notary, role, "John Doe"));
        // The token is theirs, and so is the password.
        let token = text(&reply, "/data/token/content");
        let other = with(invitation("PPAT"), &json!({ "email": "other@example.com" }));
        let create = api.post(CREATE).token(&token).json(&other);
        assert_eq!(create.await.status, if role == Role::Admin { 201 } else { 403 });
        assert_eq!(api.sign_in(EMAIL, "securepassword").await.status, 200);
    }
}

#[tokio::test]
async fn a_missing_field_is_refused_and_leaves_the_invitation_open() {
    let (api, code) = invited().await;
    for changes in [
        json!({ "code": null }),
        json!({ "code": "" }),
        json!({ "code": 7 }),
        json!({ "name": null }),
        json!({ "name": " " }),
        json!({ "password": null }),
        json!({ "password": "1234567" }),
    ] {
        let reply = api.post(ACCEPT).json(&with(acceptance(&code), &changes)).await;
        assert_eq!((reply.status.as_u16(), &reply.body), (400, &json!({ "message": BAD })), "{changes}");
    }
    accept(&api, "abc123").await.says(404, "Invitation not found.");
    accept(&api, &code).await.is(200, accepted());
}

#[tokio::test]
async fn an_address_that_was_taken_meanwhile_is_never_merged() {
    let (api, code) = invited().await;
    let body = json!({ "name": "Jane Doe", "email": EMAIL, "password": "otherpassword" });
    assert_eq!(api.post("/auth/signup").json(&body).await.status, 200);
    let messages = api.0.app.messages().await;
    let link = messages.iter().find_map(|mail| mail["link"].as_str().filter(|link| link.contains("/signup/confirm")));
    assert_eq!(api.open(link.unwrap()).await.status, 200);
    accept(&api, &code).await.says(400, BAD);
    assert_eq!(api.sign_in(EMAIL, "securepassword").await.status, 401);
    assert_eq!(api.sign_in(EMAIL, "otherpassword").await.status, 200);
}

#[tokio::test]
async fn a_newer_invitation_replaces_the_older() {
    let api = Notary::new().await;
    let admin = api.token(Role::Admin).await;
    let older = code_in(&invite(&api, &admin, "ADMIN").await).to_owned();
    let newer = code_in(&invite(&api, &admin, "PPAT").await).to_owned();
    assert_dead_link(&api, &format!("?code={older}")).await;
    accept(&api, &older).await.says(404, "Invitation not found.");
    accept(&api, &newer).await.is(200, accepted());
}

#[tokio::test]
async fn of_concurrent_acceptances_one_succeeds() {
    let api = Notary::busy().await;
    let admin = api.token(Role::Admin).await;
    let code = code_in(&invite(&api, &admin, "NOTARY").await).to_owned();
    let replies = join_all((0..16).map(|_| accept(&api, &code))).await;
    let (won, lost): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 200);
    assert_eq!((won.len(), lost.len()), (1, 15), "{replies:?}");
    won[0].is(200, accepted());
    for reply in lost {
        reply.says(404, "Invitation not found.");
    }
    let guests = user::row::Entity::find().filter(user::row::Column::Email.eq(EMAIL));
    assert_eq!(guests.count(api.0.app.domain.db.read()).await.unwrap(), 1);
}
