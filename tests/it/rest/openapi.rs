//! The OpenAPI documents: where they are, and that they tell what the APIs' own documents tell.

use std::{collections::BTreeSet, fs, path::Path};

use axum::http::Method;
use gerbang::apis;
use serde_json::{Value, json};

use crate::support::{
    legacy::Legacy,
    openapi::{ROUTES, document, operations, violations},
};

#[tokio::test]
async fn each_api_has_its_document_and_its_page() {
    let legacy = Legacy::empty().await;
    for dialect in apis::all() {
        let slug = dialect.slug;
        let served = legacy.get(&format!("/{slug}/openapi.json")).send().await;
        served.is(200, document(slug));
        assert_eq!(served.body["openapi"], "3.1.1");
        assert_eq!(served.body["info"]["title"], dialect.title);
        let again = legacy.get(&format!("/{slug}/openapi.json")).header("if-none-match", served.header("etag"));
        again.send().await.is_empty(304);
        let page = legacy.get(&format!("/{slug}/docs")).send().await;
        assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
        assert!(page.text.contains(dialect.title), "{page:?}");
    }
}

#[tokio::test]
async fn at_an_apis_own_host_they_answer_without_the_slug_too() {
    let legacy = Legacy::empty().await;
    let get = |path: &str| legacy.get(path).header("host", "api.talentsmapping.id").send();
    for path in ["/openapi.json", "/talentsmapping/openapi.json"] {
        get(path).await.is(200, document("talentsmapping"));
    }
    assert_eq!(get("/docs").await.status, 200);
    // No other API's, and none at the shared root.
    get("/apextrack/openapi.json").await.is(200, document("apextrack"));
    assert_eq!(legacy.get("/openapi.json").send().await.status, 404);
    assert_eq!(legacy.call("HEAD", "/talentsmapping/openapi.json").send().await.status, 200);
    let posted = legacy.post("/talentsmapping/openapi.json").send().await;
    assert_eq!((posted.status.as_u16(), posted.header("allow")), (405, "GET, HEAD"));
}

#[tokio::test]
async fn the_page_loads_nothing_from_other_hosts() {
    let legacy = Legacy::empty().await;
    let page = legacy.get("/notary/docs").send().await;
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    let (home, explorer) = ("<a href=\"http://gerbang.test/\">", "<a href=\"http://gerbang.test/explorer\">");
    assert!(page.text.contains(home) && page.text.contains(explorer), "{page:?}");
    let without_links = page.text.replace(home, "").replace(explorer, "");
    assert!(!without_links.contains("://"), "{page:?}");
    let named = page.text.split('"').filter(|part| part.starts_with("docs/"));
    let assets: Vec<&str> = named.collect();
    assert_eq!(assets, ["docs/swagger-ui.css", "docs/swagger-ui-bundle.js", "docs/start.js"]);
    for asset in assets {
        let found = legacy.get(&format!("/notary/{asset}")).send().await;
        assert_eq!(found.status, 200, "{asset}");
        assert!(!found.header("etag").is_empty() && found.text.len() > 100, "{asset}");
    }
    assert_eq!(legacy.get("/notary/docs/nothing.js").send().await.status, 404);
}

#[test]
fn every_route_is_in_its_document_under_each_method_and_path() {
    for route in ROUTES.iter() {
        let described = operations(route.dialect.slug, &route.operation);
        assert_eq!(described.len(), route.methods.len() * route.paths.len(), "{}", route.operation);
        for (_, operation) in described {
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{operation:#}");
            for status in route.statuses() {
                assert!(operation["responses"][status.to_string()].is_object(), "{} {status}", route.operation);
            }
        }
    }
    for dialect in apis::all() {
        let paths = document(dialect.slug)["paths"].as_object().unwrap();
        let ids: Vec<&str> = paths
            .values()
            .flat_map(|item| item.as_object().unwrap().values())
            .map(|operation| operation["operationId"].as_str().unwrap())
            .collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "an id stands twice: {ids:?}");
    }
}

