//! The pages for people: the start page, and what the explorer is made of. The page itself is tried in a browser
//! (`tests/browser/`).

use std::{collections::BTreeSet, fs, io::Read, path::Path};

use async_graphql::Request;
use axum::{body::Body, http::Request as HttpRequest};
use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::read::GzDecoder;
use gerbang::{
    accounts::{Realm, Role},
    config::MetricsListen,
    demo,
    graphql::sdl,
};
use gerbang_graphql::{engine::Engine as _, settings::Audience};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tower::ServiceExt;

use crate::support::{
    TestApp,
    legacy::{Call, Legacy},
};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

/// A server that shows the demo's accounts, which needs no rows of them.
async fn with_accounts() -> Legacy {
    let mut app = TestApp::new().await;
    app.app = app.app.with_known_accounts(demo::accounts());
    Legacy::over(app)
}

fn links(html: &str) -> BTreeSet<&str> {
    html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn the_start_page_links_everything_and_loads_no_resource() {
    let legacy = Legacy::empty().await;
    let reply = legacy.get("/").header("accept", BROWSER).send().await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(reply.text.len() < 50_000, "{} bytes", reply.text.len());

    let links = links(&reply.text);
    for target in ["/explorer", "/schema.graphql", "/healthz", "/readyz"] {
        assert!(links.contains(target), "{target} in {links:?}");
    }
    for slug in ["talentsmapping", "apextrack", "notary", "scholarship", "staff"] {
        assert!(
            links.contains(&*format!("/{slug}/docs")) && links.contains(&*format!("/{slug}/openapi.json")),
            "{slug}"
        );
    }
    let outside = links.iter().filter(|link| !link.starts_with('/') && !link.starts_with("data:"));
    assert_eq!(outside.count(), 0, "{links:?}");
    for forbidden in ["<script", "src=", "{{", "rahasia"] {
        assert!(!reply.text.contains(forbidden), "{forbidden}");
    }

    // The policy allows the page's own style, and no other.
    let style = reply.text.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let hash = BASE64_STANDARD.encode(Sha256::digest(style));
    let policy = reply.header("content-security-policy");
    assert!(
        policy.contains(&format!("style-src 'sha256-{hash}'")) && policy.contains("default-src 'none'"),
        "{policy}"
    );
}

#[tokio::test]
async fn the_start_page_shows_accounts_in_the_demo_only() {
    let reply = with_accounts().await.get("/").send().await;
    for account in demo::accounts() {
        assert!(reply.text.contains(account.email), "{}", account.email);
    }
    assert!(reply.text.contains(demo::PASSWORD));
}

#[tokio::test]
async fn at_the_host_of_an_api_the_root_is_that_apis() {
    let legacy = Legacy::empty().await;
    let at_host = legacy.get("/").header("host", "API.talentsmapping.id:443").send().await;
    at_host.says(404, "Not found.");
    legacy.get("/").header("host", "api.talentsmapping.id.").send().await.says(404, "Not found.");
    let posted = legacy.post("/").json(json!({})).await;
    assert_eq!(posted.status, 404, "{posted:?}");
}

#[tokio::test]
async fn the_schema_can_be_read_where_introspection_is_allowed() {
    let reply = Legacy::empty().await.get("/schema.graphql").send().await;
    assert_eq!((reply.status.as_u16(), reply.text.as_str()), (200, sdl()));
    let closed = Legacy::over(TestApp::with(|config| config.graphql.introspection = Audience::Off).await);
    let reply = closed.get("/schema.graphql").send().await;
    assert_eq!(reply.status, 404, "{reply:?}");
    let start = closed.get("/").header("accept", BROWSER).send().await;
    assert!(!start.text.contains("/schema.graphql") && start.text.contains("/explorer"), "{}", start.text);
}

#[tokio::test]
async fn schema_and_explorer_may_be_for_administrators() {
    let app = TestApp::with(|config| {
        config.graphql.introspection = Audience::Admins;
        config.server.explorer = Audience::Admins;
    });
    let app = app.await;
    let admin = app.user(Realm::Notary, Role::Admin).await;
    let customer = app.user(Realm::Notary, Role::Customer).await;
    let legacy = Legacy::over(app);
    let token = async |email| legacy.log_in_graphql("NOTARY", email).await;
    let (admin, customer) = (token(&admin.email).await, token(&customer.email).await);
    let introspect = json!({ "query": "{ __schema { queryType { name } } }" });
    for (token, schema, restricted, refused) in
        [("", 401, true, true), (&*customer, 403, true, true), (&*admin, 200, false, false)]
    {
        let get = |path: &str| sent_with(legacy.get(path), token).send();
        assert_eq!(get("/schema.graphql").await.status, schema, "{token}");
        let context = get("/explorer/context.json").await;
        assert_eq!(context.body["restricted"], restricted, "{token}");
        assert_eq!(context.body["apis"].as_array().unwrap().is_empty(), restricted, "{token}");
        assert!(context.body["realms"].as_array().unwrap().len() == 5, "to log in with");
        let answer = sent_with(legacy.post("/graphql"), token).json(&introspect).await;
        assert_eq!(answer.body.get("errors").is_some(), refused, "{answer:?}");
    }
}

#[tokio::test]
async fn where_only_known_documents_are_answered_the_explorer_is_for_administrators() {
    for (explorer, restricted) in [(Audience::All, Some(true)), (Audience::Admins, Some(true)), (Audience::Off, None)] {
        let app = TestApp::with(|config| {
            config.graphql.only_trusted = true;
            config.server.explorer = explorer;
        });
        let legacy = Legacy::over(app.await);
        let context = legacy.get("/explorer/context.json").send().await;
        assert_eq!(context.body["restricted"].as_bool(), restricted, "{explorer:?}: {context:?}");
    }
}

fn sent_with<'a>(call: Call<'a>, token: &str) -> Call<'a> {
    if token.is_empty() { call } else { call.token(token) }
}

