//! Any method and path.

use proptest::{prelude::*, sample::select};

use super::{
    Target,
    inputs::{form, near, text},
    request::Sent,
};
use crate::support::openapi::ROUTES;

/// Paths that no API documents.
const OURS: [&str; 18] = [
    "/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/graphql",
    "/schema.graphql",
    "/explorer",
    "/explorer/context.json",
    "/explorer/assets/x.js",
    "/storage/documents/a.pdf?expires=1&signature=a",
    "/c/link?sub1=a",
    "/talentsmapping/docs",
    "/talentsmapping/openapi.json",
    "/favicon.ico",
    "/playground",
    "/api",
    "//api//clients",
    "/api/../api/clients",
];

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"];

fn paths() -> Vec<Vec<u8>> {
    let documented = ROUTES.iter().flat_map(|route| {
        let below = move |base: &&str| {
            let base = (*base).to_owned();
            route.paths.iter().map(move |path| format!("{base}{path}"))
        };
        let prefixed = move |path: String| [format!("/{}{path}", route.dialect.slug), path];
        route.dialect.bases.iter().flat_map(below).flat_map(prefixed)
    });
    documented.chain(OURS.map(str::to_owned)).map(|path| path.replace(['{', '}'], "").into_bytes()).collect()
}

/// As a browser would, but for what stays as it is.
fn escaped(path: Vec<u8>) -> String {
    let one = |byte: u8| match byte {
        b'!'..=b'~' if !b"\"<>\\^`{|}#".contains(&byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    path.into_iter().map(one).collect()
}

#[test]
fn any_path_is_answered() {
    let target = Target::new();
    let method = prop_oneof![9 => select(&METHODS[..]).prop_map(str::to_owned), 1 => "[A-Za-z!]{1,12}"];
    let query = prop_oneof![
        2 => Just(None),
        1 => form(["page", "per_page", "search", "limit", "sort"].map(str::to_owned).to_vec()).prop_map(Some),
    ];
    let header = prop::option::of((
        select(vec![
            "accept",
            "if-none-match",
            "x-http-method-override",
            "x-forwarded-for",
            "range",
            "accept-encoding",
        ]),
        text(),
    ));
    let token = prop::option::of(select(target.all_tokens()));
    let host = prop_oneof![
        select(vec!["gerbang.test", "api.talentsmapping.id", "[::1]:80", "x"]).prop_map(str::to_owned),
        text()
    ];
    let sent = (method, near(paths()), query, header, token, host);
    let sent = sent.prop_map(|(method, path, query, header, token, host)| {
        let mark = if query.is_some() { "?" } else { "" };
        let address = format!("{}{mark}{}", escaped(path), escaped(query.unwrap_or_default()));
        let sent = Sent::new(&method, address).header("host", host).token(token);
        header.into_iter().fold(sent, |sent, (name, value)| sent.header(name, value))
    });
    let seen = target.fuzz(500, sent);
    assert!([200, 404, 405].iter().all(|status| seen.contains_key(status)), "{seen:?}");
}
