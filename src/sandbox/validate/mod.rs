//! The rules that deployers run into: names, required fields, fields that cannot change.
//! Source: kubernetes `pkg/apis/*/validation/validation.go`, v1.33.

mod immutable;

use serde_json::Value as Json;

use super::failure::Cause;
use super::kinds::Kind;
use super::object::{at, int, list, text};

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', \
     and must start and end with an alphanumeric character";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start \
     and end with an alphanumeric character";

/// What is wrong with a new object.
pub(super) fn create(kind: &Kind, object: &Json) -> Vec<Cause> {
    let mut causes = name(kind, object);
    causes.extend(labels(object));
    if !kind.is_custom {
        causes.extend(content(&kind.store, object));
    }
    causes
}

/// What is wrong with a changed object.
pub(super) fn update(kind: &Kind, old: &Json, new: &Json) -> Vec<Cause> {
    let mut causes = labels(new);
    if !kind.is_custom {
        causes.extend(content(&kind.store, new));
        causes.extend(immutable::changes(&kind.store, old, new));
    }
    causes
}

fn name(kind: &Kind, object: &Json) -> Vec<Cause> {
    let name = text(object, "/metadata/name");
    if name.is_empty() {
        return vec![Cause::required(
            "metadata.name",
            "name or generateName is required",
        )];
    }
    let allows_paths = kind.group == "rbac.authorization.k8s.io";
    let is_label = matches!(&*kind.store, "/namespaces" | "/services");
    let limit = if is_label { 63 } else { 253 };
    let is_fine = match (allows_paths, is_label) {
        (true, _) => !name.contains(['/', '%']) && name != "." && name != "..",
        (_, true) => is_dns(name, false),
        _ => is_dns(name, true),
    };
    if is_fine && name.len() <= limit {
        return Vec::new();
    }
    let rule = if is_label { LABEL } else { SUBDOMAIN };
    vec![Cause::invalid("metadata.name", &Json::from(name), rule)]
}