#[tokio::test]
async fn metrics_that_are_off_are_nowhere() {
    let app = TestApp::with(|config| config.server.metrics_listen = MetricsListen::Off);
    let legacy = Legacy::over(app.await);
    assert_eq!(legacy.get("/metrics").send().await.status, 404);
    let start = legacy.get("/").header("accept", BROWSER).send().await;
    assert!(!start.text.contains("/metrics"), "{}", start.text);
}

#[tokio::test]
async fn where_there_is_no_explorer_nothing_leads_to_it() {
    let app = TestApp::with(|config| {
        config.server.explorer = Audience::Off;
        config.server.metrics_listen = MetricsListen::Own("127.0.0.1:9090".parse().unwrap());
    });
    let legacy = Legacy::over(app.await);
    for path in ["/explorer", "/explorer/context.json", "/playground", "/metrics"] {
        assert_eq!(legacy.get(path).send().await.status, 404, "{path}");
    }
    let start = legacy.get("/").header("accept", BROWSER).send().await;
    assert!(!start.text.contains("/explorer") && !start.text.contains("/metrics"), "{}", start.text);
    let endpoint = legacy.get("/graphql").header("accept", BROWSER).send().await;
    assert_eq!((endpoint.status.as_u16(), endpoint.header("location")), (303, "/"));
    let reference = legacy.get("/notary/docs").send().await;
    assert!(!reference.text.contains("/explorer"), "{}", reference.text);
    assert_eq!(legacy.get("/notary/api/v1/services").send().await.header("link"), "");
}

#[tokio::test]
async fn a_browser_at_the_endpoint_is_redirected_to_the_explorer() {
    let legacy = Legacy::empty().await;
    let reply = legacy.get("/graphql").header("accept", BROWSER).send().await;
    assert_eq!((reply.status.as_u16(), reply.header("location"), reply.header("vary")), (303, "/explorer", "Accept"));
    let asked = legacy.get("/graphql?query=%7B__typename%7D").header("accept", BROWSER).send().await;
    assert_eq!(asked.body, json!({ "data": { "__typename": "Query" } }));
    let client = legacy.get("/graphql").header("accept", "*/*").send().await;
    assert_eq!(client.status, 400, "{client:?}");
    let playground = legacy.get("/playground?operation=SignUp").send().await;
    assert_eq!((playground.status.as_u16(), playground.header("location")), (303, "/explorer?operation=SignUp"));
}

#[tokio::test]
async fn the_explorer_has_a_strict_content_security_policy_or_says_how_to_build_it() {
    let legacy = Legacy::empty().await;
    let get = |path: &str, accepted: &str| legacy.get(path).header("accept-encoding", accepted).send();
    let reply = get("/explorer?operation=SignUp", "identity").await;
    if reply.status == 404 {
        assert!(reply.text.contains("EXPLORER_BUILD=required"), "{}", reply.text);
        assert!(reply.text.contains("mutation SignUp($name: String!"), "the operation is shown: {}", reply.text);
        return;
    }
    assert_eq!((reply.status.as_u16(), reply.header("content-encoding")), (200, ""));
    assert!(reply.text.starts_with("<!doctype html>"), "{}", reply.text);
    let compressed = get("/explorer", "br, gzip").await;
    assert_eq!((compressed.status.as_u16(), compressed.header("content-encoding")), (200, "gzip"));
    let mut text = String::new();
    GzDecoder::new(&*compressed.bytes).read_to_string(&mut text).unwrap();
    assert_eq!(text, reply.text);
    // Who says nothing may not be able to read it.
    assert_eq!(legacy.get("/explorer").send().await.header("content-encoding"), "");
    let router = legacy.app.router();
    let request = HttpRequest::get("/explorer").body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap();
    for rule in ["default-src 'none'", "script-src 'self';", "connect-src 'self' ws://gerbang.test;"] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe-eval") && !policy.contains("script-src 'self' 'unsafe"), "{policy}");
}

