//! What every noun of the product names in its files: `use crate::prelude::rules::*` in its rules, and so on.

pub(crate) mod mutations;
pub mod row;
pub mod rules;
pub mod schema;
