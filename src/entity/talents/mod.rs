//! Partners, their clients, the assessments of these, and the dictionary that explains them.

pub mod assessment_result;
pub mod assessment_score;
pub mod client;
pub mod cluster;
pub mod partner;
pub mod typology;
