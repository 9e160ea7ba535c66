//! Periods of the scholarship.

use std::{cmp::Reverse, sync::Arc};

use gerbang_platform::query::page::held::page_of;

pub use super::row::Model as ScholarshipPeriod;
use crate::{
    prelude::schema::*,
    scholarship::period::rules::{
        self, CloseScholarshipPeriodInput, CreateScholarshipPeriodInput, UpdateScholarshipPeriodInput,
    },
};

#[node(
    "scholarshipPeriod_0198b1c2-6a3e-7c11-8f5d-2f6a1b9c0d1e",
    legacy = "The id in the legacy API, a UUID.",
    name = "Scholarship period"
)]
#[ComplexObject]
impl ScholarshipPeriod {
    /// Whether applications are taken now.
    async fn is_registration_open(&self, ctx: &Context<'_>) -> bool {
        rules::is_open(self, ctx.domain().clock.now())
    }
}

/// Periods, for everybody in the realm.
#[derive(Default)]
pub struct PeriodQuery;

#[lists]
#[Object]
impl PeriodQuery {
    /// All periods of the scholarship, the newest first. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    #[graphql(deprecation = "Use `scholarshipPeriodsConnection`, which gives them page by page.")]
    async fn scholarship_periods(&self, ctx: &Context<'_>) -> Result<Arc<Vec<ScholarshipPeriod>>> {
        rules::periods(ctx.domain(), ctx.viewer()).await
    }

    /// Periods of the scholarship, the newest first, page by page. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm,
    /// `VALIDATION_FAILED`.
    async fn scholarship_periods_connection(
        &self,
        ctx: &Context<'_>,
        #[list] list: List,
    ) -> Result<Connection<ScholarshipPeriod>> {
        let place = |period: &ScholarshipPeriod| {
            Reverse((period.registration_opens_at.timestamp_micros(), period.id.to_string()))
        };
        Ok(page_of(rules::periods(ctx.domain(), ctx.viewer()).await?, place, &list.request)?.into())
    }
}

/// The period after the change.
#[derive(SimpleObject)]
pub struct ScholarshipPeriodPayload {
    /// The period.
    scholarship_period: ScholarshipPeriod,
}

mutations! {
    /// Changes to periods, for admins of the scholarship.
    PeriodMutation;

    /// Adds a period. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED` (`TAKEN` on the year).
    create_scholarship_period("The new period.": CreateScholarshipPeriodInput) -> ScholarshipPeriodPayload { scholarship_period };

    /// Changes a period. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED` (`TAKEN` on the year).
    update_scholarship_period("The changes.": UpdateScholarshipPeriodInput) -> ScholarshipPeriodPayload { scholarship_period };

    /// Stops taking applications for a period as of now. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`,
    /// `VALIDATION_FAILED` (`REGISTRATION_CLOSED`) if it has not opened yet.
    close_scholarship_period("The period.": CloseScholarshipPeriodInput) -> ScholarshipPeriodPayload { scholarship_period };
}
