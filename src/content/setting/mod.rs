//! Settings: named texts of the site.

pub mod row;
pub mod rules;
pub mod schema;
