//! Talents mapping: partners, the people they have assessed, and the results.

/// Results of assessments.
pub mod assessment {
    pub mod result_row;
    pub mod rules;
    pub mod schema;
    pub mod score_row;
}

/// Clients.
pub mod client {
    pub mod row;
    pub mod rules;
    pub mod schema;
}

/// The dictionary that explains assessment results.
pub mod dictionary {
    pub mod cluster_row;
    pub mod rules;
    pub mod schema;
    pub mod typology_row;
}

/// Taking over what an assessment found.
pub mod import {
    pub mod rules;
    pub mod schema;
}

/// Partners.
pub mod partner {
    pub mod row;
    pub mod rules;
    pub mod schema;
}

/// The summary that anybody may see.
pub mod report {
    pub mod rules;
    pub mod schema;
}

pub mod result_report;
