//! From a bearer token to the viewer.

use std::time::Duration;

use chrono::TimeDelta;
use gerbang::accounts::{
    Realm, Role,
    authenticate::authenticate,
    session,
    token::{
        self,
        rules::{Claims, Purpose, hash_secret},
    },
    user::{self, row::Status},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use crate::support::TestApp;

/// The tokens and hashes that Laravel's own code gives.
const VECTORS: [(&str, &str); 2] = [
    (
        "7|ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn6eb9bc73",
        "089d53e6ad464cf2eff7d48e1d0dcc677103f3bec52173fa1f3afd51ad2c99cb",
    ),
    (
        "8|acme_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn6eb9bc73",
        "5031c2407474b86eac5c5345bbc5c707ab62c7586bf3e5ff8dfc5cbce4e7e08b",
    ),
];

async fn import(app: &TestApp, id: i64, user: &user::row::Model, hash: &str) -> token::row::Model {
    let now = app.clock.now();
    let row = token::row::ActiveModel {
        id: Set(id),
        user_id: Set(user.id),
        name: Set("mobile_app".to_owned()),
        token_hash: Set(hash.to_owned()),
        abilities: Set(r#"["*"]"#.to_owned()),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    row.insert(app.domain.db.write()).await.expect("the token fits the table")
}

async fn opens(app: &TestApp, token: &str) -> bool {
    authenticate(&app.domain, token).await.expect("the database answers").user().is_some()
}

#[tokio::test]
async fn imported_laravel_tokens_authenticate() {
    let app = TestApp::new().await;
    let user = app.user(Realm::Apextrack, Role::Affiliate).await;
    for (token, hash) in VECTORS {
        let (id, secret) = token.split_once('|').unwrap();
        import(&app, id.parse().unwrap(), &user, hash).await;
        assert!(opens(&app, token).await, "{token}");
        assert!(opens(&app, secret).await, "the form without an id");
        for refused in [format!("9|{secret}"), format!("{id}|{secret}x"), format!("{id}|"), format!("x|{secret}")] {
            assert!(!opens(&app, &refused).await, "{refused}");
        }
    }
}

#[tokio::test]
async fn a_sanctum_token_ends_at_its_expiry_and_with_its_account() {
    let app = TestApp::new().await;
    let user = app.user(Realm::Apextrack, Role::Affiliate).await;
    let mut row = import(&app, 1, &user, &hash_secret("secret")).await.into_active_model();
    row.expires_at = Set(Some(app.clock.now() + TimeDelta::hours(1)));
    row.update(app.domain.db.write()).await.unwrap();
    app.clock.advance(TimeDelta::minutes(59));
    assert!(opens(&app, "1|secret").await);

    let change = async |status: Status, valid_from: Option<chrono::DateTime<chrono::Utc>>| {
        let mut row = user.clone().into_active_model();
        row.status = Set(status);
        row.sessions_valid_from = Set(valid_from.map(Into::into));
        row.update(app.domain.db.write()).await.unwrap();
    };
    change(Status::Suspended, None).await;
    assert!(!opens(&app, "1|secret").await, "suspended");
    change(Status::Active, Some(app.clock.now())).await;
    assert!(!opens(&app, "1|secret").await, "all sessions ended since");
    change(Status::Active, None).await;
    assert!(opens(&app, "1|secret").await);
    app.clock.advance(TimeDelta::minutes(1));
    assert!(!opens(&app, "1|secret").await, "expired");
}

#[tokio::test]
async fn the_last_use_is_stored_once_a_minute_without_delaying_the_request() {
    let app = TestApp::new().await;
    let user = app.user(Realm::Apextrack, Role::Affiliate).await;
    import(&app, 1, &user, &hash_secret("secret")).await;
    let noted_at = async |expected| {
        for _ in 0..200 {
            let row = token::row::Entity::find_by_id(1_i64).one(app.domain.db.read()).await.unwrap().unwrap();
            if row.last_used_at == Some(expected) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the use at {expected} was not noted");
    };
    let first = app.clock.now();
    let before = app.statements();
    assert!(opens(&app, "1|secret").await);
    assert_eq!(app.statements() - before, 1, "one statement per request");
    noted_at(first).await;
    app.clock.advance(TimeDelta::seconds(59));
    assert!(opens(&app, "1|secret").await);
    tokio::time::sleep(Duration::from_millis(50)).await;
    noted_at(first).await;
    app.clock.advance(TimeDelta::seconds(1));
    assert!(opens(&app, "1|secret").await);
    noted_at(app.clock.now()).await;
}

#[tokio::test]
async fn a_json_web_token_authenticates_its_own_account_only() {
    let app = TestApp::new().await;
    let user = app.user(Realm::Notary, Role::Customer).await;
    let now = app.clock.now();
    let session = session::row::ActiveModel {
        id: Set("session".to_owned()),
        user_id: Set(user.id),
        current_jti: Set("current".to_owned()),
        previous_jti: Set(None),
        exchanged_at: Set(None),
        logged_in_at: Set(now),
        refreshable_until: Set(now + TimeDelta::days(14)),
        revoked_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    };
    session.insert(app.domain.db.write()).await.unwrap();
    let right = Claims {
        sub: user.id.to_string(),
        realm: "notary".to_owned(),
        purpose: Purpose::Access,
        session: "session".to_owned(),
        jti: "current".to_owned(),
        iat: now.timestamp(),
        exp: now.timestamp() + 60,
    };
    let sign = |claims: &Claims| app.domain.tokens.sign(claims).unwrap();
    let before = app.statements();
    assert!(opens(&app, &sign(&right)).await);
    assert_eq!(app.statements() - before, 1, "one statement per request");
    for wrong in [
        Claims { sub: "0".to_owned(), ..right.clone() },
        Claims { realm: "staff".to_owned(), ..right.clone() },
        Claims { purpose: Purpose::Signup, ..right.clone() },
        Claims { session: "other".to_owned(), ..right.clone() },
        Claims { jti: "older".to_owned(), ..right.clone() },
        Claims { exp: now.timestamp(), ..right.clone() },
    ] {
        assert!(!opens(&app, &sign(&wrong)).await, "{wrong:?}");
    }
    let foreign =
        TestApp::with(|config| config.auth.jwt_keys[0].secret = gerbang_kernel::secret::Secret::new("y".repeat(32)))
            .await;
    assert!(!opens(&app, &foreign.domain.tokens.sign(&right).unwrap()).await);
    for nonsense in ["", "a", "a.b.c", "..", "|", "Bearer"] {
        assert!(!opens(&app, nonsense).await, "{nonsense}");
    }
}
