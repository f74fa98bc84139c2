//! Settings as they are written: flags, environment, file. Every one is optional text here.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::spec::nearest::nearest;

/// The settings of `deploy-manager run`. Flags win over the environment, the environment over the file.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, clap::Args)]
#[serde(rename_all = "camelCase", default)]
pub struct Raw {
    /// The cluster's Git repository: https://, ssh://, git@host:path, http:// or file://
    #[arg(long, env = "DEPLOY_MANAGER_REPO", value_name = "URL", hide_env_values = true)]
    pub repo: Option<String>,
    /// Follow this branch (default: the repository's own default branch)
    #[arg(long, env = "DEPLOY_MANAGER_BRANCH", value_name = "NAME")]
    pub branch: Option<String>,
    /// Follow this tag instead of a branch
    #[arg(long, env = "DEPLOY_MANAGER_TAG", value_name = "NAME")]
    pub tag: Option<String>,
    /// Stay at this commit (all 40 digits) instead of following a branch
    #[arg(long, env = "DEPLOY_MANAGER_COMMIT", value_name = "ID")]
    pub commit: Option<String>,
    /// The folder of cluster.yaml in the repository (default: its root)
    #[arg(long, env = "DEPLOY_MANAGER_PATH", value_name = "DIR")]
    pub path: Option<String>,
    /// Sync when files below this folder change; without --repo, the folder itself is synced as it is
    #[arg(long, env = "DEPLOY_MANAGER_WATCH", value_name = "DIR")]
    pub watch: Option<String>,
    /// Keep what was fetched here (default: a temporary folder)
    #[arg(long, env = "DEPLOY_MANAGER_CACHE_DIR", value_name = "DIR")]
    pub cache_dir: Option<String>,
    /// Look at the repository this often, and up to a tenth later; `off`: only when asked (default: 1m)
    #[arg(long, env = "DEPLOY_MANAGER_POLL_INTERVAL", value_name = "TIME")]
    pub poll_interval: Option<String>,
    /// Folder of a mounted Secret: files named git-username, git-password, git-ssh-key, git-ssh-passphrase,
    /// git-known-hosts, git-ca, webhook-secret and api-token are read where they are there
    #[arg(long, env = "DEPLOY_MANAGER_SECRETS_DIR", value_name = "DIR")]
    pub secrets_dir: Option<String>,
    /// User name for https
    #[arg(long, env = "DEPLOY_MANAGER_GIT_USERNAME", value_name = "NAME")]
    pub git_username: Option<String>,
    /// File with the password or token for https
    #[arg(long, env = "DEPLOY_MANAGER_GIT_PASSWORD_FILE", value_name = "FILE")]
    pub git_password_file: Option<String>,
    /// File with the private key for ssh
    #[arg(long, env = "DEPLOY_MANAGER_GIT_SSH_KEY_FILE", value_name = "FILE")]
    pub git_ssh_key_file: Option<String>,
    /// File with the passphrase of the private key
    #[arg(long, env = "DEPLOY_MANAGER_GIT_SSH_PASSPHRASE_FILE", value_name = "FILE")]
    pub git_ssh_passphrase_file: Option<String>,
    /// File with known_hosts lines; without them ssh hosts are refused
    #[arg(long, env = "DEPLOY_MANAGER_GIT_KNOWN_HOSTS_FILE", value_name = "FILE")]
    pub git_known_hosts_file: Option<String>,
    /// File with authorities (PEM) trusted beside the system's, for https
    #[arg(long, env = "DEPLOY_MANAGER_GIT_CA_FILE", value_name = "FILE")]
    pub git_ca_file: Option<String>,
    /// The namespace to keep in sync (default: the pod's, or the kubeconfig's)
    #[arg(long, short = 'n', env = "DEPLOY_MANAGER_NAMESPACE", value_name = "NAME")]
    pub namespace: Option<String>,
    /// A kubeconfig (default: in-cluster settings, then $KUBECONFIG, then ~/.kube/config)
    #[arg(long, env = "DEPLOY_MANAGER_KUBECONFIG", value_name = "FILE")]
    pub kubeconfig: Option<String>,
    /// A context of the kubeconfig
    #[arg(long, env = "DEPLOY_MANAGER_CONTEXT", value_name = "NAME")]
    pub context: Option<String>,
    /// Serve status page, API, webhooks and metrics here (default: 127.0.0.1:8080)
    #[arg(long, env = "DEPLOY_MANAGER_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// File with the secret of push webhooks; without it they are off
    #[arg(long, env = "DEPLOY_MANAGER_WEBHOOK_SECRET_FILE", value_name = "FILE")]
    pub webhook_secret_file: Option<String>,
    /// File with the operators' token (default: Secret `deploy-manager-api`, made at the first start)
    #[arg(long, env = "DEPLOY_MANAGER_API_TOKEN_FILE", value_name = "FILE")]
    pub api_token_file: Option<String>,
    /// Another replica may lead when the leader was silent for this long, 1s at least (default: 15s)
    #[arg(long, env = "DEPLOY_MANAGER_LEASE_DURATION", value_name = "TIME")]
    pub lease_duration: Option<String>,
    /// When asked to stop, finish the current step within this time (default: 25s)
    #[arg(long, env = "DEPLOY_MANAGER_GRACE_PERIOD", value_name = "TIME")]
    pub grace_period: Option<String>,
    /// What to log: a level, or filters such as `info,deploy_manager::source=debug` (default: info)
    #[arg(long, env = "DEPLOY_MANAGER_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// How to log: `text` or `json` (default: text)
    #[arg(long, env = "DEPLOY_MANAGER_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<String>,
}

