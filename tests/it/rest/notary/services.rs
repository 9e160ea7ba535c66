//! `/office/service`: open ones are everybody's, admins keep the list.

use chrono::TimeDelta;
use gerbang::{accounts::Role, notary::service};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::{Notary, text, with};
use crate::support::protocol::Reply;

const SERVICE: &str = "/office/service/service_id";

/// The API, its admin's token, and the document's service.
struct Office {
    api: Notary,
    admin: String,
}

impl Office {
    async fn new() -> Self {
        let api = Notary::new().await;
        let admin = api.token(Role::Admin).await;
        Self { api, admin }
    }

    /// With the documented service on the list.
    async fn open() -> Self {
        let office = Self::new().await;
        assert_eq!(office.send("POST", SERVICE, &created()).await.status, 201);
        office
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.api.call(method, path).token(&self.admin).json(body).await
    }

    /// A request of the admin's without a body.
    async fn plain(&self, method: &str, path: &str) -> Reply {
        self.api.call(method, path).token(&self.admin).send().await
    }

    /// The public list.
    async fn list(&self) -> Reply {
        self.api.get("/office/service").send().await
    }

    async fn row(&self) -> Option<service::row::Model> {
        service::row::Entity::find_by_id("service_id").one(self.api.0.app.domain.db.read()).await.unwrap()
    }
}

/// The document's request to create.
fn created() -> Value {
    json!({
        "name": "Service Name",
        "description": "Detailed service description",
        "fee": [{ "name": "Biaya Pelayanan", "amount": 1000 }],
        "tasks": ["Task 1", "Task 2"],
    })
}

/// The document's request to update.
fn updated() -> Value {
    json!({
        "name": "Updated Service Name",
        "description": "Updated service description",
        "fee": 1500,
        "tasks": ["Updated Task 1", "Updated Task 2"],
    })
}

/// The public list with these services.
fn listed(services: Value) -> Value {
    json!({ "data": services, "message": "Service list retrieved successfully" })
}

/// The document's service on the public list.
fn shown() -> Value {
    json!({
        "id": "service_id",
        "name": "Service Name",
        "description": "Detailed service description",
        "fee": [{ "name": "Biaya Pelayanan", "amount": 1000 }],
    })
}

#[tokio::test]
async fn the_list_is_public_and_without_tasks() {
    let office = Office::open().await;
    office.list().await.is(200, listed(json!([shown()])));
    // Whatever token there is.
    for token in ["nonsense", &office.admin] {
        let reply = office.api.get("/office/service").token(token).send().await;
        reply.is(200, listed(json!([shown()])));
    }
}

#[tokio::test]
async fn an_empty_list_is_an_empty_array() {
    Office::new().await.list().await.is(200, listed(json!([])));
}

#[tokio::test]
async fn an_id_is_taken_once() {
    let office = Office::open().await;
    office.send("POST", SERVICE, &updated()).await.says(400, "Service ID has been taken.");
    office.list().await.is(200, listed(json!([shown()])));
}

