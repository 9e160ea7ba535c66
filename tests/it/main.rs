//! The integration tests, one binary.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap fails the test")]
#![expect(clippy::disallowed_types, reason = "a server that stands for somebody else's may refuse as it likes")]
#![expect(
    clippy::format_collect,
    clippy::similar_names,
    clippy::type_complexity,
    reason = "short and plain is worth more here than fast"
)]

/// As the program has it: much of what a test does is to make an application of its own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod attack;
mod compressed;
mod constants;
mod crash;
mod database_tls;
mod demo;
mod differential;
mod documents;
mod errors;
mod finders;
mod floods;
mod fuzz;
mod graphql;
mod group_commit;
mod links;
mod migrations;
mod outage;
mod pages;
mod quotas;
mod read_replica;
mod redis;
mod refusals;
mod rest;
mod row_counts;
mod schema;
mod search;
mod server;
mod settings;
mod sqlite_build;
mod storage;
mod structure;
mod support;
mod traces;
