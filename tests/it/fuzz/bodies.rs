//! Bodies of legacy routes: JSON, forms as PHP reads them, forms with files.

use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    Target,
    inputs::{MULTIPART, form, multipart, names, near, reshaped, text, value},
    request::Sent,
};
use crate::support::openapi::ROUTES;

/// A request as the document shows it.
#[derive(Clone, Debug)]
struct Shown {
    api: &'static str,
    method: String,
    address: String,
    body: Value,
    /// Whether its sender would be unknown from then on.
    ends: bool,
}

fn shown() -> Vec<Shown> {
    let exchanges = ROUTES.iter().flat_map(|route| {
        let exchanges = route.example.iter().flat_map(|example| &example.exchanges);
        exchanges.map(move |exchange| Shown {
            api: route.dialect.slug,
            method: exchange.method(route).to_string(),
            address: exchange.address(route),
            body: exchange.request.body.clone().unwrap_or_else(|| json!({})),
            ends: ["LogOut", "Refresh"].iter().any(|word| route.operation.contains(word)),
        })
    });
    exchanges.collect()
}

impl Target {
    /// A documented request with a body of this kind.
    fn bodies<B: Strategy<Value = Vec<u8>> + 'static>(
        &self,
        content_type: &'static str,
        body: impl Fn(Value) -> B + 'static,
    ) -> BoxedStrategy<Sent> {
        let tokens = self.tokens.clone();
        let requests = select(shown()).prop_flat_map(move |shown| {
            let known = tokens.get(shown.api).filter(|_| !shown.ends).cloned().unwrap_or_default();
            let token = (0..=known.len()).prop_map(move |place| known.get(place).cloned());
            (Just(shown.clone()), token, body(shown.body)).prop_map(move |(shown, token, body)| {
                Sent::new(&shown.method, shown.address).token(token).body(content_type, body)
            })
        });
        requests.boxed()
    }
}

#[test]
fn any_json_is_answered() {
    let target = Target::new();
    let seen = target.fuzz(
        400,
        target.bodies("application/json", |shown| {
            let seed = shown.to_string().into_bytes();
            prop_oneof![
                6 => reshaped(shown).prop_map(|body| body.to_string().into_bytes()),
                1 => value().prop_map(|body| body.to_string().into_bytes()),
                2 => near(vec![seed]),
                1 => (select(vec!["[", "{\"a\":", "[{\"a\":"]), 1_usize..20_000)
                    .prop_map(|(open, times)| open.repeat(times).into_bytes()),
            ]
        }),
    );
    assert!(seen.contains_key(&200) && seen.contains_key(&422), "{seen:?}");
}

#[test]
fn any_form_is_answered() {
    let target = Target::new();
    let with_one = |shown: &Value| [names(shown), vec!["a".to_owned()]].concat();
    let bodies = target.bodies("application/x-www-form-urlencoded", move |shown| form(with_one(&shown)));
    let seen = target.fuzz(400, bodies);
    assert!(seen.contains_key(&200) && seen.contains_key(&422), "{seen:?}");
}

#[test]
fn any_multipart_form_is_answered() {
    let target = Target::new();
    let with_one = |shown: &Value| [names(shown), vec!["a".to_owned()]].concat();
    let whole = target.bodies(MULTIPART, move |shown| multipart(with_one(&shown)));
    let seen = target.fuzz(300, whole);
    assert!(seen.contains_key(&200) && seen.contains_key(&422), "{seen:?}");
}

#[test]
fn any_content_type_is_answered() {
    let target = Target::new();
    let types =
        ["application/json", "multipart/form-data; boundary=", "multipart/form-data", "application/json; charset="];
    let bodies = target.bodies("application/json", |shown| near(vec![shown.to_string().into_bytes()]));
    target.fuzz(
        150,
        (bodies, near(types.map(|media| media.as_bytes().to_vec()).to_vec()), text())
            .prop_map(|(sent, media, more)| sent.header("content-type", [media, more.into_bytes()].concat())),
    );
}
