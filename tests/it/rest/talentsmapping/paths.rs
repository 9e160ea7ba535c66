//! Where the API answers, to which methods, and what it says elsewhere.

use gerbang::accounts::{Realm, Role};
use serde_json::{Value, json};

use super::{ADMIN, Office, PARTNER, bina, nusantara, one_page};
use crate::support::{
    TestApp,
    app::PASSWORD,
    legacy::{Call, Legacy, STRING},
};

/// Every documented route: its path, and the methods it answers to.
const ROUTES: [(&str, &str); 14] = [
    ("/auth/login", "POST"),
    ("/auth/logout", "POST"),
    ("/auth/refresh", "POST"),
    ("/auth/me", "GET, HEAD"),
    ("/partners", "GET, HEAD"),
    ("/partners/1", "GET, HEAD"),
    ("/partners/1/clients", "GET, HEAD"),
    ("/clients", "GET, HEAD"),
    ("/clients/1", "GET, HEAD"),
    ("/clients/1/raw", "GET, HEAD"),
    ("/dictionaries/assessment-result", "GET, HEAD"),
    ("/user", "GET, HEAD"),
    ("/summary-report", "GET, HEAD"),
    ("/log-client-error", "POST"),
];

/// How a client reaches the API.
#[derive(Clone, Copy, Debug)]
enum Address {
    /// By the API's own host name.
    Host(&'static str),
    /// By the gateway's explicit prefix.
    Prefix,
    /// By the root that all APIs share.
    Root,
}

impl Address {
    fn call<'a>(self, legacy: &'a Legacy, method: &str, path: &str) -> Call<'a> {
        match self {
            Self::Host(host) => legacy.call(method, &format!("/api{path}")).header("host", host),
            Self::Prefix => legacy.call(method, &format!("/talentsmapping/api{path}")),
            Self::Root => legacy.call(method, &format!("/api{path}")),
        }
    }
}

#[tokio::test]
async fn it_answers_by_host_by_prefix_and_at_the_shared_root() {
    let office = Office::new().await;
    let token = office.admin().await;
    for (address, url) in [
        (Address::Host("api.talentsmapping.id"), "http://api.talentsmapping.id/api"),
        (Address::Host("API.TalentsMapping.ID:8443"), "http://API.TalentsMapping.ID:8443/api"),
        (Address::Host("api.talentsmapping.id."), "http://api.talentsmapping.id./api"),
        (Address::Prefix, "http://gerbang.test/talentsmapping/api"),
        (Address::Root, "http://gerbang.test/api"),
    ] {
        let login =
            address.call(&office.0, "POST", "/auth/login").json(json!({ "email": ADMIN, "password": PASSWORD }));
        login.await.is(200, json!({ "access_token": STRING, "token_type": "bearer", "expires_in": 3600 }));
        let get = |path: &str| address.call(&office.0, "GET", path).token(&token).send();
        get("/partners/1").await.is(200, json!({ "data": nusantara() }));
        let documented = one_page("/partners", vec![nusantara(), bina()]).to_string();
        let here: Value = documented.replace("http://api.talentsmapping.id/api", url).parse().unwrap();
        get("/partners").await.is(200, here);
        get("/partners/1/nothing").await.says(404, "Not found.");
        address.call(&office.0, "PUT", "/partners").send().await.says(405, "Method not allowed.");
    }
}

#[tokio::test]
async fn a_path_is_the_same_however_it_is_written() {
    let office = Office::new().await;
    let token = office.admin().await;
    let get = |path: &str| office.0.get(path).token(&token).send();
    for (path, forms) in [
        (
            "/api/partners",
            ["/api/partners/", "/api/partners//", "//api/partners", "/api/%70artners", "/%61pi/partner%73/"],
        ),
        (
            "/api/clients/1",
            ["/api/clients/1/", "/api/clients/1//", "//api/clients/1", "/api/%63lients/%31", "/api/clients/%31/"],
        ),
        (
            "/talentsmapping/api/partners",
            [
                "/talentsmapping/api/partners/",
                "//talentsmapping/api/partners",
                "/%74alentsmapping/api/partners",
                "/talentsmapping/%61pi/partners/",
                "/talentsmapping/api/p%61rtners",
            ],
        ),
    ] {
        let usual = get(path).await;
        assert_eq!(usual.status, 200, "{usual:?}");
        for form in forms {
            // The links of a page, too, are those of the usual form.
            assert_eq!(get(form).await.body, usual.body, "{form}");
        }
    }
    office
        .0
        .post("/api/auth/login/")
        .json(json!({ "email": ADMIN, "password": PASSWORD }))
        .await
        .is(200, json!({ "access_token": STRING, "token_type": "bearer", "expires_in": 3600 }));
    // A slash in the middle parts segments, and an escaped one does not.
    for other in ["/api//partners", "/api/partners%2F", "/api%2Fpartners", "/api/%2570artners", "/api/partners/%2F"] {
        get(other).await.says(404, "Not found.");
    }
}

#[tokio::test]
async fn without_a_shared_root_only_host_and_prefix_reach_it() {
    let app = TestApp::with(|config| config.server.shared_root = false).await;
    let legacy = Legacy::over(app);
    let get = |address: Address| address.call(&legacy, "GET", "/summary-report").send();
    assert_eq!(get(Address::Host("api.talentsmapping.id")).await.status, 200);
    assert_eq!(get(Address::Prefix).await.status, 200);
    get(Address::Root).await.says(404, "Not found.");
}

