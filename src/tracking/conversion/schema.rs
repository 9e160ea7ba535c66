//! Conversions: how networks report leads.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use gerbang_kernel::error::Result;

use crate::{
    graphql::context::ContextExt,
    tracking::{
        conversion::rules::{self as rules, Conversion},
        lead::schema::Lead,
        money::schema::Amount,
    },
};

/// A postback, in the words of the network. A value that still holds a macro (`{clickid}`) is refused.
#[derive(Debug, InputObject)]
pub struct RecordConversionInput {
    /// The click's id, as the offer's URL carried it.
    click_id: String,
    /// What the lead pays, in the offer's currency: what the offer pays if not given, and never more than that.
    payout: Option<Amount>,
    /// `pending`, `approved` or `rejected`; `approved` if not given.
    status: Option<String>,
    /// The network's transaction, at most 255 characters; without one, a click has one lead.
    txid: Option<String>,
    /// The network's secret; needed if the network has one.
    secret: Option<String>,
}

/// The lead as it stands now.
#[derive(SimpleObject)]
pub struct RecordConversionPayload {
    /// Whether the lead was reported for the first time.
    created: bool,
    /// The lead.
    lead: Lead,
}

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
    ) -> Result<RecordConversionPayload> {
        let RecordConversionInput { click_id, payout, status, txid, secret } = input;
        let payout = payout.map(|Amount(payout)| payout);
        let input = rules::RecordConversion { click_id, payout, status, txid, secret };
        let Conversion { lead, created, changed: _ } = rules::record_conversion(ctx.domain(), input).await?;
        Ok(RecordConversionPayload { created, lead: lead.into() })
    }
}
