//! Applicants: profiles of users who apply for the scholarship.

pub use super::row::Model as Applicant;
use crate::{
    accounts::user::{self, schema::User},
    prelude::schema::*,
    scholarship::{
        additional_upload::schema::{AdditionalUpload, UploadsOfApplicant},
        applicant::{
            row::{Column, Entity},
            rules::{self, ApplicantFilter, CreateApplicantInput, UpdateApplicantInput},
        },
        application::schema::{ApplicationsOfApplicant, ScholarshipApplication},
        document::schema::{Document, DocumentsOfApplicant},
    },
};

#[lists]
#[node("applicant_0198b1c2-6a3e-7c11-8f5d-2f6a1b9c0d1e", legacy = "The id in the legacy API, a UUID.")]
#[ComplexObject]
impl Applicant {
    /// Whose profile it is.
    async fn user(&self, ctx: &Context<'_>) -> Result<Row<User>> {
        if let Some(own) = ctx.viewer().user().filter(|user| user.id == self.user_id) {
            return Ok(Row(own.clone()));
        }
        ctx.referred::<user::row::Entity>(self.user_id).await
    }

    /// The documents they handed in, oldest first. Errors: `VALIDATION_FAILED`.
    async fn documents(&self, ctx: &Context<'_>, #[list] list: List) -> Result<Connection<Document>> {
        ctx.below::<DocumentsOfApplicant>(self.id, list).await
    }

    /// The files they added, oldest first. Errors: `VALIDATION_FAILED`.
    async fn additional_uploads(&self, ctx: &Context<'_>, #[list] list: List) -> Result<Connection<AdditionalUpload>> {
        ctx.below::<UploadsOfApplicant>(self.id, list).await
    }

    /// Their applications, the newest first. Errors: `VALIDATION_FAILED`.
    async fn applications(&self, ctx: &Context<'_>, #[list] list: List) -> Result<Connection<ScholarshipApplication>> {
        ctx.below::<ApplicationsOfApplicant>(self.id, list).await
    }
}

/// What applicants are sorted by.
#[derive(Clone, Columns, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum ApplicantOrder {
    /// When their profiles were made.
    #[default]
    CreatedAt,
    /// When their profiles were last changed.
    UpdatedAt,
    /// What the parents earn.
    ParentsIncome,
}

/// Applicants as the viewer may see them.
#[derive(Default)]
pub struct ApplicantQuery;

#[lists]
#[Object]
impl ApplicantQuery {
    /// All applicants, for admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`.
    async fn applicants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which applicants are wanted.")] filter: Option<ApplicantFilter>,
        #[list(order)] list: List<ApplicantOrder>,
    ) -> Result<Connection<Applicant>> {
        Ok(rules::applicants(ctx.domain(), ctx.viewer(), filter.unwrap_or_default(), &list.by()).await?.into())
    }

    /// The viewer's own profile, or the one with this id; null if there is none or the viewer may not see it. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    async fn applicant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id or the UUID; the viewer's own profile if absent.")] id: Option<IdOf<Entity>>,
    ) -> Option<Result<Row<Applicant>>> {
        let found = match id {
            Some(id) => ctx.find(id).await,
            None => rules::own_profile(ctx.domain(), ctx.viewer()).await.map(|own| own.map(Row)),
        };
        found.transpose()
    }
}

/// The profile after the change.
#[derive(SimpleObject)]
pub struct ApplicantPayload {
    /// The profile.
    applicant: Applicant,
}

mutations! {
    /// Changes to profiles, for applicants.
    ApplicantMutation;

    /// Makes the caller's profile. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED` (`PROFILE_EXISTS` at
    /// `user`: there is one of each).
    create_applicant("The new profile.": CreateApplicantInput) -> ApplicantPayload { applicant };

    /// Changes the caller's profile. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND` without one,
    /// `VALIDATION_FAILED`.
    update_applicant("The changes.": UpdateApplicantInput) -> ApplicantPayload { applicant };
}
