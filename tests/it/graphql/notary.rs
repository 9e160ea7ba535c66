//! The notary office: who sees and changes which services and orders, and what happens when both happen at once.

use gerbang::{
    accounts::{Realm, Role, user},
    notary::{order, service},
};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::support::TestApp;

const CREATE: &str = "mutation($input: CreateServiceInput!) {
    createService(input: $input) {
        service { id legacyId name description fees { name amount } tasks status }
    }
}";
const UPDATE: &str = "mutation($input: UpdateServiceInput!) {
    updateService(input: $input) { service { legacyId name fees { name amount } tasks status } }
}";
const CLOSE: &str =
    "mutation($input: CloseServiceInput!) { closeService(input: $input) { service { legacyId status } } }";
const DELETE: &str =
    "mutation($input: DeleteServiceInput!) { deleteService(input: $input) { service { legacyId status } } }";
const ORDER: &str = "mutation($input: OrderServiceInput!) {
    orderService(input: $input) { order { id serviceId status notes total customer { name } service { name } } }
}";
const SET_STATUS: &str =
    "mutation($input: UpdateOrderStatusInput!) { updateOrderStatus(input: $input) { order { id status } } }";

async fn admin(app: &TestApp) -> user::row::Model {
    app.user(Realm::Notary, Role::Admin).await
}

async fn customer(app: &TestApp) -> user::row::Model {
    app.user(Realm::Notary, Role::Customer).await
}

fn details(name: &str) -> Value {
    json!({
        "name": name,
        "description": "Pembuatan akta",
        "fees": [{ "name": "Biaya Pelayanan", "amount": 1_000_000 }, { "name": "Meterai", "amount": 10_000 }],
        "tasks": ["Periksa berkas", "Buat akta"],
    })
}

fn input(id: &str, name: &str) -> Value {
    let mut input = details(name);
    input["id"] = json!(id);
    json!({ "input": input })
}

async fn offer(app: &TestApp, admin: &user::row::Model, id: &str) {
    app.as_user(admin).graphql_with(CREATE, input(id, id)).await.ok();
    // The next one comes behind it.
    app.clock.advance(chrono::TimeDelta::milliseconds(1));
}

async fn order(app: &TestApp, customer: &user::row::Model, id: &str) -> String {
    let answer = app.as_user(customer).graphql_with(ORDER, json!({ "input": { "serviceId": id } })).await.ok();
    answer["orderService"]["order"]["id"].as_str().unwrap().to_owned()
}

fn by_id(id: &str) -> Value {
    json!({ "input": { "id": id } })
}

#[tokio::test]
async fn an_admin_adds_a_service_under_the_given_id_or_one_made_from_the_name() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let actor = app.as_user(&admin);
    let created = actor.graphql_with(CREATE, input("service_id", " Akta Jual Beli ")).await.ok();
    assert_eq!(
        created["createService"]["service"],
        json!({
            "id": "service_service_id", "legacyId": "service_id", "name": "Akta Jual Beli",
            "description": "Pembuatan akta",
            "fees": [{ "name": "Biaya Pelayanan", "amount": 1_000_000 }, { "name": "Meterai", "amount": 10_000 }],
            "tasks": ["Periksa berkas", "Buat akta"], "status": "OPEN"
        })
    );

    let named = actor.graphql_with(CREATE, json!({ "input": details("Akta Pendirian PT & CV") })).await.ok();
    assert_eq!(named["createService"]["service"]["legacyId"], "akta-pendirian-pt-cv");
    let again = actor.graphql_with(CREATE, json!({ "input": details("Akta pendirian PT CV") })).await;
    assert_eq!(again.broken_rules(), ["id TAKEN"]);
    assert_eq!(actor.graphql_with(CREATE, input("service_id", "Lain")).await.broken_rules(), ["id TAKEN"]);

    let both = "{ bare: service(id: \"service_id\") { name } global: service(id: \"service_service_id\") { name }
        node(id: \"service_service_id\") { ... on Service { name } } none: service(id: \"id\") { name } }";
    let name = json!({ "name": "Akta Jual Beli" });
    assert_eq!(
        app.anonymous().graphql(both).await.ok(),
        json!({ "bare": name, "global": name, "node": name, "none": null })
    );
    // Else `service_id` could be either of them.
    assert_eq!(actor.graphql_with(CREATE, input("id", "Lain")).await.broken_rules(), ["id TAKEN"]);
}

