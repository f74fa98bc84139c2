//! `cluster.yaml`: its top level.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::component;
use super::model::{Cluster, Component, Defaults};
use super::node::{Content, Node};
use super::reader::{Fields, Reader};
use super::settings;
use crate::base::names::ComponentName;
use crate::helm::engines;

/// The file that describes the cluster, at the root of its folder.
pub const FILE: &str = "cluster.yaml";

const KEYS: &[&str] = &[
    "apiVersion",
    "kind",
    "metadata",
    "helm",
    "kubernetes",
    "parameters",
    "policy",
    "defaults",
    "components",
];

/// A path that `cluster.yaml` names, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The path as written.
    pub path: String,
    /// Where it is written.
    pub mark: super::node::Mark,
}

/// What `cluster.yaml` says, before what it names was looked at.
pub struct Draft {
    /// Without parameters.
    pub cluster: Cluster,
    /// The parameter files in order.
    pub parameters: Vec<Named>,
    /// Places of each component's references, for later checks.
    pub places: BTreeMap<ComponentName, component::Places>,
}

/// Reads the whole of `cluster.yaml`. What could not be read is left out of the draft, and in the reader's problems.
pub fn read(reader: &mut Reader<'_>) -> Option<Draft> {
    let root = reader.document()?;
    let fields = reader.fields(&root, "cluster.yaml", KEYS)?;
    check_kind(reader, &fields);
    let name = read_name(reader, &fields).unwrap_or_default();
    let helm_version = read_helm(reader, &fields).unwrap_or_default();
    let kubernetes = read_kubernetes(reader, &fields);
    let parameters = match fields.get("parameters") {
        Some(node) => paths(reader, node, "`parameters`"),
        None => Vec::new(),
    };
    let policy = fields
        .get("policy")
        .map(|node| settings::policy(reader, node))
        .unwrap_or_default();
    let defaults = fields
        .get("defaults")
        .map(|node| settings::defaults(reader, node))
        .unwrap_or_default();
    let (components, places) = read_components(reader, &fields, &defaults);
    let cluster = Cluster {
        name,
        helm_version,
        kubernetes,
        parameters: Json::Null,
        policy,
        defaults,
        components,
    };
    Some(Draft {
        cluster,
        parameters,
        places,
    })
}

fn check_kind(reader: &mut Reader<'_>, fields: &Fields<'_>) {
    for (key, expected) in [("apiVersion", "deploy-manager/v1"), ("kind", "Cluster")] {
        if let Some(node) = fields.required(reader, key) {
            reader.choice(node, &format!("`{key}`"), &[(expected, ())]);
        }
    }
}

fn read_name(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<String> {
    let node = fields.required(reader, "metadata")?;
    let metadata = reader.fields(node, "`metadata`", &["name"])?;
    let name = metadata.required(reader, "name")?;
    // A cluster is named as its components are: the name goes into labels and messages.
    let name: ComponentName = reader.name(name, "`metadata.name`")?;
    Some(name.as_str().to_owned())
}

fn read_helm(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<String> {
    let node = fields.required(reader, "helm")?;
    let helm = reader.fields(node, "`helm`", &["version", "apply"])?;
    check_apply(reader, &helm);
    let version = helm.required(reader, "version")?;
    helm_version(reader, version, "`helm.version`")
}

/// Server-side apply changes how every object is written: taking it for client-side in silence would be wrong.
pub fn check_apply(reader: &mut Reader<'_>, helm: &Fields<'_>) {
    let Some(node) = helm.get("apply") else { return };
    let words = [("auto", true), ("client", true), ("server", false)];
    if reader.choice(node, "`helm.apply`", &words) == Some(false) {
        reader.not_supported(
            node.mark,
            "`helm.apply: server`",
            "leave it out, or write `client`",
        );
    }
}

/// A certified engine's version.
pub fn helm_version(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<String> {
    let text = reader.filled_text(node, what)?;
    if text == "2" {
        reader.not_supported(
            node.mark,
            &format!("{what} \"2\" (a cluster before its migration)"),
            "write the Helm 3 version to deploy with",
        );
        return None;
    }
    let Some(engine) = engines::find(text) else {
        let certified: Vec<&str> = engines::CERTIFIED.iter().map(|engine| engine.version).collect();
        let message = format!("{what}: no certified engine behaves as Helm {text}");
        reader.problem(node.mark, message).hint =
            Some(format!("certified versions: {}", certified.join(", ")));
        return None;
    };
    Some(engine.version.to_owned())
}

fn read_kubernetes(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<String> {
    let node = fields.get("kubernetes")?;
    let kubernetes = reader.fields(node, "`kubernetes`", &["version"])?;
    let node = kubernetes.get("version")?;
    let text = reader.filled_text(node, "`kubernetes.version`")?;
    if let Err(error) = semver::VersionReq::parse(text) {
        let message = format!("`kubernetes.version` is no version constraint: {error}");
        reader.problem(node.mark, message).hint = Some("for example \">=1.29, <1.34\"".to_owned());
        return None;
    }
    Some(text.to_owned())
}

/// A list of paths.
pub fn paths(reader: &mut Reader<'_>, node: &Node, what: &str) -> Vec<Named> {
    let mut found = Vec::new();
    for item in reader.list(node, what) {
        if let Some(path) = reader.filled_text(item, &format!("each entry of {what}")) {
            found.push(Named {
                path: path.to_owned(),
                mark: item.mark,
            });
        }
    }
    found
}

type Components = (
    BTreeMap<ComponentName, Component>,
    BTreeMap<ComponentName, component::Places>,
);

fn read_components(reader: &mut Reader<'_>, fields: &Fields<'_>, defaults: &Defaults) -> Components {
    let mut found = Components::default();
    let Some(node) = fields.required(reader, "components") else {
        return found;
    };
    let Content::Map(entries) = &node.content else {
        reader.wrong_type(node, "`components`", "a map");
        return found;
    };
    if entries.is_empty() {
        let problem = reader.problem(
            node.mark,
            "`components` is empty: this would ask for the removal of everything",
        );
        problem.hint = Some("write `state: absent` at each component that shall go".to_owned());
    }
    for entry in entries {
        let name: ComponentName = match entry.key.parse() {
            Ok(name) => name,
            Err(error) => {
                let error: crate::base::names::InvalidName = error;
                reader.problem(entry.mark, error.to_string());
                continue;
            }
        };
        let (component, places) = component::read(reader, &name, entry, defaults);
        found.1.insert(name.clone(), places);
        found.0.extend(component.map(|component| (name, component)));
    }
    found
}
