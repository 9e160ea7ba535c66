//! Logging in and out, in every realm.

use chrono::TimeDelta;
use gerbang::accounts::{
    Realm, Role,
    user::{self, row::Status},
};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};

use super::{global_id, login, token_of, whose};
use crate::support::{
    TestApp,
    app::{Answer, PASSWORD},
    protocol::{Reply, post, send},
};

/// What a server answers to a document with this token in its header.
async fn ask(app: &TestApp, token: &str, query: &str) -> Reply {
    let authorization = format!("Bearer {token}");
    let accept = "application/graphql-response+json";
    let headers = [("content-type", "application/json"), ("accept", accept), ("authorization", &*authorization)];
    send(&app.router(), post(json!({ "query": query }).to_string(), &headers)).await
}

#[tokio::test]
async fn an_ended_session_is_told_from_a_missing_row_and_can_be_renewed() {
    let app = TestApp::new().await;
    let user = app.user(Realm::Notary, Role::Customer).await;
    let token = token_of(&app, &user).await;
    let node = format!("{{ node(id: \"user_{}\") {{ id }} }}", user.id);
    assert_eq!(ask(&app, &token, &node).await.data()["node"]["id"], json!(global_id(&user)));
    app.clock.advance(TimeDelta::hours(2));
    let reply = ask(&app, &token, &node).await;
    assert_eq!((reply.status.as_u16(), reply.refused()), (401, "UNAUTHENTICATED"), "{reply:?}");
    let exchange = format!("mutation {{ refreshToken(input: {{ token: \"{token}\" }}) {{ token {{ content }} }} }}");
    let reply = ask(&app, &token, &exchange).await;
    let token = reply.data()["refreshToken"]["token"]["content"].as_str().unwrap();
    assert_eq!(ask(&app, token, &node).await.data()["node"]["id"], json!(global_id(&user)));
}

#[tokio::test]
async fn each_realm_has_its_names_to_log_in_with_and_its_kind_of_token() {
    let app = TestApp::new().await;
    let talents = app.user(Realm::TalentsMapping, Role::Admin).await;
    let apextrack = app.user(Realm::Apextrack, Role::Affiliate).await;
    let notary = app
        .user_with(Realm::Notary, Role::Customer, |user| {
            user.phone = Set(Some("0812-3456-7890".to_owned()));
            user.phone_key = Set(Some("+6281234567890".to_owned()));
        })
        .await;
    let scholarship = app.user(Realm::Scholarship, Role::Applicant).await;
    let staff = app.user(Realm::Staff, Role::Employee).await;
    let shouted = |text: &str| format!(" {} ", text.to_uppercase());
    for (user, input, is_jwt) in [
        (&talents, json!({ "realm": "TALENTS_MAPPING", "email": shouted(&talents.email) }), true),
        (&apextrack, json!({ "realm": "APEXTRACK", "email": apextrack.email, "deviceName": "web" }), false),
        (&notary, json!({ "realm": "NOTARY", "login": notary.email }), true),
        (&notary, json!({ "realm": "NOTARY", "login": "+62 812 3456 7890" }), true),
        (&notary, json!({ "realm": "NOTARY", "phone": "081234567890" }), true),
        (&scholarship, json!({ "realm": "SCHOLARSHIP", "login": scholarship.email }), true),
        (&staff, json!({ "realm": "STAFF", "login": staff.email }), false),
        (&staff, json!({ "realm": "STAFF", "login": shouted(staff.username.as_ref().unwrap()) }), false),
        (&staff, json!({ "realm": "STAFF", "username": staff.username }), false),
    ] {
        let mut input = input;
        input["password"] = PASSWORD.into();
        let payload = login(&app, input.clone()).await.ok()["login"].take();
        assert_eq!(payload["user"], json!({ "id": format!("user_{}", user.id), "email": user.email }), "{input}");
        let token = &payload["token"];
        assert_eq!((token["kind"].as_str(), token["scheme"].as_str()), (Some("ACCESS"), Some("bearer")));
        let content = token["content"].as_str().unwrap();
        if is_jwt {
            assert_eq!((content.split('.').count(), &token["expiresIn"]), (3, &json!(3_600)));
            assert_eq!(token["expiresAt"], "2026-02-03T05:05:06+00:00");
        } else {
            assert!(content.contains('|') && token["expiresAt"].is_null() && token["expiresIn"].is_null());
        }
        assert_eq!(whose(&app, content).await, json!(format!("user_{}", user.id)));
    }
}

