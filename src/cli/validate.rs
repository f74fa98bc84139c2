//! `deploy-manager validate`: all that can be known to be wrong without a cluster.

use std::path::PathBuf;

use anyhow::Context as _;

use super::{Exit, output, runtime};
use crate::base::names::Namespace;
use crate::base::report::Problems;
use crate::daemon::world;
use crate::reconcile::{desired, offline};
use crate::source::git;

/// Flags of `validate`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder with cluster.yaml
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Namespace that charts are rendered for
    #[arg(short, long, default_value = "default")]
    namespace: Namespace,
    /// Kubernetes version that charts are rendered for; without it the engine's default
    #[arg(long, value_name = "VERSION")]
    kube_version: Option<String>,
}

/// Checks and prints every problem.
#[must_use]
pub fn run(args: &Args) -> Exit {
    runtime::run(validate(args))
}

async fn validate(args: &Args) -> anyhow::Result<Exit> {
    let snapshot =
        git::read_worktree(&args.dir).with_context(|| format!("reading {}", args.dir.display()))?;
    let desired = match desired::read(&snapshot.commit.id, &snapshot.files, &args.namespace) {
        Ok(desired) => desired,
        Err(problems) => return Ok(broken(&problems)),
    };
    let surroundings = offline::surroundings(world::system(), &args.namespace, args.kube_version.clone());
    let mut problems = Problems::default();
    for component in desired.in_order() {
        match offline::render(&surroundings, &desired, component).await {
            Ok(offline::Outcome::Rendered(_)) => {}
            Ok(offline::Outcome::AfterInit(hooks)) => output::note(&format!(
                "component {}: its values need what init hooks give ({}), so it is rendered when they have run",
                component.name,
                hooks.join(", ")
            )),
            Err(found) => problems.0.extend(found.0),
        }
    }
    if !problems.0.is_empty() {
        return Ok(broken(&problems));
    }
    let components = desired.cluster.components.len();
    output::note(&format!(
        "{} is valid: {components} components",
        desired.cluster.name
    ));
    Ok(Exit::Done)
}

fn broken(problems: &Problems) -> Exit {
    output::result(&format!("{problems}\n"));
    let count = problems.0.len();
    output::note(&format!("{count} problem{}", if count == 1 { "" } else { "s" }));
    Exit::Error
}
