//! `/version`, `/api`, `/apis`: what is served, in the old form and the aggregated one.

use serde_json::{Value as Json, json};

use super::kinds::{Kind, Kinds};

/// What `/version` says. A semantic version that Helm accepts; the build part tells people what they are talking to.
pub(super) const GIT_VERSION: &str = "v1.33.1+sandbox";

pub(super) fn version() -> Json {
    json!({
        "major": "1", "minor": "33", "gitVersion": GIT_VERSION, "gitCommit": "sandbox", "gitTreeState": "clean",
        "buildDate": "2025-05-15T00:00:00Z", "goVersion": "none", "compiler": "none", "platform": "linux/amd64",
        "emulationMajor": "1", "emulationMinor": "33", "minCompatibilityMajor": "1", "minCompatibilityMinor": "32",
    })
}

/// Does the client ask for aggregated discovery? The `v` it prefers, of v2 and v2beta1.
pub(super) fn aggregated_version(accept: &str) -> Option<&'static str> {
    let asked = accept
        .split(',')
        .find(|part| part.contains("g=apidiscovery.k8s.io"))?;
    let has = |version: &str| asked.split(';').any(|part| part.trim() == version);
    if has("v=v2") {
        Some("v2")
    } else if has("v=v2beta1") {
        Some("v2beta1")
    } else {
        None
    }
}

/// The core group (`/api`) or all others (`/apis`) as `APIGroupDiscoveryList`.
pub(super) fn aggregated(kinds: &Kinds, is_core: bool, version: &str) -> Json {
    let groups = kinds
        .groups()
        .into_iter()
        .filter(|(group, _)| group.is_empty() == is_core);
    let items = groups.map(|(group, versions)| {
        let versions: Vec<Json> = versions
            .iter()
            .map(|version| {
                let resources = kinds
                    .iter()
                    .filter(|kind| kind.group == group && kind.version == *version);
                json!({
                    "version": version, "freshness": "Current",
                    "resources": resources.map(|kind| aggregated_resource(kind)).collect::<Vec<_>>(),
                })
            })
            .collect();
        let metadata = if group.is_empty() {
            json!({})
        } else {
            json!({"name": group})
        };
        json!({"metadata": metadata, "versions": versions})
    });
    json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": format!("apidiscovery.k8s.io/{version}"),
        "metadata": {}, "items": items.collect::<Vec<_>>(),
    })
}

fn aggregated_resource(kind: &Kind) -> Json {
    let response =
        |group: &str, version: &str, name: &str| json!({"group": group, "version": version, "kind": name});
    let below = subresources(kind).into_iter().map(|sub| {
        json!({
            "subresource": sub.name, "responseKind": response(sub.group, sub.version, sub.kind), "verbs": sub.verbs,
        })
    });
    let below: Vec<Json> = below.collect();
    let mut resource = json!({
        "resource": kind.plural, "responseKind": response(&kind.group, &kind.version, &kind.kind),
        "scope": if kind.is_namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": kind.singular, "verbs": kind.verbs(),
    });
    for (name, list) in [
        ("shortNames", &kind.short_names),
        ("categories", &kind.categories),
    ] {
        if !list.is_empty() {
            resource[name] = json!(list);
        }
    }
    if !below.is_empty() {
        resource["subresources"] = below.into();
    }
    resource
}

/// `/api`.
pub(super) fn core_versions(address: &str) -> Json {
    json!({
        "kind": "APIVersions", "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}],
    })
}

/// `/apis`.
pub(super) fn groups(kinds: &Kinds) -> Json {
    let groups = kinds.groups().into_iter().filter(|(group, _)| !group.is_empty());
    let groups: Vec<Json> = groups
        .map(|(group, versions)| group_object(&group, &versions))
        .collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

/// `/apis/<group>`.
pub(super) fn group(kinds: &Kinds, name: &str) -> Option<Json> {
    let (group, versions) = kinds.groups().into_iter().find(|(group, _)| group == name)?;
    let mut object = group_object(&group, &versions);
    object["kind"] = "APIGroup".into();
    object["apiVersion"] = "v1".into();
    Some(object)
}

fn group_object(group: &str, versions: &[String]) -> Json {
    let version =
        |version: &String| json!({"groupVersion": format!("{group}/{version}"), "version": version});
    let versions: Vec<Json> = versions.iter().map(version).collect();
    json!({"name": group, "versions": versions, "preferredVersion": versions.first()})
}

/// `/api/v1`, `/apis/<group>/<version>`.
pub(super) fn resources(kinds: &Kinds, group: &str, version: &str) -> Option<Json> {
    let served = kinds
        .iter()
        .filter(|kind| kind.group == group && kind.version == version);
    let resources: Vec<Json> = served.flat_map(|kind| resource_entries(kind)).collect();
    let name = if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    };
    (!resources.is_empty())
        .then(|| json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": name, "resources": resources}))
}

fn resource_entries(kind: &Kind) -> Vec<Json> {
    let mut resource = json!({
        "name": kind.plural, "singularName": kind.singular, "namespaced": kind.is_namespaced,
        "kind": kind.kind, "verbs": kind.verbs(),
    });
    for (name, list) in [
        ("shortNames", &kind.short_names),
        ("categories", &kind.categories),
    ] {
        if !list.is_empty() {
            resource[name] = json!(list);
        }
    }
    let below = subresources(kind).into_iter().map(|sub| {
        let mut entry = json!({
            "name": format!("{}/{}", kind.plural, sub.name), "singularName": "", "namespaced": kind.is_namespaced,
            "kind": sub.kind, "verbs": sub.verbs,
        });
        if sub.group != kind.group || sub.version != kind.version {
            entry["group"] = sub.group.into();
            entry["version"] = sub.version.into();
        }
        entry
    });
    let below: Vec<Json> = below.collect();
    [vec![resource], below].concat()
}

struct Subresource<'a> {
    name: &'static str,
    group: &'a str,
    version: &'a str,
    kind: &'a str,
    verbs: &'static [&'static str],
}

fn subresources(kind: &Kind) -> Vec<Subresource<'_>> {
    let own = |name, verbs| Subresource {
        name,
        group: &kind.group,
        version: &kind.version,
        kind: &kind.kind,
        verbs,
    };
    let mut found = Vec::new();
    if kind.has_status {
        found.push(own("status", &["get", "patch", "update"]));
    }
    if kind.scale.is_some() {
        found.push(Subresource {
            name: "scale",
            group: "autoscaling",
            version: "v1",
            kind: "Scale",
            verbs: &["get", "patch", "update"],
        });
    }
    if &*kind.store == "/pods" {
        found.push(own("log", &["get"]));
        found.push(Subresource {
            name: "eviction",
            group: "policy",
            version: "v1",
            kind: "Eviction",
            verbs: &["create"],
        });
    }
    if &*kind.store == "/namespaces" {
        found.push(own("finalize", &["update"]));
    }
    found
}
