//! Chapter 2.2: clients, all or filtered.

use gerbang::talents::client;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use super::{Office, add_clients, agus, citra, clients, dewi, invalid, one_page};

#[tokio::test]
async fn an_administrator_lists_all_clients() {
    let office = Office::new().await;
    let answer = office.get("/clients").token(&office.admin().await).send().await;
    answer.is(200, one_page("/clients", vec![dewi(), agus(), citra()]));
}

#[tokio::test]
async fn a_partner_sees_its_own_clients_only() {
    let office = Office::new().await;
    let token = office.partner().await;
    let get = |path: &str| office.get(path).token(&token).send();
    get("/clients").await.is(200, one_page("/clients", vec![dewi(), agus()]));
    // Another's are left out of lists and not found by their id.
    get("/clients?partner_id=2").await.is(200, one_page("/clients", vec![]));
    get("/clients?search=citra").await.is(200, one_page("/clients", vec![]));
    get("/clients/1").await.is(200, json!({ "data": dewi() }));
    get("/clients/3").await.says(404, "Not found.");
    get("/clients/3/raw").await.says(404, "Not found.");
}

#[tokio::test]
async fn one_client_comes_in_data() {
    let office = Office::new().await;
    let token = office.admin().await;
    for client in [dewi(), agus(), citra()] {
        let path = format!("/clients/{}", client["id"]);
        office.get(&path).token(&token).send().await.is(200, json!({ "data": client }));
    }
}

#[tokio::test]
async fn an_invalid_id_of_a_client_answers_404() {
    let office = Office::new().await;
    let token = office.admin().await;
    for id in ["4", "0", "-1", "1.0", "abc", "client_1", "99999999999999999999", "%00"] {
        for path in [format!("/clients/{id}"), format!("/clients/{id}/raw")] {
            office.get(&path).token(&token).send().await.says(404, "Not found.");
        }
    }
}

#[tokio::test]
async fn clients_are_filtered_by_words_partner_and_status() {
    let office = Office::new().await;
    let token = office.admin().await;
    for (query, expected) in [
        ("search=dewi", vec![dewi()]),
        ("search=LESTARI", vec![dewi()]),
        ("search=contoh.test", vec![dewi(), agus()]),
        ("search=%25", vec![]),
        ("search=_", vec![]),
        ("search=", vec![dewi(), agus(), citra()]),
        ("search=nobody", vec![]),
        ("partner_id=1", vec![dewi(), agus()]),
        ("partner_id=2", vec![citra()]),
        ("partner_id=77", vec![]),
        ("status=invited", vec![agus()]),
        ("status=assessed", vec![dewi()]),
        ("status=archived", vec![citra()]),
        ("partner_id=1&status=assessed&search=dewi", vec![dewi()]),
        ("partner_id=2&status=assessed", vec![]),
        ("unknown=1", vec![dewi(), agus(), citra()]),
    ] {
        let answer = office.get(&format!("/clients?{query}")).token(&token).send().await;
        assert_eq!(answer.body["data"], Value::from(expected), "{query}");
        assert_eq!(answer.status, 200, "{query}");
    }
}

#[tokio::test]
async fn a_search_finds_names_with_letters_beyond_ascii() {
    let office = Office::new().await;
    let row = client::row::Model { id: 9, name: "Élise Ümit".to_owned(), ..clients()[1].clone() };
    client::row::Entity::insert(row.into_active_model()).exec(office.app().domain.db.write()).await.unwrap();
    let token = office.admin().await;
    // Élise, ÉLISE, lise Ümit
    for words in ["%C3%89lise", "%C3%89LISE", "lise+%C3%9Cmit"] {
        let answer = office.get(&format!("/clients?search={words}")).token(&token).send().await;
        assert_eq!(answer.body["data"][0]["id"], 9, "{words}");
    }
}

#[tokio::test]
async fn invalid_filters_are_refused() {
    let office = Office::new().await;
    let token = office.admin().await;
    for (query, field, message) in [
        ("status=done", "status", "The selected status is invalid."),
        ("status=ASSESSED", "status", "The selected status is invalid."),
        ("partner_id=abc", "partner_id", "The partner id must be an integer."),
        ("partner_id=1.5", "partner_id", "The partner id must be an integer."),
    ] {
        let answer = office.get(&format!("/clients?{query}")).token(&token).send().await;
        answer.is(422, invalid(field, message));
    }
    office.get("/clients?status=done&partner_id=abc").token(&token).send().await.is(
        422,
        json!({
            "message": "The given data was invalid.",
            "errors": {
                "partner_id": ["The partner id must be an integer."],
                "status": ["The selected status is invalid."]
            }
        }),
    );
}

#[tokio::test]
async fn the_number_of_statements_does_not_depend_on_the_length_of_a_list() {
    let office = Office::new().await;
    let token = office.admin().await;
    let statements = async |path: &str| {
        // The token is looked up by one of them, and known for a second.
        office.get("/partners/1").token(&token).send().await;
        let before = office.app().statements();
        assert_eq!(office.get(path).token(&token).send().await.status, 200);
        office.app().statements() - before
    };
    for path in ["/partners", "/partners/1/clients?per_page=100", "/clients?per_page=100"] {
        let few = statements(path).await;
        add_clients_once(&office).await;
        assert_eq!(statements(path).await, few, "{path}");
    }
}

async fn add_clients_once(office: &Office) {
    let there = office.get("/clients?search=klien").token(&office.admin().await).send().await.body;
    if there["meta"]["total"] == 0 {
        add_clients(office.app(), 60).await;
    }
}
