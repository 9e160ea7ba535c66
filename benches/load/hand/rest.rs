//! The answers of the legacy APIs.

use std::sync::OnceLock;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use gerbang_server::extract::Path;
use sea_orm::sqlx;
use serde::Serialize;
use serde_json::Value;

use super::{
    Context, Refusal, Result,
    authorize::administrator,
    pool::{Pool, fetch},
};

/// The columns of a client.
pub(super) type ClientColumns = (
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

pub(super) fn micros(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

#[derive(Serialize)]
pub(super) struct Settings {
    message: &'static str,
    data: serde_json::Map<String, Value>,
}

pub(super) async fn settings(State(context): State<Context>) -> Result<Json<Settings>> {
    let rows: Vec<(String, String)> =
        fetch!(fetch_all, &context.pool, "select key, value from settings order by created_at, key")?;
    let data = rows.into_iter().map(|(key, value)| (key, value.into())).collect();
    Ok(Json(Settings { message: "Pengaturan berhasil diambil", data }))
}

/// The same, but read once.
pub(super) async fn static_settings(state: State<Context>) -> Result<Response> {
    static BODY: OnceLock<Bytes> = OnceLock::new();
    if BODY.get().is_none() {
        let body = serde_json::to_vec(&settings(state).await?.0).unwrap_or_default();
        let _ = BODY.set(body.into());
    }
    let body = BODY.get().cloned().unwrap_or_default();
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}
