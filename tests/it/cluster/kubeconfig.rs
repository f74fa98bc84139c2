//! Kubeconfig files for the control plane.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::certificates::{Authority, Signed};

/// A kubeconfig of one user (JSON, which is YAML too).
pub fn kubeconfig(server: &str, authority: &Authority, user: &Signed, namespace: &str) -> String {
    let data = |pem: &str| STANDARD.encode(pem);
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "tests",
        "clusters": [{"name": "tests", "cluster": {
            "server": server, "certificate-authority-data": data(&authority.certificate),
        }}],
        "users": [{"name": "tests", "user": {
            "client-certificate-data": data(&user.certificate), "client-key-data": data(&user.key),
        }}],
        "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": "tests", "namespace": namespace}}],
    })
    .to_string()
}
