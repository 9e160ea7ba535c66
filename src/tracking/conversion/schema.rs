//! Conversions: how networks report leads.

use crate::{
    graphql::mutations::mutations,
    tracking::conversion::rules::{self, Conversion, RecordConversionInput},
};

mutations! {
    /// Recording conversions.
    ConversionMutation;

    /// Records that a click turned into a lead, or what became of the lead; what comes again changes nothing. For
    /// everybody who has the network's secret. A pending lead can be approved or rejected, an approved one rejected; any
    /// other change is ignored. Errors: `VALIDATION_FAILED`, `NOT_FOUND` for an unknown click, `FORBIDDEN` without the
    /// right secret.
    record_conversion[]("The postback.": RecordConversionInput) -> Conversion;
}
