//! Notifications: everybody reads their own, as a list and as they come in.

use chrono::TimeDelta;
use gerbang::{
    accounts::{Realm, Role, user},
    events::Event,
    notifications::rules::{notify, prune_notifications},
};
use serde_json::{Value, json};

use crate::support::{TestApp, database::TestDatabase};

/// Tells `user` something, one second after the last.
async fn notify_user(app: &TestApp, user: &user::row::Model, title: &str) -> Event {
    app.clock.advance(TimeDelta::seconds(1));
    let transaction = app.domain.db.begin().await.unwrap();
    let event = notify(&app.domain, &transaction, user.id, title, "Isi").await.unwrap();
    transaction.commit().await.unwrap();
    event
}

async fn applicant(app: &TestApp) -> user::row::Model {
    app.user(Realm::Scholarship, Role::Applicant).await
}

/// Titles of the notifications that this selection finds.
async fn titles(app: &TestApp, user: &user::row::Model, arguments: &str) -> Value {
    let query = format!("{{ notifications(first: 100, {arguments}) {{ totalCount nodes {{ title }} }} }}");
    let list = app.as_user(user).graphql(&query).await.ok()["notifications"].take();
    let titles: Vec<_> = list["nodes"].as_array().unwrap().iter().map(|row| row["title"].clone()).collect();
    assert_eq!(list["totalCount"], titles.len());
    Value::from(titles)
}

#[tokio::test]
async fn users_read_their_own_notifications_only() {
    for database in TestDatabase::each().await {
        let app = TestApp::on(database, |_| ()).await;
        let (own, other) = (applicant(&app).await, applicant(&app).await);
        for (user, title) in [(&own, "A"), (&other, "B"), (&own, "C"), (&own, "D")] {
            notify_user(&app, user, title).await;
        }
        let list = "{ notifications { nodes { id legacyId title message isRead readAt createdAt updatedAt user { legacyId } } } }";
        let rows = app.as_user(&own).graphql(list).await.ok()["notifications"]["nodes"].take();
        let newest = &rows[0];
        assert_eq!(newest["id"], format!("notification_{}", newest["legacyId"].as_str().unwrap()));
        assert_eq!((&newest["title"], &newest["message"]), (&json!("D"), &json!("Isi")));
        assert_eq!((&newest["isRead"], &newest["readAt"]), (&json!(false), &Value::Null));
        assert_eq!(newest["user"]["legacyId"], own.uuid.to_string());

        app.clock.advance(TimeDelta::minutes(1));
        let mark = "mutation($id: ID!) { markNotificationRead(input: { id: $id }) { notification { title isRead readAt updatedAt } } }";
        for id in [&newest["id"], &newest["legacyId"]] {
            let marked = app.as_user(&own).graphql_with(mark, json!({ "id": id })).await.ok();
            assert_eq!(
                marked["markNotificationRead"]["notification"],
                json!({ "title": "D", "isRead": true, "readAt": "2026-02-03T04:06:10+00:00", "updatedAt": "2026-02-03T04:06:10+00:00" })
            );
            app.clock.advance(TimeDelta::minutes(1));
        }
        assert_eq!(titles(&app, &own, "direction: DESC").await, json!(["D", "C", "A"]));
        assert_eq!(titles(&app, &own, "direction: ASC").await, json!(["A", "C", "D"]));
        assert_eq!(titles(&app, &own, "filter: { unread: true }").await, json!(["C", "A"]));
        assert_eq!(titles(&app, &own, "filter: { unread: false }").await, json!(["D"]));

        // Neither seen nor changed by somebody else.
        assert_eq!(app.as_user(&other).graphql_with(mark, json!({ "id": newest["id"] })).await.code(), "NOT_FOUND");
        let node = "query($id: ID!) { node(id: $id) { ... on Notification { title } } }";
        let id = json!({ "id": newest["id"] });
        assert_eq!(app.as_user(&own).graphql_with(node, id.clone()).await.ok(), json!({ "node": { "title": "D" } }));
        assert_eq!(app.as_user(&other).graphql_with(node, id.clone()).await.ok(), json!({ "node": null }));
        assert_eq!(app.anonymous().graphql_with(node, id).await.ok(), json!({ "node": null }));
        for id in ["x", "", "notification_1", "00000000-0000-0000-0000-000000000000"] {
            assert_eq!(app.as_user(&own).graphql_with(mark, json!({ "id": id })).await.code(), "NOT_FOUND", "{id}");
        }

        let all = "mutation { markAllNotificationsRead { marked } }";
        let marked = async || app.as_user(&own).graphql(all).await.ok()["markAllNotificationsRead"]["marked"].take();
        assert_eq!((marked().await, marked().await), (json!(2), json!(0)));
        assert_eq!(titles(&app, &own, "filter: { unread: true }").await, json!([]));
        assert_eq!(titles(&app, &other, "filter: { unread: true }").await, json!(["B"]));
    }
}

