//! Flags that say which cluster and which repository, and what they lead to.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::base::names::Namespace;
use crate::base::secret::Secret;
use crate::k8s::{Cluster, Connection};
use crate::source::git::{self, Credentials, Remote, Revision, Snapshot};

/// Which API server and namespace.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ClusterArgs {
    /// A kubeconfig (default: in-cluster settings, then $KUBECONFIG, then ~/.kube/config)
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Context in the kubeconfig
    #[arg(long, value_name = "NAME")]
    pub context: Option<String>,
    /// Namespace of the releases; without it the context's, or the pod's own
    #[arg(short, long, value_name = "NAME")]
    pub namespace: Option<Namespace>,
}

impl ClusterArgs {
    /// Connects.
    ///
    /// # Errors
    /// No usable settings.
    pub async fn connect(&self) -> anyhow::Result<Cluster> {
        let connection = Connection {
            kubeconfig: self.kubeconfig.clone(),
            context: self.context.clone(),
            namespace: self.namespace.clone(),
        };
        Ok(Cluster::connect(&connection).await?)
    }
}

/// Which repository, or which folder. The names are those of `run`.
#[derive(Clone, Debug, clap::Args)]
pub struct RepositoryArgs {
    /// The cluster's Git repository: https://, ssh://, git@host:path, http:// or file://
    #[arg(long, env = "DEPLOY_MANAGER_REPO", value_name = "URL", hide_env_values = true)]
    #[arg(conflicts_with = "dir")]
    repo: Option<String>,
    /// Instead of a repository: a local folder as it is, uncommitted changes included
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// This branch (default: the repository's own default branch)
    #[arg(long, env = "DEPLOY_MANAGER_BRANCH", value_name = "NAME", conflicts_with_all = ["tag", "commit"])]
    branch: Option<String>,
    /// This tag instead of a branch
    #[arg(
        long,
        env = "DEPLOY_MANAGER_TAG",
        value_name = "NAME",
        conflicts_with = "commit"
    )]
    tag: Option<String>,
    /// This commit (all 40 digits) instead of a branch
    #[arg(long, env = "DEPLOY_MANAGER_COMMIT", value_name = "ID")]
    commit: Option<String>,
    /// The folder of cluster.yaml in the repository (default: its root)
    #[arg(
        long,
        env = "DEPLOY_MANAGER_PATH",
        value_name = "DIR",
        default_value = "",
        hide_default_value = true
    )]
    path: String,
    /// User name for https
    #[arg(long, env = "DEPLOY_MANAGER_GIT_USERNAME", value_name = "NAME")]
    git_username: Option<String>,
    /// File with the password or token for https
    #[arg(long, env = "DEPLOY_MANAGER_GIT_PASSWORD_FILE", value_name = "FILE")]
    git_password_file: Option<PathBuf>,
    /// File with the private key for ssh
    #[arg(long, env = "DEPLOY_MANAGER_GIT_SSH_KEY_FILE", value_name = "FILE")]
    git_ssh_key_file: Option<PathBuf>,
    /// File with the passphrase of the private key
    #[arg(long, env = "DEPLOY_MANAGER_GIT_SSH_PASSPHRASE_FILE", value_name = "FILE")]
    git_ssh_passphrase_file: Option<PathBuf>,
    /// File with known_hosts lines; without them ssh hosts are refused
    #[arg(long, env = "DEPLOY_MANAGER_GIT_KNOWN_HOSTS_FILE", value_name = "FILE")]
    git_known_hosts_file: Option<PathBuf>,
    /// File with authorities (PEM) trusted beside the system's, for https
    #[arg(long, env = "DEPLOY_MANAGER_GIT_CA_FILE", value_name = "FILE")]
    git_ca_file: Option<PathBuf>,
}

impl RepositoryArgs {
    /// Fetches and reads; this folder where neither repository nor folder is named. Blocks.
    ///
    /// # Errors
    /// Files that cannot be read; the repository's.
    pub fn read(&self, default: &Path) -> anyhow::Result<Snapshot> {
        let folder = self.dir.as_deref();
        if let Some(folder) = folder.or_else(|| self.repo.is_none().then_some(default)) {
            return git::read_worktree(folder).with_context(|| format!("reading {}", folder.display()));
        }
        // Nothing of it is needed again: the next call fetches what is then the newest.
        let cache = tempfile::tempdir().context("making a folder for the repository")?;
        let remote = Remote {
            url: self.repo.clone().unwrap_or_default(),
            revision: self.revision(),
            folder: self.path.clone(),
            credentials: self.credentials()?,
            cache: cache.path().to_owned(),
        };
        let commit = git::fetch(&remote)?;
        Ok(git::read(&remote, &commit.id)?)
    }

    fn revision(&self) -> Revision {
        match (&self.branch, &self.tag, &self.commit) {
            (Some(branch), _, _) => Revision::Branch(branch.clone()),
            (_, Some(tag), _) => Revision::Tag(tag.clone()),
            (_, _, Some(id)) => Revision::Commit(id.clone()),
            (None, None, None) => Revision::Default,
        }
    }

    fn credentials(&self) -> anyhow::Result<Credentials> {
        let read = |path: &Option<PathBuf>| -> anyhow::Result<Option<String>> {
            let Some(path) = path else { return Ok(None) };
            let text = std::fs::read_to_string(path);
            text.map(Some)
                .with_context(|| format!("reading {}", path.display()))
        };
        let line = |text: String| Secret::new(text.trim_end_matches(['\r', '\n']));
        Ok(Credentials {
            username: self.git_username.clone(),
            password: read(&self.git_password_file)?.map(line),
            ssh_key: read(&self.git_ssh_key_file)?.map(Secret::new),
            ssh_passphrase: read(&self.git_ssh_passphrase_file)?.map(line),
            known_hosts: read(&self.git_known_hosts_file)?,
            ca_bundle: read(&self.git_ca_file)?,
        })
    }
}
