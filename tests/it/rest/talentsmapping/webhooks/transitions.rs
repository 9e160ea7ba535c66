//! A payment's status after any notifications: the table of the fact sheet.

use std::collections::HashSet;

use gerbang::payments::order::row::Provider;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::json;

use super::Shop;
use crate::support::webhooks::{Notification, doku, midtrans, xendit};

/// One row for each status before, one column for each after: `=` the same, `+` moves, `L` moves and is late, `R` moves
/// if Midtrans reverses a settlement, `V` if it cancels a capture, `.` stays, `!` stays and is flagged.
const TABLE: [(&str, &str); 9] = [
    ("PENDING", "=+++++!!!"),
    ("REVIEW", ".=++++!!!"),
    ("PAID", "..=R.V+++"),
    ("FAILED", "..+=++!!!"),
    ("EXPIRED", "..L.=.!!!"),
    ("CANCELLED", "..L..=!!!"),
    ("PARTIALLY_REFUNDED", "......=++"),
    ("REFUNDED", ".......=+"),
    ("CHARGED_BACK", "........="),
];

const MIDTRANS: [(&str, &str); 13] = [
    ("pending", "PENDING"),
    ("authorize", "PENDING"),
    ("challenge", "REVIEW"),
    ("capture", "PAID"),
    ("settlement", "PAID"),
    ("deny", "FAILED"),
    ("failure", "FAILED"),
    ("expire", "EXPIRED"),
    ("cancel", "CANCELLED"),
    ("partial_refund", "PARTIALLY_REFUNDED"),
    ("refund", "REFUNDED"),
    ("chargeback", "CHARGED_BACK"),
    ("partial_chargeback", "CHARGED_BACK"),
];
const DOKU: [(&str, &str); 7] = [
    ("PENDING", "PENDING"),
    ("REDIRECT", "PENDING"),
    ("TIMEOUT", "PENDING"),
    ("SUCCESS", "PAID"),
    ("FAILED", "FAILED"),
    ("EXPIRED", "EXPIRED"),
    ("REFUNDED", "REFUNDED"),
];
const XENDIT: [(&str, &str); 4] =
    [("PENDING", "PENDING"), ("PAID", "PAID"), ("SETTLED", "PAID"), ("EXPIRED", "EXPIRED")];

/// A payment as the table has it.
#[derive(Debug)]
struct Expected {
    status: &'static str,
    /// `late`, `reversed`, `flagged`, `captured`, `settled`
    marks: HashSet<&'static str>,
}

impl Expected {
    fn new() -> Self {
        Self { status: "PENDING", marks: HashSet::new() }
    }

    fn is(&self, mark: &str) -> bool {
        self.marks.contains(mark)
    }

    fn applies(&mut self, provider_status: &'static str, status: &'static str) {
        let place = |status: &str| TABLE.iter().position(|(name, _)| *name == status).unwrap();
        let cell = TABLE[place(self.status)].1.as_bytes()[place(status)];
        let (moves, mark) = match cell {
            b'+' => (true, None),
            b'L' => (true, Some("late")),
            b'R' => (provider_status == "deny" && self.is("settled"), Some("reversed")),
            b'V' => (provider_status == "cancel" && self.is("captured") && !self.is("settled"), None),
            b'!' => (false, Some("flagged")),
            _ => (false, None),
        };
        if moves || cell == b'!' {
            self.marks.extend(mark);
        }
        if moves {
            self.status = status;
        }
        if moves || cell == b'=' {
            self.marks.extend((provider_status == "capture").then_some("captured"));
            self.marks.extend((provider_status == "settlement").then_some("settled"));
        }
    }
}

/// A provider's statuses, each with the payment's that it maps to.
fn statuses(provider: Provider) -> &'static [(&'static str, &'static str)] {
    match provider {
        Provider::Midtrans => &MIDTRANS,
        Provider::Doku => &DOKU,
        Provider::Xendit => &XENDIT,
    }
}

fn notification(provider: Provider, order_id: &str, provider_status: &str) -> Notification {
    let key = format!("{order_id}-{provider_status}");
    match provider {
        Provider::Midtrans => midtrans(order_id, provider_status),
        Provider::Doku => doku(order_id, provider_status, &key),
        Provider::Xendit => xendit(order_id, provider_status, &key),
    }
}

