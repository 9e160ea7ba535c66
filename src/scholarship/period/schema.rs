//! Periods of the scholarship.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use gerbang_graphql::timestamp::Timestamp;
use gerbang_kernel::error::{Error, Result};

use crate::{
    graphql::{
        connection::EdgeNode,
        context::ContextExt,
        id::{GlobalId, global_id, parse_id},
    },
    scholarship::period::{row::Model, rules},
};

/// The first part of a period's global id.
pub const KIND: &str = "scholarshipPeriod";

/// One round of the scholarship.
#[derive(Clone, Debug)]
pub struct ScholarshipPeriod(Model);

impl From<Model> for ScholarshipPeriod {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

impl EdgeNode for ScholarshipPeriod {
    type Row = Model;
}

/// One round of the scholarship.
#[Object]
impl ScholarshipPeriod {
    /// The global id, such as `scholarshipPeriod_0198b1c2-6a3e-7c11-8f5d-2f6a1b9c0d1e`.
    pub async fn id(&self) -> GlobalId {
        global_id(KIND, self.0.id)
    }

    /// The id in the legacy API, a UUID.
    async fn legacy_id(&self) -> String {
        self.0.id.to_string()
    }

    /// `2025` or `2025/2026`; unique.
    async fn year(&self) -> &str {
        &self.0.year
    }

    /// From when applications are taken, UTC.
    async fn registration_opens_at(&self) -> Timestamp {
        self.0.registration_opens_at.into()
    }

    /// Until when applications are taken, UTC.
    async fn registration_closes_at(&self) -> Timestamp {
        self.0.registration_closes_at.into()
    }

    /// Whether applications are taken now.
    async fn is_registration_open(&self, ctx: &Context<'_>) -> bool {
        rules::is_open(&self.0, ctx.domain().clock.now())
    }

    /// When the scholarship starts, UTC.
    async fn starts_at(&self) -> Timestamp {
        self.0.starts_at.into()
    }

    /// When the scholarship ends, UTC.
    async fn ends_at(&self) -> Timestamp {
        self.0.ends_at.into()
    }

    /// When it was added, UTC.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at.into()
    }

    /// When it was last changed, UTC.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at.into()
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
        Ok(periods.into_iter().map(ScholarshipPeriod).collect())
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
        let id = parse_id(KIND, &id).ok_or_else(|| Error::not_found("Scholarship period"))?;
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
        let id = parse_id(KIND, &input.id).ok_or_else(|| Error::not_found("Scholarship period"))?;
        Ok(rules::close_period(ctx.domain(), ctx.viewer(), id).await?.into())
    }
}
