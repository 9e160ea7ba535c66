//! The scholarship: periods, applicants with their files, and applications.

pub mod additional_upload;
pub mod applicant;
pub mod application;
pub mod decision_message;
pub mod document;
pub mod input_rules;
pub mod period;
pub mod upload;
pub mod upload_type;
