//! Payment orders: who sees which, who may make them and call them off.

use gerbang::{
    accounts::{Realm, Role, user},
    payments::order::row::Status,
};
use serde_json::{Value, json};

use super::{CREATE, Fixture};

#[tokio::test]
async fn an_admin_adds_an_order_of_the_realm() {
    let fixture = Fixture::new().await;
    let input = json!({
        "orderId": " INV-2026.000_1~a ", "provider": "XENDIT", "amount": 150_000, "currency": "idr",
        "description": " Asesmen ", "realm": "TALENTS_MAPPING"
    });
    let created = fixture.admin().graphql_with(CREATE, json!({ "input": input })).await.ok();
    assert_eq!(
        created["createPaymentOrder"]["payment"],
        json!({
            "id": "payment_1", "legacyId": "1", "orderId": "INV-2026.000_1~a", "status": "PENDING", "amount": 150_000,
            "currency": "IDR", "provider": "XENDIT", "realm": "TALENTS_MAPPING", "latePayment": false, "reversed": false,
            "flagged": null, "description": "Asesmen", "paidAt": null
        })
    );
    let again = fixture.admin().graphql_with(CREATE, json!({ "input": input })).await;
    assert_eq!(again.broken_rules(), ["orderId TAKEN"]);
}

#[tokio::test]
async fn all_broken_rules_of_an_order_are_reported_together() {
    let fixture = Fixture::new().await;
    let input = json!({ "orderId": "A/1", "provider": "DOKU", "amount": 0, "currency": "rupiah", "description": "x".repeat(256) });
    let answer = fixture.admin().graphql_with(CREATE, json!({ "input": input })).await;
    assert_eq!(answer.broken_rules(), ["orderId FORMAT", "amount MIN", "currency FORMAT", "description MAX_LENGTH"]);
    let input = json!({ "orderId": "x".repeat(101), "provider": "DOKU", "amount": 9_007_199_254_740_992_i64 });
    let answer = fixture.admin().graphql_with(CREATE, json!({ "input": input })).await;
    assert_eq!(answer.broken_rules(), ["orderId MAX_LENGTH", "amount MAX"]);
}

