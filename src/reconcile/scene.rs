//! What one sync sees: the commit, and the shared lists of the namespace, read once at its start.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::desired::Desired;
use super::hooks::OutputMemory;
use super::inputs::server_minor;
use super::rendering::Surroundings;
use super::{Error, Settings};
use crate::base::names::Namespace;
use crate::base::report::Problem;
use crate::helm::engines::{self, Engine};
use crate::helm::render::{Capabilities, ServerVersion};
use crate::k8s::Cluster;
use crate::release::{self, Holder, Summary};
use crate::{preparation, spec};

/// One sync's view. Nothing in it changes while the sync runs.
pub struct Scene {
    /// Who and where we are.
    pub settings: Settings,
    /// The run's id.
    pub run: String,
    /// What the commit asks for.
    pub desired: Arc<Desired>,
    /// The newest revision of each release, by name.
    pub releases: BTreeMap<String, Summary>,
    /// The server's minor version.
    pub server: String,
    /// For renders.
    pub surroundings: Surroundings,
    /// Outputs of init hooks that were read before.
    pub outputs: Arc<OutputMemory>,
    /// Somebody asked for this sync: failed components are tried at once.
    pub is_asked: bool,
}

/// The shared lists.
pub struct Seen {
    /// The newest revision of each release, by name.
    pub releases: BTreeMap<String, Summary>,
    /// `gitVersion` of the server.
    pub server_version: String,
    /// What it serves.
    pub capabilities: Capabilities,
}

/// Reads the shared lists: three requests, however many components there are.
///
/// # Errors
/// The API server's.
pub async fn look(settings: &Settings) -> Result<Seen, Error> {
    let capabilities = capabilities(settings).await?;
    Ok(Seen {
        releases: releases(settings).await?,
        server_version: capabilities.kube_version.clone().unwrap_or_default(),
        capabilities,
    })
}

/// What the server is and serves now: CRDs may have come or gone since it was last asked.
///
/// # Errors
/// The API server's.
pub async fn capabilities(settings: &Settings) -> Result<Capabilities, Error> {
    let cluster = &settings.cluster;
    let doing = |doing: &'static str| {
        move |source| Error::Cluster {
            doing: doing.to_owned(),
            source,
        }
    };
    cluster.forget_discovery();
    let version = cluster.version().await;
    let version = version.map_err(doing("reading the server's version"))?;
    let served = cluster.api_versions().await;
    Ok(Capabilities {
        kube_version: Some(version.git_version.clone()),
        server: Some(ServerVersion {
            git_version: version.git_version,
            major: version.major,
            minor: version.minor,
        }),
        extra_versions: Vec::new(),
        server_versions: Some(served.map_err(doing("discovering the server's APIs"))?),
    })
}

/// The newest revision of each release, in one list.
///
/// # Errors
/// The API server's.
pub async fn releases(settings: &Settings) -> Result<BTreeMap<String, Summary>, Error> {
    list(&settings.cluster, &settings.namespace, settings.world.now).await
}

/// The same without settings.
///
/// # Errors
/// The API server's.
pub async fn list(
    cluster: &Cluster,
    namespace: &Namespace,
    now: fn() -> jiff::Timestamp,
) -> Result<BTreeMap<String, Summary>, Error> {
    let ctx = release::Context {
        cluster: cluster.clone(),
        namespace: namespace.clone(),
        driver: release::Driver::Secret,
        // Storage is the same for all engines.
        engine: engines::CERTIFIED[0],
        holder: Holder::default(),
        now,
    };
    let found = release::list(&ctx).await;
    let found = found.map_err(|error| Error::Releases(error.to_string()))?;
    Ok(found
        .into_iter()
        .map(|newest| (newest.name.clone(), newest))
        .collect())
}

impl Scene {
    /// One sync's view.
    #[must_use]
    pub fn new(
        settings: &Settings,
        run: &str,
        desired: Arc<Desired>,
        seen: Seen,
        outputs: Arc<OutputMemory>,
    ) -> Scene {
        Scene {
            settings: settings.clone(),
            run: run.to_owned(),
            desired,
            releases: seen.releases,
            server: server_minor(&seen.server_version),
            surroundings: Surroundings {
                world: settings.world.clone(),
                namespace: settings.namespace.to_string(),
                capabilities: seen.capabilities,
                live: Some(settings.cluster.clone()),
            },
            outputs,
            is_asked: false,
        }
    }
    /// The newest revision of a component's release.
    #[must_use]
    pub fn newest(&self, component: &spec::Component) -> Option<&Summary> {
        self.releases.get(component.release.as_str())
    }
    /// Is this release installed?
    #[must_use]
    pub fn is_installed(&self, release: &str) -> bool {
        let newest = self.releases.get(release);
        newest.is_some_and(|newest| newest.status != "uninstalled")
    }
    /// Is this release installed, and no component's?
    #[must_use]
    pub fn is_left_behind(&self, release: &str) -> bool {
        let mut components = self.desired.cluster.components.values();
        self.is_installed(release) && !components.any(|component| component.release.as_str() == release)
    }
    /// For Helm's verbs.
    #[must_use]
    pub fn verbs(&self, engine: &'static Engine) -> release::Context {
        release::Context {
            cluster: self.settings.cluster.clone(),
            namespace: self.settings.namespace.clone(),
            driver: release::Driver::Secret,
            engine,
            holder: Holder {
                run: self.run.clone(),
                ..self.settings.holder.clone()
            },
            now: self.settings.world.now,
        }
    }
    /// For hooks.
    #[must_use]
    pub fn preparation(&self) -> preparation::Context {
        preparation::Context {
            cluster: self.settings.cluster.clone(),
            namespace: self.settings.namespace.clone(),
            entropy: self.settings.world.entropy,
            commit: self.desired.commit.clone(),
            run: self.run.clone(),
        }
    }
    /// Now.
    #[must_use]
    pub fn now(&self) -> jiff::Timestamp {
        (self.settings.world.now)()
    }
    /// The engine of a component.
    ///
    /// # Errors
    /// The pin is not certified.
    pub fn engine(&self, component: &spec::Component) -> Result<&'static Engine, Problem> {
        self.desired.engine(component)
    }
}
