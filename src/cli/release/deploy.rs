//! `release install` and `release upgrade`. Source: helm `cmd/helm/{install,upgrade}.go`, v3.17.

use std::collections::BTreeMap;

use anyhow::{Context as _, anyhow, bail};

use super::chart::{self, As};
use super::line::Line;
use super::printed::{self, Parts};
use super::show::Format;
use super::{connect, verbs};
use crate::base::names::ReleaseName;
use crate::cli::template::live;
use crate::cli::{Exit, output};
use crate::daemon::world;
use crate::helm::record::{Release, status};
use crate::helm::render::{self, Rendered};
use crate::release::{self, Context, Intent, Observed, Options};

/// `--dry-run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DryRun {
    No,
    Client,
    Server,
}

/// `release install`.
///
/// # Errors
/// Helm's text.
pub(super) async fn install(line: &Line) -> anyhow::Result<Exit> {
    let installed = match name_and_chart(line) {
        Ok((name, chart)) => {
            let replace = line.is_set("replace");
            do_install(line, &name, &chart, Intent::Install { replace }).await
        }
        Err(error) => Err(error),
    };
    print(line, &installed.context("INSTALLATION FAILED")?)?;
    Ok(Exit::Done)
}

/// `release upgrade`.
///
/// # Errors
/// Helm's text.
pub(super) async fn upgrade(line: &Line) -> anyhow::Result<Exit> {
    let [name, path] = line.arguments.as_slice() else {
        bail!("a release and a chart are wanted");
    };
    let is_table = Format::of(line) == Format::Table;
    if line.is_set("install") {
        let ctx = connect::context(line).await?;
        let observed = release::observe(&ctx, &release_name(name, line)?).await?;
        let last = observed.history.last().map(|last| last.status.as_str());
        if matches!(last, None | Some(status::UNINSTALLED)) {
            if is_table {
                output::result(&format!("Release {name:?} does not exist. Installing it now.\n"));
            }
            let replace = last.is_some();
            let release = do_install(line, name, path, Intent::Install { replace }).await?;
            print(line, &release)?;
            return Ok(Exit::Done);
        }
    }
    dry_run(line)?;
    let named = chart::read(line, path)?;
    let release = do_upgrade(line, name, named).await.context("UPGRADE FAILED")?;
    if is_table {
        output::result(&format!("Release {name:?} has been upgraded. Happy Helming!\n"));
    }
    print(line, &release)?;
    Ok(Exit::Done)
}

fn print(line: &Line, release: &Release) -> anyhow::Result<()> {
    let parts = Parts {
        debug: verbs::is_debugging(line),
        without_notes: line.is_set("hide-notes"),
        ..Parts::default()
    };
    let text = printed::release(release, Format::of(line), parts, line.engine)?;
    output::result(&text);
    Ok(())
}

async fn do_install(line: &Line, name: &str, path: &str, intent: Intent) -> anyhow::Result<Release> {
    let named = chart::read(line, path)?;
    let dry_run = dry_run(line)?;
    let options = options(line, intent)?;
    let ctx = connect::context(line).await?;
    let capabilities = live::capabilities(&ctx.cluster, line.engine).await?;
    let observed = release::observe(&ctx, &release_name(name, line)?).await?;
    if dry_run == DryRun::No {
        verbs::check_holder(&observed)?;
        release::baseline(&ctx, &observed, &options)?;
    }
    let as_release = As {
        name: name.to_owned(),
        namespace: ctx.namespace.to_string(),
        revision: 1,
        is_upgrade: false,
    };
    let live = (dry_run != DryRun::Client).then(|| ctx.cluster.clone());
    let rendered = chart::render(line, named, as_release, capabilities, live).await?;
    act(&ctx, line, (&observed, &rendered), (&options, dry_run)).await
}

async fn do_upgrade(line: &Line, name: &str, named: chart::Named) -> anyhow::Result<Release> {
    let dry_run = dry_run(line)?;
    let options = options(line, Intent::Upgrade)?;
    let ctx = connect::context(line).await?;
    let capabilities = live::capabilities(&ctx.cluster, line.engine).await?;
    let name = release_name(name, line)?;
    let observed = release::observe(&ctx, &name).await?;
    verbs::check_holder(&observed)?;
    let baseline = release::baseline(&ctx, &observed, &options)?;
    let current = release::revision(&ctx, &name, baseline).await?;
    let named = chart::reuse(line, named, &current.release)?;
    let as_release = As {
        name: name.to_string(),
        namespace: ctx.namespace.to_string(),
        revision: observed.next_revision,
        is_upgrade: true,
    };
    let live = (dry_run != DryRun::Client).then(|| ctx.cluster.clone());
    let rendered = chart::render(line, named, as_release, capabilities, live).await?;
    act(&ctx, line, (&observed, &rendered), (&options, dry_run)).await
}

