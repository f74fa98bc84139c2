//! One fetch: ask the server what there is, take what is missing.

use git2::{AutotagOption, Direction, ErrorClass, ErrorCode, FetchOptions, Oid, ProxyOptions, Repository};

use super::address::{Address, Scheme};
use super::transport::{Refusal, callbacks, refused_key, set_timeouts};
use super::{Error, Remote, Revision, address, cache, commit_tree};
use crate::base::secret::redact_url;

/// Commits of history that are fetched with a branch or tag, where the server can cut it.
const DEPTH: i32 = 1;
/// All of it. Source: libgit2 `GIT_FETCH_DEPTH_FULL`.
const FULL_DEPTH: i32 = 0;
/// Where fetched tips are kept in the cache.
const KEPT: &str = "refs/deploy-manager";

/// What a server has: name, id, and of symbolic names what they point to.
struct Head {
    name: String,
    id: Oid,
    target: Option<String>,
}

/// See [`super::fetch`]. A damaged cache is made anew, once.
pub(super) fn fetch(remote: &Remote) -> Result<super::Commit, Error> {
    let address = address::parse(&remote.url).map_err(|message| fetch_error(remote, &message, false))?;
    set_timeouts();
    match Attempt::new(remote, &address)?.run() {
        Err(Failure::Cache(error)) => {
            tracing::warn!(error = error.message(), "git cache is damaged, made anew");
            cache::remove(&remote.cache)?;
            Attempt::new(remote, &address)?
                .run()
                .map_err(|failure| failure.into_error(remote))
        }
        ended => ended.map_err(|failure| failure.into_error(remote)),
    }
}

enum Failure {
    /// Ours to report.
    Final(Error),
    /// The cache, or what looks like it.
    Cache(git2::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Final(error)
    }
}

impl Failure {
    fn into_error(self, remote: &Remote) -> Error {
        match self {
            Failure::Final(error) => error,
            Failure::Cache(error) => Error::Cache {
                path: remote.cache.clone(),
                message: error.message().to_owned(),
            },
        }
    }
}

struct Attempt<'a> {
    remote: &'a Remote,
    address: &'a Address,
    repository: Repository,
    refusal: Refusal,
}

impl<'a> Attempt<'a> {
    fn new(remote: &'a Remote, address: &'a Address) -> Result<Self, Error> {
        let repository = cache::open(&remote.cache, &remote.url)?;
        Ok(Attempt {
            remote,
            address,
            repository,
            refusal: Refusal::default(),
        })
    }

    fn run(&self) -> Result<super::Commit, Failure> {
        match &self.remote.revision {
            Revision::Commit(id) => self.pinned(id),
            revision => self.followed(revision),
        }
    }

    /// A branch, a tag, or the default branch.
    fn followed(&self, revision: &Revision) -> Result<super::Commit, Failure> {
        let heads = self.heads()?;
        let Some(head) = select(&heads, revision) else {
            return Err(self.no_revision(revision, heads.is_empty()).into());
        };
        if let Some(commit) = self.kept(head.id) {
            return Ok(commit);
        }
        self.take(&[format!("+{}:{KEPT}/tip", head.name)], true)?;
        self.kept(head.id).ok_or_else(|| self.missing(head))
    }

    /// One commit: by its id where the server allows that, else with all branches and tags.
    fn pinned(&self, id: &str) -> Result<super::Commit, Failure> {
        let wanted = Oid::from_str(id).ok().filter(|_| id.len() == FULL_ID_DIGITS);
        let Some(wanted) = wanted else {
            let message = format!("`{id}` is not a full commit id: give all {FULL_ID_DIGITS} hex digits");
            return Err(self.error(&message, false).into());
        };
        if let Some(commit) = self.kept(wanted) {
            return Ok(commit);
        }
        let by_id =
            self.address.scheme != Scheme::File && self.take(&[format!("+{id}:{KEPT}/commit")], true).is_ok();
        if !by_id || self.kept(wanted).is_none() {
            let all = ["heads", "tags"].map(|kind| format!("+refs/{kind}/*:{KEPT}/{kind}/*"));
            self.take(&all, false)?;
        }
        self.kept(wanted)
            .ok_or_else(|| self.no_revision(&self.remote.revision, false).into())
    }

    /// The commit, where the cache has it (a tag is followed to its commit).
    fn kept(&self, id: Oid) -> Option<super::Commit> {
        let object = self.repository.find_object(id, None).ok()?;
        let commit = object.peel_to_commit().ok()?;
        // A fetch that was cut off has no pack yet, so a commit that is there has its tree.
        commit.tree().ok()?;
        Some(commit_tree::describe(&commit))
    }

