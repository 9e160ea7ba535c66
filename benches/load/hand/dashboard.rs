//! The dashboard of an affiliate.

use axum::{Json, extract::State, http::HeaderMap};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use gerbang_kernel::clock::Clock;
use gerbang_server::extract::Path;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Context, Result, authorize::affiliate, pool::fetch, rest::micros};

const SUMMARY: &str = "select
    (select count(*) from clicks where affiliate_id = $1 and created_at > $2),
    cast(coalesce(sum(case when hour >= $3 then clicks end), 0) as bigint),
    cast(coalesce(sum(leads), 0) as bigint),
    cast(coalesce(sum(payout_micros), 0) as bigint)
    from click_summaries where affiliate_id = $1";
const REPORT: &str = "select s.id, cast(coalesce(sum(c.clicks), 0) as bigint) as all_clicks,
    cast(coalesce(sum(c.leads), 0) as bigint), cast(coalesce(sum(c.approved_leads), 0) as bigint),
    cast(coalesce(sum(c.payout_micros), 0) as bigint)
    from sub_ids s left join click_summaries c on c.sub_id = s.id
    where s.affiliate_id = $1 group by s.id order by all_clicks desc, s.id limit 1000";
const CLICKS: &str = "select click_id, country_code, device_type, created_at from clicks
    where affiliate_id = $1 order by created_at desc, id desc limit 10";
const LEADS: &str = "select status, payout_micros, created_at, sub_id, country_code from leads
    where affiliate_id = $1 order by created_at desc, id desc limit 10";

#[derive(Serialize)]
pub(super) struct Dashboard {
    summary: Summary,
    report: Vec<Line>,
    recent_clicks: Vec<Click>,
    recent_leads: Vec<Lead>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    #[serde(rename = "liveClicksLast30Seconds")]
    live_clicks: i64,
    clicks_today: i64,
    total_leads: i64,
    total_payout: Box<RawValue>,
}

#[derive(Serialize)]
struct Line {
    sub_id: String,
    clicks: i64,
    leads: i64,
    approved_leads: i64,
    total_payout: Box<RawValue>,
    cr: f64,
}

#[derive(Serialize)]
struct Click {
    clickid: String,
    country_code: Option<String>,
    device_type: String,
    created_at: String,
}

#[derive(Serialize)]
struct Lead {
    status: String,
    payout: Box<RawValue>,
    created_at: String,
    sub_id: String,
    country_code: Option<String>,
}

type ClickRow = (String, Option<String>, String, DateTime<Utc>);
type LeadRow = (String, i64, DateTime<Utc>, String, Option<String>);

pub(super) async fn dashboard(
    State(context): State<Context>,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Json<Dashboard>> {
    affiliate(&context, &headers, id).await?;
    let pool = &context.pool;
    let now = Clock::system().now();
    let midnight = now.date_naive().and_time(NaiveTime::MIN).and_utc();
    let (live_clicks, clicks_today, total_leads, payout) =
        fetch!(fetch_one, pool, SUMMARY, id, now - TimeDelta::seconds(30), midnight)?;
    let report: Vec<(String, i64, i64, i64, i64)> = fetch!(fetch_all, pool, REPORT, id)?;
    let clicks: Vec<ClickRow> = fetch!(fetch_all, pool, CLICKS, id)?;
    let leads: Vec<LeadRow> = fetch!(fetch_all, pool, LEADS, id)?;
    let line = |(sub_id, clicks, leads, approved_leads, payout)| Line {
        sub_id,
        clicks,
        leads,
        approved_leads,
        total_payout: money(payout),
        cr: rate(approved_leads, clicks),
    };
    let click = |(clickid, country_code, device_type, created_at)| Click {
        clickid,
        country_code,
        device_type,
        created_at: micros(created_at),
    };
    let lead = |(status, payout, created_at, sub_id, country_code)| Lead {
        status,
        payout: money(payout),
        created_at: micros(created_at),
        sub_id,
        country_code,
    };
    Ok(Json(Dashboard {
        summary: Summary { live_clicks, clicks_today, total_leads, total_payout: money(payout) },
        report: report.into_iter().map(line).collect(),
        recent_clicks: clicks.into_iter().map(click).collect(),
        recent_leads: leads.into_iter().map(lead).collect(),
    }))
}

/// A number with two digits behind the point, which is what these offers pay in.
fn money(micros: i64) -> Box<RawValue> {
    let text = format!("{}.{:02}", micros / 1_000_000, micros % 1_000_000 / 10_000);
    RawValue::from_string(text).unwrap_or_default()
}

/// In percent, with one decimal.
fn rate(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 * 1_000.0 / whole as f64).round() / 10.0 }
}
