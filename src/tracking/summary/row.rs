//! Sums by link and hour, so that reports need not count clicks.

use gerbang_platform::query::keys::{column, json, text_of};
use sea_orm::{DbBackend, Statement};

use crate::prelude::row::*;

const ADD_POSTGRES: &str = "
    insert into click_summaries (sub_id, hour, affiliate_id, clicks, leads, approved_leads, payout_micros)
    select v.sub_id, v.hour, v.affiliate_id, v.clicks, v.leads, v.approved_leads, v.payout_micros
    from unnest($1::text[], $2::timestamptz[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
        with ordinality
        as v(sub_id, hour, affiliate_id, clicks, leads, approved_leads, payout_micros, place)
    order by v.place
    on conflict (sub_id, hour) do update set clicks = click_summaries.clicks + excluded.clicks,
        leads = click_summaries.leads + excluded.leads,
        approved_leads = click_summaries.approved_leads + excluded.approved_leads,
        payout_micros = click_summaries.payout_micros + excluded.payout_micros";

/// `where true` tells `on conflict` from the condition of a join.
const ADD_SQLITE: &str = "
    insert into click_summaries (sub_id, hour, affiliate_id, clicks, leads, approved_leads, payout_micros)
    select v.value ->> 0, v.value ->> 1, v.value ->> 2, v.value ->> 3, v.value ->> 4, v.value ->> 5, v.value ->> 6
    from json_each(?) v where true
    on conflict (sub_id, hour) do update set clicks = click_summaries.clicks + excluded.clicks,
        leads = click_summaries.leads + excluded.leads,
        approved_leads = click_summaries.approved_leads + excluded.approved_leads,
        payout_micros = click_summaries.payout_micros + excluded.payout_micros";

/// One row of `click_summaries`.
#[row(table = "click_summaries")]
pub struct Model {
    /// The link.
    #[sea_orm(primary_key, auto_increment = false)]
    #[refers_to(crate::tracking::sub_id::row)]
    pub sub_id: String,
    /// Start of the hour.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hour: DateTimeUtc,
    /// Whose link it is.
    pub affiliate_id: i64,
    /// Clicks.
    pub clicks: i64,
    /// Leads, whatever their status.
    pub leads: i64,
    /// Approved leads.
    pub approved_leads: i64,
    /// What the approved ones pay, in millionths of the currency.
    pub payout_micros: i64,
}

impl Entity {
    /// All for admins, their own for affiliates.
    pub fn visible_to(viewer: &Viewer) -> Select<Self> {
        Self::find()
            .filter(scope::admin_or(viewer, Realm::Apextrack, |user| Some(Scope::is(Column::AffiliateId, user.id))))
    }
}

/// Adds to the sums of these links and hours, each of which is named once, by one statement of fixed text. The rows stay
/// locked until the transaction ends.
pub async fn add(db: &impl ConnectionTrait, sums: &[Model]) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let statement = if backend == DbBackend::Postgres {
        let values = [
            column(sums, |sum| sum.sub_id.clone()),
            column(sums, |sum| sum.hour),
            column(sums, |sum| sum.affiliate_id),
            column(sums, |sum| sum.clicks),
            column(sums, |sum| sum.leads),
            column(sums, |sum| sum.approved_leads),
            column(sums, |sum| sum.payout_micros),
        ];
        Statement::from_sql_and_values(backend, ADD_POSTGRES, values)
    } else {
        let row = |sum: &Model| {
            let Model { sub_id, hour, affiliate_id, clicks, leads, approved_leads, payout_micros } = sum.clone();
            (sub_id, text_of(hour), affiliate_id, clicks, leads, approved_leads, payout_micros)
        };
        Statement::from_sql_and_values(backend, ADD_SQLITE, [json(&sums.iter().map(row).collect::<Vec<_>>())?])
    };
    db.execute_raw(statement).await.map(|_| ())
}
