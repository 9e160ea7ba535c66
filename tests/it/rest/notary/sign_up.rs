//! Registration: an attempt, the link in a mail, and what the attempt's token is told.

use chrono::TimeDelta;
use gerbang::accounts::{Role, user};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use super::{Notary, PUBLIC_URL, code_in, text, with};
use crate::support::{legacy::STRING, protocol::Reply};

const EMAIL: &str = "user@example.com";
/// When the tests' clock starts, in Unix milliseconds.
const START: i64 = 1_770_091_506_000;
const MINUTE: i64 = 60_000;

/// The document's request.
fn john_doe() -> Value {
    json!({ "name": "John Doe", "email": EMAIL, "password": "securepassword", "phone": "1234567890" })
}

/// Signs up as documented; gives the token and the code in the mail.
async fn signed_up(api: &Notary) -> (String, String) {
    let reply = api.post("/auth/signup").json(&john_doe()).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    (text(&reply, "/data/token/content"), code_in(&api.link_to(EMAIL).await).to_owned())
}

fn confirmed() -> Value {
    json!({ "message": "Success confirming registration." })
}

async fn confirm(api: &Notary, code: &str) -> Reply {
    api.get(&format!("/auth/signup/confirm?code={code}")).send().await
}

#[tokio::test]
async fn the_documented_request_signs_up() {
    let api = Notary::new().await;
    let reply = api.post("/auth/signup").json(&john_doe()).await;
    let started = json!({
        "message": "Sign up successful. Please confirm your account.",
        "data": {
            "token": { "content": STRING, "type": "signup" },
            "last": START,
            "expired": START + 10 * MINUTE,
            "attempts": 1,
        },
    });
    reply.is(200, &started);
    let link = api.link_to(EMAIL).await;
    assert!(link.starts_with(&format!("{PUBLIC_URL}/notary/api/v1/auth/signup/confirm?code=")), "{link}");
    assert!(code_in(&link).len() >= 32, "{link}");
    // The telephone is optional.
    let other = with(john_doe(), &json!({ "email": "other@example.com", "phone": null }));
    api.post("/auth/signup").json(&other).await.is(200, &started);
}

#[tokio::test]
async fn the_mailed_link_confirms_without_a_header_and_only_once() {
    let api = Notary::new().await;
    assert_eq!(api.post("/auth/signup").json(&john_doe()).await.status, 200);
    api.sign_in(EMAIL, "securepassword").await.says(401, "Invalid credentials");
    let link = api.link_to(EMAIL).await;
    // A look at the link is no visit.
    let head = api.0.call("HEAD", link.strip_prefix(PUBLIC_URL).unwrap()).send().await;
    assert_eq!(head.status, 405);
    api.open(&link).await.is(200, confirmed());
    api.open(&link).await.says(400, "Invalid code");
    assert_eq!(api.sign_in(EMAIL, "securepassword").await.status, 200);
    let db = api.0.app.domain.db.read();
    let row = user::row::Entity::find().filter(user::row::Column::Email.eq(EMAIL)).one(db).await.unwrap().unwrap();
    assert_eq!((row.role, row.name.as_str(), row.phone.as_deref()), (Role::Customer, "John Doe", Some("1234567890")));
}

#[tokio::test]
async fn a_missing_or_wrong_code_confirms_nothing() {
    let api = Notary::new().await;
    let (_, code) = signed_up(&api).await;
    for query in ["", "?code=", "?code=verification-code-string", "?code=%00", &format!("?code={code}x")] {
        let reply = api.get(&format!("/auth/signup/confirm{query}")).send().await;
        reply.says(400, "Invalid code");
    }
    confirm(&api, &code).await.is(200, confirmed());
}

