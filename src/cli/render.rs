//! `deploy-manager render`: the manifests of a cluster's components, of the folder it is called in, or another, or a commit.

use std::path::Path;

use anyhow::bail;

use super::connection::RepositoryArgs;
use super::{Exit, output, runtime};
use crate::base::names::{ComponentName, Namespace};
use crate::daemon::world;
use crate::helm::render::Rendered;
use crate::reconcile::desired::{self, Desired};
use crate::reconcile::offline;
use crate::spec;

/// Flags of `render`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only these components
    components: Vec<ComponentName>,
    #[command(flatten)]
    repository: RepositoryArgs,
    /// Namespace that charts are rendered for
    #[arg(short, long, default_value = "default")]
    namespace: Namespace,
    /// Kubernetes version that charts are rendered for; without it the engine's default
    #[arg(long, value_name = "VERSION")]
    kube_version: Option<String>,
}

/// Renders and prints, in the order of deployment.
#[must_use]
pub fn run(args: &Args) -> Exit {
    runtime::run(render(args))
}

async fn render(args: &Args) -> anyhow::Result<Exit> {
    let repository = args.repository.clone();
    let snapshot = tokio::task::spawn_blocking(move || repository.read(Path::new("."))).await??;
    let desired = desired::read(&snapshot.commit.id, &snapshot.files, &args.namespace)?;
    let surroundings = offline::surroundings(world::system(), &args.namespace, args.kube_version.clone());
    for component in chosen(&desired, &args.components)? {
        match offline::render(&surroundings, &desired, component).await? {
            offline::Outcome::Rendered(rendering) => output::result(&documents(&rendering.rendered)),
            offline::Outcome::AfterInit(hooks) => bail!(
                "component {} needs what init hooks give ({}): it can be rendered only when they have run",
                component.name,
                hooks.join(", ")
            ),
        }
    }
    Ok(Exit::Done)
}

fn chosen<'a>(desired: &'a Desired, names: &[ComponentName]) -> anyhow::Result<Vec<&'a spec::Component>> {
    let all = &desired.cluster.components;
    if let Some(unknown) = names.iter().find(|name| !all.contains_key(name)) {
        let known: Vec<&str> = all.keys().map(ComponentName::as_str).collect();
        bail!(
            "there is no component `{unknown}`; there are {}",
            known.join(", ")
        );
    }
    let in_order = desired.in_order().into_iter();
    Ok(in_order
        .filter(|component| names.is_empty() || names.contains(&component.name))
        .collect())
}

/// As `helm template` prints: the manifest, then the hooks.
fn documents(rendered: &Rendered) -> String {
    let hooks = rendered.hooks.iter();
    let hooks = hooks.map(|hook| format!("---\n# Source: {}\n{}\n", hook.path, hook.manifest.trim_end()));
    format!("{}\n{}", rendered.manifest.trim_end(), hooks.collect::<String>())
}
