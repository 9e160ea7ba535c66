//! Messages that leave: written with the change they tell of, sent by a worker.

pub mod letters;
pub mod links;
pub mod row;
pub mod rules;
