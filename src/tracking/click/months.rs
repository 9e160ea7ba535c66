//! The months of clicks. On PostgreSQL each is a table of its own, made before its first click comes and dropped when its
//! last has had its time; functions of the database (`m20260101_000024_click_partitions.rs`) do either. SQLite has one table.

use chrono::{Datelike, Months, NaiveDate, NaiveTime};
use gerbang_kernel::error::is_lock_refused;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, TryGetable};

use crate::prelude::rules::*;

/// Months that are there before their time comes.
const AHEAD: u32 = 2;
/// Who waits for a table has others wait behind, clicks too; and to find the clicks of a month that have leads takes as long
/// as there are many.
const LIMITS: &str = "set local lock_timeout = '1s'; set local statement_timeout = 0";
const TABLES: &str = "select relname::text as name from pg_inherits join pg_class on oid = inhrelid
    where inhparent = 'clicks'::regclass order by 1";

/// The beginning of the month that holds this time.
pub(super) fn month_of(at: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let first = NaiveDate::from_ymd_opt(at.year(), at.month(), 1).ok_or_else(beyond)?;
    Ok(first.and_time(NaiveTime::MIN).and_utc())
}

fn later(at: DateTime<Utc>, months: u32) -> Result<DateTime<Utc>> {
    at.checked_add_months(Months::new(months)).ok_or_else(beyond)
}

fn beyond() -> Error {
    Error::internal("a month is beyond all times")
}

/// Makes the months from one time to another that are not there yet; says how many. Clicks that came before their month
/// was there move to it.
///
/// # Errors
/// When the database refuses it.
pub async fn make_months(db: &impl ConnectionTrait, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<u64> {
    let mut made = 0;
    if db.get_database_backend() == DbBackend::Postgres {
        let mut month = month_of(from)?;
        while month <= to {
            made += u64::from(call::<bool>(db, "make_click_month", month).await?);
            month = later(month, 1)?;
        }
    }
    Ok(made)
}

/// Makes this month and the next ones; says how many were not there. For the worker.
///
/// # Errors
/// When the database refuses it. That others are at work with the table is none: the next time will do.
pub async fn make_months_ahead(domain: &Domain) -> Result<u64> {
    let now = domain.clock.now();
    let mut made = 0;
    if domain.db.backend() == DbBackend::Postgres {
        for ahead in 0..=AHEAD {
            let is_new = unless_locked::<bool>(domain, "make_click_month", later(now, ahead)?).await?;
            made += u64::from(is_new.unwrap_or_default());
        }
    }
    Ok(made)
}

/// What became of old months.
#[derive(Debug, Default)]
pub(super) struct Removal {
    /// Clicks that went.
    pub(super) clicks: u64,
    /// Whether others were at work with the table, so that some month is still there.
    pub(super) is_postponed: bool,
}

/// Drops the months that end before this time, but those that end before `cleared_before`; clicks that turned into leads
/// stay.
pub(super) async fn remove_months(
    domain: &Domain,
    cleared_before: Option<DateTime<Utc>>,
    before: DateTime<Utc>,
) -> Result<Removal> {
    let mut removal = Removal::default();
    if domain.db.backend() == DbBackend::Postgres {
        for month in months(domain).await? {
            let end = later(month, 1)?;
            if end > before || cleared_before.is_some_and(|cleared_before| end <= cleared_before) {
                continue;
            }
            match unless_locked::<i64>(domain, "remove_click_month", month).await? {
                Some(clicks) => removal.clicks += clicks.unsigned_abs(),
                None => removal.is_postponed = true,
            }
        }
    }
    Ok(removal)
}

/// Those that are there, the oldest first.
async fn months(domain: &Domain) -> Result<Vec<DateTime<Utc>>> {
    let tables = domain.db.read().query_all_raw(Statement::from_string(DbBackend::Postgres, TABLES)).await?;
    let names = tables.iter().map(|table| table.try_get("", "name")).collect::<Result<Vec<String>, _>>()?;
    let month = |name: &String| {
        let first = NaiveDate::parse_from_str(&format!("{name}_01"), "clicks_%Y_%m_%d").ok()?;
        Some(first.and_time(NaiveTime::MIN).and_utc())
    };
    Ok(names.iter().filter_map(month).collect())
}

/// Calls a function for a month in a transaction of its own; `None` where it would have to wait for others.
async fn unless_locked<T: TryGetable>(domain: &Domain, function: &str, month: DateTime<Utc>) -> Result<Option<T>> {
    let transaction = domain.db.begin().await?;
    transaction.execute_unprepared(LIMITS).await?;
    match call(&transaction, function, month).await {
        Ok(answer) => {
            transaction.commit().await?;
            Ok(Some(answer))
        }
        Err(error) if is_lock_refused(&error) => {
            tracing::warn!(function, %month, "others are at work with the clicks: tried again in an hour");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

async fn call<T: TryGetable>(db: &impl ConnectionTrait, function: &str, month: DateTime<Utc>) -> Result<T, DbErr> {
    let sql = format!("select {function}($1) as answer");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [month.into()]);
    let row = db.query_one_raw(statement).await?.ok_or_else(|| DbErr::RecordNotFound(function.to_owned()))?;
    row.try_get("", "answer")
}
