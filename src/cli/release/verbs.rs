//! `release rollback` and `release uninstall`, and what all verbs share.
//! Source: helm `cmd/helm/{rollback,uninstall}.go`, v3.17.

use std::future::Future;

use anyhow::{anyhow, bail};
use tokio_util::sync::CancellationToken;

use super::connect;
use super::line::{Line, truth};
use crate::base::names::ReleaseName;
use crate::cli::{Exit, output, runtime};
use crate::golang::strconv::parse_int;
use crate::k8s::Propagation;
use crate::release::{self, Error, Observed, Options, State, Wait};

/// `release rollback`.
///
/// # Errors
/// Helm's text.
pub(super) async fn rollback(line: &Line) -> anyhow::Result<Exit> {
    let [name, more @ ..] = line.arguments.as_slice() else {
        bail!("a release is wanted");
    };
    let to = more.first().map(|text| revision(text)).transpose()?.unwrap_or(0);
    let options = Options {
        cleanup_on_fail: line.is_set("cleanup-on-fail"),
        ..self::options(line)?
    };
    let ctx = &connect::context(line).await?;
    let name = self::name(name, "prepareRollback: Release name is invalid")?;
    if to < 0 {
        bail!("invalid release revision");
    }
    let observed = &release::observe(ctx, &name).await?;
    let to = (to > 0).then_some(to);
    if !is_dry(line)? {
        let options = &options;
        let verb = |cancel| async move { release::rollback(ctx, observed, to, options, &cancel).await };
        let outcome = runtime::interruptible(verb).await?;
        warn(&outcome.warnings);
    } else if observed.history.is_empty() {
        bail!("release: not found");
    }
    output::result("Rollback was a success! Happy Helming!\n");
    Ok(Exit::Done)
}

/// Source of the text: Go's `strconv.Atoi`.
fn revision(text: &str) -> anyhow::Result<i64> {
    parse_int(text.as_bytes(), 10).map_err(|error| {
        anyhow!(
            "could not convert revision to a number: {}",
            error.describe("Atoi", text.as_bytes())
        )
    })
}

/// `release uninstall`.
///
/// # Errors
/// Helm's text.
pub(super) async fn uninstall(line: &Line) -> anyhow::Result<Exit> {
    let cascade = line.text("cascade").unwrap_or("background");
    let propagation = match cascade {
        "background" => Propagation::Background,
        "foreground" => Propagation::Foreground,
        "orphan" => Propagation::Orphan,
        _ => {
            bail!("invalid cascade value ({cascade}). Must be \"background\", \"foreground\", or \"orphan\"")
        }
    };
    let options = Options {
        propagation,
        ..self::options(line)?
    };
    for name in &line.arguments {
        let text = uninstall_one(line, name, &options).await?;
        output::result(&format!("{text}release \"{name}\" uninstalled\n"));
    }
    Ok(Exit::Done)
}

async fn uninstall_one(line: &Line, name: &str, options: &Options) -> anyhow::Result<String> {
    let ctx = &connect::context(line).await?;
    let name = self::name(name, "uninstall: Release name is invalid")?;
    let observed = &release::observe(ctx, &name).await?;
    if observed.history.is_empty() {
        if line.is_set("ignore-not-found") && !line.is_set("dry-run") {
            return Ok(String::new());
        }
        match line.is_set("dry-run") {
            true => bail!("release: not found"),
            false => bail!("uninstall: Release not loaded: {name}: release: not found"),
        }
    }
    if line.is_set("dry-run") {
        return Ok(String::new());
    }
    let keep = line.is_set("keep-history");
    let verb = |cancel| async move { release::uninstall(ctx, observed, keep, options, &cancel).await };
    let outcome = runtime::interruptible(verb).await?;
    warn(&outcome.warnings);
    let kept = outcome
        .kept
        .iter()
        .map(|(kind, name)| format!("[{kind}] {name}\n"));
    Ok(match outcome.kept.is_empty() {
        true => String::new(),
        false => format!(
            "These resources were kept due to the resource policy:\n{}\n",
            kept.collect::<String>()
        ),
    })
}