#[tokio::test]
async fn payments_are_for_admins_of_their_realm() {
    let fixture = Fixture::new().await;
    fixture.order(fixture.admin(), "A", "MIDTRANS").await;
    let query = r#"{ payment(orderId: "A") { orderId } payments { totalCount } }"#;
    for query in
        [r#"{ payment(orderId: "A") { orderId } }"#, "{ payments { totalCount } }", "{ webhookEvents { totalCount } }"]
    {
        assert_eq!(fixture.app.anonymous().graphql(query).await.code(), "UNAUTHENTICATED");
    }
    let affiliate = fixture.app.user(Realm::Apextrack, Role::Affiliate).await;
    let events = fixture.app.as_user(&affiliate).graphql("{ webhookEvents { totalCount } }").await;
    assert_eq!(events.code(), "FORBIDDEN");
    let seen = json!({ "payment": { "orderId": "A" }, "payments": { "totalCount": 1 } });
    assert_eq!(fixture.admin().graphql(query).await.ok(), seen);
    assert_eq!(fixture.gateway_admin().graphql(query).await.ok(), seen);
    assert_eq!(fixture.other().graphql(query).await.ok(), json!({ "payment": null, "payments": { "totalCount": 0 } }));
    let node = r#"{ node(id: "payment_1") { ... on Payment { orderId } } }"#;
    assert_eq!(fixture.admin().graphql(node).await.ok()["node"]["orderId"], "A");
    assert_eq!(fixture.other().graphql(node).await.ok()["node"], Value::Null);
    assert_eq!(fixture.app.anonymous().graphql(node).await.ok()["node"], Value::Null);
    let foreign = json!({ "orderId": "B", "provider": "DOKU", "amount": 1, "realm": "TALENTS_MAPPING" });
    assert_eq!(fixture.other().graphql_with(CREATE, json!({ "input": foreign })).await.code(), "FORBIDDEN");
    fixture.gateway_admin().graphql_with(CREATE, json!({ "input": foreign })).await.ok();
}

#[tokio::test]
async fn payments_are_paged_newest_first_and_filtered() {
    let fixture = Fixture::new().await;
    for (order_id, provider) in [("A1", "MIDTRANS"), ("B2", "DOKU"), ("A3", "XENDIT"), ("B4", "MIDTRANS")] {
        fixture.order(fixture.admin(), order_id, provider).await;
    }
    fixture.set_status(2, Status::Paid).await;
    let ids = async |arguments: &str| {
        let query = format!("{{ payments{arguments} {{ nodes {{ orderId }} pageInfo {{ hasNextPage endCursor }} }} }}");
        let payments = fixture.admin().graphql(&query).await.ok()["payments"].take();
        let ids: String =
            payments["nodes"].as_array().unwrap().iter().map(|row| row["orderId"].as_str().unwrap()).collect();
        (ids, payments["pageInfo"]["endCursor"].clone())
    };
    let (first, cursor) = ids("(first: 2)").await;
    assert_eq!(first, "B4A3");
    assert_eq!(ids(&format!("(first: 2, after: {cursor})")).await.0, "B2A1");
    assert_eq!(ids("(page: 2, perPage: 3)").await.0, "A1");
    assert_eq!(ids("(direction: ASC, first: 1)").await.0, "A1");
    for (filter, expected) in [
        ("provider: MIDTRANS", "B4A1"),
        ("status: PAID", "B2"),
        ("search: \"a\"", "A3A1"),
        ("from: \"2026-02-03T04:06:06Z\", to: \"2026-02-03T04:08:06Z\"", "A3B2"),
    ] {
        assert_eq!(ids(&format!("(filter: {{ {filter} }})")).await.0, expected, "{filter}");
    }
    assert_eq!(fixture.admin().graphql("{ payments(last: -1) { totalCount } }").await.broken_rules(), ["last MIN"]);
}

#[tokio::test]
async fn an_unpaid_order_can_be_cancelled() {
    let fixture = Fixture::new().await;
    fixture.order(fixture.admin(), "A", "MIDTRANS").await;
    let cancel = r#"mutation { cancelPayment(input: { orderId: "A" }) { payment { status updatedAt } } }"#;
    let cancelled = json!({ "status": "CANCELLED", "updatedAt": "2026-02-03T04:06:06+00:00" });
    assert_eq!(fixture.admin().graphql(cancel).await.ok()["cancelPayment"]["payment"], cancelled);
    fixture.app.clock.advance(chrono::TimeDelta::minutes(1));
    assert_eq!(fixture.admin().graphql(cancel).await.ok()["cancelPayment"]["payment"], cancelled, "again");
    for (status, allowed) in [
        (Status::Review, true),
        (Status::Failed, true),
        (Status::Paid, false),
        (Status::Expired, false),
        (Status::PartiallyRefunded, false),
        (Status::Refunded, false),
        (Status::ChargedBack, false),
    ] {
        fixture.set_status(1, status).await;
        let answer = fixture.admin().graphql(cancel).await;
        if allowed {
            assert_eq!(answer.ok()["cancelPayment"]["payment"]["status"], "CANCELLED", "{status:?}");
        } else {
            assert_eq!(answer.broken_rules(), ["orderId TRANSITION"], "{status:?}");
        }
    }
    assert_eq!(fixture.other().graphql(cancel).await.code(), "NOT_FOUND");
    assert_eq!(fixture.app.anonymous().graphql(cancel).await.code(), "UNAUTHENTICATED");
    let partner = fixture.app.user(Realm::Apextrack, Role::Affiliate).await;
    assert_eq!(fixture.app.as_user(&partner).graphql(cancel).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn admins_subscribe_to_the_payments_of_their_realm() {
    let fixture = Fixture::new().await;
    let watch = "subscription { paymentUpdated { orderId status events { eventId } } }";
    let (mut own, mut other) = (fixture.admin().subscribe(watch), fixture.other().subscribe(watch));
    let mut all = fixture.gateway_admin().subscribe(watch);
    fixture.order(fixture.admin(), "A", "MIDTRANS").await;
    fixture.admin().graphql(r#"mutation { cancelPayment(input: { orderId: "A" }) { payment { id } } }"#).await.ok();
    fixture.order(fixture.other(), "B", "DOKU").await;
    let payment = |order_id: &str, status: &str| json!({ "paymentUpdated": { "orderId": order_id, "status": status, "events": [] } });
    // Each reads the row as it stands then.
    assert_eq!(own.next().await.unwrap().ok(), payment("A", "CANCELLED"));
    assert_eq!(own.next().await.unwrap().ok(), payment("A", "CANCELLED"));
    assert!(own.is_silent());
    assert_eq!(other.next().await.unwrap().ok(), payment("B", "PENDING"));
    for order_id in ["A", "A", "B"] {
        assert_eq!(all.next().await.unwrap().ok()["paymentUpdated"]["orderId"], order_id);
    }
    assert_eq!(fixture.app.anonymous().subscribe(watch).next().await.unwrap().code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_watcher_hears_of_the_payments_that_are_wanted() {
    let fixture = Fixture::new().await;
    let watch =
        |filter: &str| format!("subscription {{ paymentUpdated(filter: {{ {filter} }}) {{ orderId status }} }}");
    let mut doku = fixture.admin().subscribe(&watch("provider: DOKU"));
    let mut cancelled = fixture.admin().subscribe(&watch("statuses: [CANCELLED], search: \"a\""));
    fixture.order(fixture.admin(), "A", "MIDTRANS").await;
    fixture.order(fixture.admin(), "B", "DOKU").await;
    for order_id in ["A", "B"] {
        let cancel =
            format!("mutation {{ cancelPayment(input: {{ orderId: \"{order_id}\" }}) {{ payment {{ id }} }} }}");
        fixture.admin().graphql(&cancel).await.ok();
    }
    let heard = |order_id: &str| json!({ "paymentUpdated": { "orderId": order_id, "status": "CANCELLED" } });
    assert_eq!(cancelled.next().await.unwrap().ok(), heard("A"));
    assert_eq!(doku.next().await.unwrap().ok(), heard("B"));
    let contradicts = fixture.admin().subscribe(&watch("status: PAID, statuses: []")).next().await.unwrap();
    assert_eq!(contradicts.broken_rules(), ["filter.statuses ONE_OR_SEVERAL"]);
}

#[tokio::test]
async fn people_see_and_watch_the_payments_that_they_pay() {
    let fixture = Fixture::new().await;
    let payer = fixture.app.user(Realm::Notary, Role::Customer).await;
    let other = fixture.app.user(Realm::Notary, Role::Customer).await;
    let watch = "subscription { paymentUpdated { orderId payer { name } } }";
    let mut heard = fixture.app.as_user(&payer).subscribe(watch);
    let mut nothing = fixture.app.as_user(&other).subscribe(watch);
    let order = async |order_id: &str, payer: &user::row::Model| {
        let payer = format!("user_{}", payer.id);
        let input =
            json!({ "orderId": order_id, "provider": "DOKU", "amount": 1, "realm": "NOTARY", "payerId": payer });
        fixture.gateway_admin().graphql_with(CREATE, json!({ "input": input })).await
    };
    order("MINE", &payer).await.ok();
    fixture.order(fixture.admin(), "NOBODYS", "DOKU").await;
    assert_eq!(order("B", &fixture.other).await.broken_rules(), ["payerId EXISTS"], "of another realm");

    let mine = json!({ "orderId": "MINE", "payer": { "name": payer.name } });
    assert_eq!(heard.next().await.unwrap().ok()["paymentUpdated"], mine);
    assert!(heard.is_silent() && nothing.is_silent());
    let list = r#"{ payments { totalCount nodes { orderId payer { name } } } one: payment(orderId: "MINE") { id } }"#;
    let seen = fixture.app.as_user(&payer).graphql(list).await.ok();
    assert_eq!(seen["payments"], json!({ "totalCount": 1, "nodes": [mine] }));
    assert_eq!(seen["one"]["id"], "payment_1");
    let seen = fixture.app.as_user(&other).graphql(list).await.ok();
    assert_eq!(seen, json!({ "payments": { "totalCount": 0, "nodes": [] }, "one": null }));
    let cancel = r#"mutation { cancelPayment(input: { orderId: "MINE" }) { payment { id } } }"#;
    assert_eq!(fixture.app.as_user(&payer).graphql(cancel).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn an_admin_of_another_realm_learns_nothing_of_an_order() {
    let fixture = Fixture::new().await;
    let longest = "x".repeat(100);
    for order_id in ["A", longest.as_str()] {
        fixture.order(fixture.admin(), order_id, "MIDTRANS").await;
        let free = format!("B{}", &order_id[1..]);
        let mut answers = Vec::new();
        for order_id in [order_id, &free] {
            let mut payment = fixture.order(fixture.other(), order_id, "MIDTRANS").await;
            assert_eq!(payment["orderId"], order_id);
            for own in ["id", "legacyId", "orderId"] {
                payment[own] = Value::Null;
            }
            answers.push(payment);
        }
        assert_eq!(answers[0], answers[1], "as for an id that nobody has");
        let input = json!({ "orderId": order_id, "provider": "MIDTRANS", "amount": 1 });
        for actor in [fixture.admin(), fixture.other()] {
            let again = actor.graphql_with(CREATE, json!({ "input": input })).await;
            assert_eq!(again.broken_rules(), ["orderId TAKEN"], "twice in one realm");
        }
        let query = format!("{{ payment(orderId: \"{order_id}\") {{ realm orderId status }} }}");
        let cancel =
            format!("mutation {{ cancelPayment(input: {{ orderId: \"{order_id}\" }}) {{ payment {{ realm }} }} }}");
        assert_eq!(fixture.other().graphql(&cancel).await.ok()["cancelPayment"]["payment"]["realm"], "SCHOLARSHIP");
        for (actor, realm, status) in [
            (fixture.admin(), "TALENTS_MAPPING", "PENDING"),
            (fixture.other(), "SCHOLARSHIP", "CANCELLED"),
            (fixture.gateway_admin(), "TALENTS_MAPPING", "PENDING"),
        ] {
            let seen = actor.graphql(&query).await.ok();
            assert_eq!(seen["payment"], json!({ "realm": realm, "orderId": order_id, "status": status }));
        }
    }
}

#[tokio::test]
async fn of_equal_realms_orders_with_the_same_id_the_one_that_matches_is_paid() {
    let replay =
        "mutation ($input: ReplayWebhookEventInput!) { replayWebhookEvent(input: $input) { event { status } } }";
    // Those two that go before the others, and two of the others.
    for (own_realm, other_realm) in [(Realm::TalentsMapping, Realm::Staff), (Realm::Scholarship, Realm::Notary)] {
        for (amount, cancelled, outcome, own, other) in [
            (1, false, "APPLIED", "PAID", "PENDING"),
            (150_000, false, "FLAGGED", "PENDING", "PENDING"),
            (150_000, true, "APPLIED", "PAID", "CANCELLED"),
        ] {
            let fixture = Fixture::new().await;
            for (realm, amount) in [(own_realm, 150_000), (other_realm, amount)] {
                let input = json!({
                    "orderId": "A", "provider": "MIDTRANS", "amount": amount,
                    "realm": async_graphql::InputType::to_value(&realm).to_string()
                });
                fixture.gateway_admin().graphql_with(CREATE, json!({ "input": input })).await.ok();
            }
            if cancelled {
                fixture.set_status(2, Status::Cancelled).await;
            }
            let event = fixture.event("e", "A", None).await;
            let input = json!({ "id": event.id.to_string() });
            let replayed = fixture.gateway_admin().graphql_with(replay, json!({ "input": input })).await.ok();
            assert_eq!(replayed["replayWebhookEvent"]["event"]["status"], outcome);
            let query = "{ payments(direction: ASC) { nodes { status } } }";
            let payments = fixture.gateway_admin().graphql(query).await.ok()["payments"]["nodes"].take();
            assert_eq!(payments, json!([{ "status": own }, { "status": other }]), "{own_realm:?} {amount} {cancelled}");
        }
    }
}

#[tokio::test]
async fn replaying_an_event_gives_it_to_no_other_realm() {
    let fixture = Fixture::new().await;
    let event = fixture.event("e", "A", None).await;
    fixture.app.clock.advance(chrono::TimeDelta::minutes(1));
    fixture.order(fixture.other(), "A", "MIDTRANS").await;
    let replay = "mutation ($input: ReplayWebhookEventInput!) {
        replayWebhookEvent(input: $input) { event { status payment { orderId } } }
    }";
    let input = json!({ "input": { "id": event.id.to_string() } });
    let replayed = fixture.gateway_admin().graphql_with(replay, input).await.ok();
    assert_eq!(replayed["replayWebhookEvent"]["event"], json!({ "status": "UNMATCHED", "payment": null }));
    let seen = fixture.other().graphql(r#"{ payment(orderId: "A") { status } }"#).await.ok();
    assert_eq!(seen["payment"]["status"], "PENDING");
}