#[tokio::test]
async fn a_failed_log_in_does_not_reveal_whether_the_account_exists() {
    let app = TestApp::new().await;
    let user = app.user(Realm::Apextrack, Role::Affiliate).await;
    let suspended = app.user_with(Realm::Apextrack, Role::Affiliate, |user| user.status = Set(Status::Suspended)).await;
    let mut messages = Vec::new();
    for input in [
        json!({ "realm": "APEXTRACK", "email": user.email, "password": "wrong" }),
        json!({ "realm": "APEXTRACK", "email": "nobody@example.test", "password": PASSWORD }),
        json!({ "realm": "STAFF", "email": user.email, "password": PASSWORD }),
        json!({ "realm": "APEXTRACK", "email": suspended.email, "password": PASSWORD }),
        json!({ "realm": "APEXTRACK", "phone": "081234567890", "password": PASSWORD }),
    ] {
        let answer = login(&app, input).await;
        assert_eq!(answer.code(), "UNAUTHENTICATED");
        messages.push(answer.errors[0]["message"].clone());
    }
    messages.dedup();
    assert_eq!(messages, ["These credentials do not match our records."]);
    for input in
        [json!({ "realm": "STAFF", "password": "x" }), json!({ "realm": "STAFF", "login": " ", "password": "x" })]
    {
        assert_eq!(login(&app, input).await.broken_rules(), ["login REQUIRED"]);
    }
}

#[tokio::test]
async fn pending_affiliates_may_log_in() {
    let app = TestApp::new().await;
    let user = app.user_with(Realm::Apextrack, Role::Affiliate, |user| user.status = Set(Status::Pending)).await;
    token_of(&app, &user).await;
}

#[tokio::test]
async fn five_failures_a_minute_lock_a_name_and_a_success_resets_the_count() {
    let app = TestApp::new().await;
    let user = app.user(Realm::Staff, Role::Employee).await;
    let other = app.user(Realm::Staff, Role::Employee).await;
    let attempt = async |name: &str, password: &str| {
        let answer = login(&app, json!({ "realm": "STAFF", "login": name, "password": password })).await;
        if answer.errors.is_null() { "OK".to_owned() } else { answer.code().to_owned() }
    };
    for _ in 0..4 {
        assert_eq!(attempt(&user.email, "wrong").await, "UNAUTHENTICATED");
    }
    assert_eq!(attempt(&user.email, PASSWORD).await, "OK");
    for _ in 0..5 {
        assert_eq!(attempt(&user.email, "wrong").await, "UNAUTHENTICATED");
    }
    let input = json!({ "realm": "STAFF", "login": user.email.to_uppercase(), "password": PASSWORD });
    let refused = login(&app, input).await;
    assert_eq!(refused.code(), "RATE_LIMITED");
    assert_eq!(refused.errors[0]["extensions"]["retryAfter"], 60);
    assert_eq!(attempt(&other.email, PASSWORD).await, "OK");
    app.clock.advance(TimeDelta::seconds(60));
    assert_eq!(attempt(&user.email, PASSWORD).await, "OK");
}

#[tokio::test]
async fn a_hundred_failures_a_minute_lock_an_address() {
    let app = TestApp::with(|config| config.limits.login_attempts_per_address = 3).await;
    let user = app.user(Realm::Staff, Role::Employee).await;
    for n in 0..3 {
        token_of(&app, &user).await;
        let input = json!({ "realm": "STAFF", "login": format!("nobody{n}"), "password": "x" });
        assert_eq!(login(&app, input).await.code(), "UNAUTHENTICATED");
    }
    let input = json!({ "realm": "STAFF", "login": user.email, "password": PASSWORD });
    assert_eq!(login(&app, input).await.code(), "RATE_LIMITED");
}