fn is_dns(name: &str, dots: bool) -> bool {
    let is_label = |label: &str| {
        let is_inner = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        !label.is_empty() && label.chars().all(is_inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    if dots {
        name.split('.').all(is_label)
    } else {
        is_label(name)
    }
}

fn labels(object: &Json) -> Vec<Cause> {
    let values = at(object, "/metadata/labels").as_object().into_iter().flatten();
    let is_bad = |value: &str| {
        let is_edge = |letter: Option<char>| letter.is_none_or(|letter| letter.is_ascii_alphanumeric());
        let is_inner = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
        value.len() > 63
            || !value.chars().all(is_inner)
            || !is_edge(value.chars().next())
            || !is_edge(value.chars().next_back())
    };
    let bad = values.filter(|(_, value)| value.as_str().is_none_or(is_bad));
    let rule = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must \
                start and end with an alphanumeric character";
    bad.map(|(_, value)| Cause::invalid("metadata.labels", value, rule))
        .collect()
}

fn content(store: &str, object: &Json) -> Vec<Cause> {
    match store {
        "apps/deployments" | "apps/statefulsets" | "apps/daemonsets" | "apps/replicasets" => workload(object),
        "batch/jobs" => job(object),
        "/pods" => containers(object, "/spec"),
        "/services" => service(object),
        "/configmaps" | "/secrets" => data(store, object),
        super::state::DEFINITIONS => definition(object),
        _ => Vec::new(),
    }
}

fn definition(object: &Json) -> Vec<Cause> {
    let mut causes = Vec::new();
    for field in ["group", "scope", "names.plural", "names.kind"] {
        if text(object, &format!("/spec/{}", field.replace('.', "/"))).is_empty() {
            causes.push(Cause::required(&format!("spec.{field}"), ""));
        }
    }
    let expected = format!(
        "{}.{}",
        text(object, "/spec/names/plural"),
        text(object, "/spec/group")
    );
    if causes.is_empty() && text(object, "/metadata/name") != expected {
        let detail = "must be spec.names.plural+\".\"+spec.group";
        causes.push(Cause::invalid(
            "metadata.name",
            at(object, "/metadata/name"),
            detail,
        ));
    }
    causes
}

fn workload(object: &Json) -> Vec<Cause> {
    let mut causes = Vec::new();
    let selector = at(object, "/spec/selector");
    if selector.is_null() {
        causes.push(Cause::required("spec.selector", ""));
    } else if selector.as_object().is_some_and(serde_json::Map::is_empty) {
        let detail = "empty selector is invalid for deployment";
        causes.push(Cause::invalid("spec.selector", selector, detail));
    }
    let template = serde_json::json!({"metadata": {"labels": at(object, "/spec/template/metadata/labels")}});
    if !super::selector::Selector::of_object(selector).matches(&template) {
        let labels = at(&template, "/metadata/labels");
        let detail = "`selector` does not match template `labels`";
        causes.push(Cause::invalid("spec.template.metadata.labels", labels, detail));
    }
    if int(object, "/spec/replicas", 0) < 0 {
        let detail = "must be greater than or equal to 0";
        causes.push(Cause::invalid(
            "spec.replicas",
            at(object, "/spec/replicas"),
            detail,
        ));
    }
    causes.extend(containers(object, "/spec/template/spec"));
    causes
}

fn job(object: &Json) -> Vec<Cause> {
    let mut causes = containers(object, "/spec/template/spec");
    let policy = text(object, "/spec/template/spec/restartPolicy");
    if !matches!(policy, "Never" | "OnFailure") {
        causes.push(Cause {
            reason: "FieldValueNotSupported",
            field: "spec.template.spec.restartPolicy".to_owned(),
            message: format!("Unsupported value: {policy:?}: supported values: \"OnFailure\", \"Never\""),
        });
    }
    causes
}

fn containers(object: &Json, spec: &str) -> Vec<Cause> {
    let field = format!("{}.containers", spec.trim_start_matches('/').replace('/', "."));
    let found = list(object, &format!("{spec}/containers"));
    if found.is_empty() {
        return vec![Cause::required(&field, "")];
    }
    let mut causes = Vec::new();
    let mut names = Vec::new();
    for (index, container) in found.iter().enumerate() {
        let name = text(container, "/name");
        if name.is_empty() {
            causes.push(Cause::required(&format!("{field}[{index}].name"), ""));
        } else if names.contains(&name) {
            causes.push(Cause {
                reason: "FieldValueDuplicate",
                field: format!("{field}[{index}].name"),
                message: format!("Duplicate value: {name:?}"),
            });
        }
        names.push(name);
        if text(container, "/image").is_empty() {
            causes.push(Cause::required(&format!("{field}[{index}].image"), ""));
        }
    }
    causes
}

fn service(object: &Json) -> Vec<Cause> {
    let needs_ports =
        !matches!(text(object, "/spec/type"), "ExternalName") && text(object, "/spec/clusterIP") != "None";
    let ports = list(object, "/spec/ports");
    if ports.is_empty() && needs_ports {
        return vec![Cause::required("spec.ports", "")];
    }
    let mut causes = Vec::new();
    for (index, port) in ports.iter().enumerate() {
        if !(1..=65_535).contains(&int(port, "/port", 0)) {
            let field = format!("spec.ports[{index}].port");
            let detail = "must be between 1 and 65535, inclusive";
            causes.push(Cause::invalid(&field, at(port, "/port"), detail));
        }
        if ports.len() > 1 && text(port, "/name").is_empty() {
            causes.push(Cause::required(&format!("spec.ports[{index}].name"), ""));
        }
    }
    causes
}

/// The size limit of ConfigMaps and Secrets: 1 MiB.
fn data(store: &str, object: &Json) -> Vec<Cause> {
    let size = |map: &str| -> usize {
        let values = at(object, map).as_object().into_iter().flatten();
        values.map(|(_, value)| value.as_str().map_or(0, str::len)).sum()
    };
    let bytes = if store == "/secrets" {
        size("/data") / 4 * 3
    } else {
        size("/data") + size("/binaryData") / 4 * 3
    };
    if bytes <= 1 << 20 {
        return Vec::new();
    }
    let field = if store == "/secrets" { "data" } else { "" };
    vec![Cause {
        reason: "FieldValueTooLong",
        field: field.to_owned(),
        message: "Too long: may not be more than 1048576 bytes".to_owned(),
    }]
}
