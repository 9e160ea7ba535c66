//! Lists that grew out of plain ones: page by page they give the same.

use chrono::TimeDelta;
use gerbang::{
    accounts::{Realm, Role},
    content::testimonial,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{TestApp, app::Actor};

/// The plain lists that are kept in memory, and whose admins they have.
const LISTS: [(&str, Realm); 4] = [
    ("services", Realm::Notary),
    ("faqs", Realm::Scholarship),
    ("testimonials", Realm::Scholarship),
    ("scholarshipPeriods", Realm::Scholarship),
];

/// Adds the row `n` to a list.
async fn add(app: &TestApp, actor: &Actor<'_>, list: &str, n: i32) {
    let (mutation, input) = match list {
        "services" => {
            let fees = json!([{ "name": "Biaya", "amount": 1 }]);
            let input =
                json!({ "id": format!("s{n}"), "name": "A", "description": "A", "fees": fees, "tasks": ["Periksa"] });
            ("mutation($input: CreateServiceInput!) { createService(input: $input) { service { id } } }", input)
        }
        "faqs" => {
            let input = json!({ "question": format!("{n}?"), "answer": "Ya." });
            ("mutation($input: CreateFaqInput!) { createFaq(input: $input) { faq { id } } }", input)
        }
        "testimonials" => {
            let now = app.clock.now();
            let row = testimonial::row::Model {
                id: Uuid::now_v7().into(),
                name: "Siti".to_owned(),
                photo_path: format!("{n}.png"),
                content: "Terima kasih.".to_owned(),
                position: n,
                created_at: now.into(),
                updated_at: now.into(),
            };
            app.insert(row).await;
            return;
        }
        _ => {
            let input = json!({
                "year": format!("202{n}"), "registrationOpensAt": format!("202{n}-01-01T00:00:00Z"),
                "registrationClosesAt": "2030-12-01T00:00:00Z", "startsAt": "2031-01-01T00:00:00Z",
                "endsAt": "2031-12-01T00:00:00Z"
            });
            let create = "mutation($input: CreateScholarshipPeriodInput!) {
                createScholarshipPeriod(input: $input) { scholarshipPeriod { id } }
            }";
            (create, input)
        }
    };
    actor.graphql_with(mutation, json!({ "input": input })).await.ok();
}

/// A page: the ids, whether rows precede and follow, and its cursors.
async fn page(actor: &Actor<'_>, list: &str, which: &str) -> (Vec<Value>, (bool, bool), Vec<Value>) {
    let query = format!(
        "{{ {list}Connection({which}) {{
            totalCount nodes {{ id }} edges {{ cursor node {{ id }} }}
            pageInfo {{ hasPreviousPage hasNextPage startCursor endCursor }}
        }} }}"
    );
    let page = actor.graphql(&query).await.ok()[format!("{list}Connection")].take();
    let each = |list: &Value, read: fn(&Value) -> &Value| list.as_array().unwrap().iter().map(read).cloned().collect();
    let ids: Vec<Value> = each(&page["nodes"], |node| &node["id"]);
    let cursors: Vec<Value> = each(&page["edges"], |edge| &edge["cursor"]);
    assert_eq!(page["totalCount"], 5, "{which}");
    assert_eq!(ids, each(&page["edges"], |edge| &edge["node"]["id"]), "{which}");
    let info = &page["pageInfo"];
    assert_eq!(
        (&info["startCursor"], &info["endCursor"]),
        (cursors.first().unwrap_or(&Value::Null), cursors.last().unwrap_or(&Value::Null))
    );
    (ids, (info["hasPreviousPage"] == true, info["hasNextPage"] == true), cursors)
}

#[tokio::test]
async fn what_is_kept_in_memory_is_paged() {
    let app = TestApp::new().await;
    for (list, realm) in LISTS {
        let admin = app.user(realm, Role::Admin).await;
        let actor = app.as_user(&admin);
        for n in 1..=5 {
            app.clock.advance(TimeDelta::seconds(1));
            add(&app, &actor, list, n).await;
        }
        let all = actor.graphql(&format!("{{ {list} {{ id }} }}")).await.ok()[list].take();
        let all: Vec<Value> = all.as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
        assert_eq!(all.len(), 5);

        assert_eq!(page(&actor, list, "first: 100").await.0, all);
        let (first, more, cursors) = page(&actor, list, "first: 2").await;
        assert_eq!((&first[..], more), (&all[..2], (false, true)), "{list}");
        let (next, more, _) = page(&actor, list, &format!("first: 2, after: {}", cursors[1])).await;
        assert_eq!((&next[..], more), (&all[2..4], (true, true)), "{list}");
        let (last, more, cursors) = page(&actor, list, "last: 2").await;
        assert_eq!((&last[..], more), (&all[3..], (true, false)), "{list}");
        let (before, more, _) = page(&actor, list, &format!("last: 2, before: {}", cursors[0])).await;
        assert_eq!((&before[..], more), (&all[1..3], (true, true)), "{list}");
        let (numbered, more, _) = page(&actor, list, "page: 3, perPage: 2").await;
        assert_eq!((&numbered[..], more), (&all[4..], (true, false)), "{list}");

        let refused = actor.graphql(&format!("{{ {list}Connection(after: \"x\") {{ totalCount }} }}")).await;
        assert_eq!(refused.broken_rules(), ["after CURSOR"], "{list}");
    }
    let closed = "mutation { closeService(input: { id: \"s1\" }) { service { id } } }";
    let admin = app.user(Realm::Notary, Role::Admin).await;
    app.as_user(&admin).graphql(closed).await.ok();
    let everybodys = app.anonymous().graphql("{ servicesConnection { totalCount } }").await.ok();
    assert_eq!(everybodys["servicesConnection"]["totalCount"], 4);
    let all = "{ servicesConnection(includeClosed: true) { totalCount } }";
    assert_eq!(app.as_user(&admin).graphql(all).await.ok()["servicesConnection"]["totalCount"], 5);
    assert_eq!(app.anonymous().graphql(all).await.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_cursor_is_of_its_order_alone() {
    let app = TestApp::new().await;
    app.partner("Satu").await;
    let admin = app.user(Realm::TalentsMapping, Role::Admin).await;
    let actor = app.as_user(&admin);
    for name in ["Ani", "Budi"] {
        let input = format!(r#"partnerId: "1", name: "{name}", email: "{name}@example.com""#);
        actor.graphql(&format!("mutation {{ createClient(input: {{ {input} }}) {{ client {{ id }} }} }}")).await.ok();
    }
    let orders = ["ID", "NAME", "EMAIL", "CREATED_AT", "UPDATED_AT"];
    for order in orders {
        let first = format!("{{ clients(first: 1, orderBy: {order}) {{ pageInfo {{ endCursor }} }} }}");
        let cursor = actor.graphql(&first).await.ok()["clients"]["pageInfo"]["endCursor"].clone();
        for other in orders {
            let next = format!("{{ clients(first: 1, orderBy: {other}, after: {cursor}) {{ nodes {{ name }} }} }}");
            let next = actor.graphql(&next).await;
            if order == other {
                assert_eq!(next.ok()["clients"]["nodes"][0]["name"], "Budi", "{order}");
            } else {
                assert_eq!(next.broken_rules(), ["after CURSOR"], "{order} as {other}");
            }
        }
    }
}
