//! Applicants: the profile of a user who applies, one each. Admins see all, applicants keep their own.

use chrono::NaiveDate;
use gerbang_kernel::error::{CustomRule, Error, Result, Rule};
use gerbang_platform::query::{
    constraint::violated,
    page::{Page, PageRequest, Sort, paginate},
    search::contains,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QuerySelect,
    QueryTrait, prelude::TextUuid,
};
use uuid::Uuid;

use crate::{
    accounts::{Realm, Role, user},
    domain::Domain,
    input::{validate::Violations, validator::Validator},
    scholarship::{
        applicant::row::{ActiveModel, Column, Entity, Model},
        input_rules,
    },
    scope::Scoped,
    viewer::Viewer,
};

/// Only who has a profile may do it.
const PROFILE_REQUIRED: Rule = Rule::Custom(&CustomRule {
    name: "PROFILE_REQUIRED",
    english: "Create your applicant profile first.",
    indonesian: "Buat profil calon beswan terlebih dahulu.",
});

/// A user has one profile.
const PROFILE_EXISTS: Rule = Rule::Custom(&CustomRule {
    name: "PROFILE_EXISTS",
    english: "You already have an applicant profile.",
    indonesian: "Profil calon beswan sudah ada.",
});

/// A profile to be made.
#[derive(Clone, Debug)]
pub struct CreateApplicant {
    /// Place of birth.
    pub birth_place: String,
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// Name of the father.
    pub father_name: String,
    /// What the father does.
    pub father_occupation: String,
    /// Name of the mother.
    pub mother_name: String,
    /// What the mother does.
    pub mother_occupation: String,
    /// Whole rupiah a month, not negative.
    pub parents_income: i64,
    /// Postal address, at most 5,000 characters.
    pub address: String,
}

/// What changes of a profile; `None` leaves a value as it is, `Some(None)` is refused since each must be there.
#[derive(Clone, Debug, Default)]
pub struct UpdateApplicant {
    /// Place of birth.
    pub birth_place: Option<Option<String>>,
    /// Date of birth.
    pub birth_date: Option<Option<NaiveDate>>,
    /// Name of the father.
    pub father_name: Option<Option<String>>,
    /// What the father does.
    pub father_occupation: Option<Option<String>>,
    /// Name of the mother.
    pub mother_name: Option<Option<String>>,
    /// What the mother does.
    pub mother_occupation: Option<Option<String>>,
    /// Whole rupiah a month, not negative.
    pub parents_income: Option<Option<i64>>,
    /// Postal address, at most 5,000 characters.
    pub address: Option<Option<String>>,
}

impl From<CreateApplicant> for UpdateApplicant {
    fn from(input: CreateApplicant) -> Self {
        Self {
            birth_place: Some(Some(input.birth_place)),
            birth_date: Some(Some(input.birth_date)),
            father_name: Some(Some(input.father_name)),
            father_occupation: Some(Some(input.father_occupation)),
            mother_name: Some(Some(input.mother_name)),
            mother_occupation: Some(Some(input.mother_occupation)),
            parents_income: Some(Some(input.parents_income)),
            address: Some(Some(input.address)),
        }
    }
}

impl UpdateApplicant {
    /// Puts what is there into `row`.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` with every rule it breaks.
    fn apply(self, row: &mut ActiveModel) -> Result<()> {
        let mut validator = Validator::new([
            ("birthPlace", (&self.birth_place).into()),
            ("fatherName", (&self.father_name).into()),
            ("fatherOccupation", (&self.father_occupation).into()),
            ("motherName", (&self.mother_name).into()),
            ("motherOccupation", (&self.mother_occupation).into()),
            ("parentsIncome", self.parents_income.flatten().into()),
            ("address", (&self.address).into()),
        ]);
        input_rules::profile(&mut validator);
        let texts = [
            ("birthPlace", &mut row.birth_place),
            ("fatherName", &mut row.father_name),
            ("fatherOccupation", &mut row.father_occupation),
            ("motherName", &mut row.mother_name),
            ("motherOccupation", &mut row.mother_occupation),
            ("address", &mut row.address),
        ];
        for (name, column) in texts {
            if let Some(text) = validator.raw(name) {
                *column = Set(text.trim().to_owned());
            }
        }
        match self.birth_date {
            Some(Some(date)) => row.birth_date = Set(date.into()),
            Some(None) => validator.found.add("input.birthDate", Rule::Required),
            None => {}
        }
        match self.parents_income {
            Some(Some(income)) => row.parents_income = Set(income),
            Some(None) => validator.found.add("input.parentsIncome", Rule::Required),
            None => {}
        }
        validator.finish()
    }
}

/// A page of the applicants whose user's name or e-mail address contains `search`. For admins.
pub async fn applicants(
    domain: &Domain,
    viewer: &Viewer,
    search: Option<&str>,
    sort: Sort<Column>,
    request: &PageRequest,
    count: bool,
) -> Result<Page<Model>> {
    viewer.require_admin(Realm::Scholarship)?;
    let mut select = Entity::visible_to(viewer);
    if let Some(search) = search.map(str::trim).filter(|search| !search.is_empty()) {
        let users = user::row::Entity::visible_to(viewer)
            .filter(contains(&[user::row::Column::Name, user::row::Column::Email], search))
            .select_only()
            .column(user::row::Column::Id);
        select = select.filter(Column::UserId.in_subquery(users.into_query()));
    }
    paginate(domain.db.read(), select, sort, Column::Id, request, count).await
}

/// The profile with this key, if the viewer may see it.
pub async fn applicant(domain: &Domain, viewer: &Viewer, id: TextUuid) -> Result<Option<Model>> {
    viewer.require_user()?;
    Ok(Entity::visible_to(viewer).filter(Column::Id.eq(id)).one(domain.db.read()).await?)
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
    named: Option<TextUuid>,
    violations: &mut Violations,
) -> Result<Option<Model>> {
    let own = find_own(domain.db.read(), viewer).await?;
    match &own {
        None => violations.add("input.applicant", PROFILE_REQUIRED),
        Some(own) if named.is_some_and(|named| named != own.id) => violations.add("input.applicant", Rule::Exists),
        Some(_) => {}
    }
    Ok(own)
}

/// Makes the viewer's profile. For applicants.
///
/// # Errors
/// `VALIDATION_FAILED`, among others `PROFILE_EXISTS` at `input.user` if they have one.
pub async fn create_applicant(domain: &Domain, viewer: &Viewer, input: CreateApplicant) -> Result<Model> {
    let user = require_applicant(viewer)?;
    let mut row = ActiveModel { id: Set(Uuid::now_v7().into()), user_id: Set(user.id), ..Default::default() };
    UpdateApplicant::from(input).apply(&mut row)?;
    row.insert(domain.db.write()).await.map_err(|error| {
        if violated(&error).is_some_and(|constraint| constraint.is_unique("uq_applicants_user_id")) {
            Error::violation("input.user", PROFILE_EXISTS)
        } else {
            error.into()
        }
    })
}

/// Changes the viewer's profile. For applicants.
///
/// # Errors
/// `NOT_FOUND` if they have none, `VALIDATION_FAILED`.
pub async fn update_applicant(domain: &Domain, viewer: &Viewer, input: UpdateApplicant) -> Result<Model> {
    let user = require_applicant(viewer)?;
    let transaction = domain.db.begin().await?;
    let own = Entity::visible_to(viewer).filter(Column::UserId.eq(user.id)).lock_exclusive().one(&transaction).await?;
    let mut row = own.ok_or_else(|| Error::not_found("Applicant profile"))?.into_active_model();
    input.apply(&mut row)?;
    let row = row.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}