#[tokio::test]
async fn all_broken_rules_of_a_service_are_reported_together() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let input = json!({
        "id": "a b", "name": " ", "description": "x".repeat(5_001), "tasks": ["ok", " "],
        "fees": [{ "name": "", "amount": -1 }, { "name": "Meterai", "amount": 9_007_199_254_740_992i64 }],
    });
    let answer = app.as_user(&admin).graphql_with(CREATE, json!({ "input": input })).await;
    assert_eq!(
        answer.broken_rules(),
        [
            "id FORMAT",
            "name REQUIRED",
            "description MAX_LENGTH",
            "fees.0.name REQUIRED",
            "fees.0.amount MIN",
            "fees.1.amount MAX",
            "tasks.1 REQUIRED"
        ]
    );
    // An order costs all fees together.
    let mut dear = details("Akta");
    dear["fees"][0]["amount"] = json!(9_007_199_254_740_991i64);
    let answer = app.as_user(&admin).graphql_with(CREATE, json!({ "input": dear })).await;
    assert_eq!(answer.broken_rules(), ["fees MAX"]);
    let mut empty = details("Akta");
    empty["fees"] = json!([]);
    empty["tasks"] = json!([]);
    let answer = app.as_user(&admin).graphql_with(CREATE, json!({ "input": empty })).await;
    assert_eq!(answer.broken_rules(), ["fees REQUIRED", "tasks REQUIRED"]);
    let nameless = app.as_user(&admin).graphql_with(CREATE, json!({ "input": details("!?") })).await;
    assert_eq!(nameless.broken_rules(), ["name FORMAT"]);
}

