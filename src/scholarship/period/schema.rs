//! Periods of the scholarship.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use gerbang_kernel::error::{Error, Result};

use crate::{
    graphql::context::ContextExt,
    scholarship::period::{row::Model, rules},
};
use gerbang_graphql::id::{Node, node, parse_id};

pub use super::row::Model as ScholarshipPeriod;

#[node("scholarshipPeriod_0198b1c2-6a3e-7c11-8f5d-2f6a1b9c0d1e", legacy = "The id in the legacy API, a UUID.")]
#[ComplexObject]
impl ScholarshipPeriod {
    /// Whether applications are taken now.
    async fn is_registration_open(&self, ctx: &Context<'_>) -> bool {
        rules::is_open(self, ctx.domain().clock.now())
    }
}

/// Periods, for everybody in the realm.
#[derive(Default)]
pub struct PeriodQuery;

#[Object]
impl PeriodQuery {
    /// All periods of the scholarship, the newest first. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    async fn scholarship_periods(&self, ctx: &Context<'_>) -> Result<Vec<ScholarshipPeriod>> {
        let periods = rules::periods(ctx.domain(), ctx.viewer()).await?;
        Ok(periods)
    }
}

/// A new period.
#[derive(Debug, InputObject)]
pub struct CreateScholarshipPeriodInput {
    /// `2025` or `2025/2026`; unique.
    year: String,
    /// From when applications are taken.
    registration_opens_at: DateTime<Utc>,
    /// Until when applications are taken; later than they open.
    registration_closes_at: DateTime<Utc>,
    /// When the scholarship starts.
    starts_at: DateTime<Utc>,
    /// When the scholarship ends; later than it starts.
    ends_at: DateTime<Utc>,
}

/// What changes of a period; what is absent or null stays as it is.
#[derive(Debug, InputObject)]
pub struct UpdateScholarshipPeriodInput {
    /// The period: its global id or its UUID.
    id: ID,
    /// `2025` or `2025/2026`; unique.
    year: Option<String>,
    /// From when applications are taken.
    registration_opens_at: Option<DateTime<Utc>>,
    /// Until when applications are taken; later than they open.
    registration_closes_at: Option<DateTime<Utc>>,
    /// When the scholarship starts.
    starts_at: Option<DateTime<Utc>>,
    /// When the scholarship ends; later than it starts.
    ends_at: Option<DateTime<Utc>>,
}

/// Which period is closed.
#[derive(Debug, InputObject)]
pub struct CloseScholarshipPeriodInput {
    /// The period: its global id or its UUID.
    id: ID,
}

/// The period after the change.
#[derive(SimpleObject)]
pub struct ScholarshipPeriodPayload {
    /// The period.
    scholarship_period: ScholarshipPeriod,
}

impl From<Model> for ScholarshipPeriodPayload {
    fn from(row: Model) -> Self {
        Self { scholarship_period: row.into() }
    }
}

/// Changes to periods, for admins of the scholarship.
#[derive(Default)]
pub struct PeriodMutation;

#[Object]
impl PeriodMutation {
    /// Adds a period. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED` (`TAKEN` on the year).
    async fn create_scholarship_period(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new period.")] input: CreateScholarshipPeriodInput,
    ) -> Result<ScholarshipPeriodPayload> {
        let CreateScholarshipPeriodInput { year, registration_opens_at, registration_closes_at, starts_at, ends_at } =
            input;
        let input = rules::CreatePeriod { year, registration_opens_at, registration_closes_at, starts_at, ends_at };
        Ok(rules::create_period(ctx.domain(), ctx.viewer(), input).await?.into())
    }

    /// Changes a period. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED` (`TAKEN` on the year).
    async fn update_scholarship_period(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateScholarshipPeriodInput,
    ) -> Result<ScholarshipPeriodPayload> {
        let UpdateScholarshipPeriodInput {
            id,
            year,
            registration_opens_at,
            registration_closes_at,
            starts_at,
            ends_at,
        } = input;
        let id =
            parse_id(<ScholarshipPeriod as Node>::KIND, &id).ok_or_else(|| Error::not_found("Scholarship period"))?;
        let changes = rules::UpdatePeriod { year, registration_opens_at, registration_closes_at, starts_at, ends_at };
        Ok(rules::update_period(ctx.domain(), ctx.viewer(), id, changes).await?.into())
    }

    /// Stops taking applications for a period as of now. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`,
    /// `VALIDATION_FAILED` (`REGISTRATION_CLOSED`) if it has not opened yet.
    async fn close_scholarship_period(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The period.")] input: CloseScholarshipPeriodInput,
    ) -> Result<ScholarshipPeriodPayload> {
        let id = parse_id(<ScholarshipPeriod as Node>::KIND, &input.id)
            .ok_or_else(|| Error::not_found("Scholarship period"))?;
        Ok(rules::close_period(ctx.domain(), ctx.viewer(), id).await?.into())
    }
}
