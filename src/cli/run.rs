//! `deploy-manager run`: the daemon.

use std::path::PathBuf;
use std::time::Duration;

use super::Exit;
use crate::daemon::settings::{self, Raw};
use crate::daemon::{Daemon, Shutdown, logging};

/// The daemon's settings.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A settings file (YAML); flags and environment win over it
    #[arg(long, env = "DEPLOY_MANAGER_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Raw,
}

/// Threads that wait for Git may take their time: the process does not wait for them.
const BLOCKING_GRACE: Duration = Duration::from_millis(200);

/// Runs until a signal.
#[must_use]
pub fn run(args: Args) -> Exit {
    let (raw, config) = match settings::load(args.settings, args.config.as_ref()) {
        Ok(loaded) => loaded,
        Err(problems) => return usage(&problems),
    };
    if let Err(problem) = logging::start(raw.log.as_deref(), raw.log_format.as_deref()) {
        return usage(&[problem]);
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "starting threads");
            return Exit::Error;
        }
    };
    let ended = runtime.block_on(async {
        let shutdown = Shutdown::on_signals()?;
        let daemon = Daemon::build(config).await?;
        daemon.run(shutdown).await
    });
    runtime.shutdown_timeout(BLOCKING_GRACE);
    match ended {
        Ok(()) => Exit::Done,
        Err(error) => {
            tracing::error!("{}", super::output::told(&error));
            Exit::Error
        }
    }
}

#[expect(clippy::print_stderr, reason = "logging has not started yet")]
fn usage(problems: &[String]) -> Exit {
    for problem in problems {
        eprintln!("error: {problem}");
    }
    eprintln!("See `deploy-manager run --help`.");
    Exit::Usage
}
