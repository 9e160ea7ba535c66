//! The summary that anybody may see: counts, and for admins what was paid. Months and days are UTC.

use std::collections::BTreeMap;

use async_graphql::SimpleObject;
use chrono::{Datelike, Months, NaiveDate};
use gerbang_graphql::integer::{Rupiah, int};
use sea_orm::{Condition, DbBackend, PaginatorTrait, Select, sea_query::Expr};

use crate::{
    payments::order::row::{Provider, Status},
    period::{MAX_MONTHS, Period},
    prelude::rules::*,
    talents::{assessment, client, partner},
};

/// Counts of one month.
#[derive(SimpleObject)]
pub struct MonthSummary {
    /// The month as `YYYY-MM`.
    month: String,
    /// How many clients were added.
    clients: i32,
    /// How many assessments were made.
    assessments: i32,
}

/// Payments of one provider in one state.
#[derive(SimpleObject)]
pub struct PaymentSummary {
    /// Who collects them.
    provider: Provider,
    /// Where they stand.
    status: Status,
    /// How many there are.
    count: i32,
    /// The sum of those in rupiah.
    total: Rupiah,
}

/// How many partners were added.
pub async fn partners(domain: &Domain, period: Period) -> Result<u64> {
    count(domain, partner::row::Entity::find(), period.contains(partner::row::Column::CreatedAt)).await
}

/// How many clients were added.
pub async fn clients(domain: &Domain, period: Period) -> Result<u64> {
    count(domain, client::row::Entity::find(), period.contains(client::row::Column::CreatedAt)).await
}

/// How many assessments were made.
pub async fn assessments(domain: &Domain, period: Period) -> Result<u64> {
    count(domain, assessment::result_row::Entity::find(), period.contains(assessment::result_row::Column::AssessedAt))
        .await
}

/// Month by month without a gap, ten years at most.
pub async fn months(domain: &Domain, period: Period) -> Result<Vec<MonthSummary>> {
    let clients = by_month(domain, client::row::Entity::find(), client::row::Column::CreatedAt, period).await?;
    let results = assessment::result_row::Entity::find();
    let assessments = by_month(domain, results, assessment::result_row::Column::AssessedAt, period).await?;
    let first_used = clients.keys().chain(assessments.keys()).min().and_then(|month| first_day(month));
    let last = period.to().unwrap_or_else(|| domain.clock.now().date_naive());
    let Some(from) = period.from().or(first_used) else { return Ok(Vec::new()) };
    let earliest = last.checked_sub_months(Months::new(MAX_MONTHS)).unwrap_or(from);
    let mut month = from.max(earliest).with_day(1);
    let mut counts = Vec::new();
    while let Some(day) = month.filter(|day| *day <= last) {
        let month_name = day.format("%Y-%m").to_string();
        let of = |months: &BTreeMap<String, u64>| int(months.get(&month_name).copied().unwrap_or_default());
        let (clients, assessments) = (of(&clients), of(&assessments));
        counts.push(MonthSummary { month: month_name, clients, assessments });
        month = day.checked_add_months(Months::new(1));
    }
    Ok(counts)
}

/// The payments of talents mapping by provider and state, for its admins and those of the gateway; `None` for others.
pub async fn payments(domain: &Domain, viewer: &Viewer, period: Period) -> Result<Option<Vec<PaymentSummary>>> {
    use crate::payments::order::row::{Column, Entity};
    if !viewer.is_admin_of(Realm::TalentsMapping) {
        return Ok(None);
    }
    let rows = Entity::visible_to(viewer)
        .filter(Column::Realm.eq(Realm::TalentsMapping))
        .filter(period.contains(Column::CreatedAt))
        .select_only()
        .columns([Column::Provider, Column::Status])
        .column_as(Expr::cust("count(*)"), "count")
        .column_as(Expr::cust("cast(sum(case when currency = 'IDR' then amount else 0 end) as bigint)"), "total")
        .group_by(Column::Provider)
        .group_by(Column::Status)
        .order_by_asc(Column::Provider)
        .order_by_asc(Column::Status)
        .into_tuple::<(Provider, Status, i64, i64)>()
        .all(domain.db.read())
        .await?;
    let summary = |(provider, status, count, total): (_, _, i64, i64)| PaymentSummary {
        provider,
        status,
        count: int(count),
        total: total.into(),
    };
    Ok(Some(rows.into_iter().map(summary).collect()))
}

async fn count<E: EntityTrait<Model: Sync>>(domain: &Domain, all: Select<E>, within: Condition) -> Result<u64> {
    Ok(all.filter(within).count(domain.db.read()).await?)
}

/// How many rows have their `time` in each month of the period.
async fn by_month<E: EntityTrait>(
    domain: &Domain,
    all: Select<E>,
    time: E::Column,
    period: Period,
) -> Result<BTreeMap<String, u64>> {
    let db = domain.db.read();
    let name = sea_orm::IdenStatic::as_str(&time);
    let month = match domain.db.backend() {
        DbBackend::Postgres => Expr::cust(format!("to_char({name} at time zone 'UTC', 'YYYY-MM')")),
        _ => Expr::cust(format!("substr({name}, 1, 7)")),
    };
    let rows = all
        .filter(period.contains(time))
        .select_only()
        .column_as(month.clone(), "month")
        .column_as(Expr::cust("count(*)"), "rows")
        .group_by(month)
        .into_tuple::<(String, i64)>()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(month, rows)| (month, rows.unsigned_abs())).collect())
}

fn first_day(month: &str) -> Option<NaiveDate> {
    format!("{month}-01").parse().ok()
}
