//! Logs of the pods behind an object.

use super::readiness::pods;
use super::{Cluster, Error, Object, ObjectRef, objects};

/// The ends of the logs of a Pod, or of the pods of a workload or Job, each container's at most `tail_lines`. Several are
/// headed by `==> pod/container <==`. What cannot be read says why, in its place.
///
/// # Errors
/// The pods cannot be listed.
pub async fn of(cluster: &Cluster, object: &Object, tail_lines: u32) -> Result<String, Error> {
    let pods = pods_of(cluster, object).await?;
    let mut parts: Vec<(String, String)> = Vec::new();
    for pod in &pods {
        let target = ObjectRef::of(pod);
        for container in containers(pod) {
            let log = cluster.pod_log(&target, Some(container), tail_lines).await;
            let log = log.unwrap_or_else(|error| format!("(no log: {error})"));
            parts.push((format!("{}/{container}", target.name), log));
        }
    }
    Ok(headed(&parts))
}

/// The object itself if it is a Pod, otherwise the pods that its selector finds, oldest first.
///
/// # Errors
/// The pods cannot be listed.
pub async fn pods_of(cluster: &Cluster, object: &Object) -> Result<Vec<Object>, Error> {
    if objects::text(object, "/kind") == "Pod" {
        return Ok(vec![object.clone()]);
    }
    let Some(related) = pods(object) else {
        return Ok(Vec::new());
    };
    let mut found = cluster.list(&related.kind, &related.selector).await?;
    found.sort_by(|a, b| age(a).cmp(&age(b)));
    Ok(found)
}

fn age(pod: &Object) -> (&str, &str) {
    (
        objects::text(pod, "/metadata/creationTimestamp"),
        objects::text(pod, "/metadata/name"),
    )
}

fn containers(pod: &Object) -> impl Iterator<Item = &str> {
    ["/spec/initContainers", "/spec/containers"]
        .into_iter()
        .filter_map(|list| pod.pointer(list)?.as_array())
        .flatten()
        .map(|container| objects::text(container, "/name"))
}

fn headed(parts: &[(String, String)]) -> String {
    match parts {
        [(_, log)] => log.clone(),
        parts => {
            let headed = parts
                .iter()
                .map(|(name, log)| format!("==> {name} <==\n{}", log.trim_end()));
            headed.collect::<Vec<_>>().join("\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn several_logs_are_headed_by_pod_and_container() {
        let part = |name: &str| (name.to_owned(), "x\n".to_owned());
        assert_eq!(headed(&[part("p/a")]), "x\n");
        assert_eq!(
            headed(&[part("p/a"), part("p/b")]),
            "==> p/a <==\nx\n==> p/b <==\nx"
        );
    }

    #[test]
    fn init_containers_come_first() {
        let pod = json!({"spec": {"containers": [{"name": "main"}], "initContainers": [{"name": "init"}]}});
        assert_eq!(containers(&pod).collect::<Vec<_>>(), ["init", "main"]);
    }
}