/// Delivers these statuses in this order and compares.
async fn compare(shop: &Shop, provider: Provider, order_id: &str, sent: &[usize], order_first: bool) {
    let statuses = statuses(provider);
    if order_first {
        shop.order(order_id, provider).await;
    }
    let mut expected = Expected::new();
    let mut seen = HashSet::new();
    for &index in sent {
        let (provider_status, status) = statuses[index % statuses.len()];
        shop.deliver(&notification(provider, order_id, provider_status)).await;
        // What is repeated says nothing new.
        if seen.insert(provider_status) {
            expected.applies(provider_status, status);
        }
    }
    if !order_first {
        shop.order(order_id, provider).await;
    }
    let payment = shop.payment(order_id).await;
    let found = json!([payment["status"], payment["latePayment"], payment["reversed"], payment["flagged"].is_string()]);
    let wanted = json!([expected.status, expected.is("late"), expected.is("reversed"), expected.is("flagged")]);
    let sent: Vec<_> = sent.iter().map(|index| statuses[index % statuses.len()].0).collect();
    assert_eq!(found, wanted, "{provider:?} {order_first} {sent:?}");
    assert_eq!(payment["events"].as_array().unwrap().len(), seen.len(), "{sent:?}");
}

#[test]
fn any_order_and_repetition_ends_as_the_table_says() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let shop = runtime.block_on(Shop::new());
    let mut number = 0;
    let mut runner = TestRunner::new(Config { cases: 96, failure_persistence: None, ..Config::default() });
    let providers = prop_oneof![3 => Just(Provider::Midtrans), 1 => Just(Provider::Doku), 1 => Just(Provider::Xendit)];
    let number = std::cell::RefCell::new(&mut number);
    runner
        .run(&(providers, vec(0..MIDTRANS.len(), 1..10), any::<bool>()), |(provider, sent, order_first)| {
            let mut number = number.borrow_mut();
            **number += 1;
            let order_id = format!("P-{number}");
            runtime.block_on(compare(&shop, provider, &order_id, &sent, order_first));
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn every_two_statuses_of_midtrans_end_as_the_table_says() {
    let shop = Shop::new().await;
    for first in 0..MIDTRANS.len() {
        for second in 0..MIDTRANS.len() {
            let order_id = format!("P-{first}-{second}");
            compare(&shop, Provider::Midtrans, &order_id, &[first, second], true).await;
        }
    }
}

#[tokio::test]
async fn a_deny_reverses_only_a_settlement_and_a_cancel_only_a_capture() {
    let shop = Shop::new().await;
    for (order_id, sent, status, reversed) in [
        ("A", &["settlement", "deny"][..], "FAILED", true),
        ("B", &["capture", "deny"], "PAID", false),
        ("C", &["capture", "cancel"], "CANCELLED", false),
        ("D", &["capture", "settlement", "cancel"], "PAID", false),
        ("E", &["settlement", "capture", "cancel"], "PAID", false),
        ("F", &["settlement", "failure"], "PAID", false),
        ("G", &["settlement", "expire"], "PAID", false),
        ("H", &["settlement", "pending"], "PAID", false),
        ("I", &["deny", "settlement", "refund", "deny"], "REFUNDED", false),
    ] {
        shop.order(order_id, Provider::Midtrans).await;
        for provider_status in sent {
            shop.deliver(&midtrans(order_id, provider_status)).await;
        }
        let payment = shop.payment(order_id).await;
        assert_eq!((&payment["status"], &payment["reversed"]), (&json!(status), &json!(reversed)), "{sent:?}");
    }
}

#[tokio::test]
async fn an_event_says_why_it_changed_nothing() {
    let shop = Shop::new().await;
    shop.order("A", Provider::Midtrans).await;
    for provider_status in ["settlement", "pending", "capture"] {
        shop.deliver(&midtrans("A", provider_status)).await;
    }
    let query = "{ webhookEvents(direction: ASC) { nodes { providerStatus status reason } } }";
    let events = shop.admin().graphql(query).await.ok()["webhookEvents"]["nodes"].take();
    assert_eq!(
        events,
        json!([
            { "providerStatus": "settlement", "status": "APPLIED", "reason": null },
            { "providerStatus": "pending", "status": "IGNORED", "reason": "the payment is PAID and does not go to PENDING" },
            { "providerStatus": "capture", "status": "DUPLICATE_STATE", "reason": null }
        ])
    );
}
