//! Kinds from CustomResourceDefinitions.

use serde_json::Value as Json;

use super::Kind;
use crate::sandbox::object::{at, list, text};

/// The kinds that a CustomResourceDefinition (v1) serves, one for each served version.
pub(in crate::sandbox) fn kinds_of(crd: &Json) -> Vec<Kind> {
    let versions = list(crd, "/spec/versions").iter();
    versions
        .filter(|version| version["served"] == true)
        .map(|version| kind_in_version(crd, version))
        .collect()
}

fn kind_in_version(crd: &Json, version: &Json) -> Kind {
    let (group, plural) = (text(crd, "/spec/group"), text(crd, "/spec/names/plural"));
    let kind = text(crd, "/spec/names/kind");
    let or = |pointer: &str, otherwise: String| match text(crd, pointer) {
        "" => otherwise,
        found => found.to_owned(),
    };
    let words = |pointer: &str| {
        let items = list(crd, pointer).iter().filter_map(Json::as_str);
        items.map(str::to_owned).collect()
    };
    Kind {
        group: group.to_owned(),
        version: text(version, "/name").to_owned(),
        kind: kind.to_owned(),
        list_kind: or("/spec/names/listKind", format!("{kind}List")),
        plural: plural.to_owned(),
        singular: or("/spec/names/singular", kind.to_lowercase()),
        short_names: words("/spec/names/shortNames"),
        categories: words("/spec/names/categories"),
        is_namespaced: text(crd, "/spec/scope") != "Cluster",
        has_status: !at(version, "/subresources/status").is_null(),
        scale: scale_of(version),
        is_review: false,
        store: store_of(group, plural).into(),
        columns: list(version, "/additionalPrinterColumns").to_vec(),
        is_custom: true,
        schema: at(version, "/schema/openAPIV3Schema").clone(),
    }
}

/// The store of a custom kind.
fn store_of(group: &str, plural: &str) -> String {
    format!("{group}/{plural}")
}

fn scale_of(version: &Json) -> Option<(String, String)> {
    let scale = version.pointer("/subresources/scale")?;
    let pointer = |path: &str| text(scale, path).replace('.', "/");
    Some((pointer("/specReplicasPath"), pointer("/statusReplicasPath")))
}
