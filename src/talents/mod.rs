//! Talents mapping: partners, the people they have assessed, and the results.

pub mod assessment;
pub mod client;
pub mod dictionary;
pub mod import;
pub mod partner;
pub mod report;
pub mod result_report;
