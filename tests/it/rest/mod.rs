//! The legacy APIs: the engine on a schema of its own, then each API against its document.

mod apextrack;
mod engine;
mod farewell;
mod notary;
mod openapi;
mod scholarship;
mod staff;
mod table;
mod talentsmapping;
mod values;
