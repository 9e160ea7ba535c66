//! Who still calls which legacy route.

pub mod announced_end;
pub mod calls;
pub mod row;
pub mod rules;
pub mod schema;
