//! Talents mapping: partners, the people they have assessed, and the results.

pub mod partner;