#[tokio::test]
async fn links_never_contain_an_unknown_host() {
    let office = Office::new().await;
    let call = Address::Host("evil.test").call(&office.0, "GET", "/partners");
    let list = call.token(&office.admin().await).send().await;
    assert_eq!(list.body["meta"]["path"], "http://gerbang.test/api/partners");
}

#[tokio::test]
async fn get_user_at_the_shared_root_goes_to_whoever_issued_the_token() {
    let office = Office::new().await;
    let user = |address: Address| address.call(&office.0, "GET", "/user");
    let own = user(Address::Root).token(&office.partner().await).send().await;
    assert_eq!((own.status.as_u16(), &own.body["email"]), (200, &json!(PARTNER)));
    // Without a valid token it is this API that refuses.
    user(Address::Root).send().await.says(401, "Unauthenticated.");
    user(Address::Root).token("nonsense").send().await.says(401, "Unauthenticated.");
    // By host or prefix there is no doubt.
    let affiliate = office.stranger(Realm::Apextrack, Role::Affiliate).await;
    for address in [Address::Host("api.talentsmapping.id"), Address::Prefix] {
        user(address).token(&affiliate).send().await.says(401, "Unauthenticated.");
    }
}

#[tokio::test]
async fn other_shared_paths_go_to_other_apis() {
    let office = Office::new().await;
    for path in ["/login", "/logout", "/register"] {
        for address in [Address::Host("api.talentsmapping.id"), Address::Prefix] {
            address.call(&office.0, "POST", path).json(json!({})).await.says(404, "Not found.");
        }
    }
}

#[tokio::test]
async fn unknown_paths_are_not_found() {
    let office = Office::new().await;
    let token = office.admin().await;
    for path in ["", "/", "/nothing", "/auth", "/auth/login/now", "/partners/1/clients/1", "/clients/1/raw/x"] {
        office.get(path).send().await.says(404, "Not found.");
        office.post(path).token(&token).json(json!({})).await.says(404, "Not found.");
    }
    // At the shared root, whoever comes closest answers.
    Address::Root.call(&office.0, "GET", "/partners/1/nothing").send().await.says(404, "Not found.");
}

#[tokio::test]
async fn another_method_is_not_allowed() {
    let office = Office::new().await;
    for (path, allowed) in ROUTES {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] {
            if allowed.split(", ").any(|allowed| allowed == method) {
                continue;
            }
            let answer = office.call(method, path).send().await;
            assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, allowed), "{method} {path}");
            if method != "HEAD" {
                answer.says(405, "Method not allowed.");
            }
        }
    }
    // A method is what the request line says.
    let disguised = office.post("/auth/me").header("x-http-method-override", "GET").form("_method=GET");
    disguised.await.says(405, "Method not allowed.");
}

#[tokio::test]
async fn head_answers_as_get_without_a_body() {
    let office = Office::new().await;
    let token = office.admin().await;
    for (path, _) in ROUTES.into_iter().filter(|(_, allowed)| allowed.contains("HEAD")) {
        let get = office.get(path).token(&token).send().await;
        let head = office.call("HEAD", path).token(&token).send().await;
        head.is_empty(200);
        assert_eq!(head.header("content-length"), get.text.len().to_string(), "{path}");
        for name in ["content-type", "etag", "cache-control", "link"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
    }
    office.call("HEAD", "/auth/me").send().await.is_empty(401);
}

#[tokio::test]
async fn options_answers_browsers_and_changes_nothing() {
    let app = TestApp::with(|config| config.server.cors_origins = vec!["https://app.example.com".to_owned()]).await;
    let legacy = Legacy::over(app);
    for (path, _) in ROUTES {
        let preflight = legacy.call("OPTIONS", &format!("/api{path}")).header("origin", "https://app.example.com");
        let preflight = preflight.header("access-control-request-headers", "authorization,content-type");
        let answer = preflight.header("access-control-request-method", "POST").send().await;
        answer.is_empty(200);
        assert_eq!(answer.header("access-control-allow-origin"), "https://app.example.com", "{path}");
        assert!(answer.header("access-control-allow-methods").contains("POST"), "{path}");
        assert_eq!(answer.header("access-control-allow-headers"), "authorization,content-type", "{path}");
    }
    let stranger = legacy.call("OPTIONS", "/api/auth/login").header("origin", "https://evil.test").send().await;
    assert_eq!(stranger.header("access-control-allow-origin"), "");

    let office = Office::new().await;
    let token = office.admin().await;
    assert_eq!(office.call("OPTIONS", "/auth/logout").token(&token).send().await.status, 200);
    assert_eq!(office.get("/auth/me").token(&token).send().await.status, 200);
}

#[tokio::test]
async fn every_answer_links_the_operation_that_replaces_the_route() {
    let office = Office::new().await;
    for (path, allowed) in ROUTES {
        let method = if allowed == "POST" { "POST" } else { "GET" };
        let answer = office.call(method, path).send().await;
        let link = answer.header("link");
        assert!(link.starts_with("<http://gerbang.test/explorer?operation="), "{path}: {link}");
        assert!(link.ends_with(">; rel=\"alternate\""), "{path}: {link}");
    }
}
