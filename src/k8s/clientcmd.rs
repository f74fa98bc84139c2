//! The API server of a command line, as kubectl and Helm find it: kubeconfig files, and flags over them.
//! Source: client-go `tools/clientcmd/{loader,client_config,validation}.go` and cli-runtime
//! `pkg/genericclioptions/config_flags.go`, v0.32.

use std::path::{Path, PathBuf};

use kube::config::{AuthInfo, Cluster, Context, KubeConfigOptions, Kubeconfig};
use kube::config::{NamedAuthInfo, NamedCluster, NamedContext};

use super::Error;
use crate::base::secret::Secret;

/// The server where nothing names one.
const DEFAULT_SERVER: &str = "http://localhost:8080";

/// What a command line and its environment say of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    /// `--kubeconfig`: this one file, which must be there.
    pub kubeconfig: Option<PathBuf>,
    /// Without it, these files: those that are there.
    pub files: Vec<PathBuf>,
    /// A context that must be there; otherwise the current one.
    pub context: Option<String>,
    /// `$KUBERNETES_MASTER`: the server where nothing else names one.
    pub default_server: Option<String>,
    /// What is put over the cluster and user of the context.
    pub overrides: Overrides,
}

/// Settings over those of a kubeconfig. What is empty is left as it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Its address.
    pub server: String,
    /// A bearer token.
    pub token: Secret,
    /// A file with the authority that signs the server's certificate.
    pub ca_file: String,
    /// The name in the server's certificate.
    pub tls_server_name: String,
    /// Do not check the server's certificate.
    pub is_insecure: bool,
    /// Act as this user.
    pub user: String,
    /// Act as one of these groups.
    pub groups: Vec<String>,
}

