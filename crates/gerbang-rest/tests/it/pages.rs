//! Lists, cut into pages.

use serde_json::{Value as Json, json};

use super::{
    identity::Realm,
    shim::{Shim, dialect, settings},
};

const LIST: [(&str, &str); 1] = [(
    "list",
    r#"query List($search: String, $page: Int, $per_page: Int) @rest(method: GET, path: "/things", auth: NONE, message: "OK") {
        data: things(search: $search, page: $page, perPage: $per_page) @page { nodes { id } }
    }"#,
)];

async fn page(query: &str) -> Json {
    let reply = Shim::new(&LIST).get(&format!("/api/things{query}")).send().await;
    assert_eq!(reply.status, 200);
    reply.json()
}

#[tokio::test]
async fn rows_stand_under_their_key_with_the_dialects_data_beside_them() {
    assert_eq!(
        page("?page=7&per_page=3").await,
        json!({
            "message": "OK",
            "data": [{ "id": 19 }, { "id": 20 }],
            "meta": { "page": 7, "size": 3, "total": 20, "url": "http://gerbang.test/api/things" },
        })
    );
    let empty = page("?search=none").await;
    assert_eq!((&empty["data"], &empty["meta"]["total"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn page_parameters_are_read_leniently() {
    let asked = async |query: &str| {
        let meta = page(query).await["meta"].take();
        (meta["page"].as_u64().unwrap(), meta["size"].as_u64().unwrap())
    };
    assert_eq!(asked("").await, (1, 15));
    assert_eq!(asked("?page=abc&per_page=-1").await, (1, 15));
    assert_eq!(asked("?page[]=2&per_page=").await, (1, 15));
    assert_eq!(asked("?page=2&per_page=500").await, (2, 100));
    assert_eq!(asked("?page=99999999999999999999").await, (1, 15));
    assert_eq!(asked("?page=99999999999").await, (2_147_483_647, 15));
}

#[tokio::test]
async fn urls_name_the_called_host_only_if_it_is_ours() {
    let dialect = gerbang_rest::Dialect { hosts: &["api.things.id"], ..dialect("test", Realm::Apextrack, &LIST) };
    let shim = Shim::of(vec![dialect], settings());
    let url =
        async |host: &str, path: &str| shim.get(path).header("host", host).send().await.json()["meta"]["url"].take();
    assert_eq!(url("API.things.id:8443", "/api/things?page=2").await, "http://API.things.id:8443/api/things");
    assert_eq!(url("localhost:3000", "/test/api/things").await, "http://localhost:3000/test/api/things");
    assert_eq!(url("evil.example", "/api/things").await, "http://gerbang.test/api/things");
}
