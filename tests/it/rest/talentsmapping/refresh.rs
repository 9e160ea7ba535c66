//! Chapter 1: how long a token lives, and how it is exchanged for a new one.

use chrono::TimeDelta;
use gerbang::accounts::{Realm, Role};
use serde_json::json;

use super::{ADMIN, Office};
use crate::support::{legacy::STRING, protocol::Reply};

async fn refresh(office: &Office, token: &str) -> Reply {
    office.post("/auth/refresh").token(token).send().await
}

/// Exchanges a token for the next.
async fn refreshed(office: &Office, token: &str) -> String {
    let answer = refresh(office, token).await;
    answer.body["access_token"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

async fn me(office: &Office, token: &str) -> u16 {
    office.get("/auth/me").token(token).send().await.status.as_u16()
}

#[tokio::test]
async fn refreshing_gives_a_new_token_and_revokes_the_old_one() {
    let office = Office::new().await;
    let old = office.admin().await;
    let answer = refresh(&office, &old).await;
    let new = answer.body["access_token"].as_str().unwrap().to_owned();
    answer.is(200, json!({ "access_token": STRING, "token_type": "bearer", "expires_in": 3600 }));
    assert_eq!((me(&office, &old).await, me(&office, &new).await), (401, 200));
    refresh(&office, &old).await.says(401, "Unauthenticated.");
}

#[tokio::test]
async fn a_token_expires_after_an_hour_and_can_still_be_refreshed() {
    let office = Office::new().await;
    let token = office.admin().await;
    office.app().clock.advance(TimeDelta::seconds(3_599));
    assert_eq!(me(&office, &token).await, 200);
    office.app().clock.advance(TimeDelta::seconds(1));
    office.get("/auth/me").token(&token).send().await.says(401, "Unauthenticated.");
    let token = refreshed(&office, &token).await;
    assert_eq!(me(&office, &token).await, 200);
}

#[tokio::test]
async fn fourteen_days_after_the_log_in_no_refresh_is_possible() {
    let office = Office::new().await;
    let first = office.admin().await;
    office.app().clock.advance(TimeDelta::days(10));
    let second = refreshed(&office, &first).await;
    office.app().clock.advance(TimeDelta::days(4) - TimeDelta::seconds(1));
    let third = refreshed(&office, &second).await;
    // The days count from the log-in, not from the last exchange.
    office.app().clock.advance(TimeDelta::seconds(1));
    refresh(&office, &third).await.says(401, "Unauthenticated.");
    office.log_in(ADMIN).await;
}

#[tokio::test]
async fn a_revoked_token_is_not_refreshed() {
    let office = Office::new().await;
    let token = office.admin().await;
    office.post("/auth/logout").token(&token).send().await.says(200, "Successfully logged out");
    refresh(&office, &token).await.says(401, "Unauthenticated.");
}

#[tokio::test]
async fn only_tokens_of_this_api_are_refreshed() {
    let office = Office::new().await;
    office.post("/auth/refresh").send().await.says(401, "Unauthenticated.");
    let notary = office.stranger(Realm::Notary, Role::Admin).await;
    let staff = office.stranger(Realm::Staff, Role::Admin).await;
    for token in ["nonsense", "a.b.c", &notary, &staff] {
        refresh(&office, token).await.says(401, "Unauthenticated.");
    }
}

#[tokio::test]
async fn of_two_concurrent_refreshes_one_succeeds() {
    let office = Office::new().await;
    let token = office.admin().await;
    let (one, other) = tokio::join!(refresh(&office, &token), refresh(&office, &token));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}
