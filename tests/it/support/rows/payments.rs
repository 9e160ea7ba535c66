//! Payments and what providers said about them.

use gerbang::{
    accounts::Realm,
    payments::{event, order as payment},
};

use super::{Rows, at, s};

impl Rows<'_> {
    pub(super) async fn payments(&mut self, n: u8) {
        let id = i64::from(n);
        self.keep(payment::row::Model {
            id,
            order_id: s("order", n),
            realm: Realm::Scholarship,
            user_id: Some(id),
            provider: payment::row::Provider::Doku,
            amount: id * 1_000_000_007,
            currency: "IDR".to_owned(),
            status: payment::row::Status::ChargedBack,
            late_payment: true,
            reversed: true,
            flagged: Some(s("flagged", n)),
            description: Some(s("description", n)),
            paid_at: Some(at(n).into()),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
        self.keep(event::row::Model {
            id,
            provider: payment::row::Provider::Doku,
            event_key: s("event", n),
            order_id: s("order", n),
            payment_id: Some(id),
            realm: Realm::Scholarship,
            provider_status: s("provider", n),
            status: event::row::Status::UnknownStatus,
            reason: Some(s("reason", n)),
            amount: Some(id * 1_000_000_007),
            currency: Some("IDR".to_owned()),
            body: s("body", n),
            headers: event::row::Headers([(s("header", n), s("value", n))].into()),
            received_at: at(n).into(),
            created_at: at(n).into(),
            updated_at: at(n).into(),
        })
        .await;
    }
}
