//! Errors that front ends report. Anybody may report one, admins of talents mapping read them.

use chrono::TimeDelta;
use gerbang_kernel::{
    error::{Error, ErrorCode, Result},
    identity::ClientInfo,
};
use gerbang_platform::query::page::{Page, PageRequest, Sort, paginate};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use crate::{
    accounts::Realm,
    client_errors::row::{ActiveModel, Column, Entity, Model},
    domain::Domain,
    input::validator::Validator,
    quotas::Quota,
    scope::Scoped,
    viewer::Viewer,
};

/// Bytes of one report, all its texts together.
const MAX_BYTES: usize = 16 * 1_024;
/// Characters of a level.
const LEVEL: u64 = 20;
/// Days that reports are kept.
const KEPT_DAYS: i64 = 30;
/// The most reports that are kept.
const KEPT_ROWS: u64 = 100_000;

/// A report of an error.
#[derive(Clone, Debug, Default)]
pub struct LogClientError {
    /// What happened.
    pub message: String,
    /// How bad it is, in the front end's words; `error` if not given.
    pub level: Option<String>,
    /// Where in the program it happened.
    pub stack: Option<String>,
    /// The page it happened on.
    pub url: Option<String>,
    /// Whatever else helps.
    pub context: Option<Value>,
}

impl LogClientError {
    fn bytes(&self) -> usize {
        let texts = [Some(&self.message), self.level.as_ref(), self.stack.as_ref(), self.url.as_ref()];
        let context = self.context.as_ref().map_or(0, |context| context.to_string().len());
        texts.into_iter().flatten().map(String::len).sum::<usize>() + context
    }
}

/// Stores a report. For everybody.
///
/// # Errors
/// `RATE_LIMITED` after too many from where this one comes from, `PAYLOAD_TOO_LARGE` over 16 KiB, `VALIDATION_FAILED`.
pub async fn log_client_error(domain: &Domain, client: &ClientInfo, input: LogClientError) -> Result<Model> {
    Quota::ClientError.spend(domain, client).await?;
    if input.bytes() > MAX_BYTES {
        return Err(Error::new(ErrorCode::PayloadTooLarge, "The report is larger than 16 KiB."));
    }
    let LogClientError { message, level, stack, url, context } = input;
    let mut validator = Validator::new([
        ("message", (&message).into()),
        ("level", (&level).into()),
        ("stack", (&stack).into()),
        ("url", (&url).into()),
    ]);
    let Report { message, level, stack, url } = report(&mut validator);
    validator.finish()?;
    let row = ActiveModel {
        message: Set(message.unwrap_or_default()),
        level: Set(level.unwrap_or_else(|| "error".to_owned())),
        stack: Set(stack),
        url: Set(url),
        context: Set(context),
        ip: Set(Some(client.ip.to_string())),
        user_agent: Set(client.user_agent.clone()),
        ..Default::default()
    };
    Ok(row.insert(domain.db.write()).await?)
}

/// The texts of a report, cleaned. Members that were not there are `None`.
#[derive(Debug)]
pub struct Report {
    message: Option<String>,
    level: Option<String>,
    stack: Option<String>,
    url: Option<String>,
}

/// The rules of a report; see [`Validator`].
pub fn report(validator: &mut Validator<'_>) -> Report {
    let max_length = MAX_BYTES as u64;
    Report {
        message: validator.text("message", max_length),
        level: validator.optional_text("level", LEVEL),
        stack: validator.optional_text("stack", max_length),
        url: validator.optional_text("url", max_length),
    }
}

/// A page of the reports. For admins of talents mapping.
pub async fn client_errors(
    domain: &Domain,
    viewer: &Viewer,
    sort: Sort<Column>,
    request: &PageRequest,
    count: bool,
) -> Result<Page<Model>> {
    viewer.require_admin(Realm::TalentsMapping)?;
    paginate(domain.db.read(), Entity::visible_to(viewer), sort, Column::Id, request, count).await
}

/// Removes reports that are older than 30 days or beyond the newest 100,000; says how many. For the worker.
pub async fn prune_client_errors(domain: &Domain) -> Result<u64> {
    let db = domain.db.write();
    let oldest = domain.clock.now() - TimeDelta::days(KEPT_DAYS);
    let outdated = Entity::delete_many().filter(Column::CreatedAt.lt(oldest)).exec(db).await?;
    let last_kept = Entity::find()
        .select_only()
        .column(Column::Id)
        .order_by_desc(Column::Id)
        .offset(KEPT_ROWS)
        .limit(1)
        .into_tuple::<i64>()
        .one(db)
        .await?;
    let Some(id) = last_kept else { return Ok(outdated.rows_affected) };
    let surplus = Entity::delete_many().filter(Column::Id.lte(id)).exec(db).await?;
    Ok(outdated.rows_affected + surplus.rows_affected)
}
