//! The legacy APIs: the engine on a schema of its own, then each API against its document.

mod apextrack;
mod engine;
mod notary;
mod openapi;
mod scholarship;
mod staff;
mod sunset;
mod table;
mod talentsmapping;
mod values;