#[tokio::test]
async fn the_limit_holds_for_concurrent_attempts() {
    let app = TestApp::new().await;
    let user = app.user(Realm::Staff, Role::Employee).await;
    let input = json!({ "realm": "STAFF", "login": user.email, "password": "wrong" });
    let answers = futures_util::future::join_all((0..12).map(|_| login(&app, input.clone()))).await;
    let tried = answers.iter().filter(|answer| answer.code() == "UNAUTHENTICATED").count();
    assert_eq!(tried, 5);
}

#[tokio::test]
async fn a_hash_of_laravel_is_replaced_at_log_in() {
    let app = TestApp::new().await;
    let bcrypt = "$2y$10$92IXUNpkjO0rOQ5byMi.Ye4oKoEa3Ro9llC/.og/at2.uheWG/igi";
    let user = app.user_with(Realm::Staff, Role::Employee, |user| user.password_hash = Set(bcrypt.to_owned())).await;
    let input = json!({ "realm": "STAFF", "login": user.email, "password": "password" });
    login(&app, input.clone()).await.ok();
    let row = user::row::Entity::find_by_id(user.id).one(app.domain.db.read()).await.unwrap().unwrap();
    assert!(row.password_hash.starts_with("$argon2id$"), "{}", row.password_hash);
    login(&app, input).await.ok();
}

#[tokio::test]
async fn logging_out_ends_one_session_or_all() {
    let app = TestApp::new().await;
    for (realm, role) in [(Realm::Notary, Role::Customer), (Realm::Staff, Role::Employee)] {
        let user = app.user(realm, role).await;
        let id = json!(format!("user_{}", user.id));
        let (one, two, three) = (token_of(&app, &user).await, token_of(&app, &user).await, token_of(&app, &user).await);
        app.with_token(&one).await.graphql("mutation { logout { user { id } } }").await.ok();
        assert_eq!((whose(&app, &one).await, whose(&app, &two).await), (Value::Null, id));
        app.with_token(&two).await.graphql("mutation { logoutEverywhere { user { id } } }").await.ok();
        assert_eq!((whose(&app, &two).await, whose(&app, &three).await), (Value::Null, Value::Null));
        app.clock.advance(TimeDelta::microseconds(1));
        assert!(!whose(&app, &token_of(&app, &user).await).await.is_null());
    }
    for mutation in ["logout", "logoutEverywhere"] {
        let answer = app.anonymous().graphql(&format!("mutation {{ {mutation} {{ user {{ id }} }} }}")).await;
        assert_eq!(answer.code(), "UNAUTHENTICATED");
    }
}

const REFRESH: &str = "mutation($input: RefreshTokenInput!) {
    refreshToken(input: $input) { token { content expiresIn } user { id } }
}";

async fn refresh(app: &TestApp, token: &str) -> Answer {
    app.anonymous().graphql_with(REFRESH, json!({ "input": { "token": token } })).await
}

#[tokio::test]
async fn a_token_is_exchanged_for_fourteen_days_even_when_it_has_expired() {
    let app = TestApp::new().await;
    let user = app.user(Realm::TalentsMapping, Role::Admin).await;
    let first = token_of(&app, &user).await;
    app.clock.advance(TimeDelta::seconds(3_599));
    assert!(!whose(&app, &first).await.is_null());
    app.clock.advance(TimeDelta::seconds(1));
    assert!(whose(&app, &first).await.is_null(), "expired");

    let second = refresh(&app, &first).await.ok()["refreshToken"]["token"]["content"].as_str().unwrap().to_owned();
    assert!(!whose(&app, &second).await.is_null());
    app.clock.advance(TimeDelta::seconds(31));
    assert_eq!(refresh(&app, &first).await.code(), "UNAUTHENTICATED", "exchanged already");

    app.clock.advance(TimeDelta::days(14) - TimeDelta::seconds(3_632));
    let third = refresh(&app, &second).await.ok()["refreshToken"]["token"]["content"].as_str().unwrap().to_owned();
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(refresh(&app, &third).await.code(), "UNAUTHENTICATED", "fourteen days after the log-in");
}

