//! Messages that leave: written with the change they tell of, sent by a worker.

pub mod handle;
pub(crate) mod language;
mod letter;
pub mod links;
pub mod message_templates;
mod reach;
pub mod row;
pub mod rules;