    fn heads(&self) -> Result<Vec<Head>, Failure> {
        let mut server = self.server()?;
        let callbacks = callbacks(self.address, &self.remote.credentials, &self.refusal);
        let connection = server
            .connect_auth(Direction::Fetch, Some(callbacks), Some(proxy()))
            .map_err(|error| self.failure(error))?;
        let heads = connection.list().map_err(|error| self.failure(error))?;
        let head = |head: &git2::RemoteHead<'_>| Head {
            name: head.name().to_owned(),
            id: head.oid(),
            target: head.symref_target().map(str::to_owned),
        };
        Ok(heads.iter().map(head).collect())
    }

    fn take(&self, refspecs: &[String], may_cut: bool) -> Result<(), Failure> {
        let take = |depth: i32| {
            let mut options = FetchOptions::new();
            options.remote_callbacks(callbacks(self.address, &self.remote.credentials, &self.refusal));
            options
                .proxy_options(proxy())
                .download_tags(AutotagOption::None)
                .depth(depth);
            self.server()?
                .fetch(refspecs, Some(&mut options), None)
                .map_err(|error| self.failure(error))
        };
        // The local transport knows no cut; of HTTP and SSH servers some do not.
        if may_cut && self.address.scheme != Scheme::File && take(DEPTH).is_ok() {
            return Ok(());
        }
        take(FULL_DEPTH)
    }

    fn server(&self) -> Result<git2::Remote<'_>, Failure> {
        self.repository
            .remote_anonymous(&self.remote.url)
            .map_err(|error| self.failure(error))
    }

    fn failure(&self, error: git2::Error) -> Failure {
        if let Some(message) = self.refusal.take() {
            let is_transient = message.starts_with("the transfer took");
            return self.error(&message, is_transient).into();
        }
        match (error.class(), error.code()) {
            // Only a local repository is read with these classes before our own is written.
            (
                ErrorClass::Odb
                | ErrorClass::Zlib
                | ErrorClass::Object
                | ErrorClass::Indexer
                | ErrorClass::Reference,
                _,
            ) => Failure::Cache(error),
            (_, ErrorCode::Auth) if self.address.scheme == Scheme::Ssh => {
                let user = self.address.user.as_deref().unwrap_or("git");
                self.error(&refused_key(user), false).into()
            }
            (_, ErrorCode::Auth) => self
                .error(&format!("{} (wrong credentials?)", error.message()), false)
                .into(),
            (_, ErrorCode::Owner) => {
                let hint = "the folder belongs to another user; see `safe.directory` in `man git-config`";
                self.error(&format!("{}; {hint}", error.message()), false).into()
            }
            (ErrorClass::Ssl, _) | (_, ErrorCode::Certificate) => {
                let hint = "give the authority that signed it (`--git-ca-file`)";
                self.error(
                    &format!(
                        "{}; if the server has a certificate of its own, {hint}",
                        error.message()
                    ),
                    false,
                )
                .into()
            }
            (class, _) => {
                let is_transient = matches!(
                    class,
                    ErrorClass::Net | ErrorClass::Http | ErrorClass::Ssh | ErrorClass::Os
                );
                self.error(error.message(), is_transient).into()
            }
        }
    }

    fn error(&self, message: &str, is_transient: bool) -> Error {
        fetch_error(self.remote, message, is_transient)
    }

    fn no_revision(&self, revision: &Revision, is_empty: bool) -> Error {
        let what = match revision {
            _ if is_empty => "commit yet: it is empty".to_owned(),
            Revision::Branch(name) => format!("branch `{name}`"),
            Revision::Tag(name) => format!("tag `{name}`"),
            Revision::Commit(id) => format!("commit `{id}` on its branches and tags"),
            Revision::Default => "default branch".to_owned(),
        };
        Error::NoRevision {
            url: redact_url(&self.remote.url),
            what,
        }
    }

    /// What it means that a head is not in the cache right after it was taken.
    fn missing(&self, head: &Head) -> Failure {
        match self.repository.find_object(head.id, None) {
            Ok(_) => {
                let what = format!("commit at `{}`: it is something else", head.name);
                Failure::Final(Error::NoRevision {
                    url: redact_url(&self.remote.url),
                    what,
                })
            }
            Err(error) => Failure::Cache(error),
        }
    }
}

const FULL_ID_DIGITS: usize = 40;

fn select<'a>(heads: &'a [Head], revision: &Revision) -> Option<&'a Head> {
    let named = |name: &str| heads.iter().find(|head| head.name == name);
    match revision {
        Revision::Branch(branch) => named(&format!("refs/heads/{branch}")),
        Revision::Tag(tag) => named(&format!("refs/tags/{tag}")),
        Revision::Default => {
            let head = named("HEAD")?;
            head.target.as_deref().and_then(named).or(Some(head))
        }
        Revision::Commit(_) => None,
    }
}

/// As git's own configuration and the environment say (`http.proxy`, `https_proxy`, `no_proxy`).
fn proxy<'a>() -> ProxyOptions<'a> {
    let mut options = ProxyOptions::new();
    options.auto();
    options
}

fn fetch_error(remote: &Remote, message: &str, is_transient: bool) -> Error {
    // libgit2 repeats addresses in some messages.
    let url = redact_url(&remote.url);
    Error::Fetch {
        message: message.replace(&remote.url, &url),
        url,
        is_transient,
    }
}
