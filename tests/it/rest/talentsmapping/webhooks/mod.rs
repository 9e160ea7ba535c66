//! Chapter 3: the notifications of Midtrans, DOKU and Xendit, by the providers' own rules.

mod confirmation;
mod differences;
mod late_orders;
mod once;
mod other_realms;
mod refusals;
mod transitions;
mod vectors;

use gerbang::{
    accounts::{Realm, Role, user},
    config::Config,
    payments::{event, order::row::Provider},
};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::support::{
    TestApp,
    app::{Actor, Answer},
    database::TestDatabase,
    legacy::Legacy,
    protocol::Reply,
    webhooks::Notification,
};

const CREATE: &str = "mutation($input: CreatePaymentOrderInput!) { createPaymentOrder(input: $input) {
    payment { status latePayment reversed flagged paidAt events { status } }
} }";

/// A server, and an admin of talents mapping.
struct Shop {
    legacy: Legacy,
    admin: user::row::Model,
}

impl Shop {
    async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// With other settings than the demo's keys.
    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::on(TestDatabase::up_to_date().await, change).await
    }

    async fn on(database: TestDatabase, change: impl FnOnce(&mut Config)) -> Self {
        let app = TestApp::on(database, change).await;
        let admin = app.user(Realm::TalentsMapping, Role::Admin).await;
        Self { legacy: Legacy::over(app), admin }
    }

    fn admin(&self) -> Actor<'_> {
        self.legacy.app.as_user(&self.admin)
    }

    /// Adds an order of 150,000 rupiah.
    async fn order(&self, order_id: &str, provider: Provider) -> Value {
        self.order_of(json!({
            "orderId": order_id, "amount": 150_000, "provider": async_graphql::InputType::to_value(&provider).to_string()
        }))
        .await
    }

    async fn order_of(&self, input: Value) -> Value {
        let answer = self.admin().graphql_with(CREATE, json!({ "input": input })).await;
        answer.ok()["createPaymentOrder"]["payment"].take()
    }

    async fn send(&self, notification: &Notification) -> Reply {
        notification.send(&self.legacy).await
    }

    /// Sends a notification that must be taken.
    async fn deliver(&self, notification: &Notification) {
        self.send(notification).await.says(200, "OK");
    }

    async fn payment(&self, order_id: &str) -> Value {
        let query = "query($id: String!) { payment(orderId: $id) {
            status latePayment reversed flagged events { providerStatus status }
        } }";
        self.admin().graphql_with(query, json!({ "id": order_id })).await.ok()["payment"].take()
    }

    async fn status(&self, order_id: &str) -> String {
        self.payment(order_id).await["status"].as_str().unwrap().to_owned()
    }

    /// The outcomes of all events about an order, matched or not, in the order in which they came in.
    async fn outcomes(&self, order_id: &str) -> Vec<String> {
        let query = "query($id: String!) { webhookEvents(filter: { orderId: $id }, direction: ASC, first: 100) {
            nodes { status }
        } }";
        let events = self.admin().graphql_with(query, json!({ "id": order_id })).await.ok()["webhookEvents"].take();
        let events = events["nodes"].as_array().unwrap();
        events.iter().map(|event| event["status"].as_str().unwrap().to_owned()).collect()
    }

    /// How many events are stored.
    async fn events(&self) -> u64 {
        event::row::Entity::find().count(self.legacy.app.domain.db.read()).await.unwrap()
    }

    async fn replay(&self, id: i64) -> Answer {
        let query = "mutation($id: ID!) { replayWebhookEvent(input: { id: $id }) {
            event { status reason payment { status flagged } }
        } }";
        self.admin().graphql_with(query, json!({ "id": format!("webhookEvent_{id}") })).await
    }
}
