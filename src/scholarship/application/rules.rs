//! Applications: one of each applicant in each period, made while the period takes them, decided on by admins.

use gerbang_platform::query::constraint::violated;
use uuid::Uuid;

use crate::{
    prelude::rules::*,
    scholarship::{
        applicant::{
            self,
            rules::{find_actor, require_applicant},
        },
        application::row::{ActiveModel, Column, Entity, Model, Status},
        decision_message::DecisionMessage,
        period::{
            self,
            rules::{REGISTRATION_CLOSED, is_open},
        },
    },
};

gerbang_kernel::custom_rule! {
    /// An applicant applies once in each period.
    ALREADY_APPLIED: "You have already applied for this period.", "Anda sudah mendaftar pada periode ini."
}

/// Which applications are wanted.
#[derive(Debug, Default, InputObject)]
pub struct ScholarshipApplicationFilter {
    /// Only those that are this far.
    pub status: Option<Status>,
    /// Only those that are as far as one of these, instead of `status`.
    pub statuses: Option<Vec<Status>>,
    /// Only those for this period: its global id or its UUID.
    pub period_id: Option<IdOf<period::row::Entity>>,
    /// Only those handed in at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Only those handed in before this time.
    pub to: Option<DateTime<Utc>>,
}

/// What is applied for.
#[derive(Debug, InputObject)]
pub struct ApplyForScholarshipInput {
    /// The profile it is for: the caller's own (its global id or UUID), which is also the default.
    pub applicant: Option<IdOf<applicant::row::Entity>>,
    /// The period: its global id or its UUID.
    pub period_id: IdOf<period::row::Entity>,
}

/// What was decided.
#[rules]
#[derive(Debug, InputObject)]
pub struct DecideApplicationInput {
    /// The application: its global id or its UUID.
    pub id: IdOf<Entity>,
    /// `PENDING`, `ACCEPTED` or `REJECTED`.
    #[rule(one_of = ["PENDING", "ACCEPTED", "REJECTED"])]
    pub status: Status,
    /// What the applicant should know.
    #[rule(text, max = 5_000, optional)]
    pub note: Option<String>,
}

/// A page of the applications that the viewer may see.
pub async fn applications(
    domain: &Domain,
    viewer: &Viewer,
    ScholarshipApplicationFilter { status, statuses, period_id, from, to }: ScholarshipApplicationFilter,
    listing: &Listing<Column>,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::Scholarship)?;
    let wanted = Wanted::default()
        .one_of(Column::Status, status, statuses.as_deref(), "filter.statuses")
        .between(Column::CreatedAt, from, to)
        .check()?;
    let select = Entity::visible_to(viewer)
        .apply_if(wanted, QueryFilter::filter)
        .apply_if(period_id, |select, period| select.filter(period.is(Column::PeriodId)));
    listing.of(domain.db.read(), select, Column::Id).await
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
pub async fn apply_for_scholarship(domain: &Domain, viewer: &Viewer, input: ApplyForScholarshipInput) -> Result<Model> {
    require_applicant(viewer)?;
    let mut violations = Violations::new();
    let profile = find_actor(domain, viewer, input.applicant.as_ref(), &mut violations).await?;
    let transaction = domain.db.begin().await?;
    // The lock keeps the window from being changed until the application stands.
    let known = period::row::Entity::visible_to(viewer).filter(input.period_id.is(period::row::Column::Id));
    let period = known.lock_shared().one(&transaction).await?;
    match &period {
        None => violations.add("input.periodId", Rule::Exists),
        Some(period) if !is_open(period, domain.clock.now()) => {
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
pub async fn decide_application(domain: &Domain, viewer: &Viewer, input: DecideApplicationInput) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = domain.db.begin().await?;
    let mut row = input.id.find_for_update(&transaction, viewer).await?.into_active_model();
    let DecideApplicationInput { id: _, status, note } = input.check()?;
    row.status = Set(status);
    row.decision_note = Set(note);
    let row = row.update(&transaction).await?;
    let event = DecisionMessage::application(&row).write(domain, &transaction, viewer, row.applicant_id).await?;
    transaction.commit().await?;
    domain.events.publish(event);
    Ok(row)
}
