//! An API with every kind of value, on the schema of `gerbang-rest`'s tests.

use std::sync::OnceLock;

use gerbang_rest::{Limits, Settings};

use self::{
    identity::Realm,
    shim::{Shim, dialect, settings},
};

#[path = "../../crates/gerbang-rest/tests/it/identity.rs"]
mod identity;
#[path = "../../crates/gerbang-rest/tests/it/schema.rs"]
mod schema;
#[path = "../../crates/gerbang-rest/tests/it/shim.rs"]
mod shim;

const ROUTES: [(&str, &str); 6] = [
    (
        "probe",
        r#"mutation Probe($text: String, $number: Int, $price: Decimal, $flag: Boolean, $color: Color, $day: Date, $words: [String!], $fees: [FeeInput!], $id: ID)
        @rest(method: [POST, PUT], path: "/probe", auth: NONE) {
            saw: probe(input: { text: $text, number: $number, price: $price, flag: $flag, color: $color, day: $day, words: $words, fees: $fees, id: $id })
        }"#,
    ),
    (
        "make",
        r#"mutation Make($name: String!, $email: String, $fees: [FeeInput!]) @rest(method: POST, path: "/make", auth: NONE) {
            make(input: { name: $name, email: $email, fees: $fees }) @spread { thing { id name } }
        }"#,
    ),
    (
        "store",
        r#"mutation Store($file: Upload!, $note: String) @rest(method: POST, path: "/store", auth: NONE) { stored: store(file: $file, note: $note) }"#,
    ),
    (
        "show",
        r#"query Show($id: ID!) @rest(method: GET, path: "/things/{id}", auth: NONE) { thing(id: $id) @spread @required { id name } }"#,
    ),
    (
        "move",
        r#"query Move($code: String!) @rest(method: GET, path: "/moved/{code}/on", auth: NONE) { location(code: $code) }"#,
    ),
    ("who", r#"query Who @rest(method: [GET, POST], path: "/who", auth: NONE) { whoami }"#),
];

fn api() -> &'static Shim {
    static API: OnceLock<Shim> = OnceLock::new();
    API.get_or_init(|| {
        let settings = Settings { limits: Limits { body: 1_048_576, file: 5_242_880 }, ..settings() };
        Shim::of(vec![dialect("test", Realm::Apextrack, &ROUTES)], settings)
    })
}

/// Sends a body to a path of the API: `/probe`, `/make`, `/store`.
pub async fn post(path: &str, content_type: &str, body: &[u8]) -> u16 {
    api().post(&format!("/api{path}")).body(content_type, body.to_vec()).send().await.status
}

/// Calls any path with any method; what is not HTTP is not sent.
pub async fn call(method: &str, path: &str) -> u16 {
    let is_sent = axum::http::Method::from_bytes(method.as_bytes()).is_ok() && path.parse::<axum::http::Uri>().is_ok();
    if is_sent { api().call(method, path).send().await.status } else { 400 }
}
