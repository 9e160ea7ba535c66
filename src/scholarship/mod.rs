//! The scholarship: periods, applicants with their files, and applications.

/// Files that applicants add.
pub mod additional_upload {
    pub mod row;
    pub mod rules;
    pub mod schema;
}

/// Applicants: profiles of users who apply for the scholarship.
pub mod applicant {
    pub mod row;
    pub mod rules;
    pub mod schema;
}

/// Applications for the scholarship.
pub mod application {
    pub mod row;
    pub mod rules;
    pub mod schema;
}

pub mod decision_message;

/// Documents that applicants hand in.
pub mod document {
    pub mod row;
    pub mod rules;
    pub mod schema;
}

/// Periods of the scholarship.
pub mod period {
    pub mod row;
    pub mod rules;
    pub mod schema;
}

pub mod upload;

/// What additional uploads can be.
pub mod upload_type {
    pub mod row;
    pub mod rules;
    pub mod schema;
}
