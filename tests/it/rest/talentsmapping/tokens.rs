//! Which tokens open which routes.

use gerbang::accounts::{Realm, Role, token, user};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::{ADMIN, Office, account};

/// Every route that needs a token.
const PROTECTED: [(&str, &str); 9] = [
    ("POST", "/auth/logout"),
    ("GET", "/auth/me"),
    ("GET", "/partners"),
    ("GET", "/partners/1"),
    ("GET", "/partners/1/clients"),
    ("GET", "/clients"),
    ("GET", "/clients/1"),
    ("GET", "/clients/1/raw"),
    ("GET", "/dictionaries/assessment-result"),
];

/// `/user` is the one route that also takes a token of Sanctum's.
const USER: (&str, &str) = ("GET", "/user");

async fn refuses(office: &Office, (method, path): (&str, &str), token: Option<&str>) {
    let call = office.call(method, path);
    let call = if let Some(token) = token { call.token(token) } else { call };
    call.send().await.says(401, "Unauthenticated.");
}

#[tokio::test]
async fn without_a_valid_token_every_route_answers_401() {
    let office = Office::new().await;
    let notary = office.stranger(Realm::Notary, Role::Admin).await;
    let affiliate = office.stranger(Realm::Apextrack, Role::Affiliate).await;
    let gateway = office.stranger(Realm::Staff, Role::Admin).await;
    for route in PROTECTED.into_iter().chain([USER]) {
        refuses(&office, route, None).await;
        for token in ["nonsense", "1|nonsense", "eyJhbGciOiJub25lIn0.e30.", &notary, &affiliate, &gateway] {
            refuses(&office, route, Some(token)).await;
        }
    }
}

#[tokio::test]
async fn a_token_is_read_from_its_header_only() {
    let office = Office::new().await;
    let token = office.admin().await;
    office.get(&format!("/auth/me?token={token}")).send().await.says(401, "Unauthenticated.");
    office.post("/auth/logout").form(&format!("token={token}")).await.says(401, "Unauthenticated.");
    let any_case = office.get("/auth/me").header("authorization", &format!("bearer {token}"));
    assert_eq!(any_case.send().await.status, 200);
}

#[tokio::test]
async fn a_token_is_read_as_laravel_reads_it() {
    let office = Office::new().await;
    let token = office.admin().await;
    let me = r#"{"query":"{ me { email } }"}"#;
    for header in [
        format!("Bearer Bearer {token}"),
        format!("bearer  {token}"),
        format!("Bearer {token}, x"),
        format!("Bearer {token},Basic YTpi"),
        format!("Basic YTpi, Bearer {token}"),
        format!("Bearer nonsense, Bearer {token}"),
    ] {
        let rest = office.get("/auth/me").header("authorization", &header).send().await;
        assert_eq!(rest.status, 200, "{header}");
        let graphql = office.0.post("/graphql").header("authorization", &header).body("application/json", me).await;
        assert_eq!(graphql.data()["me"]["email"], ADMIN, "{header}");
    }
    for header in [token.clone(), format!("Basic {token}"), "Bearer".to_owned(), "Bearer ,".to_owned()] {
        let rest = office.get("/auth/me").header("authorization", &header).send().await;
        rest.says(401, "Unauthenticated.");
    }
    // The one route that takes a token as a value of its own reads it the same way.
    let refresh =
        office.post("/auth/refresh").header("authorization", &format!("Basic YTpi, Bearer {token}")).send().await;
    assert_eq!(refresh.status, 200, "{refresh:?}");
}

#[tokio::test]
async fn a_sanctum_token_is_accepted_by_user_only() {
    let office = Office::new().await;
    let owner = account(office.app(), 3, "old@talents.test", Role::Admin, None).await;
    // As the legacy database holds it: the SHA-256 of what follows the bar.
    let token = "7|ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn6eb9bc73";
    let row = token::row::Model {
        id: 7,
        user_id: owner.id,
        name: "mobile".to_owned(),
        token_hash: "089d53e6ad464cf2eff7d48e1d0dcc677103f3bec52173fa1f3afd51ad2c99cb".to_owned(),
        abilities: r#"["*"]"#.to_owned(),
        last_used_at: None,
        expires_at: None,
        created_at: *owner.created_at,
        updated_at: *owner.created_at,
    };
    token::row::Entity::insert(row.into_active_model()).exec(office.app().domain.db.write()).await.unwrap();
    let user = office.get("/user").token(token).send().await;
    assert_eq!((user.status.as_u16(), &user.body["email"]), (200, &"old@talents.test".into()));
    for route in PROTECTED {
        refuses(&office, route, Some(token)).await;
    }
}

#[tokio::test]
async fn a_suspended_users_token_answers_401_at_once() {
    let office = Office::new().await;
    let token = office.admin().await;
    let users = user::row::Entity::find().all(office.app().domain.db.read()).await.unwrap();
    let admin = users.into_iter().find(|user| user.email == ADMIN).unwrap();
    let mut admin = admin.into_active_model();
    admin.status = Set(user::row::Status::Suspended);
    admin.update(office.app().domain.db.write()).await.unwrap();
    for route in PROTECTED.into_iter().chain([USER]) {
        refuses(&office, route, Some(&token)).await;
    }
}
