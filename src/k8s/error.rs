//! What the API server, or the way to it, answers instead of an object.

/// A request that did not succeed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server answered with a `Status`.
    #[error("{message}")]
    Api {
        /// HTTP status.
        code: u16,
        /// `NotFound`, `Conflict`, `Invalid` ….
        reason: String,
        /// The server's text.
        message: String,
        /// `Retry-After`, where given.
        retry_after: Option<std::time::Duration>,
    },
    /// The server could not be reached, or broke off.
    #[error("cannot reach the API server {server}: {message}")]
    Connection {
        /// Its address, without secrets.
        server: String,
        /// What failed.
        message: String,
    },
    /// Neither in-cluster settings nor a usable kubeconfig; the text names every way that was tried.
    #[error("{0}")]
    Config(String),
    /// The server serves no such kind. Text: `no matches for kind "X" in version "g/v"`.
    #[error("no matches for kind \"{kind}\" in version \"{api_version}\"")]
    UnknownKind {
        /// group/version
        api_version: String,
        /// Kind
        kind: String,
    },
}

impl Error {
    /// 404.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Error::Api { code: 404, .. })
    }
    /// 409 with reason Conflict: somebody else wrote in between.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Error::Api { code: 409, reason, .. } if reason != "AlreadyExists")
    }
    /// 409 with reason `AlreadyExists`.
    #[must_use]
    pub fn is_already_exists(&self) -> bool {
        matches!(self, Error::Api { code: 409, reason, .. } if reason == "AlreadyExists")
    }
    /// May the same request succeed a little later?
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Connection { .. } => true,
            Error::Api { code, .. } => matches!(code, 408 | 429 | 500 | 502 | 503 | 504),
            Error::Config(_) | Error::UnknownKind { .. } => false,
        }
    }
}
