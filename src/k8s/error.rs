//! What the API server, or the way to it, answers instead of an object.

use std::time::Duration;

use crate::base::report::Hint;

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
        retry_after: Option<Duration>,
    },
    /// The server could not be reached, or broke off.
    #[error("cannot reach the API server {server}: {message}")]
    Connection {
        /// Its address, without secrets.
        server: String,
        /// What failed.
        message: String,
        /// The request certainly never arrived (connection refused).
        is_unsent: bool,
    },
    /// The server answered with something that is not Kubernetes' JSON.
    #[error("unexpected answer of the API server {server} to {request}: {message}")]
    Answer {
        /// Its address, without secrets.
        server: String,
        /// Method and path.
        request: String,
        /// What is wrong with the answer.
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
    /// 409 with reason Conflict: somebody else wrote in between. After a retry it can also be the echo of our own
    /// first attempt, whose answer got lost: read the object before concluding.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Error::Api { code: 409, reason, .. } if reason != "AlreadyExists")
    }
    /// 409 with reason `AlreadyExists`.
    #[must_use]
    pub fn is_already_exists(&self) -> bool {
        matches!(self, Error::Api { code: 409, reason, .. } if reason == "AlreadyExists")
    }
    /// 401 or 403: retrying does not help, rights do.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Error::Api { code: 401 | 403, .. })
    }
    /// May the same request succeed a little later?
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Connection { .. } => true,
            Error::Api { code, .. } => matches!(code, 408 | 429 | 500 | 502 | 503 | 504),
            Error::Answer { .. } | Error::Config(_) | Error::UnknownKind { .. } => false,
        }
    }
    /// Did the server certainly not carry out the request, so that even an unguarded write may be sent again?
    #[must_use]
    pub fn was_not_executed(&self) -> bool {
        match self {
            Error::Connection { is_unsent, .. } => *is_unsent,
            Error::Api { code, .. } => *code == 429,
            Error::Answer { .. } | Error::Config(_) | Error::UnknownKind { .. } => false,
        }
    }
    /// How long the server asks to wait before the next try.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Error::Api { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl Hint for Error {
    fn hints(&self) -> Vec<String> {
        let hint = match self {
            Error::Api { code: 401, .. } => "the credentials are not accepted: renew the token or kubeconfig",
            Error::Api { code: 403, .. } => "grant the missing verb in the daemon's Role",
            Error::Config(_) => "run in a pod with a service account, or give `--kubeconfig FILE`",
            Error::UnknownKind { .. } => {
                "install the CustomResourceDefinition first, or use an apiVersion that this server serves"
            }
            _ => return Vec::new(),
        };
        vec![hint.to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(code: u16, reason: &str) -> Error {
        Error::Api {
            code,
            reason: reason.to_owned(),
            message: String::new(),
            retry_after: None,
        }
    }

    #[test]
    fn errors_are_told_apart_by_code_and_reason() {
        assert!(api(404, "NotFound").is_not_found());
        assert!(api(409, "Conflict").is_conflict() && !api(409, "Conflict").is_already_exists());
        assert!(api(409, "AlreadyExists").is_already_exists() && !api(409, "AlreadyExists").is_conflict());
        assert!(api(403, "Forbidden").is_forbidden());
    }

    #[test]
    fn only_what_the_server_refused_unseen_may_be_written_twice() {
        for (code, transient, unexecuted) in [
            (429, true, true),
            (500, true, false),
            (503, true, false),
            (504, true, false),
            (422, false, false),
        ] {
            let error = api(code, "");
            assert_eq!(
                (error.is_transient(), error.was_not_executed()),
                (transient, unexecuted),
                "{code}"
            );
        }
    }
}
