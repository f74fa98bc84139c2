//! Settings: from what is written ([`Raw`]) to what the daemon works with ([`Config`]), in one function.

mod raw;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::base::secret::Secret;
use crate::k8s::Connection;
use crate::source::git::{Credentials, Remote, Revision};
use crate::triggers::poll;

pub use raw::Raw;

/// Short enough to follow a push without a webhook, long enough for a Git server to bear.
const DEFAULT_POLL_INTERVAL: Duration = Duration::from_secs(60);
/// Only this machine: what everybody may see is for the operator to decide.
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
/// As client-go's leader election.
const DEFAULT_LEASE_DURATION: Duration = Duration::from_secs(15);
/// A Lease counts whole seconds.
const MIN_LEASE_DURATION: Duration = Duration::from_secs(1);
/// Below the 30 s after which Kubernetes kills.
const DEFAULT_GRACE_PERIOD: Duration = Duration::from_secs(25);
/// A settings or secret file larger than this is none.
pub const MAX_FILE_BYTES: u64 = 1 << 20;

/// What the daemon works with.
#[derive(Clone, Debug)]
pub struct Config {
    /// What is synced.
    pub source: Source,
    /// A folder whose changes ask for a sync.
    pub watch: Option<PathBuf>,
    /// The timer.
    pub poll: poll::Settings,
    /// The API server.
    pub connection: Connection,
    /// Where HTTP is served.
    pub listen: SocketAddr,
    /// For push webhooks; without one they are off.
    pub webhook_secret: Option<Secret>,
    /// For operators; without one it is in a Secret of the namespace.
    pub api_token: Option<Secret>,
    /// Of the leader's lease.
    pub lease_duration: Duration,
    /// For leaving.
    pub grace_period: Duration,
}

/// What is synced.
#[derive(Clone, Debug)]
pub enum Source {
    /// A repository. An empty `cache` stands for a temporary folder.
    Repository(Box<Remote>),
    /// A folder as it is.
    Folder(PathBuf),
}

/// What is outside of the settings themselves: files and environment, given so that this room's rules are a table.
pub struct World<'a> {
    /// Reads a text file.
    pub read_file: &'a dyn Fn(&Path) -> std::io::Result<String>,
    /// Reads an environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

/// From text to values: all problems at once, each naming its setting.
///
/// # Errors
/// What is missing, malformed or contradictory, one text each.
pub fn resolve(raw: &Raw, world: &World<'_>) -> Result<Config, Vec<String>> {
    let mut reader = Reader {
        world,
        secrets_dir: raw.secrets_dir.as_deref().map(Path::new),
        problems: Vec::new(),
    };
    let config = Config {
        source: reader.source(raw),
        watch: raw.watch.as_ref().map(PathBuf::from),
        poll: poll::Settings {
            interval: reader.interval(raw),
        },
        connection: reader.connection(raw),
        listen: reader.listen(raw),
        webhook_secret: reader.secret("webhook-secret", raw.webhook_secret_file.as_ref()),
        api_token: reader.secret("api-token", raw.api_token_file.as_ref()),
        lease_duration: reader.lease_duration(raw),
        grace_period: reader.duration("grace-period", raw.grace_period.as_ref(), DEFAULT_GRACE_PERIOD),
    };
    if reader.problems.is_empty() {
        Ok(config)
    } else {
        Err(reader.problems)
    }
}

struct Reader<'a> {
    world: &'a World<'a>,
    secrets_dir: Option<&'a Path>,
    problems: Vec<String>,
}

