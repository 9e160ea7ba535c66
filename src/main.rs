//! The program.

use std::process::ExitCode;

use clap::Parser;
use gerbang::{cli::Cli, program};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    program::run(Cli::parse())
}
