//! Conversions: how networks report leads.

use async_graphql::{Context, Object};
use gerbang_kernel::error::Result;

use crate::{
    graphql::context::ContextExt,
    tracking::conversion::rules::{self, Conversion, RecordConversionInput},
};

/// Recording conversions.
#[derive(Default)]
pub struct ConversionMutation;

#[Object]
impl ConversionMutation {
    /// Records that a click turned into a lead, or what became of the lead; what comes again changes nothing. For
    /// everybody who has the network's secret. A pending lead can be approved or rejected, an approved one rejected; any
    /// other change is ignored. Errors: `VALIDATION_FAILED`, `NOT_FOUND` for an unknown click, `FORBIDDEN` without the
    /// right secret.
    async fn record_conversion(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The postback.")] input: RecordConversionInput,
    ) -> Result<Conversion> {
        rules::record_conversion(ctx.domain(), input).await
    }
}
