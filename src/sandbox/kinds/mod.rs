//! What is served: built-in kinds and the ones that CustomResourceDefinitions add.

mod builtin;
mod custom;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value as Json;

pub(super) use custom::kinds_of as custom_kinds;

/// One kind in one version of one group.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kind {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
    pub(super) list_kind: String,
    pub(super) plural: String,
    pub(super) singular: String,
    pub(super) short_names: Vec<String>,
    pub(super) categories: Vec<String>,
    pub(super) is_namespaced: bool,
    pub(super) has_status: bool,
    /// Pointers to (wanted, observed) replicas.
    pub(super) scale: Option<(String, String)>,
    /// Only `create`, nothing is stored.
    pub(super) is_review: bool,
    /// Where objects are kept: versions and groups that share a store show the same objects.
    pub(super) store: Arc<str>,
    /// `additionalPrinterColumns` of a CustomResourceDefinition.
    pub(super) columns: Vec<Json>,
    pub(super) is_custom: bool,
    /// The schema in a CustomResourceDefinition: objects are pruned and defaulted by it.
    pub(super) schema: Json,
}

impl Kind {
    pub(super) fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }
    pub(super) fn verbs(&self) -> &'static [&'static str] {
        if self.is_review {
            return &["create"];
        }
        &[
            "create",
            "delete",
            "deletecollection",
            "get",
            "list",
            "patch",
            "update",
            "watch",
        ]
    }
}

/// All kinds, in the order of discovery.
#[derive(Debug)]
pub(super) struct Kinds {
    builtin: Vec<Arc<Kind>>,
    custom: Vec<Arc<Kind>>,
    /// Group versions that are switched off.
    off: BTreeSet<String>,
}

impl Kinds {
    /// What a fresh server has: legacy versions are there, but off.
    pub(super) fn new() -> Kinds {
        Kinds {
            builtin: builtin::kinds().into_iter().map(Arc::new).collect(),
            custom: Vec::new(),
            off: builtin::LEGACY
                .iter()
                .map(|version| (*version).to_owned())
                .collect(),
        }
    }
    /// Switches a group version on or off.
    pub(super) fn serve(&mut self, api_version: &str, is_on: bool) {
        if is_on {
            self.off.remove(api_version);
        } else {
            self.off.insert(api_version.to_owned());
        }
    }
    /// Replaces the kinds of one CustomResourceDefinition (by the name of its store).
    pub(super) fn set_custom(&mut self, store: &str, kinds: Vec<Kind>) {
        self.custom.retain(|kind| &*kind.store != store);
        self.custom.extend(kinds.into_iter().map(Arc::new));
    }
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Kind>> {
        let all = self.builtin.iter().chain(&self.custom);
        all.filter(|kind| !self.off.contains(&kind.api_version()))
    }
    pub(super) fn find(&self, group: &str, version: &str, plural: &str) -> Option<&Arc<Kind>> {
        let all = self.builtin.iter().chain(&self.custom);
        let mut named =
            all.filter(|kind| kind.plural == plural && kind.version == version && kind.group == group);
        named.find(|kind| !self.off.contains(&kind.api_version()))
    }
    pub(super) fn by_kind(&self, api_version: &str, name: &str) -> Option<&Arc<Kind>> {
        self.iter()
            .find(|kind| kind.kind == name && kind.api_version() == api_version)
    }
    /// (group, its versions), the best version first, each group once.
    pub(super) fn groups(&self) -> Vec<(String, Vec<String>)> {
        let mut groups: Vec<(String, Vec<String>)> = Vec::new();
        for kind in self.iter() {
            let known = groups.iter().position(|(group, _)| *group == kind.group);
            let index = known.unwrap_or_else(|| {
                groups.push((kind.group.clone(), Vec::new()));
                groups.len() - 1
            });
            let versions = &mut groups[index].1;
            if !versions.contains(&kind.version) {
                versions.push(kind.version.clone());
            }
        }
        for (_, versions) in &mut groups {
            versions.sort_by_key(|version| Reverse(priority(version)));
        }
        groups
    }
}

/// Orders versions as Kubernetes does: `v2` before `v1` before `v1beta1` before `v1alpha1` before other names.
/// Source: apimachinery `pkg/version/helpers.go`, v0.33.
fn priority(version: &str) -> (u8, u32, u32) {
    let parse = || {
        let rest = version.strip_prefix('v')?;
        let digits = rest
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(rest.len());
        let (major, rest) = rest.split_at(digits);
        let major: u32 = major.parse().ok()?;
        if rest.is_empty() {
            return Some((3, major, 0));
        }
        match rest.strip_prefix("beta") {
            Some(beta) => Some((2, major, beta.parse().ok()?)),
            None => Some((1, major, rest.strip_prefix("alpha")?.parse().ok()?)),
        }
    };
    parse().unwrap_or((0, 0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_sort_as_in_kubernetes() {
        let mut versions = ["foo", "v1alpha1", "v1", "v2beta1", "v10", "v2"];
        versions.sort_by_key(|version| Reverse(priority(version)));
        assert_eq!(versions, ["v10", "v2", "v1", "v2beta1", "v1alpha1", "foo"]);
    }

    #[test]
    fn legacy_versions_show_the_same_store_when_switched_on() {
        let mut kinds = Kinds::new();
        assert!(kinds.find("extensions", "v1beta1", "deployments").is_none());
        kinds.serve("extensions/v1beta1", true);
        let old = kinds.find("extensions", "v1beta1", "deployments").unwrap();
        assert_eq!(old.store, kinds.find("apps", "v1", "deployments").unwrap().store);
        kinds.serve("apps/v1", false);
        assert!(kinds.by_kind("apps/v1", "Deployment").is_none());
    }

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        let kinds = Kinds::new();
        let name = |kind: &Arc<Kind>| (kind.api_version(), kind.plural.clone());
        let mut names: Vec<_> = kinds.builtin.iter().map(name).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
