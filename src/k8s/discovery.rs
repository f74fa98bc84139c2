//! What the server serves: aggregated discovery, with the legacy one as fallback.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::Error;
use super::objects::text;
use super::transport::{Call, Transport};

/// Asks for aggregated discovery and accepts the legacy one. Source: client-go `discovery/discovery_client.go`, v1.33.
const ACCEPT_AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
    application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

/// One kind that is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Resource {
    /// `deployments`
    pub(super) plural: String,
    pub(super) is_namespaced: bool,
}

impl Resource {
    /// One of an `APIResourceList`.
    pub(super) fn of_legacy(resource: &Json) -> Resource {
        let namespaced = resource.get("namespaced").and_then(Json::as_bool);
        Resource {
            plural: text(resource, "/name").to_owned(),
            is_namespaced: namespaced.unwrap_or_default(),
        }
    }
}

/// All that a server serves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Discovery {
    /// (apiVersion, kind) → resource.
    kinds: BTreeMap<(String, String), Resource>,
    /// Group → its versions, the server's preferred one first.
    versions: BTreeMap<String, Vec<String>>,
    /// `group/version` and `group/version/Kind`, subresources' kinds included.
    names: BTreeSet<String>,
}

impl Discovery {
    /// Asks the server.
    pub(super) async fn fetch(transport: &Transport) -> Result<Discovery, Error> {
        let mut found = Discovery::default();
        for root in ["/api", "/apis"] {
            let call = Call {
                accept: ACCEPT_AGGREGATED,
                ..Call::get(root)
            };
            let answer = transport.json(&call).await?;
            if text(&answer, "/kind") == "APIGroupDiscoveryList" {
                found.add_aggregated(&answer);
            } else {
                found.add_legacy(transport, root, &answer).await?;
            }
        }
        Ok(found)
    }

    pub(super) fn find(&self, api_version: &str, kind: &str) -> Option<&Resource> {
        self.kinds.get(&(api_version.to_owned(), kind.to_owned()))
    }

    /// The kind itself, or the one that is called so in small letters: client-go's mapper knows both.
    /// Source: client-go `restmapper/discovery.go`, v0.32.
    pub(super) fn find_loosely(&self, api_version: &str, kind: &str) -> Option<(&str, &Resource)> {
        let exact = (api_version.to_owned(), kind.to_owned());
        let of_version = self
            .kinds
            .iter()
            .filter(|((version, _), _)| version == api_version);
        let mut small = of_version.filter(|((_, name), _)| name.to_lowercase() == kind);
        let found = self.kinds.get_key_value(&exact).or_else(|| small.next());
        found.map(|((_, kind), resource)| (kind.as_str(), resource))
    }

    /// The apiVersion under which a group serves a kind, its preferred version first.
    pub(super) fn served_version(&self, group: &str, kind: &str) -> Option<String> {
        let versions = self.versions.get(group)?;
        let names = versions.iter().map(|version| join(group, version));
        names.into_iter().find(|name| self.find(name, kind).is_some())
    }

    pub(super) fn has_version(&self, api_version: &str) -> bool {
        self.names.contains(api_version)
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.names.iter().cloned().collect()
    }

    fn add_aggregated(&mut self, list: &Json) {
        for group in items(list, "items") {
            let name = text(group, "/metadata/name");
            for version in items(group, "versions") {
                let version_name = text(version, "/version");
                self.add_version(name, version_name);
                for resource in items(version, "resources") {
                    self.add_resource(&join(name, version_name), resource);
                }
            }
        }
    }

    fn add_version(&mut self, group: &str, version: &str) {
        self.names.insert(join(group, version));
        let versions = self.versions.entry(group.to_owned()).or_default();
        if !versions.iter().any(|known| known == version) {
            versions.push(version.to_owned());
        }
    }

    fn add_resource(&mut self, api_version: &str, resource: &Json) {
        let kind = text(resource, "/responseKind/kind");
        let found = Resource {
            plural: text(resource, "/resource").to_owned(),
            is_namespaced: text(resource, "/scope") == "Namespaced",
        };
        self.add_kind(api_version, kind, found);
        for subresource in items(resource, "subresources") {
            self.add_name(api_version, text(subresource, "/responseKind/kind"));
        }
    }

    fn add_kind(&mut self, api_version: &str, kind: &str, resource: Resource) {
        self.add_name(api_version, kind);
        if !kind.is_empty() {
            let key = (api_version.to_owned(), kind.to_owned());
            self.kinds.entry(key).or_insert(resource);
        }
    }

    fn add_name(&mut self, api_version: &str, kind: &str) {
        if !kind.is_empty() {
            self.names.insert(format!("{api_version}/{kind}"));
        }
    }

