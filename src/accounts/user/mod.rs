//! Users.

pub mod admin_schema;
pub mod identity;
pub mod new_users;
pub mod profiles;
pub mod realm_counter;
pub mod row;
pub mod rules;
pub mod schema;
