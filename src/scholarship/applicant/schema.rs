//! Applicants: profiles of users who apply for the scholarship.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::NaiveDate;
use gerbang_graphql::{date::Date, integer::Rupiah};
use gerbang_kernel::error::{Error, Result, Rule};
use gerbang_platform::query::page::{PageInput, PageRequest};
use sea_orm::prelude::TextUuid;
use uuid::Uuid;

use crate::input::id::IdOf;
use crate::{
    accounts::user::{self, schema::User},
    graphql::{
        connection::{Connection, Direction, sort, wants_total},
        context::ContextExt,
        loaders::PageOf,
    },
    scholarship::{
        additional_upload::schema::{AdditionalUpload, UploadsOfApplicant},
        applicant::{
            row::{Column, Model},
            rules,
        },
        application::schema::{ApplicationsOfApplicant, ScholarshipApplication},
        document::schema::{Document, DocumentsOfApplicant},
    },
    viewer::Viewer,
};
use gerbang_graphql::id::{Node, global_id, node, parse_id};

pub use super::row::Model as Applicant;

#[node("applicant_0198b1c2-6a3e-7c11-8f5d-2f6a1b9c0d1e", legacy = "The id in the legacy API, a UUID.")]
#[ComplexObject]
impl Applicant {
    /// Whose profile it is.
    async fn user(&self, ctx: &Context<'_>) -> Result<User> {
        if let Some(own) = ctx.viewer().user().filter(|user| user.id == self.user_id) {
            return Ok(own.clone().into());
        }
        let row = ctx.load(IdOf::<user::row::Entity>::new(self.user_id)).await?;
        row.map(User::from).ok_or_else(|| Error::not_found("User"))
    }

    /// The documents they handed in, oldest first. Errors: `VALIDATION_FAILED`.
    async fn documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
    ) -> Result<Connection<Document>> {
        let request = PageRequest::new(PageInput { first, after, ..PageInput::default() })?;
        let page = PageOf::<DocumentsOfApplicant>::new(self.id, request, wants_total(ctx));
        Ok(ctx.load(page).await?.unwrap_or_default().into())
    }

    /// The files they added, oldest first. Errors: `VALIDATION_FAILED`.
    async fn additional_uploads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
    ) -> Result<Connection<AdditionalUpload>> {
        let request = PageRequest::new(PageInput { first, after, ..PageInput::default() })?;
        let page = PageOf::<UploadsOfApplicant>::new(self.id, request, wants_total(ctx));
        Ok(ctx.load(page).await?.unwrap_or_default().into())
    }

    /// Their applications, the newest first. Errors: `VALIDATION_FAILED`.
    async fn applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
    ) -> Result<Connection<ScholarshipApplication>> {
        let request = PageRequest::new(PageInput { first, after, ..PageInput::default() })?;
        let page = PageOf::<ApplicationsOfApplicant>::new(self.id, request, wants_total(ctx));
        Ok(ctx.load(page).await?.unwrap_or_default().into())
    }
}

/// What applicants are sorted by.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum ApplicantOrder {
    /// When their profiles were made.
    #[default]
    CreatedAt,
    /// When their profiles were last changed.
    UpdatedAt,
    /// What the parents earn.
    ParentsIncome,
}

impl From<ApplicantOrder> for Column {
    fn from(order: ApplicantOrder) -> Self {
        match order {
            ApplicantOrder::CreatedAt => Self::CreatedAt,
            ApplicantOrder::UpdatedAt => Self::UpdatedAt,
            ApplicantOrder::ParentsIncome => Self::ParentsIncome,
        }
    }
}

/// Which applicants are wanted.
#[derive(Debug, Default, InputObject)]
pub struct ApplicantFilter {
    /// Part of the user's name or e-mail address, without regard to case.
    search: Option<String>,
}

/// Applicants as the viewer may see them.
#[derive(Default)]
pub struct ApplicantQuery;

#[Object]
impl ApplicantQuery {
    /// All applicants, for admins of the scholarship. Errors: `UNAUTHENTICATED`, `FORBIDDEN`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn applicants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which applicants are wanted.")] filter: Option<ApplicantFilter>,
        #[graphql(desc = "What to sort by; `CREATED_AT` by default.")] order_by: Option<ApplicantOrder>,
        #[graphql(desc = "Which way to sort; `ASC` by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<Applicant>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let search = filter.unwrap_or_default().search;
        let sort = sort(order_by, direction);
        let count = wants_total(ctx);
        Ok(rules::applicants(ctx.domain(), ctx.viewer(), search.as_deref(), sort, &request, count).await?.into())
    }

    /// The viewer's own profile, or the one with this id; null if there is none or the viewer may not see it. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    async fn applicant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id or the UUID; the viewer's own profile if absent.")] id: Option<ID>,
    ) -> Option<Result<Applicant>> {
        let found = match id {
            Some(id) => rules::applicant(ctx.domain(), ctx.viewer(), parse_id(<Applicant as Node>::KIND, &id)?).await,
            None => rules::own_profile(ctx.domain(), ctx.viewer()).await,
        };
        found.transpose().map(|row| row)
    }
}

