//! From flags and environment to a cluster, and Go's words for what fails on the way.

use std::env;
use std::net::ToSocketAddrs as _;
use std::path::PathBuf;

use super::dry_run::parse_bool;
use crate::base::secret::Secret;
use crate::cli::template::flags::{Kube, TemplateArgs};
use crate::k8s::Error;
use crate::k8s::clientcmd::{self, CommandLine, Overrides};

/// Helm's settings. Source: helm `pkg/cli/environment.go`, v3.17.
pub(in crate::cli) fn command_line(kube: &Kube) -> CommandLine {
    let files = match env::var_os("KUBECONFIG").filter(|paths| !paths.is_empty()) {
        Some(paths) => env::split_paths(&paths)
            .filter(|path| !path.as_os_str().is_empty())
            .collect(),
        None => home().into_iter().collect(),
    };
    CommandLine {
        kubeconfig: Some(PathBuf::from(&kube.kubeconfig)).filter(|path| !path.as_os_str().is_empty()),
        files,
        context: Some(kube.kube_context.clone()).filter(|name| !name.is_empty()),
        default_server: env::var("KUBERNETES_MASTER")
            .ok()
            .filter(|server| !server.is_empty()),
        overrides: Overrides {
            server: kube.kube_apiserver.clone(),
            token: Secret::new(kube.kube_token.as_str()),
            ca_file: kube.kube_ca_file.clone(),
            tls_server_name: kube.kube_tls_server_name.clone(),
            is_insecure: kube
                .kube_insecure_skip_tls_verify
                .unwrap_or_else(|| is_set("HELM_KUBEINSECURE_SKIP_TLS_VERIFY")),
            user: kube.kube_as_user.clone(),
            groups: match kube.kube_as_group.as_slice() {
                [] => in_list("HELM_KUBEASGROUPS"),
                given => given.to_vec(),
            },
        },
    }
}

/// Go's reading of a truth value; what is none counts as not set.
pub(in crate::cli) fn is_set(variable: &str) -> bool {
    env::var(variable).is_ok_and(|text| parse_bool(&text).unwrap_or(false))
}

fn in_list(variable: &str) -> Vec<String> {
    let text = env::var(variable).unwrap_or_default();
    match text.trim_matches([',', ' ']) {
        "" => Vec::new(),
        list => list.split(',').map(str::to_owned).collect(),
    }
}

fn home() -> Option<PathBuf> {
    Some(PathBuf::from(env::var_os("HOME")?).join(".kube/config"))
}

/// The namespace of the kubeconfig's context, where it can be read and names one.
pub(in crate::cli::template) fn context_namespace(args: &TemplateArgs) -> Option<String> {
    clientcmd::namespace(&command_line(&args.kube)).ok().flatten()
}

/// What client-go says of a request to this path that failed.
pub(super) fn go_text(error: &Error, path: &str) -> String {
    match error {
        Error::Connection {
            server,
            message,
            is_unsent,
        } => {
            let why = match is_unsent {
                true => format!("dial tcp {}: connect: connection refused", address(server)),
                false => in_gos_words(message),
            };
            format!("Get \"{server}{path}\": {why}")
        }
        // A server's answer without a reason comes from something that knows no Kubernetes.
        Error::Api {
            code: 404, reason, ..
        } if reason.is_empty() => "the server could not find the requested resource".to_owned(),
        other => other.to_string(),
    }
}

/// The same where the answer is wanted as it is, not as an object: then client-go does not read the server's `Status`.
/// Source: apimachinery `pkg/api/errors/errors.go` (`NewGenericServerResponse`), v0.32.
pub(super) fn go_raw_text(error: &Error, path: &str) -> String {
    let Error::Api {
        code,
        message,
        reason,
        ..
    } = error
    else {
        return go_text(error, path);
    };
    // Text is taken over from what is no `Status`.
    let told = if reason.is_empty() {
        message.as_str()
    } else {
        "unknown"
    };
    match code {
        401 => "the server has asked for the client to provide credentials".to_owned(),
        404 => "the server could not find the requested resource".to_owned(),
        429 => "the server has received too many requests and has asked us to try again later".to_owned(),
        500 => format!("an error on the server ({told:?}) has prevented the request from succeeding"),
        503 => "the server is currently unable to handle the request".to_owned(),
        504 => "the server was unable to return a response in the time allotted, but may still be processing the request"
            .to_owned(),
        _ => told.to_owned(),
    }
}

/// What TLS says, as Go says it.
fn in_gos_words(message: &str) -> String {
    let words = [
        (
            "received corrupt message of type InvalidContentType",
            "http: server gave HTTP response to HTTPS client",
        ),
        (
            "invalid peer certificate: UnknownIssuer",
            "tls: failed to verify certificate: x509: certificate signed by unknown authority",
        ),
    ];
    let found = words.iter().find(|(ours, _)| *ours == message);
    found.map_or(message, |(_, gos)| gos).to_owned()
}

/// The address that a server's name stands for.
fn address(server: &str) -> String {
    let (scheme, rest) = server.split_once("://").unwrap_or(("http", server));
    let host = rest.split('/').next().unwrap_or_default();
    let has_port = host
        .rsplit(':')
        .next()
        .is_some_and(|port| port.parse::<u16>().is_ok());
    let host = match (has_port, scheme) {
        (true, _) => host.to_owned(),
        (false, "https") => format!("{host}:443"),
        (false, _) => format!("{host}:80"),
    };
    let resolved = host.to_socket_addrs().ok().and_then(|mut found| found.next());
    resolved.map_or(host, |address| address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_read_as_gos() {
        let refused = Error::Connection {
            server: "http://127.0.0.1:1".to_owned(),
            message: "refused".to_owned(),
            is_unsent: true,
        };
        assert_eq!(
            go_text(&refused, "/version"),
            "Get \"http://127.0.0.1:1/version\": dial tcp 127.0.0.1:1: connect: connection refused"
        );
        assert_eq!(address("https://127.0.0.1/x"), "127.0.0.1:443");
    }
}
