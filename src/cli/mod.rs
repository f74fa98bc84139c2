//! Commands, tables, diffs, progress, exit codes.

mod exit;
pub mod template;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use exit::Exit;

/// Syncs one Kubernetes namespace from Git: pinned Helm charts, rendered and released natively.
#[derive(Debug, Parser)]
#[command(name = "deploy-manager", version, about, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Render a chart as `helm template` does, byte for byte.
    Template(template::Args),
}

/// Parses the arguments, runs the command, and says how it ended.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            let exit = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            };
            let _ = error.print();
            return exit.into();
        }
    };
    match cli.command {
        Command::Template(args) => template::run(&args).into(),
    }
}
