//! Applicants: the profile of a user who applies, one each. Admins see all, applicants keep their own.

use async_graphql::{ID, MaybeUndefined};
use gerbang_graphql::{
    date::Date,
    id::{Node, global_id, parse_id},
    integer::Rupiah,
};
use gerbang_kernel::number::MAX_SAFE_INTEGER;
use gerbang_platform::query::constraint::violated;
use sea_orm::{ConnectionTrait, prelude::TextUuid};
use uuid::Uuid;

use crate::{
    accounts::{Role, user},
    prelude::rules::*,
    scholarship::applicant::row::{ActiveModel, Column, Entity, Model},
    scope,
};

gerbang_kernel::custom_rule! {
    /// Only who has a profile may do it.
    PROFILE_REQUIRED: "Create your applicant profile first.", "Buat profil calon beswan terlebih dahulu."
}

gerbang_kernel::custom_rule! {
    /// A user has one profile.
    PROFILE_EXISTS: "You already have an applicant profile.", "Profil calon beswan sudah ada."
}

/// Which applicants are wanted.
#[rules]
#[derive(Debug, Default, InputObject)]
pub struct ApplicantFilter {
    /// Part of the user's name or e-mail address, without regard to case; at most 255 characters.
    #[rule(text, max = MAX_SEARCH, optional)]
    pub search: Option<String>,
}

/// A new profile.
#[rules]
#[derive(Debug, InputObject)]
pub struct CreateApplicantInput {
    /// Whose profile it is: the caller's own account (its global id or UUID), which is also the default.
    pub user: Option<ID>,
    /// Place of birth.
    #[rule(text, max = 255)]
    pub birth_place: String,
    /// Name of the father.
    #[rule(text, max = 255)]
    pub father_name: String,
    /// What the father does.
    #[rule(text, max = 255)]
    pub father_occupation: String,
    /// Name of the mother.
    #[rule(text, max = 255)]
    pub mother_name: String,
    /// What the mother does.
    #[rule(text, max = 255)]
    pub mother_occupation: String,
    /// Postal address.
    #[rule(text, max = 5_000)]
    pub address: String,
    /// What the parents earn together a month.
    #[rule(number, min = 0, max = MAX_SAFE_INTEGER)]
    pub parents_income: Rupiah,
    /// Date of birth.
    pub birth_date: Date,
}

/// What changes of the caller's profile; what is absent stays as it is, and nothing can be cleared.
#[rules]
#[derive(Debug, InputObject)]
pub struct UpdateApplicantInput {
    /// Place of birth.
    #[rule(text, max = 255, required)]
    pub birth_place: MaybeUndefined<String>,
    /// Name of the father.
    #[rule(text, max = 255, required)]
    pub father_name: MaybeUndefined<String>,
    /// What the father does.
    #[rule(text, max = 255, required)]
    pub father_occupation: MaybeUndefined<String>,
    /// Name of the mother.
    #[rule(text, max = 255, required)]
    pub mother_name: MaybeUndefined<String>,
    /// What the mother does.
    #[rule(text, max = 255, required)]
    pub mother_occupation: MaybeUndefined<String>,
    /// Postal address.
    #[rule(text, max = 5_000, required)]
    pub address: MaybeUndefined<String>,
    /// What the parents earn together a month.
    #[rule(number, min = 0, max = MAX_SAFE_INTEGER, required)]
    pub parents_income: MaybeUndefined<Rupiah>,
    /// Date of birth.
    #[rule(required)]
    pub birth_date: MaybeUndefined<Date>,
}

/// A page of the applicants. For admins.
pub async fn applicants(
    domain: &Domain,
    viewer: &Viewer,
    filter: ApplicantFilter,
    listing: &Listing<Column>,
) -> Result<Page<Model>> {
    viewer.require_admin(Realm::Scholarship)?;
    let names = [user::row::Column::Name, user::row::Column::Email];
    let wanted = Wanted::default().search(&domain.db, &names, filter.search.as_deref()).check()?;
    let select = Entity::visible_to(viewer).apply_if(wanted, |select, wanted| {
        let users = user::row::Entity::visible_to(viewer).filter(wanted);
        select.filter(scope::among(Column::UserId, users, user::row::Column::Id))
    });
    listing.of(domain.db.read(), select, Column::Id).await
}