#[tokio::test]
async fn concurrent_exchanges_give_one_token() {
    let app = TestApp::new().await;
    let user = app.user(Realm::TalentsMapping, Role::Admin).await;
    let token = token_of(&app, &user).await;
    let answers = futures_util::future::join_all((0..16).map(|_| refresh(&app, &token))).await;
    let mut given: Vec<_> = answers.into_iter().map(|answer| answer.ok()["refreshToken"].to_string()).collect();
    given.dedup();
    assert_eq!(given.len(), 1, "{given:?}");
}

#[tokio::test]
async fn an_exchanged_token_gives_the_same_successor_for_30_seconds_and_opens_nothing() {
    let app = TestApp::new().await;
    let user = app.user(Realm::Notary, Role::Customer).await;
    let old = token_of(&app, &user).await;
    let new = refresh(&app, &old).await.ok();
    let content = new["refreshToken"]["token"]["content"].as_str().unwrap();
    assert_eq!((whose(&app, &old).await, whose(&app, content).await), (Value::Null, json!(global_id(&user))));
    app.clock.advance(TimeDelta::seconds(30));
    assert_eq!(refresh(&app, &old).await.ok(), new);
    assert!(!whose(&app, content).await.is_null());
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(refresh(&app, &old).await.code(), "UNAUTHENTICATED");

    // Only the token before, and nothing of a session that was ended.
    let third = refresh(&app, content).await.ok();
    assert_eq!(refresh(&app, &old).await.code(), "UNAUTHENTICATED");
    assert_eq!(refresh(&app, content).await.ok(), third);
    let third = third["refreshToken"]["token"]["content"].as_str().unwrap();
    app.with_token(third).await.graphql("mutation { logout { user { id } } }").await.ok();
    assert_eq!(refresh(&app, content).await.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn an_account_is_named_once() {
    let app = TestApp::new().await;
    let user = app.user(Realm::Staff, Role::Employee).await;
    let log_in = async |names: Value| {
        let mut input = json!({ "realm": "STAFF", "password": PASSWORD });
        input.as_object_mut().unwrap().extend(names.as_object().unwrap().clone());
        login(&app, input).await
    };
    let name = user.username.clone().unwrap();
    for account in [json!({ "login": name }), json!({ "username": name }), json!({ "email": user.email })] {
        let session = log_in(json!({ "account": account })).await.ok();
        assert_eq!(session["login"]["user"]["id"], json!(global_id(&user)), "{account}");
    }
    for (names, rule) in [
        (json!({}), "login REQUIRED"),
        (json!({ "email": user.email, "username": name }), "username ONE_NAME"),
        (json!({ "account": { "email": user.email }, "login": name }), "login ONE_NAME"),
        (json!({ "account": { "email": " " } }), "account.email REQUIRED"),
    ] {
        assert_eq!(log_in(names.clone()).await.broken_rules(), [rule], "{names}");
    }
    let two = log_in(json!({ "account": { "email": user.email, "username": name } })).await;
    assert_eq!(two.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_token_that_is_valid_until_it_is_ended_is_not_exchanged() {
    let app = TestApp::new().await;
    let token = token_of(&app, &app.user(Realm::Staff, Role::Employee).await).await;
    let answer = refresh(&app, &token).await;
    assert_eq!(answer.code(), "UNAUTHENTICATED");
    assert!(answer.errors[0]["message"].as_str().unwrap().contains("valid until it is ended"), "{answer:?}");
}

#[tokio::test]
async fn an_invalid_or_revoked_token_is_not_exchanged() {
    let app = TestApp::new().await;
    let user = app.user(Realm::TalentsMapping, Role::Admin).await;
    let staff = app.user(Realm::Staff, Role::Employee).await;
    let sanctum = token_of(&app, &staff).await;
    let ended = token_of(&app, &user).await;
    app.with_token(&ended).await.graphql("mutation { logout { user { id } } }").await.ok();
    for token in ["", "nonsense", "a.b.c", &sanctum, &ended] {
        assert_eq!(refresh(&app, token).await.code(), "UNAUTHENTICATED", "{token}");
    }
    let other_realm = json!({ "input": { "token": token_of(&app, &user).await, "realm": "NOTARY" } });
    assert_eq!(app.anonymous().graphql_with(REFRESH, other_realm).await.code(), "UNAUTHENTICATED");
}