/// The settings of the client.
pub(super) async fn read(line: &CommandLine) -> Result<kube::Config, Error> {
    let files = load(line)?;
    let is_empty = files.clusters.is_empty() && files.contexts.is_empty() && files.auth_infos.is_empty();
    let chosen = choose(line, files)?;
    if is_empty
        && line.overrides == Overrides::default()
        && let Ok(config) = kube::Config::incluster_env()
    {
        return Ok(config);
    }
    let settings = Settings::of(chosen, line);
    let problems = settings.problems();
    if !problems.is_empty() {
        let problems = match problems.as_slice() {
            [one] => one.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        return Err(Error::Config(format!("invalid configuration: {problems}")));
    }
    let options = KubeConfigOptions::default();
    let config = kube::Config::from_custom_kubeconfig(settings.kubeconfig(), &options).await;
    config.map_err(|error| Error::Config(error.to_string()))
}

/// The namespace of the chosen context, where it names one.
///
/// # Errors
/// Files that cannot be read, a context that is not there.
pub fn namespace(line: &CommandLine) -> Result<Option<String>, Error> {
    let chosen = choose(line, load(line)?)?;
    let namespace = chosen.context.namespace.filter(|name| !name.is_empty());
    Ok(namespace)
}

fn load(line: &CommandLine) -> Result<Kubeconfig, Error> {
    if let Some(path) = &line.kubeconfig {
        if !path.exists() {
            let text = format!("stat {}: no such file or directory", path.display());
            return Err(Error::Config(text));
        }
        return load_file(path);
    }
    let there = line.files.iter().filter(|path| path.exists());
    there
        .map(|path| load_file(path))
        .try_fold(Kubeconfig::default(), |merged, next| {
            merged
                .merge(next?)
                .map_err(|error| Error::Config(error.to_string()))
        })
}

fn load_file(path: &Path) -> Result<Kubeconfig, Error> {
    Kubeconfig::read_from(path).map_err(|error| {
        let shown = path.display();
        Error::Config(format!(
            "error loading config file {:?}: {error}",
            shown.to_string()
        ))
    })
}

/// The parts of a kubeconfig that count.
struct Chosen {
    context: Context,
    cluster: Option<Cluster>,
    user: Option<AuthInfo>,
}

fn choose(line: &CommandLine, files: Kubeconfig) -> Result<Chosen, Error> {
    let asked = line.context.as_deref().filter(|name| !name.is_empty());
    let current = files.current_context.as_deref().filter(|name| !name.is_empty());
    let name = asked.or(current).unwrap_or_default();
    let context = files.contexts.iter().find(|context| context.name == name);
    let context = context.and_then(|context| context.context.clone());
    match (&context, asked, current) {
        (None, Some(name), _) => return Err(Error::Config(format!("context {name:?} does not exist"))),
        (None, None, Some(name)) => {
            let text = format!("invalid configuration: context was not found for specified context: {name}");
            return Err(Error::Config(text));
        }
        _ => {}
    }
    let context = context.unwrap_or_default();
    let cluster = files
        .clusters
        .into_iter()
        .find(|cluster| cluster.name == context.cluster);
    let wanted = context.user.clone().unwrap_or_default();
    let user = files.auth_infos.into_iter().find(|user| user.name == wanted);
    Ok(Chosen {
        cluster: cluster.and_then(|cluster| cluster.cluster),
        user: user.and_then(|user| user.auth_info),
        context,
    })
}

/// A cluster and a user, ready to be connected to.
struct Settings {
    context: Context,
    cluster: Cluster,
    user: AuthInfo,
}

impl Settings {
    fn of(chosen: Chosen, line: &CommandLine) -> Settings {
        let over = &line.overrides;
        let (mut cluster, mut user) = (
            chosen.cluster.unwrap_or_default(),
            chosen.user.unwrap_or_default(),
        );
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        if over.is_insecure || !over.ca_file.is_empty() {
            cluster.insecure_skip_tls_verify = Some(over.is_insecure);
            cluster.certificate_authority = given(&over.ca_file);
            cluster.certificate_authority_data = None;
        }
        if !over.tls_server_name.is_empty() || !over.server.is_empty() {
            cluster.tls_server_name = given(&over.tls_server_name);
        }
        let server = given(&over.server).or(cluster.server.take().filter(|server| !server.is_empty()));
        let server = server.or_else(|| line.default_server.clone());
        cluster.server = Some(with_scheme(
            server.unwrap_or_else(|| DEFAULT_SERVER.to_owned()),
            &cluster,
            &user,
        ));
        if !over.token.reveal().is_empty() {
            user.token = Some(over.token.reveal().to_owned().into());
            user.token_file = None;
        }
        user.impersonate = given(&over.user).or(user.impersonate);
        if !over.groups.is_empty() {
            user.impersonate_groups = Some(over.groups.clone());
        }
        Settings {
            context: chosen.context,
            cluster,
            user,
        }
    }

    /// Files that cannot be read.
    fn problems(&self) -> Vec<String> {
        let context = &self.context;
        let user = context.user.as_deref().unwrap_or_default();
        let files = [
            ("client-cert", &self.user.client_certificate, user),
            ("client-key", &self.user.client_key, user),
            (
                "certificate-authority",
                &self.cluster.certificate_authority,
                context.cluster.as_str(),
            ),
        ];
        let unreadable = files.into_iter().filter_map(|(what, path, owner)| {
            let path = path.as_deref().filter(|path| !path.is_empty())?;
            let error = std::fs::File::open(path).err()?;
            let why = match error.kind() {
                std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
                std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
                _ => error.to_string(),
            };
            Some(format!(
                "unable to read {what} {path} for {owner} due to open {path}: {why}"
            ))
        });
        unreadable.collect()
    }

    /// A kubeconfig of these alone.
    fn kubeconfig(self) -> Kubeconfig {
        const ONLY: &str = "only";
        let context = Context {
            cluster: ONLY.to_owned(),
            user: Some(ONLY.to_owned()),
            ..self.context
        };
        Kubeconfig {
            clusters: vec![NamedCluster {
                name: ONLY.to_owned(),
                cluster: Some(self.cluster),
                ..NamedCluster::default()
            }],
            auth_infos: vec![NamedAuthInfo {
                name: ONLY.to_owned(),
                auth_info: Some(self.user),
                ..NamedAuthInfo::default()
            }],
            contexts: vec![NamedContext {
                name: ONLY.to_owned(),
                context: Some(context),
                ..NamedContext::default()
            }],
            current_context: Some(ONLY.to_owned()),
            ..Kubeconfig::default()
        }
    }
}

/// Source: client-go `rest/url_utils.go` (`DefaultServerURL`), v0.32.
fn with_scheme(server: String, cluster: &Cluster, user: &AuthInfo) -> String {
    if server.contains("://") {
        return server;
    }
    let is_tls = cluster.certificate_authority.is_some()
        || cluster.certificate_authority_data.is_some()
        || user.client_certificate.is_some()
        || user.client_certificate_data.is_some();
    let scheme = if is_tls { "https" } else { "http" };
    format!("{scheme}://{server}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "
current-context: one
clusters:
- {name: c, cluster: {server: 'https://one:6443', certificate-authority-data: Q0E=, tls-server-name: inner}}
users:
- {name: u, user: {token: t}}
contexts:
- {name: one, context: {cluster: c, user: u, namespace: prod}}
- {name: bare, context: {cluster: c, user: u}}
";

    fn line(folder: &Path) -> CommandLine {
        std::fs::write(folder.join("config"), FILE).unwrap();
        CommandLine {
            kubeconfig: Some(folder.join("config")),
            ..CommandLine::default()
        }
    }

    #[test]
    fn the_contexts_namespace_counts() {
        let folder = tempfile::tempdir().unwrap();
        for (context, expected) in [
            (None, Ok(Some("prod"))),
            (Some("bare"), Ok(None)),
            (Some("nope"), Err("context \"nope\" does not exist")),
        ] {
            let line = CommandLine {
                context: context.map(str::to_owned),
                ..line(folder.path())
            };
            let found = namespace(&line).map_err(|error| error.to_string());
            let expected = expected
                .map(|name| name.map(str::to_owned))
                .map_err(str::to_owned);
            assert_eq!(found, expected, "{context:?}");
        }
    }

    #[test]
    fn the_first_file_that_says_something_wins() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("first"), folder.path().join("second"));
        std::fs::write(
            &first,
            "contexts:\n- {name: a, context: {cluster: c, namespace: first}}\n",
        )
        .unwrap();
        let text = "current-context: a\ncontexts:\n- {name: a, context: {cluster: c, namespace: late}}\n";
        std::fs::write(&second, text).unwrap();
        let line = CommandLine {
            files: vec![first, folder.path().join("missing"), second],
            ..CommandLine::default()
        };
        assert_eq!(namespace(&line).unwrap().as_deref(), Some("first"));
        assert_eq!(namespace(&CommandLine::default()).unwrap(), None);
    }

    #[test]
    fn flags_are_put_over_the_kubeconfig() {
        let folder = tempfile::tempdir().unwrap();
        let settled = |overrides: Overrides| {
            let line = CommandLine {
                overrides,
                ..line(folder.path())
            };
            Settings::of(choose(&line, load(&line).unwrap()).unwrap(), &line)
        };
        let plain = settled(Overrides::default()).cluster;
        assert_eq!(plain.server.as_deref(), Some("https://one:6443"));
        assert_eq!(plain.tls_server_name.as_deref(), Some("inner"));
        let other = settled(Overrides {
            server: "two:1".to_owned(),
            is_insecure: true,
            groups: vec!["g".to_owned()],
            user: "me".to_owned(),
            ..Overrides::default()
        });
        assert_eq!(other.cluster.server.as_deref(), Some("http://two:1"));
        assert_eq!(other.cluster.certificate_authority_data, None);
        assert_eq!(other.cluster.tls_server_name, None);
        assert_eq!(other.user.impersonate.as_deref(), Some("me"));
        assert_eq!(other.user.impersonate_groups, Some(vec!["g".to_owned()]));
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_told_in_kubectls_words() {
        let missing = CommandLine {
            kubeconfig: Some("/nope".into()),
            ..CommandLine::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let mut no_authority = line(folder.path());
        no_authority.overrides.ca_file = "/nope".to_owned();
        for (line, expected) in [
            (missing, "stat /nope: no such file or directory"),
            (
                no_authority,
                "invalid configuration: unable to read certificate-authority /nope for c due to open /nope: no such file or directory",
            ),
        ] {
            let error = read(&line).await.map(|_| ()).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }
}
