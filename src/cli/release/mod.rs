//! `deploy-manager release`: Helm's commands for releases, with Helm's flags, output and exit codes.

mod chart;
mod connect;
mod deploy;
mod get;
mod line;
mod list;
mod printed;
mod show;
mod table;
mod testing;
mod verbs;

use super::{Exit, output, runtime};
use crate::base::report::advised;
use crate::helm::engines::Engine;
use crate::release;
use line::{Line, Unread};
use table::{COMMANDS, Command, GLOBAL, Kind};

/// The words of the command line: read as Helm reads them.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub struct Args {
    /// A command of helm (install, upgrade, rollback, uninstall, test, status, history, list, get …) with its flags
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    words: Vec<String>,
}

/// Runs one of Helm's commands.
#[must_use]
pub fn run(args: &Args) -> Exit {
    match line::read(&args.words) {
        Ok(line) => runtime::run(async {
            match command(&line).await {
                Ok(exit) => Ok(exit),
                Err(error) => Ok(failed(&error, line.engine)),
            }
        }),
        Err(Unread::Help(name)) => {
            output::result(&help(name));
            Exit::Done
        }
        Err(Unread::Wrong(text)) => {
            output::note(&format!("Error: {text}"));
            Exit::Error
        }
    }
}

/// Says what failed, a release's errors in the words of this Helm, and gives advice where there is some.
fn failed(error: &anyhow::Error, engine: &Engine) -> Exit {
    let mut texts = Vec::new();
    for cause in error.chain() {
        let Some(known) = cause.downcast_ref::<release::Error>() else {
            texts.push(cause.to_string());
            continue;
        };
        texts.push(known.told(engine));
        output::note(&advised(&format!("Error: {}", texts.join(": ")), known));
        return Exit::Error;
    }
    output::error(error)
}

async fn command(line: &Line) -> anyhow::Result<Exit> {
    match line.command.name {
        "install" => deploy::install(line).await,
        "upgrade" => deploy::upgrade(line).await,
        "rollback" => verbs::rollback(line).await,
        "uninstall" => verbs::uninstall(line).await,
        "status" => get::status(line).await,
        "history" => list::history(line).await,
        "list" => list::list(line).await,
        "test" => testing::test(line).await,
        _ => get::get(line).await,
    }
}

/// The commands, or the flags of one. `get` alone stands for its commands.
fn help(name: Option<&str>) -> String {
    let found = COMMANDS.iter().find(|command| Some(command.name) == name);
    if let Some(command) = found {
        return flags(command);
    }
    let is_shown = |command: &&Command| name.is_none_or(|parent| command.name.starts_with(parent));
    let lines = COMMANDS
        .iter()
        .filter(is_shown)
        .map(|command| format!("  {:<14} {}\n", command.name, command.about));
    format!(
        "Helm's commands for releases, with Helm's flags, output and exit codes.\n\n\
         Usage: deploy-manager release <COMMAND>\n\nCommands:\n{}",
        lines.collect::<String>()
    )
}

fn flags(command: &Command) -> String {
    let line = |flag: &table::Flag| {
        let short = flag
            .short
            .map_or("    ".to_owned(), |letter| format!("-{letter}, "));
        let value = match flag.kind {
            Kind::Switch => "",
            Kind::DryRun | Kind::Strategy => "[=VALUE]",
            _ => " VALUE",
        };
        format!(
            "  {short}{:<34} {}\n",
            format!("--{}{value}", flag.name),
            flag.help
        )
    };
    let own = command
        .flags
        .iter()
        .filter(|group| !std::ptr::eq(**group, GLOBAL));
    let own: String = own.flat_map(|group| group.iter()).map(line).collect();
    let global: String = GLOBAL.iter().map(line).collect();
    format!(
        "{}.\n\nUsage: deploy-manager release {} {} [flags]\n\nFlags:\n{own}\nFlags of all commands:\n{global}",
        command.about, command.name, command.arguments_shown
    )
}
