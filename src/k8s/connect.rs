//! Finding the API server: kubeconfig, in-cluster settings, TLS.

use std::path::PathBuf;
use std::sync::Once;
use std::time::Duration;

use kube::config::{KubeConfigOptions, Kubeconfig};

use super::Error;
use super::clientcmd::{self, CommandLine};
use crate::base::names::Namespace;
use crate::base::secret::redact_url;

/// How long a TCP and TLS handshake may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where the API server is: the first of these that is there, else in-cluster settings, else the default kubeconfig.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// A kubeconfig file.
    pub kubeconfig: Option<PathBuf>,
    /// A context in it (alone: in the default kubeconfig).
    pub context: Option<String>,
    /// Instead of the context's or pod's namespace.
    pub namespace: Option<Namespace>,
}

/// What a connection resolves to.
pub(super) struct Resolved {
    pub(super) client: kube::Client,
    pub(super) server: String,
    pub(super) namespace: Namespace,
}

/// Resolves and builds the client; sends nothing.
pub(super) async fn resolve(connection: &Connection) -> Result<Resolved, Error> {
    install_tls();
    let config = read_config(connection).await?;
    let namespace = match &connection.namespace {
        Some(namespace) => namespace.clone(),
        None => parse_namespace(&config.default_namespace)?,
    };
    build(config, namespace)
}

/// The same for a command line.
pub(super) async fn resolve_as_client(line: &CommandLine) -> Result<Resolved, Error> {
    install_tls();
    let config = clientcmd::read(line).await?;
    let namespace = parse_namespace(&config.default_namespace)?;
    build(config, namespace)
}

fn build(mut config: kube::Config, namespace: Namespace) -> Result<Resolved, Error> {
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    config.default_retry = false; // This room retries by its own rules.
    let server = redact_url(&config.cluster_url.to_string())
        .trim_end_matches('/')
        .to_owned();
    let client = kube::Client::try_from(config)
        .map_err(|error| Error::Config(format!("cannot set up the connection to {server}: {error}")))?;
    Ok(Resolved {
        client,
        server,
        namespace,
    })
}

/// Makes AWS-LC the process's TLS provider; whoever comes first wins, and all of ours install the same.
fn install_tls() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    });
}

async fn read_config(connection: &Connection) -> Result<kube::Config, Error> {
    let options = KubeConfigOptions {
        context: connection.context.clone(),
        ..KubeConfigOptions::default()
    };
    if let Some(path) = &connection.kubeconfig {
        let of_file = |error| Error::Config(format!("kubeconfig {}: {error}", path.display()));
        let kubeconfig = Kubeconfig::read_from(path).map_err(of_file)?;
        return kube::Config::from_custom_kubeconfig(kubeconfig, &options)
            .await
            .map_err(of_file);
    }
    if connection.context.is_some() {
        let of_default = |error| Error::Config(format!("default kubeconfig: {error}"));
        return kube::Config::from_kubeconfig(&options).await.map_err(of_default);
    }
    let in_cluster = match kube::Config::incluster() {
        Ok(config) => return Ok(config),
        Err(error) => error,
    };
    kube::Config::from_kubeconfig(&options).await.map_err(|error| {
        Error::Config(format!(
            "no API server: in-cluster settings: {in_cluster}; default kubeconfig: {error}"
        ))
    })
}

fn parse_namespace(name: &str) -> Result<Namespace, Error> {
    name.parse()
        .map_err(|error| Error::Config(format!("namespace of the connection: {error}")))
}
