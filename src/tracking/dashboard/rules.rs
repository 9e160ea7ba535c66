//! The numbers of the dashboard: the viewer's own for affiliates, everybody's for admins.
//!
//! They come from the sums kept by hour, only the live number from the clicks themselves (by index). Each function is one
//! statement, and whoever asks for the report and the numbers at the top has the sums of the period added up once.

use async_graphql::{ComplexObject, SimpleObject};
use chrono::NaiveTime;
use gerbang_graphql::{
    date::Date,
    integer::{SafeInt, int},
};
use gerbang_platform::query::limit::with_fixed_limit;
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use sea_orm::{
    DbBackend, FromQueryResult, JoinType, Order, RelationTrait, Select,
    sea_query::{Alias, BinOper, Expr, ExprTrait, Func},
};

use crate::{
    period::Period,
    prelude::rules::*,
    tracking::{
        click, lead,
        money::Money,
        sub_id,
        summary::{self, row::Column},
    },
};

/// How many of the newest clicks and leads are shown.
const RECENT: u64 = 10;
/// How many rows a report has at most.
const REPORT_ROWS: u64 = 1_000;
/// How far back a click is live.
const LIVE: TimeDelta = TimeDelta::seconds(30);

/// The numbers at the top of the dashboard.
#[derive(SimpleObject)]
pub struct TrackingSummary {
    /// Clicks of the last 30 seconds.
    live_clicks_last30_seconds: i32,
    /// Clicks since midnight, UTC.
    clicks_today: SafeInt,
    /// Leads of the period, whatever their status.
    total_leads: SafeInt,
    /// What the approved leads of the period pay. Amounts are added as they are, whatever their currency.
    total_payout: Money,
}

/// The sums of one sub id or of one day.
#[derive(FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct TrackingReportRow {
    /// The sub id; null in a report by day.
    sub_id: Option<String>,
    #[graphql(skip)]
    day: Option<String>,
    /// Clicks, with those of bots and repeats.
    clicks: SafeInt,
    /// Leads, whatever their status.
    leads: SafeInt,
    /// Approved leads.
    approved_leads: SafeInt,
    #[graphql(skip)]
    payout_micros: i64,
    #[graphql(skip)]
    leads_of_all: i64,
    #[graphql(skip)]
    payout_micros_of_all: i64,
}

#[ComplexObject]
impl TrackingReportRow {
    /// The day, UTC; null in a report by sub id.
    async fn day(&self) -> Option<Date> {
        Date::read(self.day.as_deref()?)
    }

    /// What the approved leads pay. Amounts are added as they are, whatever their currency.
    async fn total_payout(&self) -> Money {
        Money::from_micros(self.payout_micros)
    }

    /// Approved leads per 100 clicks, in percent, rounded to one decimal; 0 without clicks.
    async fn conversion_rate(&self) -> f64 {
        rate(self.approved_leads.into(), self.clicks.into())
    }
}

/// So many of so many in percent, rounded half up to one decimal.
fn rate(part: i64, whole: i64) -> f64 {
    let rate = (Decimal::from(part) * Decimal::ONE_HUNDRED).checked_div(whole.into()).unwrap_or_default();
    rate.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero).to_f64().unwrap_or_default()
}

/// Whether there is a dashboard for the viewer; the finders below show nothing to anybody else.
///
/// # Errors
/// `UNAUTHENTICATED` for anonymous callers, `FORBIDDEN` for a user of another realm.
pub fn may_see(viewer: &Viewer) -> Result<()> {
    viewer.require_realm(Realm::Apextrack).map(|_| ())
}

/// The numbers at the top; leads and payout are those of the period, from its `report` where there is one.
pub async fn summary(
    domain: &Domain,
    viewer: &Viewer,
    period: Period,
    report: Option<&[TrackingReportRow]>,
) -> Result<TrackingSummary> {
    let now = domain.clock.now();
    let midnight = now.date_naive().and_time(NaiveTime::MIN).and_utc();
    let live = click::row::Entity::visible_to(viewer)
        .filter(click::row::Column::CreatedAt.gt(now - LIVE))
        .select_only()
        .expr(Expr::cust("count(*)"));
    let today = summary::row::Entity::visible_to(viewer)
        .filter(Column::Hour.gte(midnight))
        .select_only()
        .expr(sum(Column::Clicks));
    // What the report has added up is not added up once more.
    let rest = if report.is_some() { Expr::value(false).into() } else { period.contains(Column::Hour) };
    let numbers = summary::row::Entity::visible_to(viewer)
        .filter(rest)
        .select_only()
        .column_as(Expr::from(live.into_query()), "live")
        .column_as(Expr::from(today.into_query()), "today")
        .column_as(sum(Column::Leads), "leads")
        .column_as(sum(Column::PayoutMicros), "payout_micros")
        .into_tuple::<(i64, i64, i64, i64)>();
    let (live, today, mut leads, mut payout_micros) = numbers.one(domain.db.read()).await?.unwrap_or_default();
    if let Some(row) = report.and_then(<[_]>::first) {
        (leads, payout_micros) = (row.leads_of_all, row.payout_micros_of_all);
    }
    Ok(TrackingSummary {
        live_clicks_last30_seconds: int(live.unsigned_abs()),
        clicks_today: today.into(),
        total_leads: leads.into(),
        total_payout: Money::from_micros(payout_micros),
    })
}