#[tokio::test]
async fn without_an_id_it_is_made_from_the_name() {
    let office = Office::open().await;
    office.api.0.app.clock.advance(TimeDelta::milliseconds(1));
    let reply = office.send("POST", "/office/service", &with(created(), &json!({ "name": "Akta Jual Beli" }))).await;
    assert_eq!((reply.status.as_u16(), text(&reply, "/data/id").as_str()), (201, "akta-jual-beli"));
    let again = office.send("POST", "/office/service", &with(created(), &json!({ "name": "Akta jual-beli" }))).await;
    again.says(400, "Service ID has been taken.");
    let ids = office.list().await.body["data"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
    assert_eq!(Value::Array(ids), json!(["service_id", "akta-jual-beli"]));
}

#[tokio::test]
async fn a_fee_may_be_a_bare_number_and_only_an_update_answers_it_so() {
    let office = Office::new().await;
    let number = with(created(), &json!({ "fee": 1000 }));
    let reply = office.send("POST", SERVICE, &number).await;
    assert_eq!((reply.status.as_u16(), &reply.body["data"]["fee"]), (201, &created()["fee"]));

    assert_eq!(office.send("PUT", SERVICE, &updated()).await.body["data"]["fee"], 1500);
    let as_list = json!([{ "name": "Biaya Pelayanan", "amount": 1500 }]);
    assert_eq!(office.list().await.body["data"][0]["fee"], as_list);

    let fees = json!([{ "name": "Biaya Pelayanan", "amount": 0 }, { "name": "Meterai", "amount": 10_000 }]);
    let reply = office.send("PUT", SERVICE, &with(updated(), &json!({ "fee": fees }))).await;
    assert_eq!((reply.status.as_u16(), &reply.body["data"]["fee"]), (200, &fees));
    assert_eq!(office.list().await.body["data"][0]["fee"], fees);
}

#[tokio::test]
async fn a_closed_service_is_listed_again_only_after_an_update_opens_it() {
    let office = Office::open().await;
    let closed =
        json!({ "data": { "id": "service_id", "status": "closed" }, "message": "Service closed successfully" });
    office.plain("PATCH", SERVICE).await.is(200, &closed);
    office.list().await.is(200, listed(json!([])));
    office.plain("PATCH", SERVICE).await.is(200, &closed);

    assert_eq!(office.send("PUT", SERVICE, &updated()).await.status, 200);
    office.list().await.is(200, listed(json!([])));
    let opened = office.send("PUT", SERVICE, &with(created(), &json!({ "status": "open" }))).await;
    assert_eq!(opened.keys("/data"), ["id", "name", "description", "fee", "tasks"]);
    office.list().await.is(200, listed(json!([shown()])));
    // An update that does not speak of it leaves it open.
    assert_eq!(office.send("PUT", SERVICE, &updated()).await.status, 200);
    assert_eq!(office.list().await.body["data"][0]["id"], "service_id");
}

fn deleted() -> Value {
    json!({ "data": { "id": "service_id", "status": "deleted" }, "message": "Service deleted successfully" })
}

#[tokio::test]
async fn a_service_that_nobody_ordered_is_removed() {
    let office = Office::open().await;
    office.send("DELETE", SERVICE, &json!({ "id": "service_id" })).await.is(200, deleted());
    assert_eq!(office.row().await, None);
    office.list().await.is(200, listed(json!([])));
    office.plain("DELETE", SERVICE).await.says(404, "Service not found");
    // Its id is free again.
    assert_eq!(office.send("POST", SERVICE, &created()).await.status, 201);
}

#[tokio::test]
async fn an_ordered_service_is_hidden_and_its_row_kept() {
    let office = Office::open().await;
    let customer = office.api.user(Role::Customer).await;
    let order = r#"mutation { orderService(input: { serviceId: "service_id" }) { order { id } } }"#;
    office.api.0.app.as_user(&customer).graphql(order).await.ok();
    // Without a body, as most clients send it.
    office.plain("DELETE", SERVICE).await.is(200, deleted());
    assert_eq!(office.row().await.map(|row| row.status), Some(service::row::Status::Deleted));
    office.list().await.is(200, listed(json!([])));
    // For good.
    office.plain("DELETE", SERVICE).await.says(404, "Service not found");
    office.plain("PATCH", SERVICE).await.says(404, "Service not found");
    let open = with(updated(), &json!({ "status": "open" }));
    office.send("PUT", SERVICE, &open).await.says(404, "Service not found");
    office.send("POST", SERVICE, &created()).await.says(400, "Service ID has been taken.");
    // The order still tells what was ordered.
    let query = "{ order(id: \"1\") { serviceId } }";
    let orders = office.api.0.app.as_user(&customer).graphql(query).await.ok();
    assert_eq!(orders["order"]["serviceId"], "service_service_id", "the kind and the id");
}

#[tokio::test]
async fn a_missing_service_answers_404() {
    let office = Office::open().await;
    for id in ["other", "id", "no%20slug", "%00"] {
        let path = format!("/office/service/{id}");
        office.send("PUT", &path, &updated()).await.says(404, "Service not found");
        office.plain("PATCH", &path).await.says(404, "Service not found");
        office.send("DELETE", &path, &json!({ "id": "service_id" })).await.says(404, "Service not found");
    }
    assert_eq!(office.list().await.body["data"][0]["id"], "service_id");
}

#[tokio::test]
async fn a_bad_body_is_refused() {
    let office = Office::open().await;
    let many: Vec<String> = (0..101).map(|number| format!("Task {number}")).collect();
    for changes in [
        json!({ "name": null }),
        json!({ "name": " " }),
        json!({ "name": 5 }),
        json!({ "name": "n".repeat(256) }),
        json!({ "description": null }),
        json!({ "description": "d".repeat(5001) }),
        json!({ "fee": null }),
        json!({ "fee": -1 }),
        json!({ "fee": "free" }),
        json!({ "fee": 1.5 }),
        json!({ "fee": [] }),
        json!({ "fee": {} }),
        json!({ "fee": [{ "name": "Biaya Pelayanan" }] }),
        json!({ "fee": [{ "name": "", "amount": 1000 }] }),
        json!({ "fee": [{ "name": "Biaya Pelayanan", "amount": -1 }] }),
        json!({ "fee": 9_007_199_254_740_992_i64 }),
        json!({ "fee": [{ "name": "A", "amount": 9_007_199_254_740_991_i64 }, { "name": "B", "amount": 1 }] }),
        json!({ "tasks": null }),
        json!({ "tasks": [] }),
        json!({ "tasks": "Task 1" }),
        json!({ "tasks": ["Task 1", 2] }),
        json!({ "tasks": many }),
    ] {
        for (method, path) in [("POST", "/office/service/other"), ("POST", "/office/service"), ("PUT", SERVICE)] {
            let reply = office.send(method, path, &with(created(), &changes)).await;
            assert_eq!((reply.status.as_u16(), reply.text.as_str()), (400, INVALID), "{method} {path} {changes}");
        }
    }
    let status = with(created(), &json!({ "status": "deleted" }));
    office.send("PUT", SERVICE, &status).await.says(400, "Invalid input parameters.");
    for body in ["", "{", "[]", "null", "\"text\""] {
        for (method, path) in [("POST", "/office/service/other"), ("PUT", SERVICE)] {
            let call = office.api.call(method, path).token(&office.admin);
            call.body("application/json", body).await.says(400, "Invalid input parameters.");
        }
    }
    office.send("POST", "/office/service/no%20slug", &created()).await.says(400, "Invalid input parameters.");
    office.list().await.is(200, listed(json!([shown()])));
}

const INVALID: &str = r#"{"message":"Invalid input parameters."}"#;

#[tokio::test]
async fn only_admins_change_the_list() {
    let office = Office::open().await;
    let mut others = Vec::new();
    for role in [Role::Notary, Role::Ppat, Role::Customer] {
        others.push(office.api.token(role).await);
    }
    for (method, path) in [
        ("POST", "/office/service/other"),
        ("POST", "/office/service"),
        ("PUT", SERVICE),
        ("PATCH", SERVICE),
        ("DELETE", SERVICE),
        // Whether it exists is not told either.
        ("PATCH", "/office/service/other"),
    ] {
        let call = || office.api.call(method, path);
        call().json(&created()).await.says(401, "Access denied to access this route.");
        call().token("token-string").json(&created()).await.says(401, "Access denied to access this route.");
        for token in &others {
            call().token(token).json(&created()).await.says(403, "Access denied");
            // Before anything is said about the body.
            call().token(token).send().await.says(403, "Access denied");
        }
    }
    office.list().await.is(200, listed(json!([shown()])));
}

#[tokio::test]
async fn a_form_changes_a_service_as_well() {
    let office = Office::open().await;
    let form = "name=Akta&description=Jual+beli&fee=1500&tasks[]=Satu&tasks[]=Dua";
    let reply = office.api.call("PUT", SERVICE).token(&office.admin).form(form).await;
    let body = json!({
        "data": {
            "id": "service_id", "name": "Akta", "description": "Jual beli", "fee": 1500, "tasks": ["Satu", "Dua"],
        },
        "message": "Service updated successfully",
    });
    reply.is(200, &body);
}
