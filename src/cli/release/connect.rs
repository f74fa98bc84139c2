//! From flags and environment to what the verbs need.

use anyhow::{Context as _, bail};

use super::line::Line;
use crate::cli::template::flags::Kube;
use crate::cli::template::live::{self, connect::command_line};
use crate::daemon::world;
use crate::k8s::Cluster;
use crate::release::{Context, Driver, Holder};

/// Connects, and makes sure that the cluster can be reached. Source of the environment: helm `pkg/cli/environment.go`,
/// v3.17.
///
/// # Errors
/// Helm's text.
pub(super) async fn context(line: &Line) -> anyhow::Result<Context> {
    let driver = driver(&variable("HELM_DRIVER"))?;
    let wanted = command_line(&kube(line));
    let cluster = Cluster::connect_as_client(&wanted).await;
    let cluster = cluster.map_err(|error| live::unreachable(&error.to_string(), line.engine))?;
    live::check_reachable(&cluster, line.engine).await?;
    let cluster = Cluster::connect_patiently(&wanted).await?;
    Ok(Context {
        namespace: match given(line, "namespace", "HELM_NAMESPACE") {
            Some(name) => name.parse().context("--namespace")?,
            None => cluster.namespace().clone(),
        },
        cluster,
        driver,
        engine: line.engine,
        holder: holder(line),
        now: world::system().now,
    })
}

fn kube(line: &Line) -> Kube {
    let text = |flag: &str, name: &str| given(line, flag, name).unwrap_or_default();
    let insecure = "kube-insecure-skip-tls-verify";
    Kube {
        kubeconfig: line.text("kubeconfig").unwrap_or_default().to_owned(),
        kube_context: text("kube-context", "HELM_KUBECONTEXT"),
        kube_apiserver: text("kube-apiserver", "HELM_KUBEAPISERVER"),
        kube_token: text("kube-token", "HELM_KUBETOKEN"),
        kube_ca_file: text("kube-ca-file", "HELM_KUBECAFILE"),
        kube_as_user: text("kube-as-user", "HELM_KUBEASUSER"),
        kube_as_group: line.texts("kube-as-group").to_vec(),
        kube_tls_server_name: text("kube-tls-server-name", "HELM_KUBETLS_SERVER_NAME"),
        kube_insecure_skip_tls_verify: line.has(insecure).then(|| line.is_set(insecure)),
    }
}

/// A flag, or the variable in its place; what is empty counts as not given.
fn given(line: &Line, flag: &str, name: &str) -> Option<String> {
    let text = line.text(flag).map_or_else(|| variable(name), str::to_owned);
    Some(text).filter(|text| !text.is_empty())
}

/// A variable of the environment; empty where there is none.
pub(super) fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// Source: helm `pkg/action/action.go` (`Init`), v3.17.
fn driver(name: &str) -> anyhow::Result<Driver> {
    match name {
        "" | "secret" | "secrets" => Ok(Driver::Secret),
        "configmap" | "configmaps" => Ok(Driver::ConfigMap),
        "memory" | "sql" => bail!("HELM_DRIVER={name} is not supported: use secret or configmap"),
        other => bail!("unknown driver {other:?}"),
    }
}

fn holder(line: &Line) -> Holder {
    Holder {
        identity: format!("{}{}", of_this_machine(), std::process::id()),
        start_id: uuid::Uuid::new_v4().to_string(),
        lease_transitions: 0,
        run: format!("release {}", line.command.name),
    }
}

/// What the identities of all command lines of this machine begin with; the process follows.
fn of_this_machine() -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("cli-{}-", machine.trim())
}

/// Was this holder a command line of this machine that has ended?
pub(super) fn is_dead(holder: &Holder) -> bool {
    let process = holder.identity.strip_prefix(&of_this_machine());
    let process = process.and_then(|number| number.parse::<u32>().ok());
    process.is_some_and(|number| !std::path::Path::new(&format!("/proc/{number}")).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drivers_are_named_as_helm_names_them() {
        for (name, expected) in [
            ("", Some(Driver::Secret)),
            ("secrets", Some(Driver::Secret)),
            ("configmap", Some(Driver::ConfigMap)),
            ("configmaps", Some(Driver::ConfigMap)),
            ("sql", None),
            ("x", None),
        ] {
            assert_eq!(driver(name).ok(), expected, "{name}");
        }
    }
}
