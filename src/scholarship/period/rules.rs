//! Periods: one round of the scholarship each, with a window in which applications are taken.

use std::cmp;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use gerbang_kernel::error::{CustomRule, Error, Result, Rule};
use gerbang_platform::query::constraint;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    prelude::TextUuid,
};
use uuid::Uuid;

use crate::{
    accounts::Realm,
    domain::Domain,
    input::validate::Violations,
    scholarship::period::row::{Column, Entity, Model},
    scope::Scoped,
    viewer::Viewer,
};

/// The window of the period is not open.
pub(crate) const REGISTRATION_CLOSED: Rule = Rule::Custom(&CustomRule {
    name: "REGISTRATION_CLOSED",
    english: "Registration for this period is not open.",
    indonesian: "Pendaftaran untuk periode ini tidak sedang dibuka.",
});

/// What ends, ends after its beginning.
const AFTER_BEGIN: Rule = Rule::Custom(&CustomRule {
    name: "AFTER_BEGIN",
    english: "It must end after it begins.",
    indonesian: "Harus berakhir setelah dimulai.",
});

/// Characters of a year.
const MAX_YEAR_LENGTH: u64 = 9;

/// A period to be added.
#[derive(Clone, Debug)]
pub struct CreatePeriod {
    /// `2025` or `2025/2026`.
    pub year: String,
    /// From when applications are taken.
    pub registration_opens_at: DateTime<Utc>,
    /// Until when applications are taken.
    pub registration_closes_at: DateTime<Utc>,
    /// When the scholarship starts.
    pub starts_at: DateTime<Utc>,
    /// When the scholarship ends.
    pub ends_at: DateTime<Utc>,
}

/// What changes of a period; `None` leaves a value as it is.
#[derive(Clone, Debug, Default)]
pub struct UpdatePeriod {
    /// `2025` or `2025/2026`.
    pub year: Option<String>,
    /// From when applications are taken.
    pub registration_opens_at: Option<DateTime<Utc>>,
    /// Until when applications are taken.
    pub registration_closes_at: Option<DateTime<Utc>>,
    /// When the scholarship starts.
    pub starts_at: Option<DateTime<Utc>>,
    /// When the scholarship ends.
    pub ends_at: Option<DateTime<Utc>>,
}

/// Whether the period takes applications at that time. Its last moment counts: the document ends it at 23:59:59.
pub fn is_open(period: &Model, at: DateTime<Utc>) -> bool {
    period.registration_opens_at <= at && at <= *period.registration_closes_at
}

/// All periods, the newest first.
pub async fn periods(domain: &Domain, viewer: &Viewer) -> Result<Vec<Model>> {
    viewer.require_realm(Realm::Scholarship)?;
    let newest_first = Entity::visible_to(viewer).order_by_desc(Column::RegistrationOpensAt).order_by_desc(Column::Id);
    Ok(newest_first.all(domain.db.read()).await?)
}

/// Adds a period. For admins.
///
/// # Errors
/// `VALIDATION_FAILED`, among others `TAKEN` on the year.
pub async fn create_period(domain: &Domain, viewer: &Viewer, input: CreatePeriod) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let CreatePeriod { year, registration_opens_at, registration_closes_at, starts_at, ends_at } = input;
    let now = domain.clock.now();
    let row = checked(Model {
        id: Uuid::now_v7().into(),
        year,
        registration_opens_at: registration_opens_at.into(),
        registration_closes_at: registration_closes_at.into(),
        starts_at: starts_at.into(),
        ends_at: ends_at.into(),
        created_at: now.into(),
        updated_at: now.into(),
    })?;
    row.into_active_model().reset_all().insert(domain.db.write()).await.map_err(year_taken)
}

/// Changes a period. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none, `VALIDATION_FAILED`, among others `TAKEN` on the year.
pub async fn update_period(domain: &Domain, viewer: &Viewer, id: TextUuid, input: UpdatePeriod) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let transaction = domain.db.begin().await?;
    let old = find_for_update(&transaction, viewer, id).await?;
    let UpdatePeriod { year, registration_opens_at, registration_closes_at, starts_at, ends_at } = input;
    let row = checked(Model {
        id: old.id,
        year: year.unwrap_or(old.year),
        registration_opens_at: registration_opens_at.unwrap_or(*old.registration_opens_at).into(),
        registration_closes_at: registration_closes_at.unwrap_or(*old.registration_closes_at).into(),
        starts_at: starts_at.unwrap_or(*old.starts_at).into(),
        ends_at: ends_at.unwrap_or(*old.ends_at).into(),
        created_at: old.created_at,
        updated_at: domain.clock.now().into(),
    })?;
    let row = row.into_active_model().reset_all().update(&transaction).await.map_err(year_taken)?;
    transaction.commit().await?;
    Ok(row)
}

/// Ends the window for applications now; one that has ended stays as it is. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none, `VALIDATION_FAILED` (`REGISTRATION_CLOSED`) before the window has begun.
pub async fn close_period(domain: &Domain, viewer: &Viewer, id: TextUuid) -> Result<Model> {
    viewer.require_admin(Realm::Scholarship)?;
    let now = domain.clock.now();
    let transaction = domain.db.begin().await?;
    let mut row = find_for_update(&transaction, viewer, id).await?;
    if now <= *row.registration_opens_at {
        return Err(Error::violation("input.id", REGISTRATION_CLOSED));
    }
    if is_open(&row, now) {
        // The last moment of a window still counts, and this one must not.
        row.registration_closes_at = cmp::max(row.registration_opens_at, (now - TimeDelta::seconds(1)).into());
        row.updated_at = now.into();
        row = row.into_active_model().reset_all().update(&transaction).await?;
        transaction.commit().await?;
    }
    Ok(row)
}

async fn find_for_update(transaction: &DatabaseTransaction, viewer: &Viewer, id: TextUuid) -> Result<Model> {
    let found = Entity::visible_to(viewer).filter(Column::Id.eq(id)).lock_exclusive().one(transaction).await?;
    found.ok_or_else(|| Error::not_found("Scholarship period"))
}

/// The row as it is stored, if it follows the rules.
fn checked(row: Model) -> Result<Model> {
    let mut violations = Violations::new();
    let row = Model {
        year: violations.text("input.year", &row.year, MAX_YEAR_LENGTH),
        registration_opens_at: row.registration_opens_at.trunc_subsecs(6).into(),
        registration_closes_at: row.registration_closes_at.trunc_subsecs(6).into(),
        starts_at: row.starts_at.trunc_subsecs(6).into(),
        ends_at: row.ends_at.trunc_subsecs(6).into(),
        ..row
    };
    if violations.is_empty() && !is_year(&row.year) {
        violations.add("input.year", Rule::Format);
    }
    if row.registration_closes_at <= row.registration_opens_at {
        violations.add("input.registrationClosesAt", AFTER_BEGIN);
    }
    if row.ends_at <= row.starts_at {
        violations.add("input.endsAt", AFTER_BEGIN);
    }
    violations.finish()?;
    Ok(row)
}

/// Whether this reads `2025` or `2025/2026`.
fn is_year(text: &str) -> bool {
    let is_number = |part: &str| part.len() == 4 && part.bytes().all(|digit| digit.is_ascii_digit());
    text.split_once('/').map_or_else(|| is_number(text), |(first, second)| is_number(first) && is_number(second))
}

fn year_taken(error: DbErr) -> Error {
    constraint::taken(error, &[("uq_scholarship_periods_year", "input.year")])
}
