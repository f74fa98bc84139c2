//! Commands, tables, diffs, progress, exit codes.

mod connection;
pub mod demo;
mod exit;
pub mod history;
mod output;
pub mod release;
pub mod render;
pub mod run;
mod runtime;
pub mod sandbox;
pub mod status;
pub mod sync;
pub mod template;
pub mod validate;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::daemon::memory;

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
    /// Run the daemon: sync a namespace from Git until stopped.
    Run(Box<run::Args>),
    /// Render a chart as `helm template` does, byte for byte.
    Template(Box<template::Args>),
    /// Sync the namespace with a repository or folder, once.
    Sync(sync::Args),
    /// Check a cluster's folder without a cluster: every problem, with file and line.
    Validate(validate::Args),
    /// Print the manifests of a cluster's components.
    Render(render::Args),
    /// Show where the components stand.
    Status(status::Args),
    /// Helm's commands for releases: `release install …` in place of `helm install …`.
    Release(release::Args),
    /// Show the revisions of a release.
    History(history::Args),
    /// Try it: a sandbox, a sample repository, and the daemon between them.
    Demo(demo::Args),
    /// Serve a Kubernetes API in memory, for trying and testing.
    Sandbox(sandbox::Args),
}

/// Parses the arguments, runs the command, and says how it ended.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut args: Vec<OsString> = args.into_iter().collect();
    if args.get(1).is_some_and(|command| command == "template") {
        match template::plain(&args) {
            Ok(plain) => args = plain,
            Err(exit) => return exit.into(),
        }
    }
    let cli = match Cli::try_parse_from(&args) {
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
        Command::Template(_) => memory::expect_one_render(),
        _ => memory::take_larger_steps(),
    }
    match cli.command {
        Command::Run(args) => run::run(*args).into(),
        Command::Template(args) => template::run(&args).into(),
        Command::Sync(args) => sync::run(&args).into(),
        Command::Validate(args) => validate::run(&args).into(),
        Command::Render(args) => render::run(&args).into(),
        Command::Status(args) => status::run(&args).into(),
        Command::Release(args) => release::run(&args).into(),
        Command::History(args) => history::run(&args).into(),
        Command::Demo(args) => demo::run(&args).into(),
        Command::Sandbox(args) => sandbox::run(&args).into(),
    }
}
