//! Many clicks by one statement. Its text does not depend on how many they are, so that the database prepares it once:
//! PostgreSQL takes one array for each column, SQLite one JSON text.

use std::collections::HashMap;

use chrono::TimeDelta;
use gerbang_platform::query::keys::{column, json, text_of};
use sea_orm::{ActiveEnum, ConnectionTrait, DbBackend, DbErr, Statement, Value};

use super::row::Model;

/// Empty texts stand for nulls, which arrays of the driver can't hold. `limit 1` in a scalar query rather than
/// `exists`: the planner must not think of hashing the clicks of a whole day.
const INSERT_POSTGRES: &str = "
    insert into clicks (click_id, sub_id, affiliate_id, offer_id, visitor_hash, user_agent, country_code, device_type,
        os, browser, referrer, is_bot, created_at, is_unique)
    select v.click_id, v.sub_id, v.affiliate_id, v.offer_id, nullif(v.visitor_hash, ''), nullif(v.user_agent, ''),
        nullif(v.country_code, ''), v.device_type, nullif(v.os, ''), nullif(v.browser, ''), nullif(v.referrer, ''),
        v.is_bot, v.created_at,
        case when v.is_unique and v.visitor_hash <> '' then coalesce((
            select false from clicks c
            where c.sub_id = v.sub_id and c.visitor_hash = v.visitor_hash and c.created_at > v.since limit 1), true)
        else v.is_unique end
    from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::text[], $10::text[], $11::text[], $12::boolean[], $13::timestamptz[], $14::boolean[], $15::timestamptz[])
        with ordinality
        as v(click_id, sub_id, affiliate_id, offer_id, visitor_hash, user_agent, country_code, device_type, os,
            browser, referrer, is_bot, created_at, is_unique, since, place)
    order by v.place
    returning id, click_id, is_unique";

/// The places of the list are those of [`Row`].
const INSERT_SQLITE: &str = "
    insert into clicks (click_id, sub_id, affiliate_id, offer_id, visitor_hash, user_agent, country_code, device_type,
        os, browser, referrer, is_bot, created_at, is_unique)
    select v.value ->> 0, v.value ->> 1, v.value ->> 2, v.value ->> 3, v.value ->> 4, v.value ->> 5, v.value ->> 6,
        v.value ->> 7, v.value ->> 8, v.value ->> 9, v.value ->> 10, v.value ->> 11, v.value ->> 12,
        case when v.value ->> 13 and v.value ->> 4 is not null then coalesce((
            select false from clicks c
            where c.sub_id = v.value ->> 1 and c.visitor_hash = v.value ->> 4 and c.created_at > v.value ->> 14
            limit 1), true)
        else v.value ->> 13 end
    from jsonb_each(?) v
    returning id, click_id, is_unique";

/// One click as SQLite's statement reads it.
type Row<'a> = (
    &'a str,
    &'a str,
    i64,
    i64,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'a str>,
    String,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'a str>,
    bool,
    String,
    bool,
    String,
);

/// Adds clicks, in their order, and fills in their `id`s. A click that comes with `is_unique` loses it if its visitor
/// was on the link at most `remembered` before; what happens within the batch is the caller's to tell.
///
/// # Errors
/// When the database refuses one of them; then none is added.
pub async fn insert(db: &impl ConnectionTrait, clicks: &mut [Model], remembered: TimeDelta) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let statement = match backend {
        DbBackend::Postgres => Statement::from_sql_and_values(backend, INSERT_POSTGRES, columns(clicks, remembered)),
        _ => Statement::from_sql_and_values(backend, INSERT_SQLITE, [json(&rows(clicks, remembered))?]),
    };
    let mut written = HashMap::with_capacity(clicks.len());
    for row in db.query_all_raw(statement).await? {
        let click_id: String = row.try_get("", "click_id")?;
        written.insert(click_id, (row.try_get("", "id")?, row.try_get("", "is_unique")?));
    }
    for click in clicks {
        let (id, is_unique) = written.get(&click.click_id).ok_or_else(|| DbErr::RecordNotInserted)?;
        (click.id, click.is_unique) = (*id, *is_unique);
    }
    Ok(())
}

fn columns(clicks: &[Model], remembered: TimeDelta) -> [Value; 15] {
    let optional = |get: fn(&Model) -> &Option<String>| column(clicks, |click| get(click).clone().unwrap_or_default());
    [
        column(clicks, |click| click.click_id.clone()),
        column(clicks, |click| click.sub_id.clone()),
        column(clicks, |click| click.affiliate_id),
        column(clicks, |click| click.offer_id),
        optional(|click| &click.visitor_hash),
        optional(|click| &click.user_agent),
        optional(|click| &click.country_code),
        column(clicks, |click| click.device_type.to_value()),
        optional(|click| &click.os),
        optional(|click| &click.browser),
        optional(|click| &click.referrer),
        column(clicks, |click| click.is_bot),
        column(clicks, |click| click.created_at),
        column(clicks, |click| click.is_unique),
        column(clicks, |click| click.created_at - remembered),
    ]
}

fn rows(clicks: &[Model], remembered: TimeDelta) -> Vec<Row<'_>> {
    clicks.iter().map(|click| row(click, remembered)).collect()
}

fn row(click: &Model, remembered: TimeDelta) -> Row<'_> {
    (
        &click.click_id,
        &click.sub_id,
        click.affiliate_id,
        click.offer_id,
        click.visitor_hash.as_deref(),
        click.user_agent.as_deref(),
        click.country_code.as_deref(),
        click.device_type.to_value(),
        click.os.as_deref(),
        click.browser.as_deref(),
        click.referrer.as_deref(),
        click.is_bot,
        text_of(*click.created_at),
        click.is_unique,
        text_of(*click.created_at - remembered),
    )
}
