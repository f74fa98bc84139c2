//! `deploy/rights.yaml` allows each request of a daemon at work, and nothing leaves the namespace.

use std::collections::BTreeSet;
use std::time::Duration;

use deploy_manager::sandbox::{Sandbox, Seen, Settings};
use serde_json::{Value as Json, json};

use super::{commit, documents, sample};
use crate::daemon::process::{Process, write};

const NAMESPACE: &str = "openstack";

/// What RBAC decides on.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Request {
    verb: &'static str,
    group: String,
    /// With the subresource: `pods/log`.
    resource: String,
    namespace: String,
}

/// `None` for what every authenticated user may do: discovery, version, health and reviews of own rights.
fn request(seen: &Seen) -> Option<Request> {
    let parts: Vec<&str> = seen.path.trim_matches('/').split('/').collect();
    let (group, rest) = match parts[..] {
        ["api", _, ref rest @ ..] => ("", rest),
        ["apis", group, _, ref rest @ ..] => (group, rest),
        _ => return None,
    };
    let (namespace, rest) = match *rest {
        ["namespaces", namespace, ref rest @ ..] if !rest.is_empty() => (namespace, rest),
        ref rest => ("", rest),
    };
    let (resource, name, sub) = match *rest {
        [] => return None,
        ["selfsubjectaccessreviews" | "selfsubjectrulesreviews"] => return None,
        [resource] => (resource.to_owned(), false, None),
        [resource, _] => (resource.to_owned(), true, None),
        [resource, _, sub, ..] => (resource.to_owned(), true, Some(sub)),
    };
    let is_watch = seen.query.contains("watch=true") || seen.query.contains("watch=1");
    let verb = match (seen.method.as_str(), name) {
        ("GET", true) => "get",
        ("GET", false) if is_watch => "watch",
        ("GET", false) => "list",
        ("POST", _) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", true) => "delete",
        ("DELETE", false) => "deletecollection",
        _ => panic!("{seen}"),
    };
    Some(Request {
        verb,
        group: group.to_owned(),
        resource: sub.map_or(resource.clone(), |sub| format!("{resource}/{sub}")),
        namespace: namespace.to_owned(),
    })
}

fn allows(rule: &Json, request: &Request) -> bool {
    let has = |key: &str, value: &str| rule[key].as_array().unwrap().iter().any(|one| one == value);
    has("apiGroups", &request.group) && has("resources", &request.resource) && has("verbs", request.verb)
}

#[test]
fn requests_are_read_as_the_api_server_reads_them() {
    for (method, path, query, expected) in [
        ("GET", "/version", "", None),
        ("GET", "/apis/apps/v1", "", None),
        (
            "POST",
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            "",
            None,
        ),
        (
            "GET",
            "/api/v1/namespaces/a",
            "",
            Some(("get", "", "namespaces", "")),
        ),
        (
            "GET",
            "/api/v1/namespaces/a/pods",
            "watch=true",
            Some(("watch", "", "pods", "a")),
        ),
        (
            "GET",
            "/api/v1/namespaces/a/pods/b/log",
            "",
            Some(("get", "", "pods/log", "a")),
        ),
        (
            "PATCH",
            "/apis/apps/v1/namespaces/a/deployments/b",
            "",
            Some(("patch", "apps", "deployments", "a")),
        ),
    ] {
        let seen = Seen {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            status: 200,
        };
        let read = request(&seen);
        let read = read.as_ref().map(|one| {
            (
                one.verb,
                one.group.as_str(),
                one.resource.as_str(),
                one.namespace.as_str(),
            )
        });
        assert_eq!(read, expected, "{path}");
    }
}

#[test]
fn the_role_covers_every_request_of_a_daemon_at_work() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let settings = Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        delay: Duration::from_millis(20),
        namespaces: vec![NAMESPACE.to_owned()],
    };
    let sandbox = runtime.block_on(Sandbox::start(settings)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = write(folder.path(), "kubeconfig", &sandbox.kubeconfig(NAMESPACE));
    let (bare, mut files) = sample();
    let mut process = Process::start(&kubeconfig, &["--repo", &bare.url()]);
    process.wait_for("/run/outcome", &json!("Succeeded"));
    // An upgrade of running workloads.
    edit(&mut files, "parameters/", "api: 2", "api: 3");
    let changed = commit(&bare, &files);
    let bearer = format!("Bearer {}", token(&sandbox));
    assert_eq!(
        process
            .ask("POST", "/api/v1/resync", &[("Authorization", &bearer)], "")
            .0,
        202
    );
    process.wait_for("/syncedCommit", &json!(changed));
    assert_eq!(process.get("/api/v1/history/keystone").0, 200);
    process.signal("TERM");
    process.wait();

    let rights = documents("rights.yaml");
    let roles: Vec<&Json> = rights.iter().filter(|one| one["kind"] == "Role").collect();
    assert!(
        rights
            .iter()
            .all(|one| !one["kind"].as_str().unwrap().starts_with("Cluster"))
    );
    let rules: Vec<&Json> = roles
        .iter()
        .flat_map(|role| role["rules"].as_array().unwrap())
        .collect();
    let requests: BTreeSet<Request> = sandbox.requests().iter().filter_map(request).collect();
    let refused: Vec<&Request> = requests
        .iter()
        .filter(|request| request.namespace != NAMESPACE || !rules.iter().any(|rule| allows(rule, request)))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
    // It was real work that was looked at.
    for (verb, resource) in [
        ("create", "secrets"),
        ("patch", "deployments"),
        ("update", "leases"),
        ("list", "pods"),
    ] {
        let is_it = |request: &Request| request.verb == verb && request.resource == resource;
        assert!(requests.iter().any(is_it), "{verb} {resource} in {requests:#?}");
    }
}

/// The operators' token, as the daemon made it.
fn token(sandbox: &Sandbox) -> String {
    use base64::Engine as _;
    let secret = sandbox
        .object("v1", "Secret", NAMESPACE, "deploy-manager-api")
        .unwrap();
    let token = secret["data"]["token"].as_str().unwrap();
    String::from_utf8(base64::engine::general_purpose::STANDARD.decode(token).unwrap()).unwrap()
}

/// In each file below this folder.
fn edit(files: &mut [(String, Vec<u8>)], below: &str, from: &str, to: &str) {
    let mut edited = 0;
    for (_, bytes) in files.iter_mut().filter(|(path, _)| path.starts_with(below)) {
        let text = String::from_utf8(std::mem::take(bytes)).unwrap();
        edited += text.matches(from).count();
        *bytes = text.replace(from, to).into_bytes();
    }
    assert!(edited > 0, "no `{from}` below {below}");
}
