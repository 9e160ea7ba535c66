//! Errors that front ends report. Anybody may report one, admins of talents mapping read them.

use gerbang_graphql::any_json::AnyJson;
use gerbang_kernel::{error::ErrorCode, identity::ClientInfo};
use gerbang_platform::query::prune::remove;

use crate::{
    client_errors::row::{ActiveModel, Column, Entity, Model},
    prelude::rules::*,
    quotas::Quota,
};

/// Bytes of one report, all its texts together.
const MAX_BYTES: usize = 16 * 1_024;
/// Characters of one text of it.
const MAX_LENGTH: u64 = MAX_BYTES as u64;
/// How bad an error is whose front end does not say.
const LEVEL: &str = "error";
/// Days that reports are kept.
const KEPT_DAYS: i64 = 30;
/// The most reports that are kept.
const KEPT_ROWS: u64 = 100_000;

/// What went wrong in a front end; 16 KiB at most in all, the level aside.
#[rules]
#[derive(Debug, InputObject)]
pub struct LogClientErrorInput {
    /// What happened.
    #[rule(text, max = MAX_LENGTH)]
    pub message: String,
    /// How bad it is, in the front end's words.
    #[graphql(default_with = "Some(LEVEL.to_owned())")]
    #[rule(text, max = 20, optional)]
    pub level: Option<String>,
    /// Where in the program it happened.
    #[rule(text, max = MAX_LENGTH, optional)]
    pub stack: Option<String>,
    /// The page it happened on.
    #[rule(text, max = MAX_LENGTH, optional)]
    pub url: Option<String>,
    /// Whatever else helps.
    pub context: Option<AnyJson>,
}

impl LogClientErrorInput {
    fn bytes(&self) -> usize {
        let texts = [Some(&self.message), self.stack.as_ref(), self.url.as_ref()];
        let context = self.context.as_ref().map_or(0, |context| context.0.to_string().len());
        texts.into_iter().flatten().map(String::len).sum::<usize>() + context
    }
}

/// Stores a report. For everybody.
///
/// # Errors
/// `RATE_LIMITED` after too many from where this one comes from, `PAYLOAD_TOO_LARGE` over 16 KiB, `VALIDATION_FAILED`.
pub async fn log_client_error(domain: &Domain, client: &ClientInfo, input: LogClientErrorInput) -> Result<Model> {
    Quota::ClientError.spend(domain, client).await?;
    if input.bytes() > MAX_BYTES {
        return Err(Error::new(ErrorCode::PayloadTooLarge, "The report is larger than 16 KiB."));
    }
    let LogClientErrorInput { message, level, stack, url, context } = input.check()?;
    let row = ActiveModel {
        message: Set(message),
        level: Set(level.unwrap_or_else(|| LEVEL.to_owned())),
        stack: Set(stack),
        url: Set(url),
        context: Set(context.map(|AnyJson(context)| context.to_string())),
        ip: Set(Some(client.ip.to_string())),
        user_agent: Set(client.user_agent.clone()),
        ..Default::default()
    };
    Ok(row.insert(domain.db.write()).await?)
}

/// A page of the reports. For admins of talents mapping.
pub async fn client_errors(domain: &Domain, viewer: &Viewer, listing: &Listing<Column>) -> Result<Page<Model>> {
    viewer.require_admin(Realm::TalentsMapping)?;
    listing.of(domain.db.read(), Entity::visible_to(viewer), Column::Id).await
}

/// Removes reports that are older than 30 days or beyond the newest 100,000; says how many. For the worker.
pub async fn prune_client_errors(domain: &Domain) -> Result<u64> {
    let db = domain.db.write();
    let oldest = domain.clock.now() - TimeDelta::days(KEPT_DAYS);
    let outdated = remove::<Entity>(&domain.db, Column::Id, Column::CreatedAt.lt(oldest)).await?;
    let last_kept = Entity::find()
        .select_only()
        .column(Column::Id)
        .order_by_desc(Column::Id)
        .offset(KEPT_ROWS)
        .limit(1)
        .into_tuple::<i64>()
        .one(db)
        .await?;
    let Some(id) = last_kept else { return Ok(outdated) };
    Ok(outdated + remove::<Entity>(&domain.db, Column::Id, Column::Id.lte(id)).await?)
}
