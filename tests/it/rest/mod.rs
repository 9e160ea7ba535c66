//! The legacy APIs: the engine on a schema of its own, then each API against its document.

mod engine;
mod talentsmapping;
