//! Get Users (List).

use chrono::TimeDelta;
use gerbang::accounts::{Realm, Role, user};
use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};

use super::{Staff, invalid};
use crate::support::protocol::Reply;

/// 50 people, as in the document's example.
struct Office {
    api: Staff,
    token: String,
}

impl Office {
    async fn new() -> Self {
        let api = Staff::new().await;
        for number in 1..=50_i64 {
            let name = match number {
                1 => "Budi".to_owned(),
                2 => "Andi".to_owned(),
                _ => format!("Pegawai {number:02}"),
            };
            let (username, email) = match number {
                1 => ("budi123".to_owned(), "budi@example.com".to_owned()),
                2 => ("andi456".to_owned(), "andi@example.com".to_owned()),
                _ => (format!("pegawai{number:02}"), format!("pegawai{number:02}@example.com")),
            };
            let person = |row: &mut user::row::ActiveModel| {
                row.legacy_id = Set(number);
                row.name = Set(name);
                row.username_key = Set(Some(username.clone()));
                row.username = Set(Some(username));
                row.email_key = Set(email.clone());
                row.email = Set(email);
                row.code = Set(Some(format!("USR{number:05}")));
            };
            let role = if number == 50 { Role::Admin } else { Role::Employee };
            api.0.app.user_with(Realm::Staff, role, person).await;
            api.0.app.clock.advance(TimeDelta::seconds(1));
        }
        // Of another realm.
        api.0.app.user(Realm::Apextrack, Role::Affiliate).await;
        let body = json!({ "login": "budi123", "password": crate::support::app::PASSWORD });
        let token = api.post("/api/v1/auth/login").json(&body).await.body["token"].as_str().unwrap().to_owned();
        Self { api, token }
    }

    async fn list(&self, query: &str) -> Reply {
        self.api.get(&format!("/api/v1/auth/get-list{query}")).token(&self.token).send().await
    }

    /// The ids on a page.
    async fn ids(&self, query: &str) -> Vec<i64> {
        let reply = self.list(query).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.body["data"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
    }
}

#[tokio::test]
async fn the_path_is_the_called_url_without_its_query() {
    let reply = Office::new().await.list("?per_page=10&page=2").await;
    assert_eq!(reply.body["meta"]["path"], "http://gerbang.test/api/v1/auth/get-list");
    assert_eq!(reply.body["data"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn a_page_has_fifteen_users_oldest_first_by_default() {
    let office = Office::new().await;
    let reply = office.list("").await;
    let meta = &reply.body["meta"];
    let numbers = |key: &str| meta[key].as_i64();
    assert_eq!(
        (numbers("current_page"), numbers("from"), numbers("last_page"), numbers("per_page"), numbers("to")),
        (Some(1), Some(1), Some(4), Some(15), Some(15))
    );
    assert_eq!(office.ids("").await, (1..=15).collect::<Vec<_>>());
    assert_eq!(office.ids("?page=4").await, (46..=50).collect::<Vec<_>>());
    // What is no number, or less than one, counts as absent; more than 100 as 100.
    for query in ["?per_page=abc&page=x", "?per_page=0&page=0", "?per_page=-1&page=-1", "?per_page=&page="] {
        assert_eq!(office.ids(query).await.len(), 15, "{query}");
    }
    assert_eq!(office.list("?per_page=1000").await.body["meta"]["per_page"], 100);
    assert_eq!(office.ids("?per_page=1000").await.len(), 50);
}

#[tokio::test]
async fn a_page_behind_the_last_is_empty() {
    let office = Office::new().await;
    let reply = office.list("?page=7&per_page=10").await;
    let empty = json!({
        "data": [],
        "meta": {
            "current_page": 7,
            "from": null,
            "last_page": 5,
            "path": "http://gerbang.test/api/v1/auth/get-list",
            "per_page": 10,
            "to": null,
            "total": 50,
        },
    });
    reply.is(200, &empty);
}

#[tokio::test]
async fn the_list_is_sorted_by_what_is_asked_for() {
    let office = Office::new().await;
    for (query, first) in [
        ("?order_by=nama&per_page=2", [2, 1]),
        ("?order_by=username&per_page=2", [2, 1]),
        ("?order_by=email&per_page=2", [2, 1]),
        ("?order_by=kode&per_page=2", [1, 2]),
        ("?order_by=created_at&per_page=2", [1, 2]),
        ("?order_by=created_at&sort=desc&per_page=2", [50, 49]),
        ("?order_by=nama&sort=desc&per_page=2", [50, 49]),
        ("?order_by=nama&sort=asc&per_page=2", [2, 1]),
        ("?sort=desc&per_page=2", [50, 49]),
        // Nothing said is the default.
        ("?order_by=&sort=&per_page=2", [1, 2]),
    ] {
        assert_eq!(office.ids(query).await, first, "{query}");
    }
}

#[tokio::test]
async fn unknown_sort_orders_are_refused() {
    let office = Office::new().await;
    let order_by = invalid(json!({ "order_by": ["The selected order by is invalid."] }));
    for wrong in ["password", "id", "name", "NAMA", "updated_at", "nama%3Bdrop+table+users"] {
        office.list(&format!("?order_by={wrong}")).await.is(422, &order_by);
    }
    for wrong in ["up", "ASC", "descending"] {
        let reply = office.list(&format!("?sort={wrong}")).await;
        reply.is(422, invalid(json!({ "sort": ["The selected sort is invalid."] })));
    }
    let both = invalid(json!({
        "order_by": ["The selected order by is invalid."],
        "sort": ["The selected sort is invalid."],
    }));
    office.list("?sort=x&order_by=y").await.is(422, &both);
}

#[tokio::test]
async fn the_search_looks_at_four_columns() {
    let office = Office::new().await;
    for (query, found) in [
        ("?q=Budi", vec![1]),
        ("?q=bud", vec![1]),
        ("?q=andi456", vec![2]),
        ("?q=ANDI%40example", vec![2]),
        ("?q=USR00007", vec![7]),
        ("?q=pegawai07", vec![7]),
        ("?q=tidak+ada", vec![]),
        // Signs that mean something to the database mean themselves.
        ("?q=%25", vec![]),
        ("?q=pegawai_7", vec![]),
        ("?q=%27", vec![]),
    ] {
        assert_eq!(office.ids(query).await, found, "{query}");
    }
    assert_eq!(office.list("?q=&per_page=100").await.body["meta"]["total"], 50);
    assert_eq!(office.list("?q=Pegawai&per_page=5&page=2").await.body["meta"]["total"], 48);
}

#[tokio::test]
async fn only_staff_see_it_and_only_staff_are_in_it() {
    let office = Office::new().await;
    let path = "/api/v1/auth/get-list";
    office.api.get(path).send().await.is(401, super::unauthenticated());
    // An admin of the whole gateway sees the same list.
    let body = json!({ "login": "pegawai50", "password": crate::support::app::PASSWORD });
    let admin = office.api.post("/api/v1/auth/login").json(&body).await.body["token"].clone();
    let reply = office.api.get(path).token(admin.as_str().unwrap()).send().await;
    assert_eq!(reply.body["meta"]["total"], 50);
    let secret: Value = reply.body;
    assert!(!secret.to_string().contains("argon2"));
}
