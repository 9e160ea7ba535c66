//! Conversions: the postbacks by which networks report that a click turned into a lead.
//!
//! Anybody may send one; what counts is that it names a click and carries the secret of the network behind the click's
//! offer. Networks repeat themselves, so a lead is one click and one transaction, and what comes again only changes its
//! status, forwards.

use async_graphql::SimpleObject;
use gerbang_kernel::error::ErrorCode;
use gerbang_platform::query::constraint::{Violated, violated};
use sea_orm::{DatabaseTransaction, TryInsertResult};

use crate::{
    audit::{
        notes::{note, note_subject},
        row::AuditKind,
    },
    events::Event,
    prelude::rules::*,
    tracking::{
        click,
        lead::{
            self,
            row::{ActiveModel, Column, Entity, Model, Status},
            rules::Decider,
        },
        money::{Amount, MAX_AMOUNT, wrong_amount},
        network::{self, rules as networks},
        offer,
        summary::{self, rules::Change},
    },
};

gerbang_kernel::custom_rule! {
    /// What a network should have put in the place of a macro is there.
    MACRO: "The value still contains an unreplaced macro.", "Nilai masih berisi makro yang belum diganti."
}

/// A postback, in the words of the network. A value that still holds a macro (`{clickid}`) is refused.
#[rules]
#[derive(Debug, InputObject)]
pub struct RecordConversionInput {
    /// The click's id, as the offer's URL carried it.
    #[rule(text, max = 255, check = unreplaced_macro)]
    pub click_id: String,
    /// What the lead pays, in the offer's currency: what the offer pays if not given, and never more than that.
    #[rule(number, min = 0, max = MAX_AMOUNT, check = wrong_payout)]
    pub payout: Option<Amount>,
    /// `pending`, `approved` or `rejected`; `approved` if not given.
    #[rule(one_of = ["pending", "approved", "rejected"], optional, check = unreplaced_macro)]
    pub status: Option<String>,
    /// The network's transaction; without one, a click has one lead.
    #[rule(text, max = 255, optional, check = unreplaced_macro)]
    pub txid: Option<String>,
    /// The network's secret; needed if the network has one.
    pub secret: Option<String>,
}

/// The lead as it stands now.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "RecordConversionPayload")]
pub struct Conversion {
    /// Whether the lead was reported for the first time.
    pub created: bool,
    /// The lead.
    pub lead: Model,
    /// Whether it is new or has another status than before.
    #[graphql(skip)]
    pub changed: bool,
}

/// Records that a click turned into a lead, or what became of the lead.
///
/// # Errors
/// `VALIDATION_FAILED` for a bad part or one with a macro that was not filled in, `NOT_FOUND` for an unknown click,
/// `FORBIDDEN` without the network's secret.
pub async fn record_conversion(domain: &Domain, input: RecordConversionInput) -> Result<Conversion> {
    let recorded = record(domain, input).await;
    if let Err(error) = &recorded
        && matches!(error.code, ErrorCode::ValidationFailed | ErrorCode::NotFound | ErrorCode::Forbidden)
    {
        note(AuditKind::Webhook, Realm::Apextrack);
    }
    recorded
}

async fn record(domain: &Domain, input: RecordConversionInput) -> Result<Conversion> {
    let RecordConversionInput { click_id, payout, status, txid, secret } = input.check()?;
    let status = status.and_then(|word| status_called(&word)).unwrap_or(Status::Approved);
    let txid = txid.unwrap_or_default();
    // Read outside the transaction, so that what is refused never waits for the writer.
    let (click, offer, network) = click_behind(domain, &click_id).await?;
    if !networks::admits(&network, secret.as_deref().map(str::trim)) {
        note_subject::<network::row::Model>(&network.id);
        tracing::warn!(network = network.id, click = click.id, "a postback did not carry the network's secret");
        return Err(Error::new(ErrorCode::Forbidden, "This postback does not carry the right secret."));
    }
    let payout_micros = payout.and_then(|payout| payout.micros()).map(|payout| payout.min(offer.payout_micros));
    let now = domain.clock.now();
    let row = ActiveModel {
        click_id: Set(click.id),
        affiliate_id: Set(click.affiliate_id),
        sub_id: Set(click.sub_id),
        network_id: Set(network.id),
        txid: Set(txid.clone()),
        status: Set(status),
        payout_micros: Set(payout_micros.unwrap_or(offer.payout_micros)),
        currency: Set(offer.currency),
        country_code: Set(click.country_code),
        // The library fills them in only for rows that it adds one by one.
        created_at: Set(now.into()),
        updated_at: Set(now.into()),
        ..Default::default()
    };
    let transaction = domain.db.begin().await?;
    let conversion = if let Some(lead) = inserted(&transaction, row).await? {
        summary::rules::add(&transaction, &lead.sub_id, lead.affiliate_id, now, Change::of_new(&lead)).await?;
        Conversion { lead, created: true, changed: true }
    } else {
        let lead = known_lead(&transaction, click.id, &txid).await?;
        repeated(&transaction, lead, status, payout_micros).await?
    };
    transaction.commit().await?;
    let lead = &conversion.lead;
    if conversion.changed {
        domain.events.publish(Event::LeadUpdated { id: lead.id, affiliate_id: lead.affiliate_id });
    }
    Ok(conversion)
}

