//! Notifications of payment providers: right ones, those with other members, and bytes; signed rightly and wrongly.

use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    Target,
    inputs::{near, reshaped, text, value},
    request::Sent,
};
use crate::support::webhooks::{
    DOKU_SECRET, MIDTRANS_KEY, Notification, doku, doku_signed, midtrans, midtrans_saying, xendit, xendit_saying,
};

fn sent(Notification { path, headers, body }: Notification) -> Sent {
    let sent = Sent::new("POST", format!("/talentsmapping{path}")).body("application/json", body);
    headers.into_iter().fold(sent, |sent, (name, value)| sent.header(name, value))
}

fn body(notification: Notification) -> Value {
    serde_json::from_str(&notification.body).unwrap()
}

/// Signed as the provider would, whatever it says.
fn signed(provider: usize, body: Value, key: String) -> Notification {
    match provider {
        0 if ["order_id", "status_code", "gross_amount"].iter().all(|name| body[name].is_string()) => {
            midtrans_saying(MIDTRANS_KEY, body)
        }
        0 => Notification { path: "/api/midtrans/notif-hook".into(), headers: Vec::new(), body: body.to_string() },
        1 => doku_signed(DOKU_SECRET, "/talentsmapping/api/doku/notif-hook", "fuzz", body.to_string()).at_api(),
        _ => xendit_saying(&key, &body),
    }
}

impl Notification {
    /// Without the prefix that it was signed for.
    fn at_api(mut self) -> Self {
        self.path = self.path.replace("/talentsmapping", "");
        self
    }
}

fn shown(provider: usize, order: &str, status: &str) -> Notification {
    match provider {
        0 => midtrans(order, status),
        1 => doku(order, status, "fuzz"),
        _ => xendit(order, status, "fuzz"),
    }
}

#[test]
fn any_signed_notification_is_answered() {
    let target = Target::new();
    let status = select(vec!["settlement", "capture", "challenge", "refund", "SUCCESS", "REFUNDED", "PAID", "odd"]);
    let requests = (0_usize..3, text(), status).prop_flat_map(|(provider, order, status)| {
        let order = if order.is_empty() { "TM-1".to_owned() } else { order };
        let bodies = prop_oneof![8 => reshaped(body(shown(provider, &order, status))), 1 => value()];
        (bodies, "[a-z]{1,8}").prop_map(move |(body, key)| {
            // What has no members can't be signed by one of them.
            let body = if provider == 0 && !body.is_object() { json!({ "order_id": body }) } else { body };
            sent(signed(provider, body, key))
        })
    });
    let seen = target.fuzz(300, requests);
    assert!(seen.contains_key(&200), "{seen:?}");
}

#[test]
fn any_broken_notification_is_answered() {
    let target = Target::new();
    let requests = (0_usize..3).prop_flat_map(|provider| {
        let shown = shown(provider, "TM-1", "settlement");
        let headers = shown.headers.clone();
        let broken = near(vec![shown.body.clone().into_bytes()]);
        let others = (
            0..headers.len().max(1),
            near(headers.iter().map(|(_, value)| value.clone().into()).collect::<Vec<_>>().or_one()),
        );
        (Just(shown), broken, others).prop_map(|(shown, body, (place, value))| {
            let name = shown.headers.get(place).map_or("x-callback-token", |(name, _)| *name);
            let sent = sent(shown).header(name, value);
            Sent { body, ..sent }
        })
    });
    let seen = target.fuzz(300, requests);
    assert!(seen.keys().any(|status| (400..404).contains(status)), "{seen:?}");
}

/// Something to choose from.
trait OrOne {
    fn or_one(self) -> Self;
}

impl OrOne for Vec<Vec<u8>> {
    fn or_one(self) -> Self {
        if self.is_empty() { vec![Vec::new()] } else { self }
    }
}
