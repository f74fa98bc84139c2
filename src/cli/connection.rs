//! Flags that say which cluster and which repository, and what they lead to.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::base::names::Namespace;
use crate::base::secret::Secret;
use crate::k8s::{Cluster, Connection};
use crate::source::git::{self, Credentials, Remote, Revision, Snapshot};

/// Which API server and namespace.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ClusterArgs {
    /// Kubeconfig file; without it $KUBECONFIG, the pod's own account, or ~/.kube/config
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

/// Which repository, or which folder.
#[derive(Clone, Debug, clap::Args)]
#[group(id = "where", required = true, multiple = true)]
pub struct RepositoryArgs {
    /// Git repository of the cluster: file://, https://, ssh:// or git@host:path
    #[arg(long, value_name = "URL", conflicts_with = "dir")]
    pub repo: Option<String>,
    /// A local folder as it is, uncommitted changes included
    #[arg(long, value_name = "PATH")]
    pub dir: Option<PathBuf>,
    /// Branch, tag (`refs/tags/…`) or full commit id; without it the repository's default branch
    #[arg(long, value_name = "NAME", requires = "repo")]
    pub revision: Option<String>,
    /// Folder of cluster.yaml in the repository
    #[arg(long, value_name = "PATH", default_value = "")]
    pub folder: String,
    /// User name for https
    #[arg(long, value_name = "NAME", env = "DEPLOY_MANAGER_GIT_USERNAME")]
    pub git_username: Option<String>,
    /// File with the password or token for https
    #[arg(long, value_name = "FILE")]
    pub git_password_file: Option<PathBuf>,
    /// File with the private key for ssh
    #[arg(long, value_name = "FILE")]
    pub ssh_key_file: Option<PathBuf>,
    /// File with the host keys to trust for ssh
    #[arg(long, value_name = "FILE")]
    pub known_hosts_file: Option<PathBuf>,
}

impl RepositoryArgs {
    /// Fetches and reads. Blocks.
    ///
    /// # Errors
    /// Files that cannot be read; the repository's.
    pub fn read(&self) -> anyhow::Result<Snapshot> {
        if let Some(folder) = &self.dir {
            return Ok(git::read_worktree(folder)?);
        }
        // Nothing of it is needed again: the next call fetches what is then the newest.
        let cache = tempfile::tempdir().context("making a folder for the repository")?;
        let remote = Remote {
            url: self.repo.clone().unwrap_or_default(),
            revision: revision(self.revision.as_deref()),
            folder: self.folder.clone(),
            credentials: self.credentials()?,
            cache: cache.path().to_owned(),
        };
        let commit = git::fetch(&remote)?;
        Ok(git::read(&remote, &commit.id)?)
    }

    fn credentials(&self) -> anyhow::Result<Credentials> {
        let read = |path: &Option<PathBuf>| -> anyhow::Result<Option<String>> {
            let Some(path) = path else { return Ok(None) };
            let text = std::fs::read_to_string(path);
            text.map(Some)
                .with_context(|| format!("reading {}", path.display()))
        };
        Ok(Credentials {
            username: self.git_username.clone(),
            password: read(&self.git_password_file)?.map(|text| Secret::new(text.trim_end())),
            ssh_key: read(&self.ssh_key_file)?.map(Secret::new),
            known_hosts: read(&self.known_hosts_file)?,
            ..Credentials::default()
        })
    }
}

/// `refs/tags/x` is a tag, 40 hex digits are a commit, anything else is a branch.
fn revision(text: Option<&str>) -> Revision {
    let is_id = |text: &str| text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match text {
        None => Revision::Default,
        Some(text) if is_id(text) => Revision::Commit(text.to_owned()),
        Some(text) => match text.strip_prefix("refs/tags/") {
            Some(tag) => Revision::Tag(tag.to_owned()),
            None => Revision::Branch(text.strip_prefix("refs/heads/").unwrap_or(text).to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_are_told_apart_by_their_form() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        for (text, expected) in [
            (None, Revision::Default),
            (Some("main"), Revision::Branch("main".into())),
            (Some("refs/heads/main"), Revision::Branch("main".into())),
            (Some("refs/tags/v1"), Revision::Tag("v1".into())),
            (Some(id), Revision::Commit(id.into())),
        ] {
            assert_eq!(revision(text), expected);
        }
    }
}
