//! Six-digit codes by mail or SMS: one a minute and five a day per address, good for ten minutes and one
//! use, dead after five wrong tries or when a newer one is sent.

use std::cmp;

use gerbang_platform::db::Db;
use sea_orm::{ActiveEnum, ConnectionTrait, DatabaseTransaction, ExprTrait, sea_query::Expr};

use crate::{
    accounts::{
        token,
        verification::row::{ActiveModel, Column, Entity, Model, Purpose},
    },
    prelude::rules::*,
};

/// Minutes that a code lives.
pub(crate) const MINUTES: i64 = 10;
/// The wait between two codes to one address.
pub(crate) const RESEND_INTERVAL: TimeDelta = TimeDelta::minutes(1);
/// Codes to one address in a day.
pub(crate) const PER_DAY: usize = 5;
/// Wrong tries that kill a code.
const MAX_TRIES: i32 = 5;
/// Wrong tries in a day that stop resets.
const MAX_TRIES_PER_DAY: i32 = 10;
const DAY: TimeDelta = TimeDelta::days(1);

/// What a code is for and where it was sent. A code opens nothing else.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    purpose: Purpose,
    address: String,
}

impl Target {
    /// Codes for `purpose` to this e-mail address or number (normalised) in this realm.
    pub(crate) fn new(purpose: Purpose, realm: Realm, address: &str) -> Self {
        Self { purpose, address: format!("{}:{address}", realm.to_value()) }
    }

    fn scope(&self) -> String {
        format!("{}|{}", self.purpose.to_value(), self.address)
    }

    /// The codes of the last day, newest first. Others that ask wait until this transaction ends.
    async fn codes(&self, transaction: &DatabaseTransaction, now: DateTime<Utc>) -> Result<Vec<Model>> {
        Db::lock(transaction, &self.scope()).await?;
        let codes = Entity::find()
            .filter(Column::Target.eq(&self.address))
            .filter(Column::Purpose.eq(self.purpose))
            .filter(Column::SentAt.gt(now - DAY))
            .order_by_desc(Column::SentAt)
            .order_by_desc(Column::Id)
            .all(transaction)
            .await?;
        Ok(codes)
    }

    /// Stops resets for a day where somebody guesses.
    fn refuse_guessing(&self, sent: &[Model], now: DateTime<Utc>) -> Result<()> {
        let tries: i32 = sent.iter().map(|code| code.attempts).sum();
        if self.purpose != Purpose::PasswordReset || tries < MAX_TRIES_PER_DAY {
            return Ok(());
        }
        let oldest = sent.iter().rfind(|code| code.attempts > 0);
        oldest.map_or(Ok(()), |oldest| Err(wait_until(oldest.sent_at + DAY, now)))
    }
}

/// A new code. Without a user it opens nothing, but counts as if it had been sent.
///
/// # Errors
/// `RATE_LIMITED` within a minute of the last one, after five in a day, and for resets after ten wrong tries in a day.
pub(crate) async fn issue(
    domain: &Domain,
    transaction: &DatabaseTransaction,
    target: &Target,
    user_id: Option<i64>,
) -> Result<String> {
    let now = domain.clock.now();
    let sent = target.codes(transaction, now).await?;
    target.refuse_guessing(&sent, now)?;
    pause(&sent.iter().map(|code| code.sent_at).collect::<Vec<_>>(), PER_DAY, now)?;
    let code = token::rules::digits();
    let row = ActiveModel {
        user_id: Set(user_id),
        purpose: Set(target.purpose),
        target: Set(target.address.clone()),
        code_hash: Set(domain.tokens.seal(&target.scope(), &code)?),
        attempts: Set(0),
        max_attempts: Set(MAX_TRIES),
        sent_at: Set(now),
        expires_at: Set(now + TimeDelta::minutes(MINUTES)),
        ..Default::default()
    };
    row.insert(transaction).await?;
    Ok(code)
}

/// Refuses another message to an address that got some at these times (newest first), of which a day allows `most`.
pub(crate) fn pause(sent: &[DateTime<Utc>], max: usize, now: DateTime<Utc>) -> Result<()> {
    let next = sent.first().map(|last| *last + RESEND_INTERVAL).filter(|next| *next > now);
    let next = cmp::max(next, sent.get(max - 1).map(|last| *last + DAY));
    next.map_or(Ok(()), |next| Err(wait_until(next, now)))
}

/// Uses a code up and says whose it is; `None` if it is wrong, used up or expired. Commit in either case:
/// wrong tries count.
///
/// # Errors
/// `RATE_LIMITED` for resets after ten wrong tries in a day.
pub(crate) async fn redeem(
    domain: &Domain,
    transaction: &DatabaseTransaction,
    target: &Target,
    code: &str,
) -> Result<Option<i64>> {
    let now = domain.clock.now();
    let sent = target.codes(transaction, now).await?;
    target.refuse_guessing(&sent, now)?;
    // A newer code has killed the others.
    let Some(newest) = sent.into_iter().next() else { return Ok(None) };
    let alive = newest.used_at.is_none() && newest.attempts < newest.max_attempts && newest.expires_at > now;
    if alive && domain.tokens.unseals(&target.scope(), code.trim(), &newest.code_hash) {
        update(transaction, newest.id, Column::UsedAt, Expr::value(now)).await?;
        return Ok(newest.user_id);
    }
    update(transaction, newest.id, Column::Attempts, Expr::col(Column::Attempts).add(1)).await?;
    Ok(None)
}

async fn update(db: &impl ConnectionTrait, id: i64, column: Column, value: Expr) -> Result<()> {
    Entity::update_many().col_expr(column, value).filter(Column::Id.eq(id)).exec(db).await?;
    Ok(())
}

fn wait_until(next: DateTime<Utc>, now: DateTime<Utc>) -> Error {
    let milliseconds = (next - now).num_milliseconds();
    Error::rate_limited(cmp::max(1, milliseconds.unsigned_abs().div_ceil(1_000)))
}
