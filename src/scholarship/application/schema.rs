//! Applications for the scholarship.

use gerbang_platform::query::{batch::Children, page::Sort};
use sea_orm::prelude::TextUuid;

pub use super::row::Model as ScholarshipApplication;
use crate::{
    graphql::reads::ChildList,
    input::id::check_id,
    prelude::schema::*,
    scholarship::{
        applicant::{self, schema::Applicant},
        application::{
            row::{Column, Entity},
            rules::{self, ApplyForScholarshipInput, DecideApplicationInput, ScholarshipApplicationFilter},
        },
        period::{self, schema::ScholarshipPeriod},
    },
};

#[node(
    "scholarshipApplication_0198b1c2-6a3e-7c11-8f5d-2f6a1b9c0d1e",
    legacy = "The id in the legacy API, a UUID.",
    name = "Scholarship application"
)]
#[ComplexObject]
impl ScholarshipApplication {
    /// The global id of the period it is for.
    async fn period_id(&self) -> GlobalId {
        global_id::<ScholarshipPeriod>(&self.period_id)
    }

    /// What they apply for.
    async fn period(&self, ctx: &Context<'_>) -> Result<Row<ScholarshipPeriod>> {
        ctx.referred::<period::row::Entity>(self.period_id).await
    }

    /// The global id of the applicant.
    async fn applicant_id(&self) -> GlobalId {
        global_id::<Applicant>(&self.applicant_id)
    }

    /// Who applies.
    async fn applicant(&self, ctx: &Context<'_>) -> Result<Row<Applicant>> {
        ctx.referred::<applicant::row::Entity>(self.applicant_id).await
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
#[derive(Clone, Columns, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum ScholarshipApplicationOrder {
    /// When they were handed in.
    #[default]
    CreatedAt,
    /// When they were last changed.
    UpdatedAt,
}

/// Applications as the viewer may see them.
#[derive(Default)]
pub struct ApplicationQuery;

#[lists]
#[Object]
impl ApplicationQuery {
    /// Applications for the scholarship: all for admins, their own for applicants. Errors: `UNAUTHENTICATED`,
    /// `FORBIDDEN` in another realm.
    async fn scholarship_applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which applications are wanted.")] filter: Option<ScholarshipApplicationFilter>,
        #[list(order)] list: List<ScholarshipApplicationOrder>,
    ) -> Result<Connection<ScholarshipApplication>> {
        let filter = filter.unwrap_or_default();
        check_id(ctx, filter.period_id.as_ref(), "filter.periodId")?;
        Ok(rules::applications(ctx.domain(), ctx.viewer(), filter, &list.by()).await?.into())
    }

    /// The application with this id; null if there is none or the viewer may not see it. Errors: `UNAUTHENTICATED`.
    async fn scholarship_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id or the UUID.")] id: IdOf<Entity>,
    ) -> Option<Result<Row<ScholarshipApplication>>> {
        ctx.find(id).await.transpose()
    }

    /// The caller's newest application; null if they have made none. Errors: `UNAUTHENTICATED`, `FORBIDDEN` to others
    /// than applicants.
    async fn my_scholarship_application(&self, ctx: &Context<'_>) -> Option<Result<ScholarshipApplication>> {
        rules::own_application(ctx.domain(), ctx.viewer()).await.transpose()
    }
}

/// The application after the change.
#[derive(SimpleObject)]
pub struct ScholarshipApplicationPayload {
    /// The application.
    scholarship_application: ScholarshipApplication,
}

mutations! {
    /// Changes to applications.
    ApplicationMutation;

    /// Applies for the scholarship of a period, for applicants, once in each. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `VALIDATION_FAILED` (`PROFILE_REQUIRED` at `applicant`; at `periodId` `EXISTS`, `REGISTRATION_CLOSED`,
    /// `ALREADY_APPLIED`).
    apply_for_scholarship("What is applied for.": ApplyForScholarshipInput) -> ScholarshipApplicationPayload { scholarship_application };

    /// Gives an application a status and tells its applicant, for admins of the scholarship. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED`.
    decide_application("What was decided.": DecideApplicationInput) -> ScholarshipApplicationPayload { scholarship_application };
}