    /// `APIVersions` or `APIGroupList`, then a list of resources for each version. A version whose list fails (an
    /// aggregated server that is down) is left out, as client-go does.
    async fn add_legacy(&mut self, transport: &Transport, root: &str, answer: &Json) -> Result<(), Error> {
        for (group, version) in legacy_versions(answer) {
            self.add_version(&group, &version);
            let path = match group.as_str() {
                "" => format!("{root}/{version}"),
                group => format!("{root}/{group}/{version}"),
            };
            match transport.json(&Call::get(path)).await {
                Ok(list) => self.add_legacy_resources(&join(&group, &version), &list),
                Err(error @ Error::Connection { .. }) => return Err(error),
                Err(error) => {
                    tracing::warn!(group, version, %error, "this API version is left out of discovery");
                }
            }
        }
        Ok(())
    }

    fn add_legacy_resources(&mut self, api_version: &str, list: &Json) {
        for resource in items(list, "resources") {
            let kind = text(resource, "/kind");
            if text(resource, "/name").contains('/') {
                self.add_name(api_version, kind);
                continue;
            }
            self.add_kind(api_version, kind, Resource::of_legacy(resource));
        }
    }
}

fn items<'a>(object: &'a Json, field: &str) -> &'a [Json] {
    object
        .get(field)
        .and_then(Json::as_array)
        .map_or(&[], Vec::as_slice)
}

fn join(group: &str, version: &str) -> String {
    if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    }
}

/// (group, version), each group's preferred version first.
fn legacy_versions(answer: &Json) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for version in items(answer, "versions").iter().filter_map(Json::as_str) {
        found.push((String::new(), version.to_owned()));
    }
    for group in items(answer, "groups") {
        let preferred = text(group, "/preferredVersion/version");
        let listed = items(group, "versions")
            .iter()
            .map(|version| text(version, "/version"));
        let others = listed.filter(|version| *version != preferred);
        let all = (!preferred.is_empty())
            .then_some(preferred)
            .into_iter()
            .chain(others);
        found.extend(all.map(|version| (text(group, "/name").to_owned(), version.to_owned())));
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn aggregated() -> Discovery {
        let mut discovery = Discovery::default();
        discovery.add_aggregated(&json!({"kind": "APIGroupDiscoveryList", "items": [{
            "metadata": {"name": "apps"},
            "versions": [{"version": "v1", "resources": [{
                "resource": "deployments", "scope": "Namespaced",
                "responseKind": {"group": "apps", "version": "v1", "kind": "Deployment"},
                "subresources": [{"subresource": "scale", "responseKind": {"group": "autoscaling", "version": "v1", "kind": "Scale"}}],
            }]}],
        }]}));
        discovery
    }

    #[test]
    fn aggregated_discovery_names_versions_kinds_and_subresources() {
        assert_eq!(
            aggregated().names(),
            ["apps/v1", "apps/v1/Deployment", "apps/v1/Scale"]
        );
        let expected = Resource {
            plural: "deployments".into(),
            is_namespaced: true,
        };
        assert_eq!(aggregated().find("apps/v1", "Deployment"), Some(&expected));
        assert_eq!(aggregated().find("apps/v1", "Scale"), None);
    }

    #[test]
    fn legacy_resources_give_the_same() {
        let mut discovery = Discovery::default();
        discovery.add_version("apps", "v1");
        discovery.add_legacy_resources(
            "apps/v1",
            &json!({"resources": [
                {"name": "deployments", "kind": "Deployment", "namespaced": true},
                {"name": "deployments/scale", "kind": "Scale", "namespaced": true},
            ]}),
        );
        assert_eq!(discovery, aggregated());
    }

    #[test]
    fn the_preferred_version_comes_first() {
        let answer = json!({"groups": [{"name": "batch", "preferredVersion": {"version": "v1"},
            "versions": [{"version": "v1beta1"}, {"version": "v1"}]}]});
        let versions: Vec<String> = legacy_versions(&answer)
            .into_iter()
            .map(|(_, version)| version)
            .collect();
        assert_eq!(versions, ["v1", "v1beta1"]);
        assert_eq!(
            legacy_versions(&json!({"versions": ["v1"]})),
            [(String::new(), "v1".to_owned())]
        );
    }

    #[test]
    fn a_kind_is_found_at_another_version_of_its_group() {
        assert_eq!(
            aggregated().served_version("apps", "Deployment").as_deref(),
            Some("apps/v1")
        );
        assert_eq!(aggregated().served_version("extensions", "Deployment"), None);
    }
}
