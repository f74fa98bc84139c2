//! Manifests: several YAML documents in one text, as the release record stores them.

pub mod head;
pub mod order;
pub mod sort;
pub mod split;

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::golang::yaml;

pub use sort::{Sorted, sort};
pub use split::split;

/// One document of a manifest, parsed.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The template it came from (`# Source:` line), where it says so.
    pub source: Option<String>,
    /// The object. `List` documents are flattened into their items.
    pub object: Json,
}

/// Why a manifest cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ManifestError {
    /// Helm's text.
    pub message: String,
    /// The template, where it is known.
    pub source_path: Option<String>,
}

/// The objects of a manifest in its order; empty documents are left out.
///
/// Source of the rules: k8s.io/apimachinery `pkg/util/yaml/decoder.go` (separators) and cli-runtime
/// `pkg/resource/visitor.go` (lists), 0.32, through which Helm reads a manifest.
///
/// # Errors
/// A document that is not an object with apiVersion, kind and name.
pub fn parse(manifest: &str) -> Result<Vec<Document>, ManifestError> {
    let mut documents = Vec::new();
    let mut source = None;
    for text in pieces(manifest) {
        source = source_line(text).or(source);
        let fail = |message: String| ManifestError {
            message,
            source_path: source.clone(),
        };
        // Helm's reader ends the last line too: a text block keeps its line break.
        let text = with_line_end(text);
        let object =
            yaml::object(text.as_bytes()).map_err(|error| fail(format!("error parsing: {error}")))?;
        if !object.is_null() {
            flatten(object, source.as_ref(), &mut documents).map_err(fail)?;
        }
    }
    Ok(documents)
}

fn with_line_end(text: &str) -> Cow<'_, str> {
    if text.is_empty() || text.ends_with('\n') {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("{text}\n"))
    }
}

/// The pieces between lines that start with `---`, with their line ends; the rest of such a line is not looked at.
#[must_use]
pub fn pieces(manifest: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = manifest;
    while let Some(at) = rest.find("\n---") {
        pieces.push(&rest[..=at]);
        let after = &rest[at + 4..];
        rest = after.find('\n').map_or("", |end| &after[end + 1..]);
    }
    pieces.push(rest);
    pieces
}

/// The path in the document's `# Source:` comment.
fn source_line(text: &str) -> Option<String> {
    let path = text
        .lines()
        .take_while(|line| line.starts_with('#') || line.starts_with("---") || line.trim().is_empty())
        .find_map(|line| line.strip_prefix("# Source: "))?;
    Some(path.trim_end().to_owned())
}

/// Adds the object, or the items of a list, and of lists in it.
fn flatten(object: Json, source: Option<&String>, documents: &mut Vec<Document>) -> Result<(), String> {
    let mut waiting = vec![object];
    while let Some(mut object) = waiting.pop() {
        if let Some(Json::Array(items)) = object.get_mut("items").map(Json::take) {
            require(&object, &["apiVersion", "kind"])?;
            waiting.extend(items.into_iter().rev());
            continue;
        }
        require(&object, &["apiVersion", "kind"])?;
        let name = object.pointer("/metadata/name").and_then(Json::as_str);
        let generated = object.pointer("/metadata/generateName").and_then(Json::as_str);
        if name.or(generated).unwrap_or_default().is_empty() {
            let kind = object["kind"].as_str().unwrap_or_default();
            return Err(format!(
                "{kind} without `metadata.name`: every object needs a name"
            ));
        }
        documents.push(Document {
            source: source.cloned(),
            object,
        });
    }
    Ok(())
}

/// Fails where a field is not a text with something in it.
fn require(object: &Json, fields: &[&str]) -> Result<(), String> {
    for field in fields {
        if object
            .get(field)
            .and_then(Json::as_str)
            .unwrap_or_default()
            .is_empty()
        {
            let title = if *field == "kind" { "Kind" } else { field };
            let kind = object.get("kind").and_then(Json::as_str).unwrap_or("?");
            let name = object
                .pointer("/metadata/name")
                .and_then(Json::as_str)
                .unwrap_or("?");
            return Err(format!("Object '{title}' is missing in {kind} {name}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_whole_lines_and_the_first_needs_none() {
        assert_eq!(pieces("---\na: 1\n--- # x\nb: 2"), ["---\na: 1\n", "b: 2"]);
        assert_eq!(pieces("a: 1"), ["a: 1"]);
        assert_eq!(pieces("a: 1\n---"), ["a: 1\n", ""]);
    }

    #[test]
    fn a_text_block_at_the_end_of_a_document_keeps_its_line_break() {
        let map = |name: &str, ends: &str| {
            format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata:\n  a: |\n    text{ends}"
            )
        };
        let text = format!(
            "---\n{}---\n{}---\n{}",
            map("a", "\n"),
            map("b", "\n\n"),
            map("c", "")
        );
        let data = |document: &Document| document.object["data"]["a"].clone();
        let data: Vec<Json> = parse(&text).unwrap().iter().map(data).collect();
        assert_eq!(data, ["text\n"; 3]);
    }

    #[test]
    fn the_source_comment_names_the_template() {
        let text = "---\n# Source: c/templates/a.yaml\nkind: X\n# Source: no";
        assert_eq!(source_line(text).as_deref(), Some("c/templates/a.yaml"));
        assert_eq!(source_line("kind: X\n# Source: no"), None);
    }

    fn object(kind: &str, name: &str) -> Json {
        serde_json::json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}})
    }

    #[test]
    fn lists_are_flattened_in_order() {
        let inner = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": [object("B", "b")]});
        let list = serde_json::json!({"apiVersion": "v1", "kind": "List",
            "items": [object("A", "a"), inner, object("C", "c")]});
        let mut documents = Vec::new();
        flatten(list, None, &mut documents).unwrap();
        let kinds: Vec<&str> = documents
            .iter()
            .filter_map(|d| d.object["kind"].as_str())
            .collect();
        assert_eq!(kinds, ["A", "B", "C"]);
    }

    #[test]
    fn an_object_needs_kind_and_name() {
        for (json, expected) in [
            (
                serde_json::json!({"apiVersion": "v1"}),
                "Object 'Kind' is missing in ? ?",
            ),
            (
                serde_json::json!({"kind": "Pod", "metadata": {"name": "p"}}),
                "Object 'apiVersion' is missing in Pod p",
            ),
            (
                serde_json::json!({"apiVersion": "v1", "kind": "Pod"}),
                "Pod without `metadata.name`: every object needs a name",
            ),
        ] {
            assert_eq!(flatten(json, None, &mut Vec::new()), Err(expected.to_owned()));
        }
    }
}
