//! The summary that anybody may see.

use async_graphql::{Context, Object, SimpleObject};
use gerbang_graphql::{
    date::Date,
    integer::{Rupiah, int},
};
use gerbang_kernel::error::Result;

use crate::{
    graphql::context::ContextExt,
    payments::order::row::{Provider, Status},
    period::Period,
    talents::report::rules,
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
        let months = rules::months(ctx.domain(), self.0).await?;
        let summary = |(month, counts): (String, rules::MonthCounts)| MonthSummary {
            month,
            clients: int(counts.clients),
            assessments: int(counts.assessments),
        };
        Ok(months.into_iter().map(summary).collect())
    }

    /// Payments made out in the period, by provider and status. Null unless the viewer is an ADMIN of talents
    /// mapping or of the gateway.
    async fn payments(&self, ctx: &Context<'_>) -> Option<Result<Vec<PaymentSummary>>> {
        let payments = rules::payments(ctx.domain(), ctx.viewer(), self.0).await.transpose()?;
        Some(payments.map(|rows| rows.into_iter().map(PaymentSummary::from).collect()))
    }
}

/// Counts of one month.
#[derive(SimpleObject)]
pub struct MonthSummary {
    /// The month as `YYYY-MM`.
    month: String,
    /// How many clients were added.
    clients: i32,
    /// How many assessments were made.
    assessments: i32,
}

/// Payments of one provider in one state.
#[derive(SimpleObject)]
pub struct PaymentSummary {
    /// Who collects them.
    provider: Provider,
    /// Where they stand.
    status: Status,
    /// How many there are.
    count: i32,
    /// The sum of those in rupiah.
    total: Rupiah,
}

impl From<rules::PaymentSummary> for PaymentSummary {
    fn from(rules::PaymentSummary { provider, status, count, total }: rules::PaymentSummary) -> Self {
        Self { provider, status, count: int(count), total: total.into() }
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