#[tokio::test]
async fn anonymous_callers_cannot_use_notifications() {
    let app = TestApp::new().await;
    for document in [
        "{ notifications { nodes { id } } }",
        r#"mutation { markNotificationRead(input: { id: "x" }) { notification { id } } }"#,
        "mutation { markAllNotificationsRead { marked } }",
    ] {
        assert_eq!(app.anonymous().graphql(document).await.code(), "UNAUTHENTICATED", "{document}");
    }
    let refused = app.anonymous().subscribe(WATCH).next().await.unwrap();
    assert_eq!(refused.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn an_admin_reads_the_notifications_of_a_user_of_the_realm() {
    let app = TestApp::new().await;
    let (own, other) = (applicant(&app).await, applicant(&app).await);
    notify_user(&app, &own, "A").await;
    let admin = app.user(Realm::Scholarship, Role::Admin).await;
    let gateway_admin = app.user(Realm::Staff, Role::Admin).await;
    let employee = app.user(Realm::Staff, Role::Employee).await;
    let stranger = app.user(Realm::Notary, Role::Admin).await;
    notify_user(&app, &admin, "Admin").await;
    notify_user(&app, &gateway_admin, "Gateway").await;
    let of = |user: &user::row::Model| format!(r#"filter: {{ userId: "user_{}" }}"#, user.id);
    assert_eq!(titles(&app, &admin, "direction: DESC").await, json!(["Admin"]));
    assert_eq!(titles(&app, &admin, &of(&own)).await, json!(["A"]));
    assert_eq!(titles(&app, &gateway_admin, &of(&own)).await, json!(["A"]));
    assert_eq!(titles(&app, &own, &of(&own)).await, json!(["A"]));
    assert_eq!(titles(&app, &other, &of(&own)).await, json!([]));
    assert_eq!(titles(&app, &stranger, &of(&own)).await, json!([]));
    assert_eq!(titles(&app, &employee, &of(&gateway_admin)).await, json!([]));
    assert_eq!(titles(&app, &admin, r#"filter: { userId: "user_99" }"#).await, json!([]));
}

#[tokio::test]
async fn lists_are_paged_and_statements_do_not_grow_with_their_rows() {
    let app = TestApp::new().await;
    let own = applicant(&app).await;
    let read = async |arguments: &str| {
        let before = app.statements();
        let query = format!(
            "{{ notifications({arguments}) {{ totalCount nodes {{ title user {{ name }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        );
        let list = app.as_user(&own).graphql(&query).await.ok()["notifications"].take();
        let titles: Vec<_> =
            list["nodes"].as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect();
        let info = list["pageInfo"].clone();
        let around = (info["hasPreviousPage"] == true, info["hasNextPage"] == true);
        (titles.join(" "), around, info, app.statements() - before)
    };
    notify_user(&app, &own, "1").await;
    let few = read("first: 100").await.3;
    for number in 2..=101 {
        notify_user(&app, &own, &number.to_string()).await;
    }
    let (all, around, _, many) = read("first: 100").await;
    // A list that ends with its page is counted by that.
    assert_eq!((few, many), (1, 2));
    assert!(all.starts_with("101 100 ") && all.ends_with(" 3 2") && around == (false, true), "{all}");
    let (titles, around, info, _) = read("first: 2").await;
    assert_eq!((titles.as_str(), around), ("101 100", (false, true)));
    let (titles, around, ..) = read(&format!("first: 2, after: {}", info["endCursor"])).await;
    assert_eq!((titles.as_str(), around), ("99 98", (true, true)));
    let (titles, around, info, _) = read("last: 2").await;
    assert_eq!((titles.as_str(), around), ("2 1", (true, false)));
    let (titles, around, ..) = read(&format!("last: 2, before: {}", info["startCursor"])).await;
    assert_eq!((titles.as_str(), around), ("4 3", (true, true)));
    let (titles, around, ..) = read("page: 51, perPage: 2").await;
    assert_eq!((titles.as_str(), around), ("1", (true, false)));
    for (arguments, rule) in [
        ("first: 101", "first MAX"),
        ("last: -1", "last MIN"),
        ("page: 0", "page MIN"),
        ("perPage: 101", "perPage MAX"),
        (r#"after: "x""#, "after CURSOR"),
    ] {
        let query = format!("{{ notifications({arguments}) {{ totalCount }} }}");
        assert_eq!(app.as_user(&own).graphql(&query).await.broken_rules(), [rule]);
    }
}

const WATCH: &str = "subscription { notificationReceived { title isRead user { name } } }";

#[tokio::test]
async fn subscribers_receive_their_own_notifications() {
    let app = TestApp::new().await;
    let (own, other) = (applicant(&app).await, applicant(&app).await);
    notify_user(&app, &own, "before").await;
    let mut watcher = app.as_user(&own).subscribe(WATCH);
    for (user, title) in [(&other, "theirs"), (&own, "first"), (&own, "second")] {
        app.domain.events.publish(notify_user(&app, user, title).await);
    }
    for title in ["first", "second"] {
        let received = watcher.next().await.unwrap().ok();
        let user = json!({ "name": own.name });
        assert_eq!(received["notificationReceived"], json!({ "title": title, "isRead": false, "user": user }));
    }
    assert!(watcher.is_silent());
}

#[tokio::test]
async fn a_subscriber_that_falls_behind_gets_an_error_and_its_stream_ends() {
    let app = TestApp::new().await;
    let own = applicant(&app).await;
    let mut watcher = app.as_user(&own).subscribe(WATCH);
    let event = notify_user(&app, &own, "again").await;
    for _ in 0..2_000 {
        app.domain.events.publish(event);
    }
    assert_eq!(watcher.next().await.unwrap().code(), "UNAVAILABLE");
    assert!(watcher.next().await.is_none());
}

#[tokio::test]
async fn what_was_read_long_ago_is_removed() {
    let app = TestApp::with(|config| config.notifications.days = 30).await;
    let user = app.user(Realm::Scholarship, Role::Applicant).await;
    for number in 0..3 {
        notify(&app.domain, app.domain.db.write(), user.id, format!("T{number}"), "M").await.unwrap();
    }
    let page = app.as_user(&user).graphql("{ notifications { nodes { id } } }").await.ok();
    let id = &page["notifications"]["nodes"][0]["id"];
    let read = format!("mutation {{ markNotificationRead(input: {{ id: {id} }}) {{ notification {{ id }} }} }}");
    app.as_user(&user).graphql(&read).await.ok();
    app.clock.advance(TimeDelta::days(30));
    assert_eq!(prune_notifications(&app.domain).await.unwrap(), 0);
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(prune_notifications(&app.domain).await.unwrap(), 1);
    app.clock.advance(TimeDelta::days(1_000));
    assert_eq!(prune_notifications(&app.domain).await.unwrap(), 0, "nobody has read them");
}