#[tokio::test]
async fn every_route_has_its_operation_in_the_explorer() {
    let legacy = with_accounts().await;
    let reply = legacy.get("/explorer/context.json").send().await;
    let context = &reply.body;
    assert_eq!(context["realms"], json!(["TALENTS_MAPPING", "APEXTRACK", "NOTARY", "SCHOLARSHIP", "STAFF"]));
    let emails: Vec<&str> = demo::accounts().iter().map(|account| account.email).collect();
    let told: Vec<&str> = list(&context["accounts"]).map(|account| account["email"].as_str().unwrap()).collect();
    assert_eq!(told, emails);

    let mut names = BTreeSet::new();
    for operation in list(&context["apis"]).flat_map(|api| list(&api["operations"])) {
        let (name, query) = (operation["name"].as_str().unwrap(), operation["query"].as_str().unwrap());
        assert!(!query.contains('@') && !query.contains("gb__"), "{name} is GraphQL and nothing else: {query}");
        let errors = legacy.app.app.gateway.validate(Request::new(query)).await;
        assert!(errors.is_empty(), "{name}: {errors:?}");
        for variable in list(&operation["variables"]) {
            assert!(query.contains(&format!("${}: ", variable["name"].as_str().unwrap())), "{name}: {variable}");
        }
        assert!(names.insert(name), "{name} twice");
    }
    assert!(names.len() >= 60, "{}", names.len());
    let sign_up = list(&context["apis"]).flat_map(|api| list(&api["operations"])).find(|one| one["name"] == "SignUp");
    let sign_up = sign_up.unwrap();
    assert_eq!(sign_up["routes"], json!(["POST /api/v1/auth/signup"]));
    assert_eq!(sign_up["variables"][3], json!({ "name": "phone", "required": false, "example": "" }));
}

#[tokio::test]
async fn the_explorer_lists_no_account_outside_the_demo() {
    let reply = Legacy::empty().await.get("/explorer/context.json").send().await;
    assert_eq!(reply.body["accounts"], json!([]));
    assert!(!reply.text.contains("rahasia"));
}

#[tokio::test]
async fn the_examples_fit_the_schema() {
    let app = TestApp::new().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("explorer/src/examples");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let errors = app.app.gateway.validate(Request::new(fs::read_to_string(&path).unwrap())).await;
        assert!(errors.is_empty(), "{}: {errors:?}", path.display());
        count += 1;
    }
    assert!(count >= 8, "one for each area at least, not {count}");
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().unwrap().iter()
}

#[tokio::test]
async fn a_person_who_asks_for_what_is_not_there_gets_a_page() {
    let legacy = Legacy::empty().await;
    let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
    let page = legacy.get("/nothing/here").header("accept", browser).send().await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(page.text.contains("<h1>There is nothing here</h1>") && page.text.contains("href=\"/\""), "{page:?}");
    assert_eq!(page.header("vary").to_lowercase().matches("accept").count(), 1, "{page:?}");
    legacy.get("/nothing/here").header("accept", "*/*").send().await.is(404, json!({ "message": "Not found." }));
    let posted = legacy.post("/nothing/here").header("accept", browser).json(json!({})).await;
    posted.is(404, json!({ "message": "Not found." }));
    // An API answers in its own way, whoever asks.
    let of_api = legacy.get("/scholarship/api/nothing").header("accept", browser).send().await;
    assert_eq!(of_api.header("content-type"), "application/json");
}

#[tokio::test]
async fn the_schema_is_sent_compressed_to_who_takes_it() {
    let legacy = Legacy::empty().await;
    let plain = legacy.get("/schema.graphql").send().await;
    let gzip = legacy.get("/schema.graphql").header("accept-encoding", "gzip, br").send().await;
    assert_eq!((plain.header("content-encoding"), gzip.header("content-encoding")), ("", "gzip"));
    assert!(gzip.bytes.len() * 4 < plain.bytes.len(), "{} of {}", gzip.bytes.len(), plain.bytes.len());
    let mut text = String::new();
    Read::read_to_string(&mut GzDecoder::new(gzip.bytes.as_slice()), &mut text).unwrap();
    assert_eq!(text, plain.text);
}

