//! The answers of the legacy APIs.

use axum::{Json, extract::State, http::HeaderMap};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use gerbang_server::extract::Path;
use sea_orm::sqlx;
use serde::Serialize;

use super::{
    Context, Refusal, Result,
    authorize::administrator,
    pool::{Pool, fetch},
};

/// The columns of a client.
type ClientColumns = (
    i64,
    i64,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<NaiveDate>,
    String,
    Option<DateTime<Utc>>,
    DateTime<Utc>,
    DateTime<Utc>,
);

pub(super) struct ClientRow(pub(super) ClientColumns);

impl ClientRow {
    pub(super) async fn find(pool: &Pool, id: i64) -> Result<Option<Self>, sqlx::Error> {
        let row: Option<ClientColumns> = fetch!(
            fetch_optional,
            pool,
            "select id, partner_id, name, email, phone, gender, birth_date, status, assessed_at, created_at, updated_at
             from clients where id = $1",
            id
        )?;
        Ok(row.map(Self))
    }
}

#[derive(Serialize)]
pub(super) struct Data<T> {
    data: T,
}

#[derive(Serialize)]
pub(super) struct Client {
    id: i64,
    partner_id: i64,
    name: String,
    email: String,
    phone: Option<String>,
    gender: Option<String>,
    birth_date: Option<NaiveDate>,
    status: String,
    assessed_at: Option<String>,
    created_at: String,
    updated_at: String,
}

impl From<ClientRow> for Client {
    fn from(row: ClientRow) -> Self {
        let (id, partner_id, name, email, phone, gender, birth_date, status, assessed_at, created_at, updated_at) =
            row.0;
        Self {
            id,
            partner_id,
            name,
            email,
            phone,
            gender,
            birth_date,
            status,
            assessed_at: assessed_at.map(micros),
            created_at: micros(created_at),
            updated_at: micros(updated_at),
        }
    }
}

pub(super) async fn client(
    State(context): State<Context>,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Json<Data<Client>>> {
    administrator(&context, &headers).await?;
    let row = ClientRow::find(&context.pool, id).await?.ok_or(Refusal::NotFound)?;
    Ok(Json(Data { data: row.into() }))
}

fn micros(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}