#[tokio::test]
async fn the_status_is_the_attempt_until_it_is_confirmed_and_then_a_token() {
    let api = Notary::new().await;
    let (token, code) = signed_up(&api).await;
    api.0.app.clock.advance(TimeDelta::minutes(1));
    let resent = api.post("/auth/signup/resend").token(&token).send().await;
    resent.says(200, "Confirmation code resent successfully.");
    let waiting = json!({
        "message": "Success getting confirmation status.",
        "data": {
            "token": { "content": token, "type": "signup" },
            "last": START + MINUTE,
            "attempts": 2,
            "expired": START + 11 * MINUTE,
        },
    });
    api.get("/auth/signup/status").token(&token).send().await.is(200, &waiting);
    // The new mail has killed the old link.
    confirm(&api, &code).await.says(400, "Invalid code");
    let link = api.link_to(EMAIL).await;
    api.open(&link).await.is(200, confirmed());

    let done = json!({
        "message": "Success confirming registration.",
        "data": { "token": { "content": STRING, "type": "access" } },
    });
    let reply = api.get("/auth/signup/status").token(&token).send().await;
    reply.is(200, &done);
    // It opens the account: a customer, who is known but no admin.
    let access = text(&reply, "/data/token/content");
    api.call("PATCH", "/office/service/service_id").token(&access).send().await.says(403, "Access denied");
}

#[tokio::test]
async fn a_resend_waits_a_minute_and_ends_after_five() {
    let api = Notary::new().await;
    let (token, _) = signed_up(&api).await;
    let resend = async || api.post("/auth/signup/resend").token(&token).send().await;
    api.0.app.clock.advance(TimeDelta::seconds(1));
    let refused = resend().await;
    refused.says(429, "Too many request");
    assert_eq!(refused.header("retry-after"), "59");
    api.0.app.clock.advance(TimeDelta::seconds(59));
    for _ in 0..5 {
        resend().await.says(200, "Confirmation code resent successfully.");
        api.0.app.clock.advance(TimeDelta::minutes(1));
    }
    resend().await.says(429, "Too many request");
}

#[tokio::test]
async fn nothing_is_resent_to_a_confirmed_address() {
    let api = Notary::new().await;
    let (token, code) = signed_up(&api).await;
    confirm(&api, &code).await.is(200, confirmed());
    // Within the minute, too: that it is confirmed comes first.
    let refused = api.post("/auth/signup/resend").token(&token).send().await;
    refused.says(403, "Sign Up attempt has been confirmed.");
    api.post("/auth/signup/cancel").token(&token).send().await.says(400, "Invalid token.");
    assert_eq!(api.sign_in(EMAIL, "securepassword").await.status, 200);
}

/// What an attempt that is over answers.
async fn is_over(api: &Notary, token: &str, code: &str) {
    api.get("/auth/signup/status").token(token).send().await.says(400, "Invalid token.");
    api.post("/auth/signup/resend").token(token).send().await.says(404, "Sign Up Attempt not found.");
    api.post("/auth/signup/cancel").token(token).send().await.says(400, "Invalid token.");
    confirm(api, code).await.says(400, "Invalid code");
    api.sign_in(EMAIL, "securepassword").await.says(401, "Invalid credentials");
}

#[tokio::test]
async fn a_cancelled_attempt_can_no_longer_be_used() {
    let api = Notary::new().await;
    let (token, code) = signed_up(&api).await;
    api.post("/auth/signup/cancel").token(&token).send().await.says(200, "Registration has been canceled");
    is_over(&api, &token, &code).await;
}

#[tokio::test]
async fn an_expired_attempt_can_no_longer_be_used() {
    let api = Notary::new().await;
    let (token, code) = signed_up(&api).await;
    api.0.app.clock.advance(TimeDelta::minutes(10));
    is_over(&api, &token, &code).await;
}

#[tokio::test]
async fn a_new_sign_up_replaces_the_attempt_for_its_address() {
    let api = Notary::new().await;
    let (first, code) = signed_up(&api).await;
    // Nobody holds the address yet, and who mistyped the name need not wait.
    let (_, newer) = signed_up(&api).await;
    is_over(&api, &first, &code).await;
    confirm(&api, &newer).await.is(200, confirmed());
}