#[tokio::test]
async fn a_closed_service_is_hidden_until_an_update_opens_it() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    offer(&app, &admin, "satu").await;
    offer(&app, &admin, "dua").await;
    let list = "{ services { legacyId } }";
    let ids = |answer: Value| {
        let services = answer["services"].as_array().unwrap().clone();
        services.iter().map(|service| service["legacyId"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ids(app.anonymous().graphql(list).await.ok()), "satu dua");

    let closed = app.as_user(&admin).graphql_with(CLOSE, by_id("service_satu")).await.ok();
    assert_eq!(closed["closeService"]["service"], json!({ "legacyId": "satu", "status": "CLOSED" }));
    assert_eq!(ids(app.anonymous().graphql(list).await.ok()), "dua");
    assert_eq!(ids(app.as_user(&admin).graphql(list).await.ok()), "dua", "the public list is the same for all");
    let all = "{ services(includeClosed: true) { legacyId } }";
    assert_eq!(ids(app.as_user(&admin).graphql(all).await.ok()), "satu dua");
    assert_eq!(app.anonymous().graphql(all).await.code(), "UNAUTHENTICATED");
    assert_eq!(app.as_user(&customer(&app).await).graphql(all).await.code(), "FORBIDDEN");
    let one = "{ service(id: \"satu\") { status } node(id: \"service_satu\") { id } }";
    assert_eq!(app.anonymous().graphql(one).await.ok(), json!({ "service": null, "node": null }));

    let mut number = input("satu", "Baru");
    number["input"]["fees"] = json!([{ "name": "Biaya Pelayanan", "amount": 1_500 }]);
    let changed = app.as_user(&admin).graphql_with(UPDATE, number.clone()).await.ok();
    assert_eq!(
        changed["updateService"]["service"],
        json!({
            "legacyId": "satu", "name": "Baru",
            "fees": [{ "name": "Biaya Pelayanan", "amount": 1_500 }],
            "tasks": ["Periksa berkas", "Buat akta"], "status": "CLOSED"
        })
    );
    number["input"]["status"] = json!("OPEN");
    app.as_user(&admin).graphql_with(UPDATE, number.clone()).await.ok();
    assert_eq!(ids(app.anonymous().graphql(list).await.ok()), "satu dua");
    number["input"]["status"] = json!("DELETED");
    assert_eq!(app.as_user(&admin).graphql_with(UPDATE, number).await.broken_rules(), ["status IN"]);
}

#[tokio::test]
async fn only_admins_of_the_office_or_the_gateway_change_services() {
    let app = TestApp::new().await;
    let office_admin = admin(&app).await;
    offer(&app, &office_admin, "satu").await;
    let calls = [
        (CREATE, input("dua", "Dua")),
        (UPDATE, input("satu", "Satu")),
        (CLOSE, by_id("satu")),
        (DELETE, by_id("satu")),
    ];
    let others = [
        app.user(Realm::Notary, Role::Notary).await,
        app.user(Realm::Notary, Role::Ppat).await,
        customer(&app).await,
        app.user(Realm::Scholarship, Role::Admin).await,
    ];
    for (query, variables) in &calls {
        assert_eq!(app.anonymous().graphql_with(query, variables.clone()).await.code(), "UNAUTHENTICATED");
        for other in &others {
            assert_eq!(app.as_user(other).graphql_with(query, variables.clone()).await.code(), "FORBIDDEN");
        }
    }
    for (query, variables) in [(UPDATE, input("tiga", "Tiga")), (CLOSE, by_id("tiga")), (DELETE, by_id("service_tiga"))]
    {
        assert_eq!(app.as_user(&office_admin).graphql_with(query, variables).await.code(), "NOT_FOUND");
    }
    let gateway_admin = app.user(Realm::Staff, Role::Admin).await;
    for (query, variables) in calls {
        app.as_user(&gateway_admin).graphql_with(query, variables).await.ok();
    }
}

#[tokio::test]
async fn deleting_a_service_removes_it_if_nobody_ordered_it_and_hides_it_otherwise() {
    let app = TestApp::new().await;
    let (admin, customer) = (admin(&app).await, customer(&app).await);
    offer(&app, &admin, "satu").await;
    offer(&app, &admin, "dua").await;
    let id = order(&app, &customer, "dua").await;
    for service in ["satu", "dua"] {
        let deleted = app.as_user(&admin).graphql_with(DELETE, by_id(service)).await.ok();
        assert_eq!(deleted["deleteService"]["service"], json!({ "legacyId": service, "status": "DELETED" }));
        for (query, variables) in [(DELETE, by_id(service)), (CLOSE, by_id(service)), (UPDATE, input(service, "x"))] {
            assert_eq!(app.as_user(&admin).graphql_with(query, variables).await.code(), "NOT_FOUND");
        }
    }
    let rows = service::row::Entity::find().all(app.domain.db.read()).await.unwrap();
    assert_eq!(
        rows.iter().map(|row| (&*row.id, row.status)).collect::<Vec<_>>(),
        [("dua", service::row::Status::Deleted)]
    );
    let left =
        app.as_user(&admin).graphql("{ services(includeClosed: true) { id } service(id: \"dua\") { id } }").await.ok();
    assert_eq!(left, json!({ "services": [], "service": null }));

    // The id of the one is free again, that of the other is not; and its order still shows it.
    offer(&app, &admin, "satu").await;
    assert_eq!(app.as_user(&admin).graphql_with(CREATE, input("dua", "Dua")).await.broken_rules(), ["id TAKEN"]);
    let kept = app
        .as_user(&customer)
        .graphql(&format!("{{ order(id: \"{id}\") {{ service {{ name status }} }} }}"))
        .await
        .ok();
    assert_eq!(kept["order"]["service"], json!({ "name": "dua", "status": "DELETED" }));
}

#[tokio::test]
async fn an_order_keeps_the_price_at_which_it_was_placed() {
    let app = TestApp::new().await;
    let (admin, customer) = (admin(&app).await, customer(&app).await);
    offer(&app, &admin, "satu").await;
    let placed = json!({ "input": { "serviceId": "service_satu", "notes": "  Segera " } });
    let placed = app.as_user(&customer).graphql_with(ORDER, placed).await.ok();
    assert_eq!(
        placed["orderService"]["order"],
        json!({
            "id": "order_1", "serviceId": "service_satu", "status": "PLACED", "notes": "Segera", "total": 1_010_000,
            "customer": { "name": customer.name }, "service": { "name": "satu" }
        })
    );
    let mut dearer = input("satu", "satu");
    dearer["input"]["fees"][0]["amount"] = json!(2_000_000);
    app.as_user(&admin).graphql_with(UPDATE, dearer).await.ok();
    let totals = app.as_user(&customer).graphql("{ order(id: \"1\") { total } }").await.ok();
    assert_eq!(totals["order"]["total"], 1_010_000);

    let wanted = |id: &str| json!({ "input": { "serviceId": id } });
    assert_eq!(app.anonymous().graphql_with(ORDER, wanted("satu")).await.code(), "UNAUTHENTICATED");
    assert_eq!(app.as_user(&admin).graphql_with(ORDER, wanted("satu")).await.code(), "FORBIDDEN");
    assert_eq!(app.as_user(&customer).graphql_with(ORDER, wanted("dua")).await.code(), "NOT_FOUND");
    app.as_user(&admin).graphql_with(CLOSE, by_id("satu")).await.ok();
    assert_eq!(app.as_user(&customer).graphql_with(ORDER, wanted("satu")).await.code(), "NOT_FOUND");
    let long = json!({ "input": { "serviceId": "satu", "notes": "x".repeat(5_001) } });
    assert_eq!(app.as_user(&customer).graphql_with(ORDER, long).await.broken_rules(), ["notes MAX_LENGTH"]);
}

#[tokio::test]
async fn the_office_changes_the_status_of_orders_and_customers_may_cancel_their_own() {
    let app = TestApp::new().await;
    let (admin, customer_a, customer_b) = (admin(&app).await, customer(&app).await, customer(&app).await);
    let (notary, ppat) = (app.user(Realm::Notary, Role::Notary).await, app.user(Realm::Notary, Role::Ppat).await);
    offer(&app, &admin, "satu").await;
    let (first, second) = (order(&app, &customer_a, "satu").await, order(&app, &customer_a, "satu").await);
    let set = async |user: &user::row::Model, id: &str, status: &str| {
        app.as_user(user).graphql_with(SET_STATUS, json!({ "input": { "id": id, "status": status } })).await
    };
    assert_eq!(set(&customer_b, &first, "CANCELLED").await.code(), "NOT_FOUND");
    assert_eq!(set(&customer_a, &first, "COMPLETED").await.code(), "FORBIDDEN");
    assert_eq!(set(&admin, "order_99", "COMPLETED").await.code(), "NOT_FOUND");
    assert_eq!(set(&app.user(Realm::Apextrack, Role::Affiliate).await, &first, "COMPLETED").await.code(), "FORBIDDEN");

    set(&notary, &first, "IN_PROGRESS").await.ok();
    assert_eq!(set(&customer_a, &first, "CANCELLED").await.broken_rules(), ["status ORDER_STATUS"]);
    assert_eq!(set(&ppat, &first, "PLACED").await.broken_rules(), ["status ORDER_STATUS"]);
    set(&ppat, &first, "COMPLETED").await.ok();
    assert_eq!(set(&admin, &first, "CANCELLED").await.broken_rules(), ["status ORDER_STATUS"]);

    let cancelled = set(&customer_a, &second, "CANCELLED").await.ok();
    assert_eq!(cancelled["updateOrderStatus"]["order"], json!({ "id": second, "status": "CANCELLED" }));
    set(&customer_a, &second, "CANCELLED").await.ok();
    assert_eq!(set(&admin, &second, "PLACED").await.broken_rules(), ["status ORDER_STATUS"]);
}

#[tokio::test]
async fn orders_are_visible_to_their_customer_and_the_office() {
    let app = TestApp::new().await;
    let (admin, customer_a, customer_b) = (admin(&app).await, customer(&app).await, customer(&app).await);
    let notary = app.user(Realm::Notary, Role::Notary).await;
    offer(&app, &admin, "satu").await;
    offer(&app, &admin, "dua").await;
    for (customer, service) in
        [(&customer_a, "satu"), (&customer_b, "satu"), (&customer_a, "dua"), (&customer_b, "dua")]
    {
        order(&app, customer, service).await;
    }
    let list = "{ orders { totalCount nodes { legacyId customer { name } } } }";
    let own = app.as_user(&customer_a).graphql(list).await.ok();
    let of_a = json!({ "name": customer_a.name });
    let expected = json!([{ "legacyId": "1", "customer": of_a }, { "legacyId": "3", "customer": of_a }]);
    assert_eq!(own["orders"], json!({ "totalCount": 2, "nodes": expected }));
    let all = app.as_user(&notary).graphql(list).await.ok();
    assert_eq!(all["orders"]["totalCount"], 4);
    assert_eq!(all["orders"]["nodes"][1]["customer"]["name"], json!(customer_b.name));
    assert_eq!(app.anonymous().graphql(list).await.code(), "UNAUTHENTICATED");
    let stranger = app.user(Realm::Apextrack, Role::Affiliate).await;
    assert_eq!(app.as_user(&stranger).graphql(list).await.code(), "FORBIDDEN");
    let foreign = "{ order(id: \"2\") { id } node(id: \"order_2\") { id } }";
    assert_eq!(app.as_user(&customer_a).graphql(foreign).await.ok(), json!({ "order": null, "node": null }));
    assert_eq!(app.as_user(&customer_b).graphql(foreign).await.ok()["node"]["id"], "order_2");

    let page =
        "{ orders(first: 1, orderBy: TOTAL, direction: DESC, filter: { serviceId: \"service_dua\", status: PLACED }) {
        totalCount nodes { legacyId } pageInfo { hasNextPage endCursor }
    } }";
    let page = app.as_user(&admin).graphql(page).await.ok();
    assert_eq!(page["orders"]["totalCount"], 2);
    assert_eq!(
        (&page["orders"]["nodes"], &page["orders"]["pageInfo"]["hasNextPage"]),
        (&json!([{ "legacyId": "4" }]), &json!(true))
    );

    let below = "{ services { legacyId orders(first: 1) { totalCount nodes { legacyId } pageInfo { hasNextPage } } } }";
    let below =
        async |user: &user::row::Model| app.as_user(user).graphql(below).await.ok()["services"][1]["orders"].take();
    let more = json!({ "totalCount": 2, "nodes": [{ "legacyId": "3" }], "pageInfo": { "hasNextPage": true } });
    assert_eq!(below(&admin).await, more);
    let one = json!({ "totalCount": 1, "nodes": [{ "legacyId": "4" }], "pageInfo": { "hasNextPage": false } });
    assert_eq!(below(&customer_b).await, one);
    let none = app.anonymous().graphql("{ services { orders { totalCount nodes { id } } } }").await.ok();
    assert_eq!(none["services"][0]["orders"], json!({ "totalCount": 0, "nodes": [] }));
}

