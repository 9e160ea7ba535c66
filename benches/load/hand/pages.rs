//! A page of clients as Laravel shows it.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, Uri},
};
use serde::Serialize;

use super::{
    Context, Result,
    authorize::administrator,
    pool::fetch,
    rest::{Client, ClientColumns, ClientRow},
};
use crate::server::PUBLIC_URL;

const SIZE: i64 = 15;
/// Numbered links at the beginning of many pages, as long as the current page is one of the first seven.
const LINKED: i64 = 10;

#[derive(Serialize)]
pub(super) struct ClientPage {
    data: Vec<Client>,
    links: Links,
    meta: Meta,
}

#[derive(Serialize)]
struct Links {
    first: String,
    last: String,
    prev: Option<String>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Meta {
    current_page: i64,
    from: i64,
    last_page: i64,
    links: Vec<Link>,
    path: String,
    per_page: i64,
    to: i64,
    total: i64,
}

#[derive(Serialize)]
struct Link {
    url: Option<String>,
    label: String,
    active: bool,
}

pub(super) async fn clients(State(context): State<Context>, headers: HeaderMap, uri: Uri) -> Result<Json<ClientPage>> {
    administrator(&context, &headers).await?;
    let query = uri.query().and_then(|query| query.strip_prefix("page="));
    let number: i64 = query.and_then(|number| number.parse().ok()).unwrap_or(1);
    let (total,): (i64,) = fetch!(fetch_one, &context.pool, "select count(*) from clients")?;
    let rows: Vec<ClientColumns> = fetch!(
        fetch_all,
        &context.pool,
        "select id, partner_id, name, email, phone, gender, birth_date, status, assessed_at, created_at, updated_at
         from clients order by id limit $1 offset $2",
        SIZE,
        (number - 1) * SIZE
    )?;
    let last = (total + SIZE - 1) / SIZE;
    let path = format!("{PUBLIC_URL}/talentsmapping/api/clients");
    let url = |number: i64| format!("{path}?page={number}");
    let (prev, next) = ((number > 1).then(|| url(number - 1)), (number < last).then(|| url(number + 1)));
    let numbered = |shown: i64| Link { url: Some(url(shown)), label: shown.to_string(), active: shown == number };
    let mut links = vec![Link { url: prev.clone(), label: "&laquo; Previous".to_owned(), active: false }];
    links.extend((1..=LINKED).map(numbered));
    links.push(Link { url: None, label: "...".to_owned(), active: false });
    links.extend((last - 1..=last).map(numbered));
    links.push(Link { url: next.clone(), label: "Next &raquo;".to_owned(), active: false });
    let from = (number - 1) * SIZE + 1;
    let to = from + i64::try_from(rows.len()).unwrap_or_default() - 1;
    let meta =
        Meta { current_page: number, from, last_page: last, links, path: path.clone(), per_page: SIZE, to, total };
    let links = Links { first: url(1), last: url(last), prev, next };
    Ok(Json(ClientPage { data: rows.into_iter().map(|row| ClientRow(row).into()).collect(), links, meta }))
}
