//! Conversions: the postbacks by which networks report that a click turned into a lead.
//!
//! Anybody may send one; what counts is that it names a click and carries the secret of the network behind the click's
//! offer. Networks repeat themselves, so a lead is one click and one transaction, and what comes again only changes its
//! status, forwards.

use chrono::{DateTime, Utc};
use gerbang_kernel::error::{CustomRule, Error, ErrorCode, Result, Rule};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, TryInsertResult,
};

use crate::{
    domain::Domain,
    events::Event,
    input::validate::{TEXT, Violations},
    tracking::{
        click,
        lead::{
            self,
            row::{ActiveModel, Column, Entity, Model, Status},
            rules::Decider,
        },
        money,
        network::{self, rules as networks},
        offer,
        summary::{self, rules::Change},
    },
};

/// What a network should have put in the place of a macro is there.
const MACRO: Rule = Rule::Custom(&CustomRule {
    name: "MACRO",
    english: "The value still contains an unreplaced macro.",
    indonesian: "Nilai masih berisi makro yang belum diganti.",
});

/// A postback as it was sent.
#[derive(Clone, Debug, Default)]
pub struct RecordConversion {
    /// The click's id, as the offer's URL carried it.
    pub click_id: String,
    /// What it pays, as a decimal number; what the offer pays if not given, and never more.
    pub payout: Option<String>,
    /// `pending`, `approved` or `rejected`; `approved` if not given.
    pub status: Option<String>,
    /// The network's transaction.
    pub txid: Option<String>,
    /// The network's secret.
    pub secret: Option<String>,
}

/// A lead and what this postback did to it.
#[derive(Clone, Debug)]
pub struct Conversion {
    /// The lead as it stands now.
    pub lead: Model,
    /// Whether it was reported for the first time.
    pub created: bool,
    /// Whether it is new or has another status than before.
    pub changed: bool,
}

/// A postback whose parts were checked.
struct Postback {
    click_id: String,
    payout_micros: Option<i64>,
    status: Status,
    txid: String,
}

/// Records that a click turned into a lead, or what became of the lead.
///
/// # Errors
/// `VALIDATION_FAILED` for a bad part or one with a macro that was not filled in, `NOT_FOUND` for an unknown click,
/// `FORBIDDEN` without the network's secret.
pub async fn record_conversion(domain: &Domain, input: RecordConversion) -> Result<Conversion> {
    let secret = input.secret.clone();
    let postback = checked(input)?;
    // Read outside the transaction, so that what is refused never waits for the writer.
    let (click, offer, network) = click_behind(domain, &postback.click_id).await?;
    if !networks::admits(&network, secret.as_deref().map(str::trim)) {
        tracing::warn!(network = network.id, click = click.id, "a postback did not carry the network's secret");
        return Err(Error::new(ErrorCode::Forbidden, "This postback does not carry the right secret."));
    }
    let payout_micros = postback.payout_micros.map(|payout| payout.min(offer.payout_micros));
    let now = domain.clock.now();
    let row = ActiveModel {
        click_id: Set(click.id),
        affiliate_id: Set(click.affiliate_id),
        sub_id: Set(click.sub_id),
        network_id: Set(network.id),
        txid: Set(postback.txid.clone()),
        status: Set(postback.status),
        payout_micros: Set(payout_micros.unwrap_or(offer.payout_micros)),
        currency: Set(offer.currency),
        country_code: Set(click.country_code),
        created_at: Set(now.into()),
        updated_at: Set(now.into()),
        ..Default::default()
    };
    let transaction = domain.db.begin().await?;
    let conversion = if let Some(lead) = inserted(&transaction, row).await? {
        summary::rules::add(&transaction, &lead.sub_id, lead.affiliate_id, now, Change::of_new(&lead)).await?;
        Conversion { lead, created: true, changed: true }
    } else {
        let lead = known_lead(&transaction, click.id, &postback.txid).await?;
        repeated(&transaction, lead, postback.status, payout_micros, now).await?
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
    _now: DateTime<Utc>,
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
async fn inserted(transaction: &DatabaseTransaction, row: ActiveModel) -> Result<Option<Model>> {
    let insert = Entity::insert(row).on_conflict_do_nothing_on([Column::ClickId, Column::Txid]);
    // For one row alone, the library takes a conflict for a failure.
    Ok(match insert.exec_with_returning_many(transaction).await? {
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

fn checked(input: RecordConversion) -> Result<Postback> {
    let RecordConversion { click_id, payout, status, txid, secret: _ } = input;
    let mut violations = Violations::new();
    let click_id = violations.text("input.clickId", &click_id, TEXT);
    has_no_macro(&mut violations, "input.clickId", &click_id);
    let payout = payout.filter(|payout| !payout.trim().is_empty());
    let payout_micros = payout
        .filter(|payout| has_no_macro(&mut violations, "input.payout", payout))
        .map(|payout| money::rules::checked(&mut violations, "input.payout", &payout));
    let status = status.filter(|status| !status.trim().is_empty());
    let status = status
        .filter(|status| has_no_macro(&mut violations, "input.status", status))
        .map_or(Some(Status::Approved), |status| status_called(&status));
    if status.is_none() {
        violations.add("input.status", Rule::In);
    }
    let txid = violations.optional_text("input.txid", txid.as_deref(), TEXT).unwrap_or_default();
    has_no_macro(&mut violations, "input.txid", &txid);
    violations.finish()?;
    Ok(Postback { click_id, payout_micros, status: status.unwrap_or(Status::Approved), txid })
}

/// A network that was set up wrongly sends `{clickid}` where the click's id should stand.
fn has_no_macro(violations: &mut Violations, path: &'static str, value: &str) -> bool {
    let has_macro = value.contains(['{', '}']);
    if has_macro {
        violations.add(path, MACRO);
    }
    !has_macro
}

fn status_called(word: &str) -> Option<Status> {
    match word.trim() {
        "pending" => Some(Status::Pending),
        "approved" => Some(Status::Approved),
        "rejected" => Some(Status::Rejected),
        _ => None,
    }
}
