//! Who did what, when and from where: mutations by admins, log-ins and log-outs, new passwords, and what was refused to
//! strangers.

pub mod keeping;
pub mod log;
pub mod notes;
pub mod row;
pub mod rules;
pub mod schema;
