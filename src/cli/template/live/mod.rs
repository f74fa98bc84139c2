//! `template` with a cluster: what of it is asked for, and the answers.

mod build;
pub(in crate::cli) mod connect;
mod dry_run;
mod existing;
mod metadata;
mod told;

use std::sync::Arc;

use anyhow::{anyhow, bail};
use tokio::runtime::Runtime;

use super::flags::TemplateArgs;
use super::{complain, failure};
use crate::golang::strconv::quote;
use crate::helm::chart::Chart;
use crate::helm::engines::Engine;
use crate::helm::render::{Capabilities, Lookup, RenderError, Rendered, ServerVersion};
use crate::k8s::Cluster;

pub(super) use connect::{context_namespace, is_set};
pub(super) use dry_run::{Asked, parse_bool};

/// The answers of a cluster, as far as they are asked for.
pub(super) enum Live {
    /// Nothing is asked.
    Offline,
    /// Connected.
    Connected {
        cluster: Cluster,
        runtime: Runtime,
        asked: Asked,
    },
    /// Templates may look things up, and the settings that lead to the cluster are wrong: Helm tells it when it renders.
    Misled(String),
}

impl Live {
    /// Connects, and where the cluster shall validate, makes sure that it can be reached.
    ///
    /// # Errors
    /// Helm's text.
    pub(super) fn connect(asked: Asked, args: &TemplateArgs, engine: &Engine) -> anyhow::Result<Live> {
        if asked == Asked::NOTHING {
            return Ok(Live::Offline);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        match runtime.block_on(Cluster::connect_as_client(&connect::command_line(&args.kube))) {
            Ok(cluster) => Ok(Live::Connected {
                cluster,
                runtime,
                asked,
            }),
            Err(error) if asked.validation => Err(unreachable(&error.to_string(), engine)),
            Err(error) => Ok(Live::Misled(error.to_string())),
        }
    }

    /// What the cluster is and serves, where that counts.
    ///
    /// # Errors
    /// Helm's text.
    pub(super) fn capabilities(&self, engine: &Engine) -> anyhow::Result<Option<Capabilities>> {
        let Live::Connected {
            cluster,
            runtime,
            asked: Asked { validation: true, .. },
        } = self
        else {
            return Ok(None);
        };
        runtime.block_on(capabilities(cluster, engine)).map(Some)
    }

    /// For templates.
    pub(super) fn lookup(&self, engine: &'static Engine) -> Option<Arc<dyn Lookup>> {
        match self {
            Live::Connected {
                cluster,
                runtime,
                asked: Asked { lookup: true, .. },
            } => Some(Arc::new(told::ToldLookup {
                cluster: cluster.clone(),
                runtime: runtime.handle().clone(),
                engine,
            })),
            _ => None,
        }
    }

    /// Whether the cluster would take the manifest.
    ///
    /// # Errors
    /// Helm's text.
    pub(super) fn validate(
        &self,
        rendered: &Rendered,
        release: &str,
        args: &TemplateArgs,
        engine: &Engine,
    ) -> anyhow::Result<()> {
        let Live::Connected {
            cluster,
            runtime,
            asked: Asked { validation: true, .. },
        } = self
        else {
            return Ok(());
        };
        // With `--output-dir` Helm has written the manifest away, and holds nothing to look at.
        let manifest = match args.output_dir {
            Some(_) => "",
            None => rendered.manifest.as_str(),
        };
        let namespace = args.namespace();
        let doing = "unable to build kubernetes objects from release manifest";
        let objects = runtime.block_on(build::objects(
            cluster,
            manifest,
            &namespace,
            !args.disable_openapi_validation,
            engine,
        ));
        let objects = objects.map_err(|error| anyhow!("{doing}: {error}"))?;
        if args.is_upgrade {
            return Ok(());
        }
        let release = existing::Release {
            name: release,
            namespace: &namespace,
            takes_ownership: args.take_ownership,
        };
        let checked = runtime.block_on(existing::check(cluster, &objects, &release, engine));
        let first = if engine.is_v4 { "unable" } else { "Unable" };
        checked.map_err(|error| anyhow!("{first} to continue with install: {error}"))
    }

    /// What is wrong about the way to the cluster, where Helm tells it only when it renders.
    pub(super) fn misled(&self) -> Option<anyhow::Error> {
        let Live::Misled(why) = self else {
            return None;
        };
        Some(RenderError::rendering(why.clone()).into())
    }

    /// The crds/ of the chart are not there yet: Helm 4 warns of it, Helm 3 only in debugging.
    pub(super) fn warn_of_crds(&self, chart: &Chart, args: &TemplateArgs, engine: &Engine) {
        let is_validating = matches!(self, Live::Connected { asked, .. } if asked.validation);
        if is_validating && engine.is_v4 && !args.skip_crds && has_crds(chart) {
            let text = "This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.";
            complain(&format!("level=WARN msg={}\n", quote(text.as_bytes())));
        }
    }
}

/// What the command line says of the cluster, and the warnings that go with it.
///
/// # Errors
/// Helm's text.
pub(super) fn asked(args: &TemplateArgs, engine: &Engine) -> anyhow::Result<Asked> {
    let (asked, warnings) = dry_run::of_flags(args.validate, args.dry_run.as_deref(), engine);
    failure::log(&warnings, engine);
    match asked {
        Ok(asked) => Ok(asked),
        Err(error) => bail!("{error}"),
    }
}

/// What a cluster is and serves.
///
/// # Errors
/// Helm's text.
pub(in crate::cli) async fn capabilities(cluster: &Cluster, engine: &Engine) -> anyhow::Result<Capabilities> {
    let version = cluster.version().await;
    let version = version.map_err(|error| unreachable(&connect::go_raw_text(&error, "/version"), engine))?;
    let served = cluster.api_versions().await.map_err(|error| {
        anyhow!(
            "could not get apiVersions from Kubernetes: {}",
            connect::go_text(&error, "/api")
        )
    })?;
    Ok(Capabilities {
        server: Some(ServerVersion {
            git_version: version.git_version,
            major: version.major,
            minor: version.minor,
        }),
        server_versions: Some(served),
        ..Capabilities::default()
    })
}

/// Can the cluster be reached? Helm asks before anything else.
///
/// # Errors
/// Helm's text.
pub(in crate::cli) async fn check_reachable(cluster: &Cluster, engine: &Engine) -> anyhow::Result<()> {
    match cluster.version().await {
        Ok(_) => Ok(()),
        Err(error) => Err(unreachable(&connect::go_raw_text(&error, "/version"), engine)),
    }
}

/// `lookup` of this cluster, with Helm's log lines; call it inside the runtime.
pub(in crate::cli) fn told_lookup(cluster: &Cluster, engine: &'static Engine) -> Arc<dyn Lookup> {
    Arc::new(told::ToldLookup {
        cluster: cluster.clone(),
        runtime: tokio::runtime::Handle::current(),
        engine,
    })
}

fn has_crds(chart: &Chart) -> bool {
    let is_crd = |name: &str| name.starts_with("crds/") && name.ends_with(".yaml");
    chart.files.iter().any(|file| is_crd(&file.name))
        || chart.dependencies.iter().any(|child| has_crds(child))
}

pub(in crate::cli) fn unreachable(why: &str, engine: &Engine) -> anyhow::Error {
    if !engine.is_v4 {
        return anyhow!("Kubernetes cluster unreachable: {why}");
    }
    let text = format!("cluster reachability check failed: kubernetes cluster unreachable: {why}");
    complain(&format!("level=ERROR msg={}\n", quote(text.as_bytes())));
    anyhow!(text)
}
