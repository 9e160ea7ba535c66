//! Payments through the schema.

mod events;
mod orders;

use chrono::TimeDelta;
use gerbang::{
    accounts::{Realm, Role, user},
    payments::{
        event::{self, row::Status},
        order::{self, row::Provider},
    },
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};

use crate::support::{TestApp, app::Actor};

const CREATE: &str = "mutation($input: CreatePaymentOrderInput!) { createPaymentOrder(input: $input) { payment {
    id legacyId orderId status amount currency provider realm latePayment reversed flagged description paidAt
} } }";

/// An application with an admin of talents mapping, one of the scholarship realm, and one of the gateway.
struct Fixture {
    app: TestApp,
    admin: user::row::Model,
    other: user::row::Model,
    gateway_admin: user::row::Model,
}

impl Fixture {
    async fn new() -> Self {
        Self::on(TestApp::new().await).await
    }

    async fn on(app: TestApp) -> Self {
        let admin = app.user(Realm::TalentsMapping, Role::Admin).await;
        let other = app.user(Realm::Scholarship, Role::Admin).await;
        let gateway_admin = app.user(Realm::Staff, Role::Admin).await;
        Self { app, admin, other, gateway_admin }
    }

    fn admin(&self) -> Actor<'_> {
        self.app.as_user(&self.admin)
    }

    fn other(&self) -> Actor<'_> {
        self.app.as_user(&self.other)
    }

    fn gateway_admin(&self) -> Actor<'_> {
        self.app.as_user(&self.gateway_admin)
    }

    /// Adds an order of 150,000 rupiah.
    async fn order(&self, actor: Actor<'_>, order_id: &str, provider: &str) -> Value {
        let input = json!({ "orderId": order_id, "provider": provider, "amount": 150_000 });
        let payment =
            actor.graphql_with(CREATE, json!({ "input": input })).await.ok()["createPaymentOrder"]["payment"].take();
        self.app.clock.advance(TimeDelta::minutes(1));
        payment
    }

    /// Brings a payment to a status, as a provider would.
    async fn set_status(&self, id: i64, status: order::row::Status) {
        let row = order::row::ActiveModel { id: Set(id), status: Set(status), ..Default::default() };
        row.update(self.app.domain.db.write()).await.unwrap();
    }

    /// Stores an event, as a provider's notification would.
    async fn event(&self, key: &str, order_id: &str, payment_id: Option<i64>) -> event::row::Model {
        let now = self.app.clock.now();
        let payment = order::row::Entity::find_by_id(payment_id.unwrap_or_default());
        let payment = payment.one(self.app.domain.db.read()).await.unwrap();
        let row = event::row::ActiveModel {
            provider: Set(Provider::Midtrans),
            event_key: Set(key.to_owned()),
            order_id: Set(order_id.to_owned()),
            payment_id: Set(payment_id),
            realm: Set(payment.map_or(Realm::TalentsMapping, |payment| payment.realm)),
            provider_status: Set("settlement".to_owned()),
            status: Set(if payment_id.is_some() { Status::Applied } else { Status::Unmatched }),
            reason: Set(payment_id.is_none().then(|| "no such order".to_owned())),
            amount: Set(Some(150_000)),
            currency: Set(Some("IDR".to_owned())),
            body: Set(body(order_id)),
            headers: Set(event::row::Headers::default()),
            received_at: Set(now.into()),
            created_at: Set(now.into()),
            updated_at: Set(now.into()),
            ..Default::default()
        };
        row.insert(self.app.domain.db.write()).await.unwrap()
    }
}

/// As Midtrans sends it, as far as it is read.
fn body(order_id: &str) -> String {
    json!({ "order_id": order_id, "transaction_status": "settlement", "status_code": "200", "gross_amount": "150000.00" })
        .to_string()
}