#[test]
fn operations_stand_in_the_sections_of_the_apis_own_documents() {
    for dialect in apis::all() {
        let document = document(dialect.slug);
        let listed = document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap());
        assert_eq!(listed.collect::<Vec<_>>(), dialect.sections);
        let used: BTreeSet<&str> = ROUTES
            .iter()
            .filter(|route| route.dialect.slug == dialect.slug)
            .flat_map(|route| operations(dialect.slug, &route.operation))
            .map(|(_, operation)| operation["tags"][0].as_str().unwrap())
            .collect();
        assert_eq!(used, dialect.sections.iter().copied().collect(), "{}", dialect.slug);
    }
}

#[test]
fn a_reference_speaks_of_routes_and_not_of_the_schema() {
    let mut wrong = Vec::new();
    for route in ROUTES.iter() {
        for (_, operation) in operations(route.dialect.slug, &route.operation) {
            assert_eq!(operation["summary"], route.summary.as_deref().unwrap(), "{}", route.operation);
            assert!(operation["description"].is_null(), "{operation:#}");
            let text = operation.to_string();
            // Global ids, the schema's words for values, and how it cuts lists.
            let strange = ["`client_", "`partner_", "`user_", "`service_", "`ID`", "`CREATED_AT`", "`ASC`", "cursor"];
            let found = strange.iter().filter(|word| text.contains(**word));
            wrong.extend(found.map(|word| format!("{}: {word}", route.operation)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let parameters = &operations("talentsmapping", "ShowClient")[0].1["parameters"];
    assert_eq!(
        parameters[0],
        json!({
            "name": "client_id", "in": "path", "required": true, "example": 1,
            "schema": { "type": "integer", "format": "int64", "minimum": 0 },
        })
    );
}

#[test]
fn what_the_apis_own_documents_show_is_allowed_and_shown() {
    let mut wrong = Vec::new();
    let mut shown = 0;
    for route in ROUTES.iter() {
        let Some(example) = &route.example else { continue };
        let slug = route.dialect.slug;
        let operations = operations(slug, &route.operation);
        let all = example.exchanges.iter().flat_map(|exchange| operations.iter().map(move |(_, one)| (exchange, one)));
        for (exchange, operation) in all {
            let status = exchange.answer.status;
            if let Some(body) = &exchange.answer.body {
                let media = &operation["responses"][status.to_string()]["content"]["application/json"];
                let found = violations(slug, &media["schema"], body, false);
                wrong.extend(found.into_iter().map(|what| format!("{} {status} {what}", route.operation)));
                let examples = media["examples"].as_object();
                let is_shown = examples.is_some_and(|all| all.values().any(|one| one["value"] == *body));
                assert!(is_shown, "{} {status} {media:#}", route.operation);
                shown += 1;
            }
            // What is refused may be so for its request.
            let request = exchange.request.body.iter().filter(|_| status < 400);
            let media = operation["requestBody"]["content"].as_object();
            for ((_, media), request) in media.into_iter().flatten().zip(request.cycle()) {
                let found = violations(slug, &media["schema"], request, false);
                wrong.extend(found.into_iter().map(|what| format!("{} request {what}", route.operation)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(shown > 65, "the examples went missing: {shown}");
}

#[test]
fn every_file_of_examples_stands_beside_its_route() {
    let apis = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/apis");
    let folders = fs::read_dir(apis).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let route = file.with_extension("").with_extension("graphql");
        assert!(route.exists(), "{} has no route", file.display());
    }
}

#[test]
fn documented_rules_are_those_that_requests_are_checked_by() {
    let (_, operation) = operations("apextrack", "RegisterAffiliate").remove(0);
    let fields = &operation["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(fields["properties"]["password"]["minLength"], 8);
    assert_eq!(fields["properties"]["email"]["format"], "email");
    assert_eq!(fields["properties"]["name"]["maxLength"], 255);
    assert_eq!(fields["required"], json!(["name", "email", "password", "password_confirmation"]));
    let (_, operation) = operations("notary", "CreateInvitation").remove(0);
    let fields = &operation["requestBody"]["content"]["application/json"]["schema"]["properties"];
    assert_eq!((&fields["expired"]["minimum"], &fields["expired"]["maximum"]), (&json!(1), &json!(43_200)));
    assert_eq!(fields["user_type"]["enum"], json!(["ADMIN", "NOTARY", "PPAT"]));
    let (_, operation) = operations("notary", "SignIn").remove(0);
    let fields = &operation["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(fields["required"], json!(["password"]));
    assert_eq!(fields["anyOf"], json!([{ "required": ["email"] }, { "required": ["phone"] }]));
    let (_, operation) = operations("notary", "CreateService").remove(0);
    let fee = &operation["requestBody"]["content"]["application/json"]["schema"]["properties"]["fee"]["anyOf"];
    let amount = json!({ "type": "integer", "minimum": 0, "maximum": 9_007_199_254_740_991_u64 });
    assert_eq!((&fee[0]["items"]["properties"]["amount"], &fee[1]), (&amount, &amount));
    let (_, operation) = operations("scholarship", "ForgotPassword").remove(0);
    let fields = &operation["requestBody"]["content"]["application/json"]["schema"]["properties"];
    assert!(fields["phone"]["pattern"].is_string());
}

#[test]
fn documented_rules_of_queries_are_told() {
    let parameter = |api, name, parameter| {
        let operations = operations(api, name).into_iter();
        let mut parameters = operations.flat_map(|(_, operation)| operation["parameters"].as_array().cloned().unwrap());
        parameters.find(|given| given["name"] == parameter).unwrap()["schema"].take()
    };
    for (api, name, search) in [("talentsmapping", "ListClients", "search"), ("staff", "ListStaff", "q")] {
        assert_eq!(parameter(api, name, search)["maxLength"], 255, "{api} {name}");
    }
    let status = parameter("apextrack", "RecordConversion", "status");
    assert_eq!(status["enum"], json!(["pending", "approved", "rejected", ""]));
    assert_eq!(parameter("apextrack", "RecordConversion", "payout")["minimum"], 0);
}

#[test]
fn documented_bodies_have_the_accepted_media_types() {
    let media = |slug, operation| -> Vec<String> {
        let (_, operation) = operations(slug, operation).remove(0);
        operation["requestBody"]["content"].as_object().unwrap().keys().cloned().collect()
    };
    let both = ["application/json", "application/x-www-form-urlencoded"];
    assert_eq!(media("staff", "LogInStaff"), both);
    assert_eq!(media("notary", "CreateService"), ["application/json"]);
    assert_eq!(media("scholarship", "UploadDocument"), ["multipart/form-data"]);
    let both = operations("apextrack", "RecordConversion");
    let (get, post) = (&both[0], &both[1]);
    assert_eq!((&get.0, &post.0), (&Method::GET, &Method::POST));
    let query: Vec<&Value> = get.1["parameters"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(query, ["clickid", "payout", "status", "txid", "secret"]);
    assert!(get.1["requestBody"].is_null() && post.1["parameters"].is_null());
}

#[test]
fn security_is_that_of_the_route() {
    let security = |slug, operation| operations(slug, operation).remove(0).1["security"].clone();
    assert_eq!(security("talentsmapping", "LogInTalents"), json!([]));
    assert_eq!(security("talentsmapping", "ShowSummaryReport"), json!([{}, { "jwt": [] }]));
    assert_eq!(security("talentsmapping", "ShowTalentsUser"), json!([{ "jwt": [] }, { "sanctum": [] }]));
    assert_eq!(security("talentsmapping", "RefreshTalentsToken"), json!([{ "token": [] }]));
    assert_eq!(security("staff", "ListStaff"), json!([{ "sanctum": [] }]));
    let schemes = document("staff")["components"]["securitySchemes"].as_object().unwrap();
    assert_eq!(schemes.keys().collect::<Vec<_>>(), ["sanctum"]);
}

#[test]
fn both_outcomes_of_a_success_are_documented() {
    let (_, operation) = operations("apextrack", "RecordConversion").remove(0);
    assert!(operation["responses"]["200"].is_object() && operation["responses"]["201"].is_object());
    let (_, operation) = operations("notary", "ShowSignUpStatus").remove(0);
    let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
    let messages = json!(["Success getting confirmation status.", "Success confirming registration."]);
    assert_eq!(schema["properties"]["message"]["enum"], messages);
    assert_eq!(schema["properties"]["data"]["anyOf"].as_array().unwrap().len(), 2);
    let (_, operation) = operations("notary", "OpenInvitation").remove(0);
    assert!(operation["responses"]["302"]["content"]["text/html"].is_object());
    assert!(operation["responses"]["404"]["content"]["text/html"].is_object());
    assert!(operation["responses"]["404"]["headers"]["Location"].is_object());
}
