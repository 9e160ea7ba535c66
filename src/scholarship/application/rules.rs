//! Applications: one of each applicant in each period, made while the period takes them, decided on by admins.

use gerbang_kernel::error::{CustomRule, Error, Result, Rule};
use gerbang_platform::query::{
    constraint::violated,
    page::{Page, PageRequest, Sort, paginate},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    prelude::TextUuid,
};
use uuid::Uuid;

use crate::{
    accounts::Realm,
    domain::Domain,
    input::validate::{LONG_TEXT, Violations},
    scholarship::{
        applicant::rules::{find_actor, require_applicant},
        application::row::{ActiveModel, Column, Entity, Model, Status},
        decision_message::DecisionMessage,
        period::{
            self,
            rules::{REGISTRATION_CLOSED, is_open},
        },
    },
    scope::Scoped,
    viewer::Viewer,
};

/// An applicant applies once in each period.
const ALREADY_APPLIED: Rule = Rule::Custom(&CustomRule {
    name: "ALREADY_APPLIED",
    english: "You have already applied for this period.",
    indonesian: "Anda sudah mendaftar pada periode ini.",
});

/// Which applications are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct ApplicationFilter {
    /// How far they are.
    pub status: Option<Status>,
    /// What they are for.
    pub period_id: Option<TextUuid>,
}

/// An application to be made.
#[derive(Clone, Copy, Debug)]
pub struct Apply {
    /// The profile it is for; the viewer's own, whether it is named or not.
    pub applicant: Option<TextUuid>,
    /// What they apply for; `None` for what can be no period at all.
    pub period_id: Option<TextUuid>,
}

/// A page of the applications that the viewer may see.
pub async fn applications(
    domain: &Domain,
    viewer: &Viewer,
    filter: ApplicationFilter,
    sort: Sort<Column>,
    request: &PageRequest,
    count: bool,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::Scholarship)?;
    let ApplicationFilter { status, period_id } = filter;
    let mut select = Entity::visible_to(viewer);
    if let Some(status) = status {
        select = select.filter(Column::Status.eq(status));
    }
    if let Some(period_id) = period_id {
        select = select.filter(Column::PeriodId.eq(period_id));
    }
    paginate(domain.db.read(), select, sort, Column::Id, request, count).await
}

/// The application with this key, if the viewer may see it.
pub async fn application(domain: &Domain, viewer: &Viewer, id: TextUuid) -> Result<Option<Model>> {
    viewer.require_user()?;
    Ok(Entity::visible_to(viewer).filter(Column::Id.eq(id)).one(domain.db.read()).await?)
}

/// The viewer's newest application, if they have made one. For applicants.
pub async fn own_application(domain: &Domain, viewer: &Viewer) -> Result<Option<Model>> {
    require_applicant(viewer)?;
    let newest = Entity::visible_to(viewer).order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    Ok(newest.one(domain.db.read()).await?)
}

/// Applies for the scholarship of a period. For applicants with a profile.
///
/// # Errors
/// `VALIDATION_FAILED`: `PROFILE_REQUIRED` at `input.applicant`; at `input.periodId` `EXISTS` for an unknown
/// period, `REGISTRATION_CLOSED` outside its window, `ALREADY_APPLIED` the second time.
pub async fn apply(domain: &Domain, viewer: &Viewer, input: Apply) -> Result<Model> {
    require_applicant(viewer)?;
    let Apply { applicant, period_id } = input;
    let now = domain.clock.now();
    let mut violations = Violations::new();
    let profile = find_actor(domain, viewer, applicant, &mut violations).await?;
    let transaction = domain.db.begin().await?;
    let period = match period_id {
        // The lock keeps the window from being changed until the application stands.
        Some(id) => {
            let known = period::row::Entity::visible_to(viewer).filter(period::row::Column::Id.eq(id));
            known.lock_shared().one(&transaction).await?
        }
        None => None,
    };
    match &period {
        None => violations.add("input.periodId", Rule::Exists),
        Some(period) if !is_open(period, now) => {
            violations.add("input.periodId", REGISTRATION_CLOSED);
        }
        Some(_) => {}
    }
    violations.finish()?;
    // Without either there is a violation.
    let (Some(profile), Some(period)) = (profile, period) else { return Err(Error::not_found("Applicant")) };
    let row = ActiveModel {
        id: Set(Uuid::now_v7().into()),
        period_id: Set(period.id),
        applicant_id: Set(profile.id),
        status: Set(Status::Submitted),
        decision_note: Set(None),
        ..Default::default()
    };
    let row = row.insert(&transaction).await.map_err(|error| {
        let twice = "uq_scholarship_applications_applicant_id_period_id";
        if violated(&error).is_some_and(|constraint| constraint.is_unique(twice)) {
            Error::violation("input.periodId", ALREADY_APPLIED)
        } else {
            error.into()
        }
    })?;
    transaction.commit().await?;
    Ok(row)
}

/// Gives an application a status and notifies its applicant. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none, `VALIDATION_FAILED`, among others `IN` for `SUBMITTED`, which is no decision.
pub async fn decide(
    domain: &Domain,
    viewer: &Viewer,
    id: TextUuid,
    status: Status,
    note: Option<&str>,
) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = domain.db.begin().await?;
    let found = Entity::visible_to(viewer).filter(Column::Id.eq(id)).lock_exclusive().one(&transaction).await?;
    let mut row = found.ok_or_else(|| Error::not_found("Scholarship application"))?.into_active_model();
    let mut violations = Violations::new();
    if status == Status::Submitted {
        violations.add("input.status", Rule::In);
    }
    row.decision_note = Set(violations.optional_text("input.note", note, LONG_TEXT));
    violations.finish()?;
    row.status = Set(status);
    let row = row.update(&transaction).await?;
    let event = DecisionMessage::application(&row).write(domain, &transaction, viewer, row.applicant_id).await?;
    transaction.commit().await?;
    domain.events.publish(event);
    Ok(row)
}
