//! The summary that anybody may see.

use gerbang_graphql::{date::Date, integer::int};

use crate::{
    period::Period,
    prelude::schema::*,
    talents::report::rules::{self, MonthSummary, PaymentSummary},
};

/// Counts of partners, clients, assessments and payments in a period. Days and months are UTC.
pub struct SummaryReport(Period);

/// Counts of partners, clients, assessments and payments in a period. Days and months are UTC.
#[Object]
impl SummaryReport {
    /// How many partners were added.
    async fn partners(&self, ctx: &Context<'_>) -> Result<i32> {
        rules::partners(ctx.domain(), self.0).await.map(int)
    }

    /// How many clients were added.
    async fn clients(&self, ctx: &Context<'_>) -> Result<i32> {
        rules::clients(ctx.domain(), self.0).await.map(int)
    }

    /// How many assessments were made.
    async fn assessments(&self, ctx: &Context<'_>) -> Result<i32> {
        rules::assessments(ctx.domain(), self.0).await.map(int)
    }

    /// The same month by month, without a gap: from `from` or the first month in use, at most the last ten years.
    async fn months(&self, ctx: &Context<'_>) -> Result<Vec<MonthSummary>> {
        rules::months(ctx.domain(), self.0).await
    }

    /// Payments made out in the period, by provider and status. Null unless the viewer is an ADMIN of talents
    /// mapping or of the gateway.
    async fn payments(&self, ctx: &Context<'_>) -> Option<Result<Vec<PaymentSummary>>> {
        rules::payments(ctx.domain(), ctx.viewer(), self.0).await.transpose()
    }
}

/// The summary, for everybody.
#[derive(Default)]
pub struct ReportQuery;

#[Object]
impl ReportQuery {
    /// Counts of a period; of all time without one. For everybody. Errors: `VALIDATION_FAILED` for a period that ends
    /// before it begins or is longer than ten years.
    async fn summary_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day; from the beginning if not given.")] from: Option<Date>,
        #[graphql(desc = "The last day; until today if not given.")] to: Option<Date>,
    ) -> Result<SummaryReport> {
        let today = ctx.domain().clock.now().date_naive();
        Period::new(from.map(Into::into), to.map(Into::into), today).map(SummaryReport)
    }
}
