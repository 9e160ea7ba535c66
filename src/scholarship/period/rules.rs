//! Periods: one round of the scholarship each, with a window in which applications are taken.

use std::{cmp, sync::Arc};

use gerbang_graphql::timestamp::Timestamp;
use sea_orm::DbErr;
use uuid::Uuid;

use crate::{
    constants::{table::Table, transaction::ConstantTransaction},
    prelude::rules::*,
    scholarship::period::row::{ActiveModel, Column, Entity, Model},
};

gerbang_kernel::custom_rule! {
    /// The window of the period is not open.
    pub(crate) REGISTRATION_CLOSED: "Registration for this period is not open.", "Pendaftaran untuk periode ini tidak sedang dibuka."
}

gerbang_kernel::custom_rule! {
    /// What ends, ends after its beginning.
    AFTER_BEGIN: "It must end after it begins.", "Harus berakhir setelah dimulai."
}

/// A new period.
#[rules]
#[derive(Debug, InputObject)]
pub struct CreateScholarshipPeriodInput {
    /// `2025` or `2025/2026`; unique.
    #[rule(pattern = "[0-9]{4}(/[0-9]{4})?", max = 9)]
    pub year: String,
    /// From when applications are taken.
    pub registration_opens_at: DateTime<Utc>,
    /// Until when applications are taken; later than they open.
    pub registration_closes_at: DateTime<Utc>,
    /// When the scholarship starts.
    pub starts_at: DateTime<Utc>,
    /// When the scholarship ends; later than it starts.
    pub ends_at: DateTime<Utc>,
}

/// What changes of a period; what is absent or null stays as it is.
#[rules]
#[derive(Debug, InputObject)]
pub struct UpdateScholarshipPeriodInput {
    /// The period: its global id or its UUID.
    pub id: IdOf<Entity>,
    /// `2025` or `2025/2026`; unique.
    #[rule(pattern = "[0-9]{4}(/[0-9]{4})?", max = 9)]
    pub year: Option<String>,
    /// From when applications are taken.
    pub registration_opens_at: Option<DateTime<Utc>>,
    /// Until when applications are taken; later than they open.
    pub registration_closes_at: Option<DateTime<Utc>>,
    /// When the scholarship starts.
    pub starts_at: Option<DateTime<Utc>>,
    /// When the scholarship ends; later than it starts.
    pub ends_at: Option<DateTime<Utc>>,
}

/// Which period is closed.
#[derive(Debug, InputObject)]
pub struct CloseScholarshipPeriodInput {
    /// The period: its global id or its UUID.
    pub id: IdOf<Entity>,
}

/// Whether the period takes applications at that time. Its last moment counts: the document ends it at 23:59:59.
pub fn is_open(period: &Model, at: DateTime<Utc>) -> bool {
    period.registration_opens_at <= at && at <= *period.registration_closes_at
}

/// All periods, the newest first.
pub async fn periods(domain: &Domain, viewer: &Viewer) -> Result<Arc<Vec<Model>>> {
    viewer.require_realm(Realm::Scholarship)?;
    let newest_first = || Entity::public().order_by_desc(Column::RegistrationOpensAt).order_by_desc(Column::Id);
    domain.constants.get(Table::Periods, || async { Ok(newest_first().all(domain.db.read()).await?) }).await
}

/// Adds a period. For admins.
///
/// # Errors
/// `VALIDATION_FAILED`, among others `TAKEN` on the year.
pub async fn create_scholarship_period(
    domain: &Domain,
    viewer: &Viewer,
    input: CreateScholarshipPeriodInput,
) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let (input, found) = input.examine();
    let row = ActiveModel {
        id: Set(Uuid::now_v7().into()),
        year: Set(input.year),
        registration_opens_at: Set(Timestamp::from(input.registration_opens_at)),
        registration_closes_at: Set(Timestamp::from(input.registration_closes_at)),
        starts_at: Set(Timestamp::from(input.starts_at)),
        ends_at: Set(Timestamp::from(input.ends_at)),
        ..Default::default()
    };
    check_times(&row, found)?;
    let transaction = ConstantTransaction::begin(domain, Table::Periods).await?;
    let row = row.insert(transaction.db()).await.map_err(year_taken)?;
    transaction.commit().await?;
    Ok(row)
}

/// Changes a period. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none, `VALIDATION_FAILED`, among others `TAKEN` on the year.
pub async fn update_scholarship_period(
    domain: &Domain,
    viewer: &Viewer,
    input: UpdateScholarshipPeriodInput,
) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = ConstantTransaction::begin(domain, Table::Periods).await?;
    let mut row = input.id.find_for_update(transaction.db(), viewer).await?.into_active_model();
    let (input, found) = input.examine();
    row.year.change(input.year);
    row.registration_opens_at.change(input.registration_opens_at.map(Timestamp::from));
    row.registration_closes_at.change(input.registration_closes_at.map(Timestamp::from));
    row.starts_at.change(input.starts_at.map(Timestamp::from));
    row.ends_at.change(input.ends_at.map(Timestamp::from));
    check_times(&row, found)?;
    let row = row.update(transaction.db()).await.map_err(year_taken)?;
    transaction.commit().await?;
    Ok(row)
}

/// Ends the window for applications now; one that has ended stays as it is. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none, `VALIDATION_FAILED` (`REGISTRATION_CLOSED`) before the window has begun.
pub async fn close_scholarship_period(
    domain: &Domain,
    viewer: &Viewer,
    input: CloseScholarshipPeriodInput,
) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let now = domain.clock.now();
    let transaction = ConstantTransaction::begin(domain, Table::Periods).await?;
    let row = input.id.find_for_update(transaction.db(), viewer).await?;
    if now <= *row.registration_opens_at {
        return Err(Error::violation("input.id", REGISTRATION_CLOSED));
    }
    if !is_open(&row, now) {
        return Ok(row);
    }
    // The last moment of a window still counts, and this one must not.
    let closes_at = cmp::max(row.registration_opens_at, (now - TimeDelta::seconds(1)).into());
    let mut row = row.into_active_model();
    row.registration_closes_at = Set(closes_at);
    let row = row.update(transaction.db()).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Whether what ends, ends after its beginning; `found` is what was found before.
fn check_times(row: &ActiveModel, mut found: Violations) -> Result<()> {
    if row.registration_closes_at.as_ref() <= row.registration_opens_at.as_ref() {
        found.add("input.registrationClosesAt", AFTER_BEGIN);
    }
    if row.ends_at.as_ref() <= row.starts_at.as_ref() {
        found.add("input.endsAt", AFTER_BEGIN);
    }
    found.finish()
}

fn year_taken(error: DbErr) -> Error {
    constraint::taken(error, &[("uq_scholarship_periods_year", "input.year")])
}
