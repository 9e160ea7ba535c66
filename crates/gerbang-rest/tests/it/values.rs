//! Absent, null, empty and a list are four things; JSON has types, forms have texts.

use serde_json::{Value as Json, json};

use super::shim::Shim;

fn shim() -> Shim {
    Shim::new(&[
        (
            "probe",
            r#"mutation Probe(
                $text: String, $number: Int, $price: Decimal, $flag: Boolean, $color: Color, $day: Date,
                $words: [String!], $fee: [FeeInput!] @from(number: [{ name: "Biaya", amount: VALUE }]), $id: ID, $password: String
            ) @rest(method: POST, path: "/probe", auth: NONE) {
                saw: probe(input: {
                    text: $text, number: $number, price: $price, flag: $flag, color: $color, day: $day,
                    words: $words, fees: $fee, id: $id, password: $password
                })
            }"#,
        ),
        (
            "need",
            r#"mutation Need($text: String!, $words: [String!]!, $fee: [FeeInput!]!) @rest(method: POST, path: "/need", auth: NONE) {
                saw: probe(input: { text: $text, words: $words, fees: $fee })
            }"#,
        ),
        (
            "pick",
            r#"mutation Pick($text: String! @from(body: ["email", "user.phone"]), $number: Int @from(query: "n"),
                $color: Color @values(map: { merah: DEEP_RED })) @rest(method: POST, path: "/pick", auth: NONE) {
                saw: probe(input: { text: $text, number: $number, color: $color })
            }"#,
        ),
        (
            "peek",
            r#"mutation Peek($text: String, $words: [String!]) @rest(method: [GET, POST], path: "/peek", auth: NONE) {
                saw: probe(input: { text: $text, words: $words })
            }"#,
        ),
    ])
}

async fn saw(body: Json) -> Json {
    let reply = shim().post("/api/probe").json(&body).send().await;
    if reply.status == 200 { reply.json()["saw"].clone() } else { reply.json()["errors"].clone() }
}

async fn saw_form(body: &str) -> Json {
    let reply = shim().post("/api/probe").form(body).send().await;
    if reply.status == 200 { reply.json()["saw"].clone() } else { reply.json()["errors"].clone() }
}

#[tokio::test]
async fn absent_and_null_are_kept_apart() {
    assert_eq!(saw(json!({})).await, "");
    assert_eq!(saw(json!({ "text": null, "number": null, "words": null })).await, "text=null number=null words=null");
    assert_eq!(saw(json!({ "text": "", "number": "", "words": [] })).await, "text=null number=null words=");
    assert_eq!(saw(json!({ "text": " a ", "password": " b " })).await, "text='a' password=' b '");
}

#[tokio::test]
async fn json_values_must_have_the_variables_type() {
    assert_eq!(
        saw(json!({ "number": 5_000_000_000_i64, "price": 400.5, "flag": false, "color": "deep_red", "day": "2024-08-17", "id": 3 })).await,
        "number=5000000000 price=400.5 flag=false color=red day=2024-08-17 id=3"
    );
    assert_eq!(saw(json!({ "number": "12", "price": "1.10", "id": "3" })).await, "number=12 price=1.10 id=3");
    assert_eq!(
        saw(json!({ "text": 1, "number": "x", "price": true, "flag": "1", "color": "green", "day": "17/08/2024", "words": "a", "id": "thing_3" })).await,
        json!({
            "text": ["text STRING"], "number": ["number INTEGER"], "price": ["price NUMERIC"], "flag": ["flag BOOLEAN"],
            "color": ["color IN"], "day": ["day DATE"], "words": ["words ARRAY"], "id": ["id INTEGER"],
        })
    );
    assert_eq!(
        saw(json!({ "text": ["a"], "words": ["a", 1] })).await,
        json!({ "text": ["text STRING"], "words.1": ["words.1 STRING"] })
    );
    assert_eq!(saw(json!({ "unknown": 1 })).await, "");
}

#[tokio::test]
async fn forms_send_texts_under_php_names() {
    assert_eq!(
        saw_form("text=a&number=12&flag=0&color=blue&words[]=x&words[]=y&fee[0][name]=n&fee[0][amount]=5").await,
        "text='a' number=12 flag=false color=blue words=x+y fees=n:5"
    );
    assert_eq!(saw_form("text=&flag=").await, "text=null flag=null");
    assert_eq!(
        saw_form("flag=on&words=x&text[]=y").await,
        json!({ "flag": ["flag BOOLEAN"], "text": ["text STRING"], "words": ["words ARRAY"] })
    );
}

#[tokio::test]
async fn a_number_is_read_as_a_list_of_one() {
    assert_eq!(saw(json!({ "fee": 1500 })).await, "fees=Biaya:1500");
    assert_eq!(saw_form("fee=1500").await, "fees=Biaya:1500");
    assert_eq!(saw(json!({ "fee": [{ "name": "n", "amount": 1 }] })).await, "fees=n:1");
    assert_eq!(
        saw(json!({ "fee": [{ "amount": "x" }] })).await,
        json!({ "fee.0.name": ["fee.0.name REQUIRED"], "fee.0.amount": ["fee.0.amount INTEGER"] })
    );
}

#[tokio::test]
async fn a_required_value_must_be_sent_and_not_be_empty() {
    let missing = json!({ "message": "VALIDATION_FAILED", "errors": { "text": ["text REQUIRED"], "words": ["words REQUIRED"], "fee": ["fee REQUIRED"] } });
    for body in [
        json!({}),
        json!({ "text": null, "words": null, "fee": null }),
        json!({ "text": "  ", "words": [], "fee": [] }),
    ] {
        shim().post("/api/need").json(&body).send().await.is(422, &missing);
    }
    // No body at all, a body that is no object.
    shim().post("/api/need").send().await.is(422, &missing);
    shim().post("/api/need").json(&json!("text")).send().await.is(422, &missing);
}

#[tokio::test]
async fn sources_are_tried_in_order() {
    let shim = shim();
    let sent = |path: &str, body: Json| shim.post(path).json(&body);
    sent("/api/pick?n=4", json!({ "email": "a", "color": "merah" }))
        .send()
        .await
        .is(200, &json!({ "saw": "text='a' number=4 color=red" }));
    sent("/api/pick", json!({ "user": { "phone": "b" }, "n": 4 })).send().await.is(200, &json!({ "saw": "text='b'" }));
    // Once the file has words of its own, no others count.
    let reply = sent("/api/pick", json!({ "email": "a", "color": "deep_red" })).send().await;
    assert_eq!(reply.json()["errors"], json!({ "color": ["color IN"] }));
    let reply = sent("/api/pick", json!({ "user": { "phone": 5 } })).send().await;
    assert_eq!(reply.json()["errors"], json!({ "user.phone": ["user.phone STRING"] }));
    let reply = sent("/api/pick", json!({})).send().await;
    assert_eq!(reply.json()["errors"], json!({ "email": ["email REQUIRED"] }));
}

#[tokio::test]
async fn get_reads_the_query_and_post_the_body_then_the_query() {
    let shim = shim();
    shim.get("/api/peek?text=q&words[]=a").send().await.is(200, &json!({ "saw": "text='q' words=a" }));
    shim.post("/api/peek?text=q").json(&json!({ "text": "b" })).send().await.is(200, &json!({ "saw": "text='b'" }));
    shim.post("/api/peek?text=q").send().await.is(200, &json!({ "saw": "text='q'" }));
}