#[tokio::test]
async fn who_opens_the_link_of_a_mail_sees_what_came_of_it() {
    let legacy = Legacy::empty().await;
    let confirm = async |code: &str, accept: &str| {
        let path = format!("/notary/api/v1/auth/signup/confirm?code={code}");
        let reply = legacy.get(&path).header("accept", accept).send().await;
        assert_eq!(reply.header("vary").to_lowercase().matches("accept").count(), 1, "{reply:?}");
        assert_eq!(reply.header("cache-control"), "no-cache, private");
        reply
    };
    let page = confirm("wrong", BROWSER).await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (400, "text/html; charset=utf-8"));
    assert!(page.text.contains("<h1>Invalid code</h1>") && page.text.contains("Ask for a new mail"), "{page:?}");
    assert!(page.text.contains("<title>Invalid code</title>"), "{page:?}");
    for accept in ["*/*", "application/json", "application/json, text/plain, */*"] {
        confirm("wrong", accept).await.is(400, json!({ "message": "Invalid code" }));
    }
    let who = json!({ "name": "John", "email": "john@office.test", "password": "securepassword" });
    legacy.post("/notary/api/v1/auth/signup").json(&who).await;
    let mail = legacy.app.messages().await.remove(0);
    let link = mail["link"].as_str().unwrap().trim_start_matches("http://gerbang.test").to_owned();
    let page = confirm(link.rsplit('=').next().unwrap(), BROWSER).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.text.contains("<h1>Success confirming registration.</h1>"), "{page:?}");
    assert!(page.text.contains("You can log in now."), "{page:?}");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
}

#[tokio::test]
async fn who_follows_no_redirect_sees_where_it_leads() {
    let legacy = Legacy::empty().await;
    let open = legacy.get("/notary/api/v1/invitation/open?code=wrong");
    let dead = open.header("accept", BROWSER).send().await;
    assert_eq!((dead.status.as_u16(), dead.header("location")), (404, "http://app.gerbang.test/404"));
    let refresh = "<meta http-equiv=\"refresh\" content=\"0; url=http://app.gerbang.test/404\">";
    assert!(dead.text.contains(refresh) && dead.text.contains("<h1>There is nothing here</h1>"), "{dead:?}");
    assert!(dead.header("content-security-policy").contains("default-src 'none'"), "{dead:?}");
}

/// An invitation on a server with this application: its server, and the path of the link in the mail's target.
async fn invited(app_url: &str) -> (Legacy, String) {
    let legacy = Legacy::over(TestApp::with(|config| app_url.clone_into(&mut config.server.app_url)).await);
    let admin = legacy.app.user(Realm::Notary, Role::Admin).await;
    let invite = "mutation { createInvitation(input: {
        realm: NOTARY, email: \"siti@office.test\", role: NOTARY, expiresInMinutes: 60
    }) { link } }";
    let link = legacy.app.as_user(&admin).graphql(invite).await.ok()["createInvitation"]["link"].clone();
    let opened = legacy.get(link.as_str().unwrap().trim_start_matches("http://gerbang.test")).send().await;
    let target = opened.header("location").trim_start_matches(app_url).to_owned();
    (legacy, target)
}

#[tokio::test]
async fn an_invitation_is_accepted_on_a_page_where_there_is_no_other_application() {
    let (legacy, path) = invited("http://gerbang.test").await;
    let page = legacy.get(&path).header("accept", BROWSER).send().await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), "no-store");
    let admin = legacy.app.messages().await.remove(0)["body"].as_str().unwrap().to_owned();
    let invited = admin.lines().nth(2).unwrap();
    assert!(invited.ends_with(" invites you to join Notary Office as a notary."), "{invited}");
    assert!(page.text.contains(invited) && page.text.contains("value=\"siti@office.test\" readonly"), "{page:?}");
    let script = page.text.split("<script>").nth(1).unwrap().split("</script>").next().unwrap();
    let hash = BASE64_STANDARD.encode(Sha256::digest(script));
    let policy = page.header("content-security-policy");
    assert!(policy.contains(&format!("script-src 'sha256-{hash}'; connect-src 'self';")), "{policy}");
    assert!(!page.text.contains("{{"), "{page:?}");
    // Every code that opens nothing looks the same.
    for query in ["", "?code=", "?code=wrong", "?code=%00"] {
        let page = legacy.get(&format!("/invitation{query}")).header("accept", BROWSER).send().await;
        assert_eq!(page.status, 404, "{query}");
        assert!(page.text.contains("<h1>This invitation can't be accepted</h1>"), "{query} {page:?}");
    }
}

#[tokio::test]
async fn an_application_elsewhere_has_the_page_of_invitations_itself() {
    let (legacy, path) = invited("http://app.gerbang.test").await;
    legacy.get(&path).send().await.is(404, json!({ "message": "Not found." }));
}
