//! The program, from its arguments to its exit code.

use std::{io::Write, process::ExitCode};

use crate::{
    cli::{Cli, Command},
    commands,
};

/// Does what the arguments say; an error goes to standard error.
///
/// A function that waits by itself, in this crate: who waits for a future of another crate compiles all that is behind it
/// once more, and behind this is everything.
#[tokio::main]
pub async fn run(Cli { config, command }: Cli) -> ExitCode {
    let outcome = match command {
        Command::Demo(arguments) => commands::demo(config.as_deref(), arguments).await,
        Command::Serve(arguments) => commands::serve(config.as_deref(), &arguments).await,
        Command::Migrate => commands::migrate(config.as_deref()).await,
        Command::Config => commands::config(config.as_deref()),
        Command::Backup(arguments) => commands::backup(config.as_deref(), &arguments).await,
        Command::Restore(arguments) => commands::restore(config.as_deref(), &arguments).await,
        Command::CreateAdmin(arguments) => commands::create_admin(config.as_deref(), arguments).await,
        Command::Health => commands::health(config.as_deref()).await,
        Command::RepairSummaries => commands::repair_summaries(config.as_deref()).await,
        Command::GenerateClicks(arguments) => commands::generate_clicks(config.as_deref(), arguments).await,
        Command::Schema => commands::schema(),
        Command::Routes => commands::routes(),
        Command::Openapi(arguments) => commands::openapi(config.as_deref(), &arguments),
        Command::Examples(arguments) => commands::examples(&arguments),
        Command::Check => commands::check(config.as_deref()).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "gerbang: {error}");
            ExitCode::FAILURE
        }
    }
}
