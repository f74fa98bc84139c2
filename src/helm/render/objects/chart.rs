//! `.Chart`: a struct in Helm 3, a map with the same names in Helm 4.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::record::{Field, Record};
use crate::golang::value::{Elem, STRING_STRING};
use crate::golang::{List, Map, Value, json};
use crate::helm::chart::{Dependency, Maintainer, Metadata};

/// `.Chart`. Source: helm `pkg/engine/engine.go` (`recAllTpls`), v3.17; `pkg/chart/common.go`, v4.
pub fn chart(metadata: &Metadata, is_root: bool, is_map: bool) -> Value {
    let record = Rc::new(metadata_record(metadata));
    if is_map {
        let map = as_map(&record);
        map.insert("IsRoot", is_root);
        return Value::Map(map);
    }
    Value::object(Record {
        embedded: Some(("Metadata", record)),
        ..Record::new(
            "struct { chart.Metadata; IsRoot bool }",
            vec![Field::plain("IsRoot", is_root)],
        )
    })
}

fn metadata_record(metadata: &Metadata) -> Record {
    let text = |text: &String| Value::str(text.as_str());
    let maintainers = metadata.maintainers.iter().map(maintainer).collect();
    let dependencies = metadata.dependencies.iter().map(dependency).collect();
    let fields = vec![
        Field::optional("Name", "name", text(&metadata.name)),
        Field::optional("Home", "home", text(&metadata.home)),
        Field::optional("Sources", "sources", strings(&metadata.sources)),
        Field::optional("Version", "version", text(&metadata.version)),
        Field::optional("Description", "description", text(&metadata.description)),
        Field::optional("Keywords", "keywords", strings(&metadata.keywords)),
        Field::optional(
            "Maintainers",
            "maintainers",
            objects("*chart.Maintainer", maintainers),
        ),
        Field::optional("Icon", "icon", text(&metadata.icon)),
        Field::optional("APIVersion", "apiVersion", text(&metadata.api_version)),
        Field::optional("Condition", "condition", text(&metadata.condition)),
        Field::optional("Tags", "tags", text(&metadata.tags)),
        Field::optional("AppVersion", "appVersion", text(&metadata.app_version)),
        Field::optional("Deprecated", "deprecated", metadata.deprecated),
        Field::optional("Annotations", "annotations", annotations(&metadata.annotations)),
        Field::optional("KubeVersion", "kubeVersion", text(&metadata.kube_version)),
        Field::optional(
            "Dependencies",
            "dependencies",
            objects("*chart.Dependency", dependencies),
        ),
        Field::optional("Type", "type", text(&metadata.kind)),
    ];
    Record::new("chart.Metadata", fields)
}

fn maintainer(maintainer: &Maintainer) -> Record {
    let fields = vec![
        Field::optional("Name", "name", maintainer.name.clone()),
        Field::optional("Email", "email", maintainer.email.clone()),
        Field::optional("URL", "url", maintainer.url.clone()),
    ];
    Record::pointer("*chart.Maintainer", fields)
}

fn dependency(dependency: &Dependency) -> Record {
    let imports: Vec<Value> = dependency.import_values.iter().map(json::from_serde).collect();
    let imports = if imports.is_empty() {
        List::nil(Elem::Any)
    } else {
        List::any(imports)
    };
    let mut fields = vec![
        Field::optional("Name", "name", dependency.name.clone()),
        Field::optional("Version", "version", dependency.version.clone()),
        Field::optional("Repository", "repository", dependency.repository.clone()),
        Field::optional("Condition", "condition", dependency.condition.clone()),
        Field::optional("Tags", "tags", strings(&dependency.tags)),
        Field::optional("Enabled", "enabled", dependency.enabled),
        Field::optional("ImportValues", "import-values", imports),
        Field::optional("Alias", "alias", dependency.alias.clone()),
    ];
    for field in &mut fields {
        // Go writes the name and the repository of a dependency even when they are empty.
        field.omit_empty = !matches!(field.go, "Name" | "Repository");
    }
    Record::pointer("*chart.Dependency", fields)
}

fn strings(items: &[String]) -> List {
    if items.is_empty() {
        return List::nil(Elem::Str);
    }
    List::strings(items.iter().map(String::as_str))
}

fn objects(type_name: &'static str, records: Vec<Record>) -> List {
    if records.is_empty() {
        return List::nil(Elem::Named(type_name));
    }
    List::of(
        Elem::Named(type_name),
        records.into_iter().map(Value::object).collect(),
    )
}

fn annotations(annotations: &BTreeMap<String, String>) -> Map {
    if annotations.is_empty() {
        return Map::nil(&STRING_STRING);
    }
    let entries = annotations
        .iter()
        .map(|(key, value)| (key.as_str().into(), Value::str(value.as_str())));
    Map::typed(&STRING_STRING, entries.collect())
}

/// Go names to values, all the way down.
fn as_map(record: &Record) -> Map {
    let map = Map::new();
    for field in &record.fields {
        map.insert(field.go, deep(&field.value));
    }
    map
}

fn deep(value: &Value) -> Value {
    match value {
        Value::List(list) => Value::list(list.iter().map(deep).collect()),
        Value::Object(object) => match object.as_any().downcast_ref::<Record>() {
            Some(record) => Value::Map(as_map(record)),
            None => value.clone(),
        },
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_struct_gives_fields_of_the_embedded_metadata() {
        let metadata = Metadata {
            name: "web".into(),
            ..Metadata::default()
        };
        let Value::Object(object) = chart(&metadata, true, false) else {
            panic!("a struct");
        };
        assert!(matches!(object.field("Name"), Some(Value::Str(name)) if &*name == b"web"));
        assert!(object.field("IsRoot").is_some());
        assert!(object.field("Nope").is_none());
        assert!(object.json_fields().is_some_and(|fields| fields.len() == 2));
    }

    #[test]
    fn the_map_of_helm_4_uses_go_names() {
        let metadata = Metadata {
            maintainers: vec![Maintainer {
                name: "a".into(),
                ..Maintainer::default()
            }],
            ..Metadata::default()
        };
        let Value::Map(map) = chart(&metadata, false, true) else {
            panic!("a map");
        };
        assert!(
            matches!(map.get("Maintainers"), Some(Value::List(list)) if matches!(list[0], Value::Map(_)))
        );
        assert!(matches!(map.get("Annotations"), Some(Value::Map(map)) if map.is_nil()));
    }
}