async fn act(
    ctx: &Context,
    line: &Line,
    (observed, rendered): (&Observed, &Rendered),
    (options, dry_run): (&Options, DryRun),
) -> anyhow::Result<Release> {
    if dry_run != DryRun::No {
        return Ok(release::dry_run(ctx, observed, rendered, options).await?);
    }
    let name = line.arguments.first().map_or("", String::as_str);
    let verb = if observed.is_upgrade { "Upgrade" } else { "Release" };
    // What Helm writes down when it is interrupted.
    let _ = options
        .cancel_reason
        .set(format!("{verb} \"{}\" failed: context canceled", observed.name));
    let deploying = |cancel| async move { release::deploy(ctx, observed, rendered, options, &cancel).await };
    let outcome = verbs::interruptible(name, deploying).await?;
    verbs::warn(&outcome.warnings);
    Ok(outcome.release)
}

/// Source: helm `cmd/helm/install.go` (`validateDryRunOptionFlag`), v3.17.
fn dry_run(line: &Line) -> anyhow::Result<DryRun> {
    let is_secretive = line.is_set("hide-secret");
    let found = match line.text("dry-run").unwrap_or_default() {
        "" | "none" | "false" => DryRun::No,
        "client" | "true" => DryRun::Client,
        "server" => DryRun::Server,
        _ => {
            bail!("Invalid dry-run flag. Flag must one of the following: false, true, none, client, server")
        }
    };
    match (is_secretive, found) {
        (true, DryRun::No) => bail!("Hiding Kubernetes secrets requires a dry-run mode"),
        (true, _) => bail!("--hide-secret is not supported"),
        _ => Ok(found),
    }
}

fn options(line: &Line, intent: Intent) -> anyhow::Result<Options> {
    Ok(Options {
        intent,
        atomic: line.is_set("atomic") || line.is_set("rollback-on-failure"),
        cleanup_on_fail: line.is_set("cleanup-on-fail"),
        create_namespace: line.is_set("create-namespace") && matches!(intent, Intent::Install { .. }),
        skip_crds: line.is_set("skip-crds"),
        take_ownership: line.is_set("take-ownership"),
        labels: labels(line),
        ..verbs::options(line)?
    })
}

fn labels(line: &Line) -> BTreeMap<String, String> {
    let pairs = line
        .texts("labels")
        .iter()
        .filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

/// Source: helm `pkg/chartutil/validate_name.go`, v3.17.
fn release_name(name: &str, line: &Line) -> anyhow::Result<ReleaseName> {
    if line.command.name == "upgrade" {
        return verbs::name(name, "release name is invalid");
    }
    name.parse().map_err(|_| {
        let doing = if line.engine.is_v4 { "release name check failed: " } else { "" };
        let rule = match name {
            "" => "no name provided",
            _ => {
                r"invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53"
            }
        };
        anyhow!("{doing}release name {name:?}: {rule}")
    })
}

/// Source: helm `pkg/action/install.go` (`NameAndChart`), v3.17.
fn name_and_chart(line: &Line) -> anyhow::Result<(String, String)> {
    let template = line.text("name-template").unwrap_or_default();
    let is_generated = line.is_set("generate-name");
    match line.arguments.as_slice() {
        [_, _] if is_generated => bail!("cannot set --generate-name and also specify a name"),
        [_, _] if !template.is_empty() => bail!("cannot set --name-template and also specify a name"),
        [name, chart] => Ok((name.clone(), chart.clone())),
        [chart] if !template.is_empty() => Ok((render::name(template, &world::system())?, chart.clone())),
        [_] if !is_generated => bail!("must either provide a name or specify --generate-name"),
        [chart] => Ok((
            generated_name(chart, (world::system().now)().as_second()),
            chart.clone(),
        )),
        [_, _, more @ ..] => bail!(
            "expected at most two arguments, unexpected arguments: {}",
            more.join(", ")
        ),
        [] => bail!("a chart is wanted"),
    }
}

fn generated_name(chart: &str, seconds: i64) -> String {
    let base = chart.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let base = match base {
        "" | "." => "chart",
        base => base.split('.').next().unwrap_or_default(),
    };
    format!("{base}-{seconds}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_from_charts() {
        for (chart, expected) in [
            ("./web", "web-7"),
            ("charts/web-1.2.3.tgz", "web-1-7"),
            ("web/", "web-7"),
            (".", "chart-7"),
        ] {
            assert_eq!(generated_name(chart, 7), expected);
        }
    }
}
