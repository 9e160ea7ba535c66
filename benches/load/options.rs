//! What the command line says.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// The workloads; docs/performance.md tells what they are.
const NAMES: [&str; 12] = ["W1", "W2", "W2S", "W3", "W4", "W4D", "W5", "W6", "W6C", "W7", "W8", "W9"];

/// Measures the program beside hand-written servers, under load.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// Seconds of each round of a server
    #[arg(long, default_value_t = 5.0)]
    pub(crate) seconds: f64,
    /// Rounds of each workload, in which the servers take turns
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: usize,
    /// Connections that are kept busy
    #[arg(long, default_value_t = 32)]
    pub(crate) connections: usize,
    /// Clients in the database
    #[arg(long, default_value_t = 20_000)]
    pub(crate) clients: u64,
    /// Only these workloads, such as W1,W2
    #[arg(long, value_delimiter = ',', ignore_case = true, value_parser = NAMES)]
    pub(crate) only: Vec<String>,
    /// Only this database
    #[arg(long)]
    pub(crate) database: Option<Kind>,
    /// A PostgreSQL server, as `postgres://user@host` without a database
    #[arg(long, env = "GERBANG_TEST_POSTGRES_URL")]
    pub(crate) postgres: Option<String>,
    /// The program; what was just built if it isn't given
    #[arg(long, default_value = env!("CARGO_BIN_EXE_gerbang"), hide_default_value = true, value_name = "FILE")]
    pub(crate) program: PathBuf,
    /// Measure beside the program without log, metrics and traces, too
    #[arg(long)]
    pub(crate) seeing: bool,
    /// Print Markdown
    #[arg(long)]
    pub(crate) markdown: bool,
    /// Be the hand-written server over this database
    #[arg(long, hide = true, value_name = "URL")]
    pub(crate) serve: Option<String>,
    /// Cargo says so
    #[arg(long, hide = true)]
    bench: bool,
}

/// Which database is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

impl Options {
    pub(crate) fn wants(&self, workload: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only.eq_ignore_ascii_case(workload))
    }
}