/// The viewer's own profile, if they have made one.
pub async fn own_profile(domain: &Domain, viewer: &Viewer) -> Result<Option<Model>> {
    find_own(domain.db.read(), viewer).await
}

async fn find_own(db: &impl ConnectionTrait, viewer: &Viewer) -> Result<Option<Model>> {
    let user = viewer.require_realm(Realm::Scholarship)?;
    Ok(Entity::visible_to(viewer).filter(Column::UserId.eq(user.id)).one(db).await?)
}

/// The user, who must be an applicant.
pub(crate) fn require_applicant(viewer: &Viewer) -> Result<&user::row::Model> {
    let user = viewer.require_user()?;
    if user.realm == Realm::Scholarship && user.role == Role::Applicant { Ok(user) } else { Err(Error::forbidden()) }
}

/// The profile that something is done for: the viewer's own, whether they name it or not. What is wrong with
/// it is noted at `input.applicant`, which every such input has, so that each front can give it a name of
/// its own (`calon_beswan` in the legacy API).
pub(crate) async fn find_actor(
    domain: &Domain,
    viewer: &Viewer,
    named: Option<&IdOf<Entity>>,
    violations: &mut Violations,
) -> Result<Option<Model>> {
    let own = find_own(domain.db.read(), viewer).await?;
    match &own {
        None => violations.add("input.applicant", PROFILE_REQUIRED),
        Some(own) if named.is_some_and(|named| named.known() != Some(&own.id)) => {
            violations.add("input.applicant", Rule::Exists);
        }
        Some(_) => {}
    }
    Ok(own)
}

/// Makes the viewer's profile. For applicants.
///
/// # Errors
/// `VALIDATION_FAILED`, among others at `input.user` `EXISTS` for another user, `PROFILE_EXISTS` if they have one.
pub async fn create_applicant(domain: &Domain, viewer: &Viewer, input: CreateApplicantInput) -> Result<Model> {
    if input.user.as_ref().is_some_and(|user| !names_caller(user, viewer)) {
        return Err(Error::violation("input.user", Rule::Exists));
    }
    let user = require_applicant(viewer)?;
    let input = input.check()?;
    let row = ActiveModel {
        id: Set(Uuid::now_v7().into()),
        user_id: Set(user.id),
        birth_place: Set(input.birth_place),
        birth_date: Set(input.birth_date),
        father_name: Set(input.father_name),
        father_occupation: Set(input.father_occupation),
        mother_name: Set(input.mother_name),
        mother_occupation: Set(input.mother_occupation),
        parents_income: Set(input.parents_income.into()),
        address: Set(input.address),
        ..Default::default()
    };
    row.insert(domain.db.write()).await.map_err(|error| {
        if violated(&error).is_some_and(|constraint| constraint.is_unique("uq_applicants_user_id")) {
            Error::violation("input.user", PROFILE_EXISTS)
        } else {
            error.into()
        }
    })
}

fn names_caller(id: &ID, viewer: &Viewer) -> bool {
    // Nobody is told so by the rules.
    let Some(user) = viewer.user() else { return true };
    id.as_str() == global_id::<user::row::Model>(&user.id).to_string()
        || parse_id::<TextUuid>(user::row::Model::KIND, id) == Some(user.uuid)
}

/// Changes the viewer's profile. For applicants.
///
/// # Errors
/// `NOT_FOUND` if they have none, `VALIDATION_FAILED`.
pub async fn update_applicant(domain: &Domain, viewer: &Viewer, input: UpdateApplicantInput) -> Result<Model> {
    let user = require_applicant(viewer)?;
    let transaction = domain.db.begin().await?;
    let own = Entity::visible_to(viewer).filter(Column::UserId.eq(user.id)).lock_exclusive().one(&transaction).await?;
    let mut row = own.ok_or_else(|| Error::not_found("Applicant profile"))?.into_active_model();
    let input = input.check()?;
    row.birth_place.change(input.birth_place);
    row.birth_date.change(input.birth_date);
    row.father_name.change(input.father_name);
    row.father_occupation.change(input.father_occupation);
    row.mother_name.change(input.mother_name);
    row.mother_occupation.change(input.mother_occupation);
    row.parents_income.change(input.parents_income.map_value(i64::from));
    row.address.change(input.address);
    let row = row.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}