#[tokio::test]
async fn an_attempt_accepts_only_its_own_token() {
    let api = Notary::new().await;
    let (signup, _) = signed_up(&api).await;
    let access = api.token(Role::Admin).await;
    for (method, path) in
        [("GET", "/auth/signup/status"), ("POST", "/auth/signup/resend"), ("POST", "/auth/signup/cancel")]
    {
        api.call(method, path).send().await.says(400, "Invalid token.");
        for token in ["token-string", &access, &format!("{signup}x")] {
            api.call(method, path).token(token).send().await.says(400, "Invalid token.");
        }
    }
    // Nor is a token looked for in the query.
    let query = api.get(&format!("/auth/signup/status?token={signup}")).send().await;
    query.says(400, "Invalid token.");
    // And it opens nothing else.
    let refused = api.call("PATCH", "/office/service/service_id").token(&signup).send().await;
    refused.says(401, "Access denied to access this route.");
}

#[tokio::test]
async fn addresses_and_numbers_of_accounts_are_refused_as_taken() {
    let api = Notary::new().await;
    let (_, code) = signed_up(&api).await;
    confirm(&api, &code).await.is(200, confirmed());
    let phone = json!({ "email": "other@example.com" });
    for (changes, message) in [
        (json!({ "phone": null }), "Email has been taken!"),
        (json!({ "email": "USER@Example.com" }), "Email has been taken!"),
        (phone, "Phone has been taken!"),
    ] {
        api.post("/auth/signup").json(&with(john_doe(), &changes)).await.says(400, message);
    }
}

#[tokio::test]
async fn invalid_fields_are_refused() {
    let api = Notary::new().await;
    for changes in [
        json!({ "name": null }),
        json!({ "name": "  " }),
        json!({ "name": 7 }),
        json!({ "email": null }),
        json!({ "email": "user" }),
        json!({ "password": null }),
        json!({ "password": "1234567" }),
        json!({ "phone": "12" }),
    ] {
        let reply = api.post("/auth/signup").json(&with(john_doe(), &changes)).await;
        assert_eq!((reply.status.as_u16(), reply.keys("")), (400, vec!["message"]), "{changes}");
    }
    assert!(api.0.app.messages().await.is_empty());
}

#[tokio::test]
async fn an_invalid_field_is_named() {
    let api = Notary::new().await;
    for (changes, message) in [
        (json!({ "name": null }), "The name field is required."),
        (json!({ "name": 7 }), "The name must be a string."),
        (json!({ "email": "user" }), "The email must be a valid email address."),
        (json!({ "password": "1234567" }), "The password must be at least 8 characters."),
        (json!({ "phone": "12" }), "The phone must be a valid phone number."),
    ] {
        api.post("/auth/signup").json(&with(john_doe(), &changes)).await.says(400, message);
    }
    let signin = async |body: Value| api.post("/auth/signin").json(&body).await;
    signin(json!({})).await.says(400, "The email field is required.");
    signin(json!({ "email": EMAIL })).await.says(400, "The password field is required.");
}

#[tokio::test]
async fn role_and_host_of_the_request_are_ignored() {
    let api = Notary::new().await;
    let body = with(john_doe(), &json!({ "role": "ADMIN", "user_type": "ADMIN", "realm": "STAFF" }));
    let call = api.post("/auth/signup").header("host", "evil.example").header("x-forwarded-host", "evil.example");
    assert_eq!(call.json(&body).await.status, 200);
    let link = api.link_to(EMAIL).await;
    assert!(link.starts_with(PUBLIC_URL), "{link}");
    api.open(&link).await.is(200, confirmed());
    let db = api.0.app.domain.db.read();
    let row = user::row::Entity::find().filter(user::row::Column::Email.eq(EMAIL)).one(db).await.unwrap().unwrap();
    assert_eq!(row.role, Role::Customer);
}
