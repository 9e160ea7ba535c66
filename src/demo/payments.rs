//! Payments in every state, what their providers sent, and nine open ones to try the webhooks with.

use chrono::{DateTime, TimeDelta, Utc};
use gerbang_kernel::error::Result;
use rand::RngExt;

use super::{
    accounts::Users,
    seeder::Seeder,
    webhooks::{Delivery, delivery},
};
use crate::{
    accounts::{Realm, Role, user},
    payments::{
        event::{self, row::Status as Outcome},
        order::{
            self,
            row::{Provider, Status},
            transition::{Transition, transition},
        },
    },
};

/// Rupiah of each open order.
const OPEN_AMOUNT: i64 = 150_000;
const AMOUNTS: [i64; 4] = [150_000, 250_000, 375_000, 1_500_000];
const DESCRIPTIONS: [&str; 3] = ["Asesmen Talents Mapping", "Paket laporan lengkap", "Lisensi asesmen tim"];

/// A provider's status, and the payment's that it maps to.
type ProviderStatus = (&'static str, Status);

/// What Midtrans, DOKU and Xendit sent about one payment each, in order.
const MIDTRANS: [&[ProviderStatus]; 10] = [
    &[("settlement", Status::Paid)],
    &[("pending", Status::Pending), ("settlement", Status::Paid)],
    &[("settlement", Status::Paid), ("refund", Status::Refunded)],
    &[("expire", Status::Expired)],
    &[("deny", Status::Failed)],
    &[("cancel", Status::Cancelled)],
    &[("settlement", Status::Paid), ("partial_refund", Status::PartiallyRefunded)],
    &[("settlement", Status::Paid), ("chargeback", Status::ChargedBack)],
    &[("capture", Status::Review)],
    &[("settlement", Status::Paid), ("pending", Status::Pending)],
];
const DOKU: [&[ProviderStatus]; 5] = [
    &[("SUCCESS", Status::Paid)],
    &[("FAILED", Status::Failed), ("SUCCESS", Status::Paid)],
    &[("EXPIRED", Status::Expired), ("SUCCESS", Status::Paid)],
    &[("FAILED", Status::Failed)],
    &[("EXPIRED", Status::Expired)],
];
const XENDIT: [&[ProviderStatus]; 5] = [
    &[("PAID", Status::Paid)],
    &[("PAID", Status::Paid), ("SETTLED", Status::Paid)],
    &[("EXPIRED", Status::Expired)],
    &[("PAID", Status::Paid)],
    &[],
];

/// Adds the payments and the events that came in about them.
pub(crate) async fn fill(seeder: &mut Seeder, users: &Users) -> Result<()> {
    let payers = users.with(Role::Partner);
    let mut payments = Vec::new();
    let mut events = Vec::new();
    let midtrans = MIDTRANS.into_iter().map(|statuses| (Provider::Midtrans, statuses));
    let doku = DOKU.into_iter().map(|statuses| (Provider::Doku, statuses));
    let xendit = XENDIT.into_iter().map(|statuses| (Provider::Xendit, statuses));
    for (number, (provider, statuses)) in (1..).zip(midtrans.chain(doku).chain(xendit)) {
        let payer = seeder.pick(&payers);
        let mut payment = payment(seeder, number, provider, payer);
        for (place, &provider_status) in (0..).zip(statuses) {
            let at = payment.created_at + TimeDelta::minutes(9) + TimeDelta::hours(31 * place);
            events.push(event(seeder, &mut payment, provider_status, *at));
        }
        payments.push(payment);
    }
    payments.extend((1..=9).map(|number| open_payment(seeder, number)));
    let payments = seeder.insert_numbered::<order::row::Entity>(payments).await?;

    for event in &mut events {
        if let Some(payment) = payments.iter().find(|payment| payment.order_id == event.order_id) {
            (event.payment_id, event.realm) = (Some(payment.id), payment.realm);
        }
    }
    events.push(unmatched_event(seeder));
    events.sort_by_key(|event| event.received_at);
    seeder.insert_numbered::<event::row::Entity>(events).await?;
    Ok(())
}

fn payment(seeder: &mut Seeder, number: i64, provider: Provider, payer: &user::row::Model) -> order::row::Model {
    let created_at = seeder.days_ago(92 - 4 * number);
    order::row::Model {
        id: 0,
        order_id: format!("INV-{}-{number:06}", created_at.format("%Y")),
        realm: payer.realm,
        user_id: Some(payer.id),
        provider,
        amount: seeder.pick(&AMOUNTS),
        currency: "IDR".to_owned(),
        status: Status::Pending,
        late_payment: false,
        reversed: false,
        flagged: None,
        description: Some(seeder.pick(&DESCRIPTIONS).to_owned()),
        paid_at: None,
        created_at: created_at.into(),
        updated_at: created_at.into(),
    }
}

/// `DEMO-ORDER-1` to `-9`: three for each provider.
fn open_payment(seeder: &mut Seeder, number: i64) -> order::row::Model {
    let provider = match number {
        1..=3 => Provider::Midtrans,
        4..=6 => Provider::Doku,
        _ => Provider::Xendit,
    };
    let created_at = seeder.now - TimeDelta::minutes(seeder.rng.random_range(5..55)) - TimeDelta::hours(10 - number);
    order::row::Model {
        id: 0,
        order_id: format!("DEMO-ORDER-{number}"),
        realm: Realm::TalentsMapping,
        user_id: None,
        provider,
        amount: OPEN_AMOUNT,
        currency: "IDR".to_owned(),
        status: Status::Pending,
        late_payment: false,
        reversed: false,
        flagged: None,
        description: Some(DESCRIPTIONS[0].to_owned()),
        paid_at: None,
        created_at: created_at.into(),
        updated_at: created_at.into(),
    }
}

/// What the provider sent, with what it did to the payment.
fn event(
    seeder: &mut Seeder,
    payment: &mut order::row::Model,
    (provider_status, status): ProviderStatus,
    at: DateTime<Utc>,
) -> event::row::Model {
    let (outcome, reason) = match transition(payment.status, status, None) {
        Transition::Moves(effects) => {
            payment.status = status;
            payment.late_payment |= effects.late_payment;
            payment.reversed |= effects.reversed;
            payment.updated_at = at.into();
            if status == Status::Paid {
                payment.paid_at = Some(at.into());
            }
            (Outcome::Applied, None)
        }
        Transition::Unchanged => (Outcome::DuplicateState, None),
        Transition::Ignored | Transition::Contradicts => (Outcome::Ignored, Some("a payment does not go back")),
    };
    let Delivery { event_key, body, headers } = delivery(seeder, payment, provider_status, at);
    event::row::Model {
        id: 0,
        provider: payment.provider,
        event_key,
        order_id: payment.order_id.clone(),
        payment_id: None,
        realm: event::row::UNMATCHED,
        provider_status: provider_status.to_owned(),
        status: outcome,
        reason: reason.map(str::to_owned),
        amount: Some(payment.amount),
        currency: Some(payment.currency.clone()),
        body,
        headers,
        received_at: at.into(),
        created_at: at.into(),
        updated_at: at.into(),
    }
}

/// About an order that is not known here.
fn unmatched_event(seeder: &mut Seeder) -> event::row::Model {
    let mut stranger = open_payment(seeder, 9);
    "INV-2019-000042".clone_into(&mut stranger.order_id);
    let at = stranger.created_at + TimeDelta::minutes(2);
    let mut event = event(seeder, &mut stranger, ("PAID", Status::Paid), *at);
    event.status = Outcome::Unmatched;
    event.reason = Some("there is no such order".to_owned());
    event
}
