//! `metadata.managedFields`, simplified: who wrote which fields last. Lists count as one field each.

use serde_json::{Map, Value as Json, json};

use super::object::{list, now, set, text};
use super::write::Target;

/// Who writes, how, and (for an apply) what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manager<'a> {
    name: &'a str,
    is_status: bool,
    intent: Option<&'a Json>,
}

impl<'a> Manager<'a> {
    pub(super) fn update(target: Target<'a>) -> Manager<'a> {
        Manager {
            name: target.manager,
            is_status: target.is_status,
            intent: None,
        }
    }
    pub(super) fn apply(target: Target<'a>, intent: &'a Json) -> Manager<'a> {
        Manager {
            intent: Some(intent),
            ..Manager::update(target)
        }
    }
    fn operation(&self) -> &'static str {
        if self.intent.is_some() { "Apply" } else { "Update" }
    }
    fn owns(&self, entry: &Json) -> bool {
        let is_status = text(entry, "/subresource") == "status";
        text(entry, "/manager") == self.name
            && text(entry, "/operation") == self.operation()
            && is_status == self.is_status
    }
}

/// Writes the manager's entry: for an apply all fields of the intent, otherwise what it wrote before and changed now.
pub(super) fn record(new: &mut Json, old: Option<&Json>, manager: Manager<'_>) {
    let changed = match (manager.intent, old) {
        (Some(intent), _) => fields(intent),
        (None, Some(old)) => changed_fields(old, new),
        (None, None) => fields(new),
    };
    let changed = without_server_fields(changed);
    let mut entries = list(new, "/metadata/managedFields").to_vec();
    let known = entries.iter().position(|entry| manager.owns(entry));
    if changed.is_empty() && manager.intent.is_none() {
        return;
    }
    let mut all = match (known, manager.intent) {
        (Some(index), None) => entries[index]["fieldsV1"].clone(),
        _ => json!({}),
    };
    merge(&mut all, &Json::Object(changed));
    let mut entry = json!({
        "manager": manager.name, "operation": manager.operation(), "apiVersion": text(new, "/apiVersion"),
        "time": now(), "fieldsType": "FieldsV1", "fieldsV1": all,
    });
    if manager.is_status {
        entry["subresource"] = "status".into();
    }
    match known {
        Some(index) => entries[index] = entry,
        None => entries.push(entry),
    }
    set(new, "/metadata/managedFields", entries);
}

fn fields(value: &Json) -> Map<String, Json> {
    let entries = value.as_object().into_iter().flatten();
    entries
        .map(|(key, value)| (format!("f:{key}"), Json::Object(fields(value))))
        .collect()
}

fn changed_fields(old: &Json, new: &Json) -> Map<String, Json> {
    let mut changed = Map::new();
    for (key, value) in new.as_object().into_iter().flatten() {
        let below = match old.get(key) {
            Some(old) if old == value => continue,
            Some(old) if old.is_object() => changed_fields(old, value),
            _ => fields(value),
        };
        changed.insert(format!("f:{key}"), Json::Object(below));
    }
    changed
}

fn without_server_fields(mut fields: Map<String, Json>) -> Map<String, Json> {
    fields.retain(|key, _| key != "f:apiVersion" && key != "f:kind");
    if let Some(metadata) = fields.get_mut("f:metadata").and_then(Json::as_object_mut) {
        const USERS: &[&str] = &["f:labels", "f:annotations", "f:finalizers", "f:ownerReferences"];
        metadata.retain(|key, _| USERS.contains(&key.as_str()));
        if metadata.is_empty() {
            fields.remove("f:metadata");
        }
    }
    fields
}

fn merge(all: &mut Json, more: &Json) {
    let (Json::Object(all), Json::Object(more)) = (all, more) else {
        return;
    };
    for (key, value) in more {
        merge(all.entry(key.clone()).or_insert_with(|| json!({})), value);
    }
}
