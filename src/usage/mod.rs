//! Who still calls which legacy route.

pub mod calls;
pub mod row;
pub mod rules;
pub mod schema;
