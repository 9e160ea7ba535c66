//! The legacy APIs, each against its document.

mod apextrack;
mod examples;
mod notary;
mod openapi;
mod scholarship;
mod staff;
mod sunset;
mod table;
mod talentsmapping;
mod values;
