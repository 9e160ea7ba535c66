//! The dashboard of affiliate tracking.

use async_graphql::{Context, Enum, Object, SimpleObject};
use gerbang_graphql::{
    date::Date,
    integer::{SafeInt, int},
};
use gerbang_kernel::error::Result;

use crate::{
    graphql::context::ContextExt,
    period::Period,
    tracking::{
        click::schema::Click,
        dashboard::rules::{self as rules, ReportRow},
        lead::schema::Lead,
        money::Money,
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
        let summary = rules::summary(ctx.domain(), ctx.viewer(), self.period).await?;
        let rules::Summary { live_clicks, clicks_today, total_leads, total_payout_micros } = summary;
        Ok(TrackingSummary {
            live_clicks_last30_seconds: int(live_clicks),
            clicks_today: clicks_today.into(),
            total_leads: total_leads.into(),
            total_payout: Money::from_micros(total_payout_micros),
        })
    }

    /// The sums of the period row by row, 1,000 at most.
    async fn report(&self, ctx: &Context<'_>) -> Result<Vec<TrackingReportRow>> {
        let (domain, viewer) = (ctx.domain(), ctx.viewer());
        let rows = match self.group_by {
            DashboardGroup::SubId => rules::report_by_sub_id(domain, viewer, self.period).await?,
            DashboardGroup::Day => rules::report_by_day(domain, viewer, self.period).await?,
        };
        Ok(rows.into_iter().map(TrackingReportRow).collect())
    }

    /// The newest 10 clicks of the period.
    async fn recent_clicks(&self, ctx: &Context<'_>) -> Result<Vec<Click>> {
        let rows = rules::recent_clicks(ctx.domain(), ctx.viewer(), self.period).await?;
        Ok(rows.into_iter().map(Click::from).collect())
    }

    /// The newest 10 leads of the period.
    async fn recent_leads(&self, ctx: &Context<'_>) -> Result<Vec<Lead>> {
        let rows = rules::recent_leads(ctx.domain(), ctx.viewer(), self.period).await?;
        Ok(rows.into_iter().map(Lead::from).collect())
    }
}

/// The numbers at the top of the dashboard.
#[derive(SimpleObject)]
pub struct TrackingSummary {
    /// Clicks of the last 30 seconds.
    live_clicks_last30_seconds: i32,
    /// Clicks since midnight, UTC.
    clicks_today: SafeInt,
    /// Leads of the period, whatever their status.
    total_leads: SafeInt,
    /// What the approved leads of the period pay. Amounts are added as they are, whatever their currency.
    total_payout: Money,
}

/// The sums of one sub id or of one day.
pub struct TrackingReportRow(ReportRow);

/// The sums of one sub id or of one day.
#[Object]
impl TrackingReportRow {
    /// The sub id; null in a report by day.
    async fn sub_id(&self) -> Option<&str> {
        self.0.sub_id.as_deref()
    }

    /// The day, UTC; null in a report by sub id.
    async fn day(&self) -> Option<Date> {
        self.0.day().map(Date::from)
    }

    /// Clicks, with those of bots and repeats.
    async fn clicks(&self) -> SafeInt {
        self.0.clicks.into()
    }

    /// Leads, whatever their status.
    async fn leads(&self) -> SafeInt {
        self.0.leads.into()
    }

    /// Approved leads.
    async fn approved_leads(&self) -> SafeInt {
        self.0.approved_leads.into()
    }

    /// What the approved leads pay. Amounts are added as they are, whatever their currency.
    async fn total_payout(&self) -> Money {
        Money::from_micros(self.0.payout_micros)
    }

    /// Approved leads per 100 clicks, in percent, rounded to one decimal; 0 without clicks.
    async fn conversion_rate(&self) -> f64 {
        self.0.conversion_rate()
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
        #[graphql(desc = "What a row of the report stands for; `SUB_ID` by default.")] group_by: Option<DashboardGroup>,
    ) -> Result<TrackingDashboard> {
        rules::may_see(ctx.viewer())?;
        Ok(TrackingDashboard {
            period: Period::new(from.map(Into::into), to.map(Into::into), ctx.domain().clock.now().date_naive())?,
            group_by: group_by.unwrap_or_default(),
        })
    }
}