#[tokio::test]
async fn the_number_of_statements_does_not_depend_on_the_number_of_orders() {
    let app = TestApp::new().await;
    let admin = admin(&app).await;
    let count = async || {
        let mut counts = Vec::new();
        for query in [
            "{ services { orders(first: 5) { totalCount nodes { service { name } customer { name } } } } }",
            "{ orders(first: 100) { nodes { service { name } customer { name } } } }",
        ] {
            let before = app.statements();
            app.as_user(&admin).graphql(query).await.ok();
            counts.push(app.statements() - before);
        }
        counts
    };
    offer(&app, &admin, "satu").await;
    order(&app, &customer(&app).await, "satu").await;
    let few = count().await;
    for id in ["dua", "tiga", "empat"] {
        offer(&app, &admin, id).await;
        let customer = customer(&app).await;
        for _ in 0..4 {
            order(&app, &customer, id).await;
        }
    }
    assert_eq!(count().await, few);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_order_placed_while_its_service_is_deleted_keeps_it_or_is_refused() {
    let app = TestApp::with(|config| config.database.connections = 8).await;
    let (admin, customer) = (admin(&app).await, customer(&app).await);
    for round in 0..8 {
        let id = format!("layanan-{round}");
        offer(&app, &admin, &id).await;
        let (shop, office) = (app.as_user(&customer), app.as_user(&admin));
        let (ordered, deleted) = tokio::join!(
            shop.graphql_with(ORDER, json!({ "input": { "serviceId": id } })),
            office.graphql_with(DELETE, by_id(&id)),
        );
        deleted.ok();
        let row = service::row::Entity::find_by_id(&*id).one(app.domain.db.read()).await.unwrap();
        if ordered.errors.is_null() {
            assert_eq!(
                row.map(|row| row.status),
                Some(service::row::Status::Deleted),
                "the order has lost its service"
            );
        } else {
            assert_eq!((ordered.code(), row), ("NOT_FOUND", None));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_concurrent_deletions_or_creations_of_a_service_one_succeeds() {
    let app = TestApp::with(|config| config.database.connections = 8).await;
    let admin = admin(&app).await;
    let actor = app.as_user(&admin);
    let created =
        futures_util::future::join_all((0..16).map(|_| actor.graphql_with(CREATE, input("satu", "Satu")))).await;
    let (made, refused): (Vec<_>, Vec<_>) = created.into_iter().partition(|answer| answer.errors.is_null());
    assert_eq!(made.len(), 1);
    assert!(refused.iter().all(|answer| answer.broken_rules() == ["id TAKEN"]));
    order(&app, &customer(&app).await, "satu").await;
    let deleted = futures_util::future::join_all((0..16).map(|_| actor.graphql_with(DELETE, by_id("satu")))).await;
    let (hidden, refused): (Vec<_>, Vec<_>) = deleted.into_iter().partition(|answer| answer.errors.is_null());
    assert_eq!(hidden.len(), 1);
    assert!(refused.iter().all(|answer| answer.code() == "NOT_FOUND"));
    assert_eq!(order::row::Entity::find().count(app.domain.db.read()).await.unwrap(), 1);
}
