//! Chapter 2.1: partners and their clients.

use serde_json::{Value, json};

use super::{Office, add_clients, agus, bina, dewi, nusantara, one_page};

#[tokio::test]
async fn an_administrator_lists_all_partners() {
    let office = Office::new().await;
    let answer = office.get("/partners").token(&office.admin().await).send().await;
    answer.is(200, one_page("/partners", vec![nusantara(), bina()]));
}

#[tokio::test]
async fn a_partner_lists_itself_only() {
    let office = Office::new().await;
    let token = office.partner().await;
    let get = |path: &str| office.get(path).token(&token).send();
    get("/partners").await.is(200, one_page("/partners", vec![nusantara()]));
    get("/partners/1").await.is(200, json!({ "data": nusantara() }));
    get("/partners/2").await.says(404, "Not found.");
    get("/partners/2/clients").await.says(404, "Not found.");
}

#[tokio::test]
async fn one_partner_comes_in_data() {
    let office = Office::new().await;
    let token = office.admin().await;
    let get = |path: &str| office.get(path).token(&token).send();
    get("/partners/1").await.is(200, json!({ "data": nusantara() }));
    get("/partners/2").await.is(200, json!({ "data": bina() }));
}

#[tokio::test]
async fn an_invalid_id_of_a_partner_answers_404() {
    let office = Office::new().await;
    let token = office.admin().await;
    for id in ["3", "0", "-1", "1.0", "abc", "partner_1", "99999999999999999999", "%20", "1%2F2"] {
        for path in [format!("/partners/{id}"), format!("/partners/{id}/clients")] {
            office.get(&path).token(&token).send().await.says(404, "Not found.");
        }
    }
}

#[tokio::test]
async fn the_clients_of_a_partner_are_listed() {
    let office = Office::new().await;
    let token = office.partner().await;
    let answer = office.get("/partners/1/clients").token(&token).send().await;
    answer.is(200, one_page("/partners/1/clients", vec![dewi(), agus()]));
}

/// The labels of `meta.links` between Previous and Next; the current page in brackets.
fn labels(body: &Value) -> String {
    let links = body["meta"]["links"].as_array().unwrap();
    let label = |link: &Value| match &link["active"] {
        Value::Bool(true) => format!("[{}]", link["label"].as_str().unwrap()),
        _ => link["label"].as_str().unwrap().to_owned(),
    };
    links[1..links.len() - 1].iter().map(label).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_page_in_the_middle_links_to_its_neighbours() {
    let office = Office::new().await;
    add_clients(office.app(), 38).await;
    let url = "http://api.talentsmapping.id/api/partners/1/clients";
    let answer = office.get("/partners/1/clients?page=2&per_page=5").token(&office.admin().await).send().await;
    let body = answer.body;
    let ids: Vec<_> = body["data"].as_array().unwrap().iter().map(|client| client["id"].clone()).collect();
    assert_eq!(ids, [104, 105, 106, 107, 108]);
    // The links keep `page` and nothing else, as Laravel has it.
    assert_eq!(
        body["links"],
        json!({
            "first": format!("{url}?page=1"),
            "last": format!("{url}?page=8"),
            "prev": format!("{url}?page=1"),
            "next": format!("{url}?page=3")
        })
    );
    assert_eq!(labels(&body), "1 [2] 3 4 5 6 7 8");
    let mut meta = body["meta"].clone();
    meta["links"] = json!([]);
    assert_eq!(
        meta.to_string(),
        json!({
            "current_page": 2, "from": 6, "last_page": 8, "links": [], "path": url, "per_page": 5, "to": 10, "total": 40
        })
        .to_string()
    );
}

#[tokio::test]
async fn the_links_of_many_pages_are_abbreviated() {
    let office = Office::new().await;
    add_clients(office.app(), 38).await;
    let token = office.admin().await;
    for (page, expected) in [
        (1, "[1] 2 3 4 5 6 7 8 9 10 ... 19 20"),
        (5, "1 2 3 4 [5] 6 7 8 9 10 ... 19 20"),
        (7, "1 2 3 4 5 6 [7] 8 9 10 ... 19 20"),
        (8, "1 2 ... 5 6 7 [8] 9 10 11 ... 19 20"),
        (10, "1 2 ... 7 8 9 [10] 11 12 13 ... 19 20"),
        (14, "1 2 ... 11 12 13 [14] 15 16 17 18 19 20"),
        (20, "1 2 ... 11 12 13 14 15 16 17 18 19 [20]"),
    ] {
        let path = format!("/partners/1/clients?per_page=2&page={page}");
        let body = office.get(&path).token(&token).send().await.body;
        assert_eq!(labels(&body), expected, "page {page}");
    }
    let gap = office.get("/partners/1/clients?per_page=2").token(&token).send().await.body;
    assert_eq!(gap["meta"]["links"][11], json!({ "url": null, "label": "...", "active": false }));
    let body = office.get("/partners/1/clients?per_page=3&page=4").token(&token).send().await.body;
    assert_eq!(labels(&body), "1 2 3 [4] 5 6 7 8 9 10 ... 13 14", "fourteen pages are many");
}

#[tokio::test]
async fn a_page_beyond_the_last_is_empty() {
    let office = Office::new().await;
    let url = "http://api.talentsmapping.id/api/partners";
    let answer = office.get("/partners?page=3").token(&office.admin().await).send().await;
    answer.is(
        200,
        json!({
            "data": [],
            "links": {
                "first": format!("{url}?page=1"),
                "last": format!("{url}?page=1"),
                "prev": format!("{url}?page=2"),
                "next": null
            },
            "meta": {
                "current_page": 3,
                "from": null,
                "last_page": 1,
                "links": [
                    { "url": format!("{url}?page=2"), "label": "&laquo; Previous", "active": false },
                    { "url": format!("{url}?page=1"), "label": "1", "active": false },
                    { "url": null, "label": "Next &raquo;", "active": false }
                ],
                "path": url,
                "per_page": 15,
                "to": null,
                "total": 2
            }
        }),
    );
}

#[tokio::test]
async fn page_numbers_and_sizes_are_read_leniently() {
    let office = Office::new().await;
    add_clients(office.app(), 118).await;
    let token = office.admin().await;
    for (query, page, size) in [
        ("", 1, 15),
        ("?page=abc&per_page=abc", 1, 15),
        ("?page=0&per_page=0", 1, 15),
        ("?page=-1&per_page=-5", 1, 15),
        ("?page=&per_page=", 1, 15),
        ("?page=1.5&per_page=7", 1, 7),
        ("?page=2&per_page=100", 2, 100),
        ("?per_page=101", 1, 100),
        ("?per_page=3000000000", 1, 100),
    ] {
        let body = office.get(&format!("/partners/1/clients{query}")).token(&token).send().await.body;
        assert_eq!((&body["meta"]["current_page"], &body["meta"]["per_page"]), (&json!(page), &json!(size)), "{query}");
    }
}