impl Reader<'_> {
    fn problem(&mut self, setting: &str, message: impl std::fmt::Display) {
        self.problems.push(format!("--{setting}: {message}"));
    }

    fn source(&mut self, raw: &Raw) -> Source {
        match (&raw.repo, &raw.watch) {
            (Some(url), _) => Source::Repository(Box::new(self.remote(url, raw))),
            (None, Some(folder)) => {
                let folder = PathBuf::from(folder);
                Source::Folder(raw.path.as_ref().map_or(folder.clone(), |path| folder.join(path)))
            }
            (None, None) => {
                self.problem(
                    "repo",
                    "name the cluster's Git repository (or a local folder with --watch)",
                );
                Source::Folder(PathBuf::new())
            }
        }
    }

    fn remote(&mut self, url: &str, raw: &Raw) -> Remote {
        if let Err(message) = crate::source::git::check_address(url) {
            self.problem("repo", message);
        }
        Remote {
            url: url.to_owned(),
            revision: self.revision(raw),
            folder: raw.path.clone().unwrap_or_default(),
            credentials: Credentials {
                username: self.username(raw),
                password: self.secret("git-password", raw.git_password_file.as_ref()),
                ssh_key: self.key("git-ssh-key", raw.git_ssh_key_file.as_ref()),
                ssh_passphrase: self.secret("git-ssh-passphrase", raw.git_ssh_passphrase_file.as_ref()),
                known_hosts: self.text("git-known-hosts", raw.git_known_hosts_file.as_ref()),
                ca_bundle: self.text("git-ca", raw.git_ca_file.as_ref()),
            },
            cache: raw.cache_dir.as_ref().map(PathBuf::from).unwrap_or_default(),
        }
    }

    fn revision(&mut self, raw: &Raw) -> Revision {
        match (&raw.branch, &raw.tag, &raw.commit) {
            (Some(branch), None, None) => Revision::Branch(branch.clone()),
            (None, Some(tag), None) => Revision::Tag(tag.clone()),
            (None, None, Some(commit)) => Revision::Commit(commit.clone()),
            (None, None, None) => Revision::Default,
            _ => {
                self.problem("branch", "give one of --branch, --tag and --commit");
                Revision::Default
            }
        }
    }

    fn connection(&mut self, raw: &Raw) -> Connection {
        let namespace = raw.namespace.as_ref().and_then(|name| match name.parse() {
            Ok(name) => Some(name),
            Err(error) => {
                self.problem("namespace", error);
                None
            }
        });
        Connection {
            kubeconfig: raw.kubeconfig.as_ref().map(PathBuf::from),
            context: raw.context.clone(),
            namespace,
        }
    }

    fn listen(&mut self, raw: &Raw) -> SocketAddr {
        let text = raw.listen.as_deref().unwrap_or(DEFAULT_LISTEN);
        text.parse().unwrap_or_else(|_| {
            self.problem(
                "listen",
                format!("`{text}` is not an address and port, such as `{DEFAULT_LISTEN}`"),
            );
            SocketAddr::from(([127, 0, 0, 1], 0))
        })
    }

    fn interval(&mut self, raw: &Raw) -> Duration {
        match raw.poll_interval.as_deref() {
            Some("off") => Duration::ZERO,
            _ => self.duration("poll-interval", raw.poll_interval.as_ref(), DEFAULT_POLL_INTERVAL),
        }
    }

    fn lease_duration(&mut self, raw: &Raw) -> Duration {
        let duration = self.duration(
            "lease-duration",
            raw.lease_duration.as_ref(),
            DEFAULT_LEASE_DURATION,
        );
        if duration < MIN_LEASE_DURATION {
            self.problem("lease-duration", "must be 1s at least");
        }
        duration
    }

    fn duration(&mut self, setting: &str, text: Option<&String>, default: Duration) -> Duration {
        let Some(text) = text else { return default };
        let parsed = text
            .parse::<jiff::SignedDuration>()
            .ok()
            .and_then(|duration| Duration::try_from(duration).ok());
        if let Some(duration) = parsed.filter(|duration| !duration.is_zero()) {
            return duration;
        }
        self.problem(
            setting,
            format!("`{text}` is not a time, such as `30s`, `5m` or `1h30m`"),
        );
        default
    }

    fn username(&mut self, raw: &Raw) -> Option<String> {
        let name = raw.git_username.clone();
        name.or_else(|| Some(self.mounted("git-username")?.trim().to_owned()))
    }

    /// From its file, the folder of secrets, or the environment: never from a flag, which every process of the machine
    /// can see.
    fn secret(&mut self, setting: &str, file: Option<&String>) -> Option<Secret> {
        let secret = self.key(setting, file)?;
        Some(Secret::new(secret.reveal().trim_end_matches(['\r', '\n'])))
    }

    /// As [`Reader::secret`], line breaks kept.
    fn key(&mut self, setting: &str, file: Option<&String>) -> Option<Secret> {
        let text = self.text(setting, file);
        let text = text.or_else(|| match file {
            Some(_) => None,
            None => (self.world.variable)(&variable_name(setting)),
        })?;
        if text.trim().is_empty() {
            self.problem(&format!("{setting}-file"), "is empty");
            return None;
        }
        Some(Secret::new(text))
    }

    /// From the file that is named, or from the folder of secrets.
    fn text(&mut self, setting: &str, file: Option<&String>) -> Option<String> {
        let Some(path) = file else {
            return self.mounted(setting);
        };
        let (setting, path) = (format!("{setting}-file"), Path::new(path));
        self.told(&setting, path, (self.world.read_file)(path))
    }

    /// From the folder of secrets, where it is there.
    fn mounted(&mut self, setting: &str) -> Option<String> {
        let path = self.secrets_dir?.join(setting);
        match (self.world.read_file)(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            read => self.told("secrets-dir", &path, read),
        }
    }

    fn told(&mut self, setting: &str, path: &Path, read: std::io::Result<String>) -> Option<String> {
        let told =
            read.map_err(|error| self.problem(setting, format!("reading `{}`: {error}", path.display())));
        told.ok()
    }
}

/// `git-password` → `DEPLOY_MANAGER_GIT_PASSWORD`.
fn variable_name(setting: &str) -> String {
    format!("DEPLOY_MANAGER_{}", setting.replace('-', "_").to_uppercase())
}

/// Settings from flags (and the environment, which the flags' parser reads) over a settings file, from the system.
///
/// # Errors
/// As [`resolve`] and [`Raw::from_file`].
pub fn load(flags: Raw, file: Option<&PathBuf>) -> Result<(Raw, Config), Vec<String>> {
    let flags = flags.without_empty();
    let raw = match file {
        Some(path) => {
            let text = read_text(path)
                .map_err(|error| vec![format!("--config: reading `{}`: {error}", path.display())])?;
            flags.over(&Raw::from_file(path, &text)?.without_empty())
        }
        None => flags,
    };
    let world = World {
        read_file: &read_text,
        variable: &|name| std::env::var(name).ok(),
    };
    let config = resolve(&raw, &world)?;
    Ok((raw, config))
}

fn read_text(path: &Path) -> std::io::Result<String> {
    use std::io::Read;
    let mut text = String::new();
    let file = std::fs::File::open(path)?;
    file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_FILE_BYTES {
        return Err(std::io::Error::other(format!(
            "has more than {MAX_FILE_BYTES} bytes"
        )));
    }
    Ok(text)
}