/// What a postback does to a lead that was reported before.
async fn repeated(
    transaction: &DatabaseTransaction,
    lead: Model,
    status: Status,
    payout_micros: Option<i64>,
) -> Result<Conversion> {
    if !lead::rules::may_move(lead.status, status, Decider::Network) {
        return Ok(Conversion { lead, created: false, changed: false });
    }
    // What is decided at last is what is paid; a rejected lead keeps the amount that it would have paid.
    let payout_micros = payout_micros.filter(|_| status == Status::Approved).unwrap_or(lead.payout_micros);
    let lead = lead::rules::change(transaction, lead, status, payout_micros).await?;
    Ok(Conversion { lead, created: false, changed: true })
}

/// The click with this id, its offer and the network behind it.
async fn click_behind(
    domain: &Domain,
    click_id: &str,
) -> Result<(click::row::Model, offer::row::Model, network::row::Model)> {
    let found = click::row::Entity::find()
        .filter(click::row::Column::ClickId.eq(click_id))
        .find_also_related(offer::row::Entity)
        .and_also_related(network::row::Entity)
        .one(domain.db.read())
        .await?;
    match found {
        Some((click, Some(offer), Some(network))) => Ok((click, offer, network)),
        _ => Err(Error::not_found("Click")),
    }
}

/// The new lead; `None` if there is one of this click and transaction already.
///
/// # Errors
/// `NOT_FOUND` for a click that left since it was read.
async fn inserted(transaction: &DatabaseTransaction, row: ActiveModel) -> Result<Option<Model>> {
    let insert = Entity::insert(row).on_conflict_do_nothing_on([Column::ClickId, Column::Txid]);
    // For one row alone, the library takes a conflict for a failure.
    let inserted = insert.exec_with_returning_many(transaction).await.map_err(|error| match violated(&error) {
        Some(Violated::ForeignKey) => Error::not_found("Click"),
        _ => error.into(),
    })?;
    Ok(match inserted {
        TryInsertResult::Inserted(rows) => rows.into_iter().next(),
        TryInsertResult::Conflicted | TryInsertResult::Empty => None,
    })
}

/// The lead that was reported before; nobody else changes it until the transaction ends.
async fn known_lead(transaction: &DatabaseTransaction, click_id: i64, txid: &str) -> Result<Model> {
    let found = Entity::find()
        .filter(Column::ClickId.eq(click_id))
        .filter(Column::Txid.eq(txid))
        .lock_exclusive()
        .one(transaction)
        .await?;
    found.ok_or_else(|| Error::internal("the lead that stood in the way is gone"))
}

/// A network that was set up wrongly sends `{clickid}` where the click's id should stand.
fn unreplaced_macro(value: &str) -> Option<Rule> {
    value.contains(['{', '}']).then_some(MACRO)
}

fn wrong_payout(payout: &str) -> Option<Rule> {
    if payout.is_empty() { None } else { unreplaced_macro(payout).or_else(|| wrong_amount(payout)) }
}

fn status_called(word: &str) -> Option<Status> {
    match word {
        "pending" => Some(Status::Pending),
        "approved" => Some(Status::Approved),
        "rejected" => Some(Status::Rejected),
        _ => None,
    }
}