/// The options that most verbs have.
///
/// # Errors
/// What cannot be combined.
pub(super) fn options(line: &Line) -> anyhow::Result<Options> {
    if line.is_set("force-conflicts") && (line.is_set("force") || line.is_set("force-replace")) {
        let flag = if line.is_set("force") {
            "force"
        } else {
            "force-replace"
        };
        bail!(
            "if any flags in the group [{flag} force-conflicts] are set none of the others can be; [{}] were all set",
            if flag == "force" {
                "force force-conflicts"
            } else {
                "force-conflicts force-replace"
            }
        );
    }
    let waits = match line.text("wait") {
        Some("hookOnly" | "false") | None => Wait::None,
        Some(_) => Wait::Helm,
    };
    Ok(Options {
        timeout: line.timeout(),
        wait: waits,
        wait_for_jobs: line.is_set("wait-for-jobs"),
        history_max: history_max(line),
        description: line
            .text("description")
            .filter(|text| !text.is_empty())
            .map(str::to_owned),
        no_hooks: line.is_set("no-hooks"),
        force: line.is_set("force") || line.is_set("force-replace"),
        recreate: recreate(line)?,
        ..Options::default()
    })
}

fn recreate(line: &Line) -> anyhow::Result<Vec<String>> {
    let kinds = line.texts("recreate-kinds");
    match kinds.iter().find(|kind| *kind != "Job") {
        Some(kind) => bail!("--recreate-kinds {kind} is not supported; Job is"),
        None => Ok(kinds.to_vec()),
    }
}

fn history_max(line: &Line) -> u32 {
    const DEFAULT: u32 = 10;
    let by_environment = || connect::variable("HELM_MAX_HISTORY").parse().ok();
    match line.number("history-max") {
        Some(number) => u32::try_from(number).unwrap_or(0),
        None => by_environment().unwrap_or(DEFAULT),
    }
}

/// `--debug`, also by the environment.
pub(super) fn is_debugging(line: &Line) -> bool {
    if line.has("debug") {
        return line.is_set("debug");
    }
    truth(&connect::variable("HELM_DEBUG")).unwrap_or(false)
}

fn is_dry(line: &Line) -> anyhow::Result<bool> {
    match line.text("dry-run").unwrap_or("false") {
        "client" | "server" => Ok(true),
        "none" => Ok(false),
        other => truth(other).ok_or_else(|| {
            anyhow!("invalid dry-run value ({other:?}). Must be \"none\", \"server\", or \"client\"")
        }),
    }
}

/// A release's name.
///
/// # Errors
/// Helm's text, with this beginning.
pub(super) fn name(text: &str, what: &str) -> anyhow::Result<ReleaseName> {
    text.parse().map_err(|_| anyhow!("{what}: {text}"))
}

/// Nobody may be at work on a release that is to be deployed, unless it was a command line that died here.
///
/// # Errors
/// Who is.
pub(super) fn check_holder(observed: &Observed) -> Result<(), Error> {
    match &observed.state {
        State::Pending { holder } if !connect::is_dead(holder) => Err(Error::Busy {
            holder: holder.clone(),
        }),
        _ => Ok(()),
    }
}

/// Runs a deploy that signals may interrupt, which is said as Helm says it.
pub(super) async fn interruptible<T, F: Future<Output = T>>(
    name: &str,
    work: impl FnOnce(CancellationToken) -> F,
) -> T {
    runtime::interruptible(|cancel| {
        let told = cancel.clone();
        let work = work(cancel);
        async move {
            tokio::pin!(work);
            tokio::select! {
                done = &mut work => return done,
                () = told.cancelled() => {}
            }
            output::result(&format!("Release {name} has been cancelled.\n"));
            work.await
        }
    })
    .await
}

/// What the operator should know, beside the result.
pub(super) fn warn(warnings: &[String]) {
    for warning in warnings {
        output::note(&format!("warning: {warning}"));
    }
}
