//! The answers of the GraphQL endpoint.

use std::collections::HashMap;

use axum::{Json, extract::State, http::HeaderMap};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use gerbang_server::extract::Path;
use sea_orm::sqlx;
use serde::Serialize;

use super::{
    Context, Refusal, Result,
    authorize::administrator,
    pool::{Pool, fetch},
    rest::ClientRow,
};

const PARTNERS: i64 = 15;

#[derive(Serialize)]
pub(super) struct Data<T> {
    data: T,
}

#[derive(Serialize)]
pub(super) struct ClientData {
    client: Client,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Client {
    id: String,
    partner_id: String,
    name: String,
    email: String,
    phone: Option<String>,
    gender: Option<&'static str>,
    birth_date: Option<NaiveDate>,
    status: &'static str,
    assessed_at: Option<String>,
    created_at: String,
    updated_at: String,
}

pub(super) async fn client(
    State(context): State<Context>,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> Result<Json<Data<ClientData>>> {
    administrator(&context, &headers).await?;
    let row = ClientRow::find(&context.pool, id).await?.ok_or(Refusal::NotFound)?;
    let (id, partner_id, name, email, phone, gender, birth_date, status, assessed_at, created_at, updated_at) = row.0;
    let client = Client {
        id: format!("client_{id}"),
        partner_id: format!("partner_{partner_id}"),
        name,
        email,
        phone,
        gender: gender.map(|gender| if gender == "male" { "MALE" } else { "FEMALE" }),
        birth_date,
        status: word(&status),
        assessed_at: assessed_at.map(time),
        created_at: time(created_at),
        updated_at: time(updated_at),
    };
    Ok(Json(Data { data: ClientData { client } }))
}

#[derive(Serialize)]
pub(super) struct PartnersData {
    partners: Nodes<Partner>,
}

#[derive(Serialize)]
struct Nodes<T> {
    nodes: Vec<T>,
}

#[derive(Serialize)]
struct Partner {
    id: String,
    name: String,
    clients: Nodes<AssessedClient>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AssessedClient {
    id: String,
    name: String,
    status: &'static str,
    assessment_result: Option<Assessment>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Assessment {
    id: String,
    assessed_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    typologies: Option<Vec<Score>>,
}

#[derive(Serialize)]
struct Score {
    code: String,
    name: String,
    #[serde(rename = "score")]
    percent: f64,
}

/// The client's partner, key, name and status, and of its result key and time.
type AssessedRow = (i64, i64, String, String, Option<i64>, Option<DateTime<Utc>>);

const CLIENTS_POSTGRES: &str = "select p.id, c.id, c.name, c.status, r.id, r.assessed_at
    from unnest($1) as p (id)
    cross join lateral (
        select id, name, status from clients where partner_id = p.id order by id limit 10
    ) c
    left join assessment_results r on r.client_id = c.id
    order by p.id, c.id";
const CLIENTS_SQLITE: &str = "select c.partner_id, c.id, c.name, c.status, r.id, r.assessed_at
    from json_each($1) as p
    cross join clients c on c.id in (select id from clients where partner_id = p.value order by id limit 10)
    left join assessment_results r on r.client_id = c.id
    order by c.partner_id, c.id";

pub(super) async fn partners(
    State(context): State<Context>,
    headers: HeaderMap,
    Path(page): Path<i64>,
) -> Result<Json<Data<PartnersData>>> {
    administrator(&context, &headers).await?;
    let (partners, _) = read(&context.pool, page).await?;
    Ok(Json(Data { data: PartnersData { partners: Nodes { nodes: partners } } }))
}

const SCORES_POSTGRES: &str = "select s.result_id, t.code, t.name, s.score_tenths
    from assessment_scores s join typologies t on t.code = s.typology_code
    where s.result_id = any($1) order by s.result_id, s.rank";
const SCORES_SQLITE: &str = "select s.result_id, t.code, t.name, s.score_tenths
    from json_each($1) r
    cross join assessment_scores s on s.result_id = r.value join typologies t on t.code = s.typology_code
    order by s.result_id, s.rank";

pub(super) async fn scores(
    State(context): State<Context>,
    headers: HeaderMap,
    Path(page): Path<i64>,
) -> Result<Json<Data<PartnersData>>> {
    administrator(&context, &headers).await?;
    let (mut partners, results) = read(&context.pool, page).await?;
    let rows: Vec<(i64, String, String, i32)> = match &context.pool {
        Pool::Postgres(pool) => sqlx::query_as(SCORES_POSTGRES).bind(&results).fetch_all(pool).await?,
        Pool::Sqlite(pool) => sqlx::query_as(SCORES_SQLITE).bind(json(&results)).fetch_all(pool).await?,
    };
    let mut scores: HashMap<i64, Vec<Score>> = HashMap::with_capacity(results.len());
    for (result, code, name, tenths) in rows {
        scores.entry(result).or_default().push(Score { code, name, percent: f64::from(tenths) / 10.0 });
    }
    let clients = partners.iter_mut().flat_map(|partner| &mut partner.clients.nodes);
    for (assessment, result) in clients.filter_map(|client| client.assessment_result.as_mut()).zip(results) {
        assessment.typologies = Some(scores.remove(&result).unwrap_or_default());
    }
    Ok(Json(Data { data: PartnersData { partners: Nodes { nodes: partners } } }))
}

/// The partners of a page with their clients, and the keys of these clients' results in the same order.
async fn read(pool: &Pool, page: i64) -> Result<(Vec<Partner>, Vec<i64>)> {
    let rows: Vec<(i64, String)> = fetch!(
        fetch_all,
        pool,
        "select id, name from partners order by id limit $1 offset $2",
        PARTNERS,
        (page - 1) * PARTNERS
    )?;
    let ids: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let clients: Vec<AssessedRow> = match pool {
        Pool::Postgres(pool) => sqlx::query_as(CLIENTS_POSTGRES).bind(&ids).fetch_all(pool).await?,
        Pool::Sqlite(pool) => sqlx::query_as(CLIENTS_SQLITE).bind(json(&ids)).fetch_all(pool).await?,
    };
    let mut results = Vec::with_capacity(clients.len());
    let mut clients = clients.into_iter().peekable();
    let mut partners = Vec::with_capacity(rows.len());
    for (partner, name) in rows {
        let mut nodes = Vec::with_capacity(10);
        while let Some((_, id, name, status, result, assessed_at)) = clients.next_if(|client| client.0 == partner) {
            results.extend(result);
            let assessment_result = result.zip(assessed_at).map(|(id, at)| Assessment {
                id: format!("assessmentResult_{id}"),
                assessed_at: time(at),
                typologies: None,
            });
            nodes.push(AssessedClient { id: format!("client_{id}"), name, status: word(&status), assessment_result });
        }
        partners.push(Partner { id: format!("partner_{partner}"), name, clients: Nodes { nodes } });
    }
    Ok((partners, results))
}

fn json(ids: &[i64]) -> String {
    serde_json::json!(ids).to_string()
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

fn word(status: &str) -> &'static str {
    match status {
        "invited" => "INVITED",
        "assessed" => "ASSESSED",
        _ => "ARCHIVED",
    }
}
