//! Questions that are asked often.

pub mod row;
pub mod rules;
pub mod schema;
