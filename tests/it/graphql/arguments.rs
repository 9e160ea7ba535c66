//! Arguments: their defaults, times, and pages, for every one of the schema.

use async_graphql::{
    Positioned,
    parser::types::{FieldDefinition, InputValueDefinition, Type},
};
use gerbang::accounts::{Realm, Role};
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    protocol::{Reply, post, send},
    types::{Types, named},
};

/// The type where null is one of its values.
fn nullable(ty: &Type) -> String {
    ty.to_string().trim_end_matches('!').to_owned()
}

/// Documents that differ in one thing: the one names an argument with a variable `$v`, the other leaves it out.
fn with_and_without_a_variable(types: &Types) -> Vec<(String, String)> {
    let mut documents = Vec::new();
    let mutations = ("Mutation", (String::new(), String::new()));
    for (ty, (front, behind)) in types.ways().into_iter().chain([mutations]) {
        let keyword = if ty == "Mutation" { "mutation" } else { "query" };
        for field in types.fields(ty) {
            let selection = types.selection(&field.ty.node);
            let mut add = |ty: &Type, given: String, left_out: String| {
                let call = |arguments: &str| format!("{front}{} {selection}{behind}", Types::call(field, arguments));
                documents.push((
                    format!("{keyword} ($v: {}) {{ {} }}", nullable(ty), call(&given)),
                    format!("{keyword} {{ {} }}", call(&left_out)),
                ));
            };
            for argument in field.arguments.iter().map(|argument| &argument.node) {
                let (argument_name, ty) = (argument.name.node.as_str(), &argument.ty.node);
                let others = types.required(&field.arguments, argument_name);
                if argument.default_value.is_some() {
                    add(ty, format!("{others} {argument_name}: $v"), others.clone());
                }
                let members = types.members(named(ty));
                for member in members.iter().map(|member| &member.node).filter(|member| member.default_value.is_some())
                {
                    let (member_name, rest) = (&member.name.node, types.required(members, &member.name.node));
                    add(
                        &member.ty.node,
                        format!("{others} {argument_name}: {{ {rest} {member_name}: $v }}"),
                        format!("{others} {argument_name}: {{ {rest} }}"),
                    );
                }
            }
        }
    }
    documents
}

/// How many arguments and input fields of the schema have a default.
fn defaults(types: &Types) -> usize {
    let of = |inputs: &[Positioned<InputValueDefinition>]| {
        inputs.iter().filter(|input| input.node.default_value.is_some()).count()
    };
    let arguments: usize = types.names().flat_map(|ty| types.fields(ty)).map(|field| of(&field.arguments)).sum();
    let members: usize = types.names().map(|ty| of(types.members(ty))).sum();
    arguments + members
}

async fn ask(app: &TestApp, query: &str, variables: Value) -> Reply {
    let body = json!({ "query": query, "variables": variables }).to_string();
    let headers = [("content-type", "application/json"), ("accept", "application/graphql-response+json")];
    send(&app.router(), post(body, &headers)).await
}

#[tokio::test]
async fn the_default_applies_to_every_argument_whose_variable_has_no_value() {
    let app = TestApp::new().await;
    let types = Types::read();
    let mut documents = with_and_without_a_variable(&types);
    assert_eq!(documents.len(), defaults(&types), "one for each default of the schema");
    for field in ["fields { name }", "inputFields { name }", "enumValues { name }", "fields { name args { name } }"] {
        let with = |argument: &str| {
            let place = if field.contains("args") { "args" } else { field.split(' ').next().unwrap() };
            field.replacen(place, &format!("{place}{argument}"), 1)
        };
        documents.push((
            format!("query ($v: Boolean) {{ __type(name: \"Query\") {{ {} }} }}", with("(includeDeprecated: $v)")),
            format!("{{ __type(name: \"Query\") {{ {field} }} }}"),
        ));
    }
    for (named, left_out) in documents {
        let (mut named_answer, mut plain) = (ask(&app, &named, json!({})).await, ask(&app, &left_out, json!({})).await);
        for answer in [&mut named_answer, &mut plain] {
            for error in answer.body["errors"].as_array_mut().into_iter().flatten() {
                let error = error.as_object_mut().unwrap();
                error.remove("locations");
                assert_ne!(error["extensions"]["code"], "BAD_USER_INPUT", "{named}");
            }
        }
        assert_eq!(named_answer.body["data"], plain.body["data"], "{named}");
        assert_eq!(named_answer.body["errors"], plain.body["errors"], "{named}");
    }
}

