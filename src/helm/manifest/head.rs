//! The few fields of a document that decide what it is: kind, name, annotations.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::golang::json::fields::{members, mismatch, set_text};
use crate::golang::yaml::Shape::{Map, Struct, Text};
use crate::golang::yaml::{self, ReadError, Shape};

/// Helm's `SimpleHead`. Source: helm `pkg/releaseutil/manifest.go`, v3.17.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    #[allow(missing_docs)]
    pub api_version: String,
    #[allow(missing_docs)]
    pub kind: String,
    /// `metadata.name`.
    pub name: String,
    /// `metadata.annotations`.
    pub annotations: BTreeMap<String, String>,
}

static HEAD: Shape = Struct(&[
    ("apiVersion", Text),
    ("kind", Text),
    ("metadata", Struct(&[("name", Text), ("annotations", Map(&Text))])),
]);

/// Reads the head of a document. Scalars are taken as text, field names in any letter case (Go's `encoding/json`).
///
/// # Errors
/// The text of sigs.k8s.io/yaml. `package` is the Go package that Helm's version has the type in.
pub fn read(document: &[u8], package: &str) -> Result<Head, String> {
    let is_wanted = |key: &str| ["apiversion", "kind", "metadata"].contains(&key.to_lowercase().as_str());
    let json = yaml::outline(document, &HEAD, is_wanted).map_err(|error| error.to_string())?;
    decode(&json, package).map_err(|problem| ReadError::while_decoding(problem).message)
}

fn decode(json: &Json, package: &str) -> Result<Head, String> {
    let mut head = Head::default();
    let fields = match json {
        Json::Null => return Ok(head),
        Json::Object(fields) => fields,
        other => return Err(mismatch(other, "Go value", &format!("{package}.SimpleHead"))),
    };
    for (key, value) in fields {
        match key.to_lowercase().as_str() {
            "apiversion" => head.api_version = text(value, "SimpleHead.apiVersion")?,
            "kind" => head.kind = text(value, "SimpleHead.kind")?,
            "metadata" => decode_metadata(value, &mut head)?,
            _ => {}
        }
    }
    Ok(head)
}

fn decode_metadata(json: &Json, head: &mut Head) -> Result<(), String> {
    const TYPE: &str =
        r#"struct { Name string "json:\"name\""; Annotations map[string]string "json:\"annotations\"" }"#;
    for (key, value) in members(json, "SimpleHead.metadata", TYPE)? {
        match key.to_lowercase().as_str() {
            "name" => head.name = text(value, ".metadata.name")?,
            "annotations" => {
                for (key, value) in members(value, ".metadata.annotations", "map[string]string")? {
                    head.annotations
                        .insert(key.clone(), text(value, ".metadata.annotations")?);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn text(json: &Json, field: &str) -> Result<String, String> {
    let mut text = String::new();
    set_text(&mut text, json, field)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn scalars_become_text_and_names_match_in_any_case() {
        let json = json!({"Kind": 1, "metadata": {"NAME": true, "annotations": {"a": 1.5, "b": null}}});
        let head = decode(&json, "releaseutil").unwrap();
        assert_eq!((head.kind.as_str(), head.name.as_str()), ("1", "true"));
        assert_eq!(head.annotations["a"], "1.5");
        assert_eq!(head.annotations["b"], "");
    }

    #[test]
    fn other_shapes_fail_in_gos_words() {
        for (json, expected) in [
            (
                json!([1]),
                "json: cannot unmarshal array into Go value of type releaseutil.SimpleHead",
            ),
            (
                json!({"kind": []}),
                "json: cannot unmarshal array into Go struct field SimpleHead.kind of type string",
            ),
            (
                json!({"metadata": {"annotations": {"a": {}}}}),
                "json: cannot unmarshal object into Go struct field .metadata.annotations of type string",
            ),
        ] {
            assert_eq!(decode(&json, "releaseutil"), Err(expected.to_owned()));
        }
    }
}
