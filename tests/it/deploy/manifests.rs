//! `deploy/`: real kubectl takes it, and every setting in it is one that `run` knows.

use std::collections::BTreeMap;
use std::path::Path;

use clap::{Args as _, FromArgMatches as _};
use deploy_manager::cli::run::Args;
use deploy_manager::daemon::settings::{Config, Raw, Source, World, resolve};

use super::{document, root};
use crate::daemon::process::command;
use crate::sandbox::support::Lab;

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_applies_the_folder_as_it_is_and_again_without_changes() {
    let lab = Lab::new().await;
    let folder = root().join("deploy").display().to_string();
    let apply = ["apply", "--namespace", "demo", "--filename", &folder];
    for dry_run in ["--dry-run=client", "--dry-run=server"] {
        let arguments: Vec<&str> = apply.iter().copied().chain([dry_run]).collect();
        if lab.ok("kubectl", &arguments).await.is_none() {
            return;
        }
    }
    assert!(
        lab.sandbox
            .object("apps/v1", "Deployment", "demo", "deploy-manager")
            .is_none()
    );
    let first = lab.ok("kubectl", &apply).await.unwrap();
    assert!(first.lines().all(|line| line.ends_with(" created")), "{first}");
    for kind in ["configmap", "deployment.apps", "service", "serviceaccount"] {
        assert!(
            first.contains(&format!("{kind}/deploy-manager")),
            "{kind}: {first}"
        );
    }
    let second = lab.ok("kubectl", &apply).await.unwrap();
    assert!(
        second.lines().all(|line| line.ends_with(" unchanged")),
        "{second}"
    );
    let rollout = [
        "rollout",
        "status",
        "deployment/deploy-manager",
        "--namespace",
        "demo",
        "--timeout=20s",
    ];
    lab.ok("kubectl", &rollout).await;
}

/// `run`'s settings as the pod would resolve them, with these files mounted.
fn resolved(mounted: &BTreeMap<&str, &str>) -> Config {
    let map = document("deployment.yaml", "ConfigMap", "deploy-manager-config");
    let deployment = document("deployment.yaml", "Deployment", "deploy-manager");
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    let arguments: Vec<&str> = container["args"]
        .as_array()
        .unwrap()
        .iter()
        .map(|arg| arg.as_str().unwrap())
        .collect();
    assert_eq!(arguments[0], "run");
    let matches = Args::augment_args(clap::Command::new("run")).try_get_matches_from(&arguments);
    Args::from_arg_matches(&matches.unwrap()).unwrap();
    assert_eq!(arguments[1..], ["--config", "/etc/deploy-manager/config.yaml"]);

    let text = map["data"]["config.yaml"].as_str().unwrap();
    let raw =
        Raw::from_file(Path::new("config.yaml"), text).unwrap_or_else(|problems| panic!("{problems:?}"));
    let read_file = |path: &Path| {
        let name = path
            .strip_prefix("/etc/deploy-manager-secrets")
            .ok()
            .and_then(Path::to_str);
        let text = name
            .and_then(|name| mounted.get(name))
            .map(|text| (*text).to_owned());
        text.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound))
    };
    let world = World {
        read_file: &read_file,
        variable: &|_| None,
    };
    resolve(&raw, &world).unwrap_or_else(|problems| panic!("{problems:?}"))
}

#[test]
fn the_settings_are_known_and_the_secrets_optional() {
    let config = resolved(&BTreeMap::new());
    assert!(
        config.listen.ip().is_unspecified(),
        "probes come from outside of the pod"
    );
    assert!(config.webhook_secret.is_none() && config.api_token.is_none());
    assert!(matches!(config.source, Source::Repository(_)));
}

/// The manifest's comment on the mounted Secret is its documentation: each key that it names is read.
#[test]
fn every_key_that_the_manifest_names_is_read() {
    let text = std::fs::read_to_string(root().join("deploy/deployment.yaml")).unwrap();
    let (_, comment) = text.split_once("as each of its keys:").unwrap();
    let (comment, _) = comment.split_once(". Readable").unwrap();
    let names: Vec<&str> = comment
        .split([',', '#', '\n', ' '])
        .filter(|word| !word.is_empty())
        .collect();
    assert_eq!(names.len(), 8, "{names:?}");
    let config = resolved(&names.iter().map(|name| (*name, *name)).collect());
    let Source::Repository(remote) = &config.source else {
        panic!("a repository")
    };
    let credentials = &remote.credentials;
    let secret = |secret: &Option<deploy_manager::base::secret::Secret>| {
        secret.as_ref().map(|text| text.reveal().to_owned())
    };
    let read: Vec<Option<String>> = vec![
        credentials.username.clone(),
        secret(&credentials.password),
        secret(&credentials.ssh_key),
        secret(&credentials.ssh_passphrase),
        credentials.known_hosts.clone(),
        credentials.ca_bundle.clone(),
        secret(&config.webhook_secret),
        secret(&config.api_token),
    ];
    let expected: Vec<Option<String>> = names.iter().map(|name| Some((*name).to_owned())).collect();
    assert_eq!(read, expected);
}

#[test]
fn the_mounts_are_where_the_settings_look() {
    let deployment = document("deployment.yaml", "Deployment", "deploy-manager");
    let pod = &deployment["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(pod["volumes"][0]["configMap"]["name"], "deploy-manager-config");
    let mounts: Vec<(&str, &str)> = container["volumeMounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mount| {
            (
                mount["name"].as_str().unwrap(),
                mount["mountPath"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("config", "/etc/deploy-manager"),
        ("secrets", "/etc/deploy-manager-secrets"),
        ("cache", "/var/cache/deploy-manager"),
    ];
    assert_eq!(mounts, expected);
    let Source::Repository(remote) = resolved(&BTreeMap::new()).source else {
        panic!("a repository")
    };
    assert!(remote.cache.starts_with("/var/cache/deploy-manager"));
    let grace = pod["terminationGracePeriodSeconds"].as_u64().unwrap();
    assert!(
        resolved(&BTreeMap::new()).grace_period.as_secs() < grace,
        "killed before it is done"
    );
}

#[test]
fn the_variables_are_known() {
    let deployment = document("deployment.yaml", "Deployment", "deploy-manager");
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    let variables: Vec<&str> = container["env"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variable| variable["name"].as_str().unwrap())
        .collect();
    for name in variables {
        // The replica's name is no setting: that it is used is seen in the lease, by `readonly`.
        assert!(name == "DEPLOY_MANAGER_IDENTITY" || is_setting(name), "{name}");
    }
}

pub(super) fn is_setting(variable: &str) -> bool {
    let command = Args::augment_args(clap::Command::new("run"));
    let known = |argument: &clap::Arg| argument.get_env().is_some_and(|name| name == variable);
    command.get_arguments().any(known)
}

/// The service leads to the port that the container serves at, which is the one of the settings.
#[test]
fn the_service_leads_to_the_daemon() {
    let service = document("service.yaml", "Service", "deploy-manager");
    let deployment = document("deployment.yaml", "Deployment", "deploy-manager");
    let template = &deployment["spec"]["template"];
    assert_eq!(service["spec"]["selector"], template["metadata"]["labels"]);
    let port = &template["spec"]["containers"][0]["ports"][0];
    assert_eq!(service["spec"]["ports"][0]["targetPort"], port["name"]);
    assert_eq!(port["containerPort"], resolved(&BTreeMap::new()).listen.port());
    assert!(command(&["run", "--help"]).output().unwrap().status.success());
}