/// The address may carry a password: only names of what is set are shown.
impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(
                self.fields()
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(key, _)| key),
            )
            .finish()
    }
}

impl Raw {
    /// These settings, and where one is missing, the other's.
    #[must_use]
    pub fn over(self, lower: &Raw) -> Raw {
        let mut fields = lower.fields();
        fields.extend(self.fields().into_iter().filter(|(_, value)| !value.is_null()));
        serde_json::from_value(Json::Object(fields)).unwrap_or(self)
    }

    /// The same with empty texts as if they were not set: manifests often leave variables empty.
    #[must_use]
    pub fn without_empty(self) -> Raw {
        let mut fields = self.fields();
        fields.retain(|_, value| value.as_str().is_some_and(|text| !text.is_empty()));
        serde_json::from_value(Json::Object(fields)).unwrap_or(self)
    }

    /// Reads a settings file: a YAML mapping of names to plain values.
    ///
    /// # Errors
    /// All that is wrong with it, one text each, with the line.
    pub fn from_file(path: &Path, text: &str) -> Result<Raw, Vec<String>> {
        let at = |line: Option<usize>, message: String| match line {
            Some(line) => format!("{}:{line}: {message}", path.display()),
            None => format!("{}: {message}", path.display()),
        };
        let mapping = match serde_yaml::from_str(text) {
            Ok(serde_yaml::Value::Mapping(mapping)) => mapping,
            Ok(serde_yaml::Value::Null) => serde_yaml::Mapping::new(),
            Ok(_) => return Err(vec![at(Some(1), "expected a mapping of settings".to_owned())]),
            Err(error) => {
                let line = error.location().map(|location| location.line());
                return Err(vec![at(line, format!("not YAML: {error}"))]);
            }
        };
        let known = Raw::default().fields();
        let (mut fields, mut problems) = (Map::new(), Vec::new());
        for (key, value) in &mapping {
            match setting(&known, key, value) {
                Ok((key, value)) => drop(fields.insert(key, Json::String(value))),
                Err((key, message)) => problems.push(at(line_of(text, &key), message)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        serde_json::from_value(Json::Object(fields)).map_err(|error| vec![at(None, error.to_string())])
    }

    fn fields(&self) -> Map<String, Json> {
        match serde_json::to_value(self) {
            Ok(Json::Object(fields)) => fields,
            _ => Map::new(),
        }
    }
}

/// A known key with a plain value, or (the key, what is wrong).
fn setting(
    known: &Map<String, Json>,
    key: &serde_yaml::Value,
    value: &serde_yaml::Value,
) -> Result<(String, String), (String, String)> {
    let Some(key) = key.as_str() else {
        return Err((String::new(), "a setting's name is a text".to_owned()));
    };
    if !known.contains_key(key) {
        let near = nearest(key, known.keys().map(String::as_str));
        let near = near
            .map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default();
        return Err((key.to_owned(), format!("unknown setting `{key}`{near}")));
    }
    let text = match value {
        serde_yaml::Value::String(text) => text.clone(),
        serde_yaml::Value::Number(number) => number.to_string(),
        serde_yaml::Value::Bool(truth) => truth.to_string(),
        _ => {
            return Err((
                key.to_owned(),
                format!("`{key}` must be a plain value, such as a text"),
            ));
        }
    };
    Ok((key.to_owned(), text))
}

fn line_of(text: &str, key: &str) -> Option<usize> {
    let is_key = |line: &str| line.trim_start().trim_start_matches(['"', '\'']).starts_with(key);
    (!key.is_empty())
        .then(|| text.lines().position(is_key))?
        .map(|index| index + 1)
}
