//! Affiliate tracking: links to offers, the clicks on them, and the leads that clicks turn into.
//!
//! An affiliate's link is a sub id; a visit through it is a click with an id that nobody can guess. The network behind
//! the offer sends that id back when the visitor has done what the offer is about (a *postback*): that makes a lead. The
//! sums that reports show are kept hour by hour in the transactions that write clicks and leads.

/// Clicks.
pub mod click {
    pub mod batch;
    pub mod device;
    pub mod ingest;
    pub mod months;
    pub mod recording;
    pub mod retention;
    pub mod retention_row;
    pub mod row;
    pub mod rules;
    pub mod schema;
}

/// Conversions: how networks report leads.
pub mod conversion {
    pub mod rules;
    pub mod schema;
}

/// The dashboard of affiliate tracking.
pub mod dashboard {
    pub mod rules;
    pub mod schema;
}

/// Leads.
pub mod lead {
    pub mod row;
    pub mod rules;
    pub mod schema;
}

pub mod money;

/// Networks.
pub mod network {
    pub mod row;
    pub mod rules;
    pub mod schema;
}

/// Offers.
pub mod offer {
    pub mod row;
    pub mod rules;
    pub mod schema;
    pub mod target;
}

/// Sub ids.
pub mod sub_id {
    pub mod row;
    pub mod rules;
    pub mod schema;
}

/// Sums by link and hour, kept in the transactions that write clicks and leads, so that reports never count rows.
pub mod summary {
    pub mod repair;
    pub mod row;
    pub mod rules;
}
