//! Applications for the scholarship.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use gerbang_kernel::error::{Error, Result};
use gerbang_platform::query::{
    batch::Children,
    page::{PageInput, PageRequest, Sort},
};
use sea_orm::prelude::TextUuid;

use crate::input::id::IdOf;
use crate::{
    graphql::{
        connection::{Connection, Direction, sort, wants_total},
        context::ContextExt,
        loaders::ChildList,
    },
    scholarship::{
        applicant::{self, row as applicant_row, schema::Applicant},
        application::{
            row::{Column, Entity, Model, Status},
            rules,
        },
        period::{self, row as period_row, schema::ScholarshipPeriod},
    },
};
use gerbang_graphql::id::{GlobalId, Node, global_id, node, parse_id};

pub use super::row::Model as ScholarshipApplication;

#[node("scholarshipApplication_0198b1c2-6a3e-7c11-8f5d-2f6a1b9c0d1e", legacy = "The id in the legacy API, a UUID.")]
#[ComplexObject]
impl ScholarshipApplication {
    /// The global id of the period it is for.
    async fn period_id(&self) -> GlobalId {
        global_id::<period::row::Model>(&self.period_id)
    }

    /// What they apply for.
    async fn period(&self, ctx: &Context<'_>) -> Result<ScholarshipPeriod> {
        let row = ctx.load(IdOf::<period_row::Entity>::new(self.period_id)).await?;
        row.map(ScholarshipPeriod::from).ok_or_else(|| Error::not_found("Scholarship period"))
    }

    /// The global id of the applicant.
    async fn applicant_id(&self) -> GlobalId {
        global_id::<applicant::row::Model>(&self.applicant_id)
    }

    /// Who applies.
    async fn applicant(&self, ctx: &Context<'_>) -> Result<Applicant> {
        let row = ctx.load(IdOf::<applicant_row::Entity>::new(self.applicant_id)).await?;
        row.map(Applicant::from).ok_or_else(|| Error::not_found("Applicant"))
    }
}

/// The applications of an applicant, the newest first.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ApplicationsOfApplicant;

impl ChildList for ApplicationsOfApplicant {
    type Entity = Entity;
    type Parent = TextUuid;
    const CHILDREN: Children<Column> =
        Children { parent: Column::ApplicantId, sort: Sort::descending(Column::CreatedAt), key: Column::Id };
}

/// What applications are sorted by.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum ScholarshipApplicationOrder {
    /// When they were handed in.
    #[default]
    CreatedAt,
    /// When they were last changed.
    UpdatedAt,
}

impl From<ScholarshipApplicationOrder> for Column {
    fn from(order: ScholarshipApplicationOrder) -> Self {
        match order {
            ScholarshipApplicationOrder::CreatedAt => Self::CreatedAt,
            ScholarshipApplicationOrder::UpdatedAt => Self::UpdatedAt,
        }
    }
}

/// Which applications are wanted.
#[derive(Debug, Default, InputObject)]
pub struct ScholarshipApplicationFilter {
    /// Only those that are this far.
    status: Option<Status>,
    /// Only those for this period: its global id or its UUID.
    period_id: Option<ID>,
}

impl From<ScholarshipApplicationFilter> for rules::ApplicationFilter {
    fn from(ScholarshipApplicationFilter { status, period_id }: ScholarshipApplicationFilter) -> Self {
        // No period has the empty UUID, as none has an id of another format.
        let nil = || TextUuid::from(uuid::Uuid::nil());
        let period_id = period_id.map(|id| parse_id(<period::row::Model as Node>::KIND, &id).unwrap_or_else(nil));
        Self { status, period_id }
    }
}

/// Applications as the viewer may see them.
#[derive(Default)]
pub struct ApplicationQuery;

#[Object]
impl ApplicationQuery {
    /// Applications for the scholarship: all for admins, their own for applicants. Errors: `UNAUTHENTICATED`,
    /// `FORBIDDEN` in another realm.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn scholarship_applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which applications are wanted.")] filter: Option<ScholarshipApplicationFilter>,
        #[graphql(desc = "What to sort by; `CREATED_AT` by default.")] order_by: Option<ScholarshipApplicationOrder>,
        #[graphql(desc = "Which way to sort; `ASC` by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<ScholarshipApplication>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let filter = filter.unwrap_or_default().into();
        let sort = sort(order_by, direction);
        Ok(rules::applications(ctx.domain(), ctx.viewer(), filter, sort, &request, wants_total(ctx)).await?.into())
    }

    /// The application with this id; null if there is none or the viewer may not see it. Errors: `UNAUTHENTICATED`.
    async fn scholarship_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id or the UUID.")] id: ID,
    ) -> Option<Result<ScholarshipApplication>> {
        let id = parse_id(<ScholarshipApplication as Node>::KIND, &id)?;
        rules::application(ctx.domain(), ctx.viewer(), id).await.transpose().map(|row| row)
    }

    /// The caller's newest application; null if they have made none. Errors: `UNAUTHENTICATED`, `FORBIDDEN` to others
    /// than applicants.
    async fn my_scholarship_application(&self, ctx: &Context<'_>) -> Option<Result<ScholarshipApplication>> {
        let newest = rules::own_application(ctx.domain(), ctx.viewer()).await;
        newest.transpose().map(|row| row)
    }
}

/// What is applied for.
#[derive(Debug, InputObject)]
pub struct ApplyForScholarshipInput {
    /// The profile it is for: the caller's own (its global id or UUID), which is also the default.
    applicant: Option<ID>,
    /// The period: its global id or its UUID.
    period_id: ID,
}

/// What was decided.
#[derive(Debug, InputObject)]
pub struct DecideApplicationInput {
    /// The application: its global id or its UUID.
    id: ID,
    /// `PENDING`, `ACCEPTED` or `REJECTED`.
    status: Status,
    /// What the applicant should know, at most 5,000 characters.
    note: Option<String>,
}

/// The application after the change.
#[derive(SimpleObject)]
pub struct ScholarshipApplicationPayload {
    /// The application.
    scholarship_application: ScholarshipApplication,
}

impl From<Model> for ScholarshipApplicationPayload {
    fn from(row: Model) -> Self {
        Self { scholarship_application: row.into() }
    }
}

/// Changes to applications.
#[derive(Default)]
pub struct ApplicationMutation;

#[Object]
impl ApplicationMutation {
    /// Applies for the scholarship of a period, for applicants, once in each. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `VALIDATION_FAILED` (`PROFILE_REQUIRED` at `applicant`; at `periodId` `EXISTS`, `REGISTRATION_CLOSED`,
    /// `ALREADY_APPLIED`).
    async fn apply_for_scholarship(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is applied for.")] input: ApplyForScholarshipInput,
    ) -> Result<ScholarshipApplicationPayload> {
        let ApplyForScholarshipInput { applicant, period_id } = input;
        let input = rules::Apply {
            applicant: applicant::schema::named(applicant),
            period_id: parse_id(<period::row::Model as Node>::KIND, &period_id),
        };
        Ok(rules::apply(ctx.domain(), ctx.viewer(), input).await?.into())
    }

    /// Gives an application a status and tells its applicant, for admins of the scholarship. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED`.
    async fn decide_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was decided.")] input: DecideApplicationInput,
    ) -> Result<ScholarshipApplicationPayload> {
        let DecideApplicationInput { id, status, note } = input;
        let id = parse_id(<ScholarshipApplication as Node>::KIND, &id)
            .ok_or_else(|| Error::not_found("Scholarship application"))?;
        Ok(rules::decide(ctx.domain(), ctx.viewer(), id, status, note.as_deref()).await?.into())
    }
}
