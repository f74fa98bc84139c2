//! The Git repository of a cluster: fetched with git2 into a bare cache, read without a checkout.

mod address;
mod cache;
mod commit_tree;
mod fetch;
mod files;
mod known_hosts;
mod tls;
mod transport;
mod worktree;

use std::path::PathBuf;
use std::sync::Arc;

use git2::Oid;

use self::commit_tree::CommitTree;
use self::worktree::Worktree;
use crate::base::files::{FileSet, resolve};
use crate::base::secret::{Secret, redact_url};

/// What to follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revision {
    /// A branch: its tip is followed, also where it was moved by force.
    Branch(String),
    /// A tag: followed if it is moved.
    Tag(String),
    /// A full commit id.
    Commit(String),
    /// The remote's default branch.
    Default,
}

/// How to prove who we are, and who they are.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// For https (and http): user name.
    pub username: Option<String>,
    /// For https (and http): password or token.
    pub password: Option<Secret>,
    /// For ssh: a private key in PEM or OpenSSH format.
    pub ssh_key: Option<Secret>,
    /// For ssh: its passphrase.
    pub ssh_passphrase: Option<Secret>,
    /// For ssh: `known_hosts` lines. Without them a host is refused.
    pub known_hosts: Option<String>,
    /// For https: PEM certificates trusted beside the system's.
    pub ca_bundle: Option<String>,
}

/// Where the cluster's repository is.
#[derive(Clone)]
pub struct Remote {
    /// `file://`, `https://`, `http://`, `ssh://`, or `git@host:path`.
    pub url: String,
    /// What to follow.
    pub revision: Revision,
    /// The folder of `cluster.yaml` in the repository; empty: its root.
    pub folder: String,
    /// Credentials.
    pub credentials: Credentials,
    /// Where the bare cache lives; it may be lost at any time.
    pub cache: PathBuf,
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remote")
            .field("url", &redact_url(&self.url))
            .field("revision", &self.revision)
            .field("folder", &self.folder)
            .field("credentials", &self.credentials)
            .field("cache", &self.cache)
            .finish()
    }
}

/// A commit, for people and for the record.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Commit {
    /// 40 hex digits.
    pub id: String,
    /// First line of the message.
    pub subject: String,
    /// The whole message (trailers).
    pub message: String,
    /// `Name <mail>`.
    pub author: String,
    /// Commit time, Unix seconds.
    pub time: i64,
}

/// The cluster's folder at one commit.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The commit.
    pub commit: Commit,
    /// Its files below the folder.
    pub files: Arc<FileSet>,
}

/// Why a fetch or read failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The remote refused, was not there, or is not who it should be.
    #[error("cannot fetch {url}: {message}")]
    Fetch {
        /// Without secrets.
        url: String,
        /// What happened, and what to do.
        message: String,
        /// May it work later?
        is_transient: bool,
    },
    /// No such branch, tag or commit.
    #[error("{url} has no {what}")]
    NoRevision {
        /// Without secrets.
        url: String,
        /// ``branch `x` ``
        what: String,
    },
    /// The tree cannot be read: too large, a link that leaves it, a path that is not UTF-8.
    #[error("commit {commit}: {path}: {message}")]
    Tree {
        /// Commit id.
        commit: String,
        /// File.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// A local folder cannot be read: what is wrong, after the file where it is one's fault.
    #[error("{0}")]
    Folder(String),
    /// The cache folder.
    #[error("cache {path}: {message}")]
    Cache {
        /// Folder.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
}

impl Error {
    /// May the same work a little later?
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Fetch { is_transient, .. } => *is_transient,
            // A damaged cache is made anew by the next fetch.
            Error::Cache { .. } => true,
            Error::NoRevision { .. } | Error::Tree { .. } | Error::Folder(_) => false,
        }
    }
}

/// Is this an address that [`fetch`] knows the way to? Asks nobody.
///
/// # Errors
/// What is wrong with it.
pub fn check_address(url: &str) -> Result<(), String> {
    address::parse(url).map(drop)
}

/// Fetches and finds the commit of the remote's revision. Blocks.
///
/// # Errors
/// See [`Error`].
pub fn fetch(remote: &Remote) -> Result<Commit, Error> {
    fetch::fetch(remote)
}

/// Reads the folder at a fetched commit. Blocks. A damaged cache is removed, so that the next fetch makes it anew.
///
/// # Errors
/// See [`Error`].
pub fn read(remote: &Remote, commit_id: &str) -> Result<Snapshot, Error> {
    let cache_error = |error: git2::Error| Error::Cache {
        path: remote.cache.clone(),
        message: error.message().to_owned(),
    };
    let repository = cache::open(&remote.cache, &remote.url)?;
    let id = Oid::from_str(commit_id).map_err(cache_error)?;
    let commit = repository.find_commit(id).map_err(cache_error)?;
    let tree = CommitTree::open(&repository, &commit).map_err(cache_error)?;
    let folder = resolve("", &remote.folder).unwrap_or_else(|| remote.folder.clone());
    match files::collect(&tree, &folder) {
        Ok(files) => Ok(Snapshot {
            commit: commit_tree::describe(&commit),
            files: Arc::new(files),
        }),
        Err(problem) if problem.is_damage => {
            cache::remove(&remote.cache)?;
            Err(Error::Cache {
                path: remote.cache.clone(),
                message: problem.message,
            })
        }
        Err(problem) => Err(tree_error(commit_id, problem)),
    }
}

/// Fetches and reads; where the cache turns out to be damaged, once more. Blocks.
///
/// # Errors
/// See [`Error`].
pub fn snapshot(remote: &Remote) -> Result<Snapshot, Error> {
    let once = || fetch(remote).and_then(|commit| read(remote, &commit.id));
    match once() {
        Err(Error::Cache { message, .. }) => {
            tracing::warn!(message, "git cache is damaged, fetched again");
            cache::remove(&remote.cache)?;
            once()
        }
        ended => ended,
    }
}

/// Reads a local folder as it is, uncommitted changes included (developer's setting, `validate DIR`, `render`), without
/// what Git ignores. The commit id is `worktree-` and a digest of the files. Blocks.
///
/// # Errors
/// See [`Error`].
pub fn read_worktree(folder: &std::path::Path) -> Result<Snapshot, Error> {
    let in_file = |problem: files::Problem| Error::Folder(format!("{}: {}", problem.path, problem.message));
    let (worktree, inside) = Worktree::around(folder).map_err(|error| Error::Folder(error.to_string()))?;
    let files = files::collect(&worktree, &inside).map_err(in_file)?;
    let commit = Commit {
        id: format!("worktree-{}", worktree::digest(&files)),
        subject: "files as they are".to_owned(),
        message: String::new(),
        author: String::new(),
        time: 0,
    };
    Ok(Snapshot {
        commit,
        files: Arc::new(files),
    })
}

fn tree_error(commit: &str, problem: files::Problem) -> Error {
    Error::Tree {
        commit: commit.to_owned(),
        path: problem.path,
        message: problem.message,
    }
}
