//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use sea_orm::{ActiveEnum, Iterable};

use crate::accounts::Realm;

/// A GraphQL gateway that keeps documented REST APIs alive.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
pub struct Cli {
    /// A file with settings; see `src/config.default.toml` for every key
    #[arg(long, global = true, env = "GERBANG_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve demo data from an embedded database, on this machine only
    Demo(Demo),
    /// Serve the configured database
    Serve(Serve),
    /// Bring the tables of the configured database up to date
    Migrate,
    /// Write the configured database (SQLite) to a file, as it is at one moment; a server may go on working meanwhile
    Backup(Backup),
    /// Put a backup in the place of the configured database (SQLite), which no server may be using
    Restore(Restore),
    /// Add an administrator of a realm to the configured database; the password is printed once
    CreateAdmin(CreateAdmin),
    /// Print the settings in force, each with where it comes from; secrets are hidden
    Config,
    /// Ask the running server of these settings whether it lives, as a container's health check
    Health,
    /// Make the hourly sums of clicks and leads anew; a server may go on working meanwhile
    RepairSummaries,
    /// Add clicks and leads of made-up affiliates to the configured database, for load tests
    GenerateClicks(GenerateClicks),
    /// Print the GraphQL schema
    Schema,
    /// Print every legacy route with its file, API, method, path and status codes
    Routes,
    /// Print the OpenAPI 3.1 document of a legacy API
    Openapi(Openapi),
    /// Print the examples of a legacy API as lines for a shell, which work on fresh data of the demo
    Examples(Examples),
    /// Check every route file with its examples, and the trusted documents of the settings, against the schema
    Check,
}

/// Serve demo data.
#[derive(Args, Debug)]
pub struct Demo {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Folder of the database and files; a temporary one if it isn't given
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Folder that mail and text messages are written to; `outbox` in the data folder if it isn't given
    #[arg(long, value_name = "DIR")]
    pub outbox: Option<PathBuf>,
    /// Origin that browsers may call from, such as that of a front end's development server; may be repeated
    #[arg(long = "cors-origin", value_name = "ORIGIN")]
    pub cors_origins: Vec<String>,
    /// File that lists trusted documents; may be repeated
    #[arg(long, value_name = "FILE")]
    pub documents: Vec<PathBuf>,
}

/// Serve the configured database.
#[derive(Args, Debug)]
pub struct Serve {
    /// Bring the tables up to date first, as `[database] migrate = "start"` says; of several servers that start at once one does it
    #[arg(long)]
    pub migrate: bool,
}

/// Back the database up.
#[derive(Args, Debug)]
pub struct Backup {
    /// The file to write
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Overwrite it if it is there
    #[arg(long)]
    pub force: bool,
}

/// Restore the database.
#[derive(Args, Debug)]
pub struct Restore {
    /// What `gerbang backup` wrote
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Print an OpenAPI document.
#[derive(Args, Debug)]
pub struct Openapi {
    /// The API: `talentsmapping`, `apextrack`, `notary`, `scholarship`, `staff`
    #[arg(value_name = "API")]
    pub slug: String,
}

/// Print examples.
#[derive(Args, Debug)]
pub struct Examples {
    /// The API: `talentsmapping`, `apextrack`, `notary`, `scholarship`, `staff`
    #[arg(value_name = "API")]
    pub slug: String,
    /// Where the demo is
    #[arg(long, default_value = "http://127.0.0.1:8080", value_name = "URL")]
    pub url: String,
}

/// Add an administrator.
#[derive(Args, Debug)]
pub struct CreateAdmin {
    /// Which user base: `talents_mapping`, `apextrack`, `notary`, `scholarship` or `staff` (administers everything)
    #[arg(long, value_parser = realm)]
    pub realm: Realm,
    /// The e-mail address to log in with
    #[arg(long)]
    pub email: String,
    /// How to address the person
    #[arg(long, default_value = "Administrator")]
    pub name: String,
    /// The user name, in the realm `staff`; what stands before the `@` of the address, with a number where somebody has it
    #[arg(long)]
    pub username: Option<String>,
}

/// Add clicks and leads of made-up affiliates.
#[derive(Args, Clone, Copy, Debug)]
pub struct GenerateClicks {
    /// How many clicks; every fiftieth becomes a lead
    #[arg(long, default_value_t = 1_000_000, value_name = "NUMBER")]
    pub clicks: u64,
    /// Over how many days until now
    #[arg(long, default_value_t = 30, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=3_650))]
    pub days: u32,
    /// How many affiliates
    #[arg(long, default_value_t = 1, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub affiliates: u32,
    /// How many links each of them has
    #[arg(long, default_value_t = 6, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub links: u32,
}

fn realm(word: &str) -> Result<Realm, String> {
    Realm::try_from_value(&word.to_lowercase()).map_err(|_| {
        let words: Vec<String> = Realm::iter().map(|realm| realm.to_value()).collect();
        format!("choose one of {}", words.join(", "))
    })
}