#[tokio::test]
async fn a_null_variable_does_not_become_the_default() {
    let app = TestApp::new().await;
    let query = "query ($v: Boolean) { services(includeClosed: $v) { id } }";
    assert_eq!(ask(&app, query, json!({})).await.data(), &json!({ "services": [] }));
    assert_eq!(ask(&app, query, json!({ "v": false })).await.data(), &json!({ "services": [] }));
    let closed_too = ask(&app, query, json!({ "v": true })).await;
    assert_eq!(closed_too.body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let null = ask(&app, query, json!({ "v": null })).await;
    assert_eq!(null.body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    // In a fragment, too.
    let spread = "query ($v: Boolean) { ...F } fragment F on Query { ... { services(includeClosed: $v) { id } } }";
    assert_eq!(ask(&app, spread, json!({})).await.data(), &json!({ "services": [] }));
}

#[tokio::test]
async fn a_list_is_paged_by_number_or_by_cursor() {
    let app = TestApp::new().await;
    let types = Types::read();
    let lists: Vec<&FieldDefinition> = types
        .fields("Query")
        .filter(|field| field.arguments.iter().any(|argument| argument.node.name.node == "page"))
        .collect();
    assert!(lists.len() > 15, "{}", lists.len());
    let message = |number: &str, cursor: &str| {
        format!(
            "\"{number}\" and \"{cursor}\" can't be given together: ask for a page by its number with \"page\" and \
             \"perPage\", or by cursor with \"first\", \"after\", \"last\" and \"before\"."
        )
    };
    for list in lists {
        let query = format!("{{ {}(page: 1, first: 2) {{ totalCount }} }}", list.name.node);
        let reply = ask(&app, &query, json!({})).await;
        assert_eq!(
            (reply.refused(), reply.message()),
            ("BAD_USER_INPUT", message("page", "first").as_str()),
            "{query}"
        );
    }
    for (query, number, cursor) in [
        ("{ partners { nodes { clients(perPage: 2, last: 1) { totalCount } } } }", "perPage", "last"),
        ("{ ...A } fragment A on Query { partners(after: \"x\", page: 1) { totalCount } }", "page", "after"),
        ("query ($p: Int = 1, $b: String) { partners(page: $p, before: $b) { totalCount } }", "page", "before"),
    ] {
        let reply = ask(&app, query, json!({ "b": "x" })).await;
        assert_eq!((reply.refused(), reply.message()), ("BAD_USER_INPUT", message(number, cursor).as_str()), "{query}");
        assert_eq!(reply.status, 400);
    }
    // What is null, or has no value, is not given.
    let either = "query ($p: Int, $f: Int) { partners(page: $p, perPage: null, first: $f) { totalCount } }";
    for variables in [json!({}), json!({ "p": 1 }), json!({ "f": 1 }), json!({ "p": null, "f": 1 })] {
        let reply = ask(&app, either, variables).await;
        assert_eq!(reply.body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    }
    assert_eq!(ask(&app, either, json!({ "p": 1, "f": 1 })).await.refused(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_list_is_paged_forward_or_backward() {
    let app = TestApp::new().await;
    for (query, variables) in [
        ("{ partners(first: 1, last: 1) { totalCount } }", json!({})),
        ("query ($l: Int) { partners(first: 1, last: $l) { totalCount } }", json!({ "l": 1 })),
    ] {
        let reply = ask(&app, query, variables).await;
        assert_eq!((reply.status.as_u16(), reply.refused()), (400, "BAD_USER_INPUT"), "{query}");
        assert!(reply.message().starts_with("\"first\" and \"last\" can't be given together"), "{reply:?}");
    }
    let reply = ask(&app, "{ partners(first: 1, last: null) { totalCount } }", json!({})).await;
    assert_eq!(reply.body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

#[tokio::test]
async fn what_was_typed_wrong_is_told_at_its_field_among_the_others() {
    let app = TestApp::new().await;
    let create = "mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }";
    let input = json!({ "name": " ", "email": "nobody", "birthDate": "31-12-2000" });
    let expected = json!({
        "birthDate": [{ "rule": "DATE", "message": "The birth date is not a valid date.", "example": "2026-02-03" }],
        "name": [{ "rule": "REQUIRED", "message": "The name field is required." }],
        "email": [{
            "rule": "EMAIL", "message": "The email must be a valid email address.", "example": "siti@example.com",
        }],
    });
    let by_variable = ask(&app, create, json!({ "input": input })).await;
    let literal = "mutation { createClient(input: { name: \" \", email: \"nobody\", birthDate: \"31-12-2000\" }) { client { id } } }";
    for reply in [by_variable, ask(&app, literal, json!({})).await] {
        assert_eq!((reply.status.as_u16(), reply.refused()), (400, "VALIDATION_FAILED"), "{reply:?}");
        assert_eq!(reply.body["errors"][0]["path"], json!(["createClient"]));
        assert_eq!(reply.body["errors"][0]["extensions"]["fields"], expected);
    }
}

#[tokio::test]
async fn an_id_of_another_kind_is_refused_in_a_filter() {
    let app = TestApp::new().await;
    for (realm, query, path, example) in [
        (Realm::TalentsMapping, "clients(filter: { partnerId: \"client_3\" })", "filter.partnerId", "partner_17"),
        (Realm::Apextrack, "clicks(filter: { offerId: \"sub_3\" })", "filter.offerId", "offer_17"),
        (Realm::TalentsMapping, "notifications(filter: { userId: \"nobody\" })", "filter.userId", "user_17"),
        (
            Realm::Scholarship,
            "scholarshipApplications(filter: { periodId: \"service_akta\" })",
            "filter.periodId",
            "scholarshipPeriod_0190a5f0-7a3c-7c1e-9a52-0d8f5b8a3c11",
        ),
    ] {
        let admin = app.user(realm, Role::Admin).await;
        let answer = app.as_user(&admin).graphql(&format!("{{ {query} {{ totalCount }} }}")).await;
        assert_eq!(answer.broken_rules(), [format!("{path} FORMAT")]);
        assert_eq!(answer.errors[0]["extensions"]["fields"][path][0]["example"], example);
    }
}

#[tokio::test]
async fn a_time_lies_in_the_years_1_to_9999() {
    let app = TestApp::new().await;
    let as_variable = "query ($f: PaymentFilter) { payments(filter: $f) { totalCount } }";
    let alone = "query ($t: DateTime) { payments(filter: { from: $t }) { totalCount } }";
    for time in [
        "+12000-01-01T00:00:00Z",
        "+10000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-01:00",
        "0000-12-31T23:59:59Z",
        "0001-01-01T00:00:00+07:00",
        "-0044-03-15T00:00:00Z",
    ] {
        let message = "Expected a time in the years 0001 to 9999, UTC.";
        for (query, variables) in [(as_variable, json!({ "f": { "to": time } })), (alone, json!({ "t": time }))] {
            let reply = ask(&app, query, variables).await;
            assert_eq!(reply.refused(), "VALIDATION_FAILED", "{time}");
            let fields = &reply.body["errors"][0]["extensions"]["fields"];
            let (path, violations) = fields.as_object().unwrap().iter().next().unwrap();
            assert!(path == "filter.to" || path == "filter.from", "{path}");
            assert_eq!(violations[0]["rule"], "DATE", "{reply:?}");
            assert_eq!(violations[0]["example"], "2026-02-03T04:05:06Z", "{reply:?}");
        }
        for query in [
            format!("{{ payments(filter: {{ from: \"{time}\" }}) {{ totalCount }} }}"),
            format!("query ($t: DateTime = \"{time}\") {{ payments(filter: {{ to: $t }}) {{ totalCount }} }}"),
        ] {
            let reply = ask(&app, &query, json!({})).await;
            assert_eq!(reply.refused(), "GRAPHQL_VALIDATION_FAILED", "{query}");
            assert!(reply.message().ends_with(message), "{reply:?}");
        }
    }
    for time in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59+07:00"] {
        let reply = ask(&app, alone, json!({ "t": time })).await;
        assert_eq!(reply.body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{time}");
    }
}

#[tokio::test]
async fn an_amount_is_a_whole_number_before_anything_runs() {
    let app = TestApp::new().await;
    let query = "mutation ($a: Rupiah!) { logout { user { id } }
        createPaymentOrder(input: { orderId: \"A\", provider: DOKU, amount: $a }) { payment { id } } }";
    for amount in [json!("150000"), json!(1.5), json!(150_000.0), json!(true), json!([1]), json!(null)] {
        let reply = ask(&app, query, json!({ "a": amount })).await;
        let code = if amount.is_null() { "BAD_USER_INPUT" } else { "VALIDATION_FAILED" };
        assert_eq!(reply.refused(), code, "{amount}");
        let literal = query.replace("mutation ($a: Rupiah!)", "mutation").replace("$a", &amount.to_string());
        assert_eq!(ask(&app, &literal, json!({})).await.refused(), "GRAPHQL_VALIDATION_FAILED", "{amount}");
    }
    for amount in [json!(-1), json!(9_007_199_254_740_991_i64), json!(u64::MAX)] {
        let reply = ask(&app, query, json!({ "a": amount })).await;
        assert_eq!(reply.body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{amount}");
    }
}

#[tokio::test]
async fn an_error_at_a_field_that_may_be_null_leaves_the_rest() {
    let app = TestApp::new().await;
    let types = Types::read();
    let mut failed = 0;
    for field in types.fields("Query").filter(|field| field.ty.node.nullable) {
        let call = Types::call(field, &types.required(&field.arguments, ""));
        let query = format!("{{ faqs {{ id }} {call} {} }}", types.selection(&field.ty.node));
        let answer = ask(&app, &query, json!({})).await;
        failed += usize::from(answer.body.get("errors").is_some());
        assert_eq!(answer.body["data"]["faqs"], json!([]), "{query}: {answer:?}");
    }
    assert!(failed > 5, "strangers may not ask for most of them: {failed}");
}
