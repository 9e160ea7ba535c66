//! The dashboard of affiliate tracking.

use gerbang_graphql::date::Date;
use tokio::sync::OnceCell;

use crate::{
    period::Period,
    prelude::schema::*,
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
    /// Whether somebody asks for the report.
    has_report: bool,
    report: OnceCell<Vec<TrackingReportRow>>,
}

impl TrackingDashboard {
    /// What is read once, whoever asks first.
    async fn rows(&self, ctx: &Context<'_>) -> Result<&[TrackingReportRow]> {
        let (domain, viewer, period) = (ctx.domain(), ctx.viewer(), self.period);
        let read = async || match self.group_by {
            DashboardGroup::SubId => rules::report_by_sub_id(domain, viewer, period).await,
            DashboardGroup::Day => rules::report_by_day(domain, viewer, period).await,
        };
        self.report.get_or_try_init(read).await.map(Vec::as_slice)
    }
}

/// The numbers of affiliate tracking: everybody's for admins, their own for affiliates.
#[Object]
impl TrackingDashboard {
    /// The numbers at the top.
    async fn summary(&self, ctx: &Context<'_>) -> Result<TrackingSummary> {
        let report = if self.has_report { Some(self.rows(ctx).await?) } else { None };
        rules::summary(ctx.domain(), ctx.viewer(), self.period, report).await
    }

    /// The sums of the period row by row, 1,000 at most.
    async fn report(&self, ctx: &Context<'_>) -> Result<&[TrackingReportRow]> {
        self.rows(ctx).await
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
            has_report: ctx.look_ahead().field("report").exists(),
            report: OnceCell::new(),
        })
    }
}