/// The sums of the period by sub id, most clicks first, with sub ids that nobody followed; 1,000 rows at most.
pub async fn report_by_sub_id(domain: &Domain, viewer: &Viewer, period: Period) -> Result<Vec<TrackingReportRow>> {
    let sums = summary::row::Relation::SubId.def().rev().on_condition(move |_, _| period.contains(Column::Hour));
    let rows = sub_id::row::Entity::visible_to(viewer)
        .join(JoinType::LeftJoin, sums)
        .select_only()
        .column_as(sub_id::row::Column::Id, "sub_id")
        .column_as(Expr::cust("cast(null as varchar)"), "day")
        .group_by(sub_id::row::Column::Id)
        .order_by(sum(Column::Clicks), Order::Desc)
        .order_by_asc(sub_id::row::Column::Id);
    report(domain, rows).await
}

/// The sums of the period by day, the newest first, without days on which nothing happened; 1,000 rows at most.
pub async fn report_by_day(domain: &Domain, viewer: &Viewer, period: Period) -> Result<Vec<TrackingReportRow>> {
    let day = match domain.db.backend() {
        DbBackend::Postgres => Expr::cust("to_char(hour at time zone 'UTC', 'YYYY-MM-DD')"),
        _ => Expr::cust("substr(hour, 1, 10)"),
    };
    let rows = summary::row::Entity::visible_to(viewer)
        .filter(period.contains(Column::Hour))
        .select_only()
        .column_as(Expr::cust("cast(null as varchar)"), "sub_id")
        .column_as(day.clone(), "day")
        .group_by(day.clone())
        .order_by(day, Order::Desc);
    report(domain, rows).await
}

async fn report<E: EntityTrait>(domain: &Domain, rows: Select<E>) -> Result<Vec<TrackingReportRow>> {
    Ok(rows
        .column_as(sum(Column::Clicks), "clicks")
        .column_as(sum(Column::Leads), "leads")
        .column_as(sum(Column::ApprovedLeads), "approved_leads")
        .column_as(sum(Column::PayoutMicros), "payout_micros")
        .column_as(of_all(sum(Column::Leads)), "leads_of_all")
        .column_as(of_all(sum(Column::PayoutMicros)), "payout_micros_of_all")
        .limit(REPORT_ROWS)
        .into_model()
        .all(domain.db.read())
        .await?)
}

/// The newest clicks of the period.
pub async fn recent_clicks(domain: &Domain, viewer: &Viewer, period: Period) -> Result<Vec<click::row::Model>> {
    use click::row::Column;
    let clicks = click::row::Entity::visible_to(viewer).filter(period.contains(Column::CreatedAt));
    let newest = clicks.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    recent(domain, newest).await
}

/// The newest leads of the period.
pub async fn recent_leads(domain: &Domain, viewer: &Viewer, period: Period) -> Result<Vec<lead::row::Model>> {
    use lead::row::Column;
    let leads = lead::row::Entity::visible_to(viewer).filter(period.contains(Column::CreatedAt));
    let newest = leads.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    recent(domain, newest).await
}

async fn recent<E: EntityTrait>(domain: &Domain, rows: Select<E>) -> Result<Vec<E::Model>> {
    let statement = with_fixed_limit(rows.limit(RECENT).build(domain.db.backend()));
    Ok(E::find().from_raw_sql(statement).all(domain.db.read()).await?)
}

/// The sum of a column, 0 without rows. PostgreSQL sums whole numbers to a decimal.
fn sum(column: Column) -> Expr {
    let sum = Func::sum(Expr::col((summary::row::Entity, column)));
    Expr::from(Func::coalesce([sum.into(), Expr::value(0)])).cast_as(Alias::new("bigint"))
}

/// What these sums of all rows of a report add up to, beside each, also of those behind the last that is shown.
fn of_all(sum: Expr) -> Expr {
    // The right side is written in brackets: `OVER ()`.
    let over_all = Expr::from(Func::sum(sum)).binary(BinOper::Custom("OVER"), Expr::cust(""));
    over_all.cast_as(Alias::new("bigint"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conversion_rate_has_one_decimal() {
        for (approved_leads, clicks, expected) in [
            (80, 500, "16"),
            (1, 3, "33.3"),
            (2, 3, "66.7"),
            (1, 2_000, "0.1"),
            (1, 2_001, "0"),
            (0, 0, "0"),
            (5, 0, "0"),
        ] {
            assert_eq!(rate(approved_leads, clicks).to_string(), expected, "{approved_leads} of {clicks}");
        }
    }
}