/// A new profile.
#[derive(Debug, InputObject)]
pub struct CreateApplicantInput {
    /// Whose profile it is: the caller's own account (its global id or UUID), which is also the default.
    user: Option<ID>,
    /// Place of birth, at most 255 characters.
    birth_place: String,
    /// Date of birth.
    birth_date: Date,
    /// Name of the father, at most 255 characters.
    father_name: String,
    /// What the father does, at most 255 characters.
    father_occupation: String,
    /// Name of the mother, at most 255 characters.
    mother_name: String,
    /// What the mother does, at most 255 characters.
    mother_occupation: String,
    /// What the parents earn together a month, not negative.
    parents_income: Rupiah,
    /// Postal address, at most 5,000 characters.
    address: String,
}

/// What changes of the caller's profile; what is absent stays as it is, and nothing can be cleared.
#[derive(Debug, InputObject)]
pub struct UpdateApplicantInput {
    /// Place of birth, at most 255 characters.
    birth_place: MaybeUndefined<String>,
    /// Date of birth.
    birth_date: MaybeUndefined<Date>,
    /// Name of the father, at most 255 characters.
    father_name: MaybeUndefined<String>,
    /// What the father does, at most 255 characters.
    father_occupation: MaybeUndefined<String>,
    /// Name of the mother, at most 255 characters.
    mother_name: MaybeUndefined<String>,
    /// What the mother does, at most 255 characters.
    mother_occupation: MaybeUndefined<String>,
    /// What the parents earn together a month, not negative.
    parents_income: MaybeUndefined<Rupiah>,
    /// Postal address, at most 5,000 characters.
    address: MaybeUndefined<String>,
}

/// The profile after the change.
#[derive(SimpleObject)]
pub struct ApplicantPayload {
    /// The profile.
    applicant: Applicant,
}

impl From<Model> for ApplicantPayload {
    fn from(row: Model) -> Self {
        Self { applicant: row.into() }
    }
}

/// Changes to profiles, for applicants.
#[derive(Default)]
pub struct ApplicantMutation;

#[Object]
impl ApplicantMutation {
    /// Makes the caller's profile. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED` (`PROFILE_EXISTS` at
    /// `user`: there is one of each).
    async fn create_applicant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new profile.")] input: CreateApplicantInput,
    ) -> Result<ApplicantPayload> {
        let CreateApplicantInput {
            user,
            birth_place,
            birth_date,
            father_name,
            father_occupation,
            mother_name,
            mother_occupation,
            parents_income,
            address,
        } = input;
        if user.is_some_and(|user| !names_caller(&user, ctx.viewer())) {
            return Err(Error::violation("input.user", Rule::Exists));
        }
        let input = rules::CreateApplicant {
            birth_place,
            birth_date: birth_date.into(),
            father_name,
            father_occupation,
            mother_name,
            mother_occupation,
            parents_income: parents_income.into(),
            address,
        };
        Ok(rules::create_applicant(ctx.domain(), ctx.viewer(), input).await?.into())
    }

    /// Changes the caller's profile. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND` without one,
    /// `VALIDATION_FAILED`.
    async fn update_applicant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateApplicantInput,
    ) -> Result<ApplicantPayload> {
        let UpdateApplicantInput {
            birth_place,
            birth_date,
            father_name,
            father_occupation,
            mother_name,
            mother_occupation,
            parents_income,
            address,
        } = input;
        let changes = rules::UpdateApplicant {
            birth_place: birth_place.into(),
            birth_date: birth_date.map_value(NaiveDate::from).into(),
            father_name: father_name.into(),
            father_occupation: father_occupation.into(),
            mother_name: mother_name.into(),
            mother_occupation: mother_occupation.into(),
            parents_income: parents_income.map_value(i64::from).into(),
            address: address.into(),
        };
        Ok(rules::update_applicant(ctx.domain(), ctx.viewer(), changes).await?.into())
    }
}

/// The profile that an input names. One that can't be an id stands for no profile, so not for the caller's.
pub(crate) fn named(id: Option<ID>) -> Option<TextUuid> {
    id.map(|id| parse_id(<Applicant as Node>::KIND, &id).unwrap_or_else(|| TextUuid::from(Uuid::nil())))
}

fn names_caller(id: &ID, viewer: &Viewer) -> bool {
    // Nobody is told so by the rules.
    let Some(user) = viewer.user() else { return true };
    id.as_str() == global_id::<User>(&user.id).to_string()
        || parse_id::<TextUuid>(<User as Node>::KIND, id) == Some(user.uuid)
}
