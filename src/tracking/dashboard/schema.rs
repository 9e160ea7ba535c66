//! The dashboard of affiliate tracking.

use async_graphql::{Context, Enum, Object};
use gerbang_graphql::date::Date;
use gerbang_kernel::error::Result;

use crate::{
    graphql::context::ContextExt,
    period::Period,
    tracking::{
        click::schema::Click,
        dashboard::rules::{self, TrackingReportRow, TrackingSummary},
        lead::schema::Lead,
    },
};

/// What a row of the report stands for.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum DashboardGroup {
    /// A sub id; most clicks first, then by alphabet.
    #[default]
    SubId,
    /// A day, UTC; the newest first.
    Day,
}

/// The numbers of affiliate tracking: everybody's for admins, their own for affiliates.
pub struct TrackingDashboard {
    period: Period,
    group_by: DashboardGroup,
}

/// The numbers of affiliate tracking: everybody's for admins, their own for affiliates.
#[Object]
impl TrackingDashboard {
    /// The numbers at the top.
    async fn summary(&self, ctx: &Context<'_>) -> Result<TrackingSummary> {
        rules::summary(ctx.domain(), ctx.viewer(), self.period).await
    }

    /// The sums of the period row by row, 1,000 at most.
    async fn report(&self, ctx: &Context<'_>) -> Result<Vec<TrackingReportRow>> {
        match self.group_by {
            DashboardGroup::SubId => rules::report_by_sub_id(ctx.domain(), ctx.viewer(), self.period).await,
            DashboardGroup::Day => rules::report_by_day(ctx.domain(), ctx.viewer(), self.period).await,
        }
    }

    /// The newest 10 clicks of the period.
    async fn recent_clicks(&self, ctx: &Context<'_>) -> Result<Vec<Click>> {
        rules::recent_clicks(ctx.domain(), ctx.viewer(), self.period).await
    }

    /// The newest 10 leads of the period.
    async fn recent_leads(&self, ctx: &Context<'_>) -> Result<Vec<Lead>> {
        rules::recent_leads(ctx.domain(), ctx.viewer(), self.period).await
    }
}

/// The dashboard of affiliate tracking.
#[derive(Default)]
pub struct DashboardQuery;

#[Object]
impl DashboardQuery {
    /// The numbers of affiliate tracking: everybody's for admins, their own for affiliates; of all time without a period.
    /// Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm, `VALIDATION_FAILED` for a period that ends before it
    /// begins or is longer than ten years.
    async fn tracking_dashboard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day, UTC; from the beginning if not given.")] from: Option<Date>,
        #[graphql(desc = "The last day, UTC; until today if not given.")] to: Option<Date>,
        #[graphql(desc = "What a row of the report stands for.", default_with = "Some(DashboardGroup::default())")]
        group_by: Option<DashboardGroup>,
    ) -> Result<TrackingDashboard> {
        rules::may_see(ctx.viewer())?;
        Ok(TrackingDashboard {
            period: Period::new(from.map(Into::into), to.map(Into::into), ctx.domain().clock.now().date_naive())?,
            group_by: group_by.unwrap_or_default(),
        })
    }
}
