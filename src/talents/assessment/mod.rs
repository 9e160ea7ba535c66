//! Results of assessments.

pub mod result_row;
pub mod rules;
pub mod schema;
pub mod score_row;
