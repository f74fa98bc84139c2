//! User values: files and flags merged in Helm's order. Source: helm `pkg/cli/values/options.go`, v3.17.2 and v4.3.1.

use serde_json::Map as JsonMap;
use serde_json::Value as Json;

use super::set::{self, Grammar};
use crate::golang::{json, yaml};
use crate::helm::engines::Engine;
use crate::helm::render::Layer;

/// All layers merged: files and data first, then the flags by kind, each kind in its own order.
pub(super) fn merged(layers: &[Layer], engine: &Engine) -> Result<JsonMap<String, Json>, String> {
    let mut sorted: Vec<&Layer> = layers.iter().collect();
    sorted.sort_by_key(|layer| rank(layer));
    let mut values = JsonMap::new();
    for layer in sorted {
        apply(layer, engine, &mut values)?;
    }
    Ok(values)
}

/// The paths that a `--set-file` flag names: what must be read for [`Layer::SetFile`].
///
/// # Errors
/// Helm's text for a flag that cannot be read.
pub fn file_paths(text: &str) -> Result<Vec<String>, String> {
    let paths = std::cell::RefCell::new(Vec::new());
    let note = |path: &str| {
        paths.borrow_mut().push(path.to_owned());
        Ok(Json::from(""))
    };
    set::apply(text, Grammar::File(&note), &mut JsonMap::new())
        .map_err(|error| format!("failed parsing --set-file data: {error}"))?;
    Ok(paths.into_inner())
}

fn rank(layer: &Layer) -> u8 {
    match layer {
        Layer::File { .. } | Layer::Data(_) => 0,
        Layer::SetJson(_) => 1,
        Layer::Set(_) => 2,
        Layer::SetString(_) => 3,
        Layer::SetFile { .. } => 4,
        Layer::SetLiteral(_) => 5,
    }
}

fn apply(layer: &Layer, engine: &Engine, values: &mut JsonMap<String, Json>) -> Result<(), String> {
    let flag = |name: &str, text: &str, grammar: Grammar<'_>, values: &mut JsonMap<String, Json>| {
        set::apply(text, grammar, values).map_err(|error| format!("failed parsing --{name} data: {error}"))
    };
    match layer {
        Layer::File { name, text } => {
            let file = read(text, engine).map_err(|error| format!("failed to parse {name}: {error}"))?;
            merge(values, file);
            Ok(())
        }
        Layer::Data(data) => {
            merge(values, data.clone());
            Ok(())
        }
        Layer::SetJson(text) => set_json(text, engine, values),
        Layer::Set(text) => flag("set", text, Grammar::Typed, values),
        Layer::SetString(text) => flag("set-string", text, Grammar::Text, values),
        Layer::SetLiteral(text) => flag("set-literal", text, Grammar::Literal, values),
        Layer::SetFile { text, files } => {
            let content = |path: &str| {
                let found = files.iter().find(|(name, _)| name == path);
                let (_, content) = found.ok_or_else(|| format!("open {path}: no such file or directory"))?;
                Ok(Json::from(String::from_utf8_lossy(content)))
            };
            flag("set-file", text, Grammar::File(&content), values)
        }
    }
}

fn set_json(text: &str, engine: &Engine, values: &mut JsonMap<String, Json>) -> Result<(), String> {
    if engine.is_v4 && text.trim().starts_with('{') {
        let whole = serde_json::from_str(text.trim())
            .map_err(|_| format!("failed parsing --set-json data JSON: {text}"))?;
        if let Json::Object(whole) = json::with_floats(whole) {
            merge(values, whole);
        }
        return Ok(());
    }
    set::apply(text, Grammar::Json, values).map_err(|_| format!("failed parsing --set-json data {text}"))
}

/// A values file: its first document, or with Helm 4 all of them merged.
fn read(text: &[u8], engine: &Engine) -> Result<JsonMap<String, Json>, String> {
    if !engine.is_v4 {
        return document(text);
    }
    let mut values = JsonMap::new();
    for text in documents(text) {
        let next = document(&text).map_err(|error| format!("cannot unmarshal yaml document: {error}"))?;
        merge(&mut values, next);
    }
    Ok(values)
}

fn document(text: &[u8]) -> Result<JsonMap<String, Json>, String> {
    yaml::values_map(text).map_err(|error| error.message)
}

/// Split at lines that are `---`, perhaps with a comment. Source: apimachinery `pkg/util/yaml/decoder.go`, YAMLReader.
fn documents(text: &[u8]) -> Vec<Vec<u8>> {
    let mut documents = vec![Vec::new()];
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let is_separator = line.strip_prefix(b"---").is_some_and(|rest| {
            let rest = rest.trim_ascii();
            rest.is_empty() || rest.starts_with(b"#")
        });
        match documents.last_mut() {
            Some(last) if !is_separator => last.extend_from_slice(line),
            Some(last) if last.is_empty() => {}
            _ => documents.push(Vec::new()),
        }
    }
    documents
}

/// Maps merge, everything else (null too) replaces.
pub(super) fn merge(into: &mut JsonMap<String, Json>, from: JsonMap<String, Json>) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Json::Object(there)), Json::Object(value)) => merge(there, value),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::engines::{HELM_3_17_2, HELM_4_3_1};
    use serde_json::json;

    fn file(text: &str) -> Layer {
        Layer::File {
            name: "v.yaml".to_owned(),
            text: text.into(),
        }
    }

    fn check(layers: &[Layer], engine: &Engine) -> Result<Json, String> {
        merged(layers, engine).map(Json::Object)
    }

    #[test]
    fn flags_win_by_kind_not_by_place() {
        let layers = [
            Layer::SetLiteral("a=literal".into()),
            Layer::SetString("b=1".into()),
            Layer::Set("a=set,b=set,c=set".into()),
            Layer::SetJson("a=1,c=2,d=3".into()),
            file("a: file\ne: {x: 1, k: null}\n"),
            file("e: {k: 2, z: [1]}\n"),
        ];
        assert_eq!(
            check(&layers, &HELM_3_17_2),
            Ok(
                json!({"a": "literal", "b": "1", "c": "set", "d": 3.0, "e": {"x": 1.0, "k": 2.0, "z": [1.0]}})
            )
        );
    }

    #[test]
    fn engines_differ_in_documents_and_whole_json() {
        let two = [file("a: 1\n--- # x\nb: 2\n")];
        assert_eq!(check(&two, &HELM_3_17_2), Ok(json!({"a": 1.0})));
        assert_eq!(check(&two, &HELM_4_3_1), Ok(json!({"a": 1.0, "b": 2.0})));
        let whole = [Layer::SetJson("{\"x\":1}".into())];
        assert_eq!(
            check(&whole, &HELM_3_17_2),
            Err("failed parsing --set-json data {\"x\":1}".into())
        );
        assert_eq!(check(&whole, &HELM_4_3_1), Ok(json!({"x": 1.0})));
        let list = [file("- a")];
        let text = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}";
        assert_eq!(
            check(&list, &HELM_3_17_2),
            Err(format!("failed to parse v.yaml: {text}"))
        );
        assert_eq!(
            check(&list, &HELM_4_3_1),
            Err(format!(
                "failed to parse v.yaml: cannot unmarshal yaml document: {text}"
            ))
        );
    }

    #[test]
    fn set_file_says_what_it_needs() {
        assert_eq!(
            file_paths("a=x.txt,b.c=y z"),
            Ok(vec!["x.txt".to_owned(), "y z".to_owned()])
        );
        let layer = Layer::SetFile {
            text: "a=x".into(),
            files: vec![("x".into(), b"text".to_vec())],
        };
        assert_eq!(check(&[layer], &HELM_3_17_2), Ok(json!({"a": "text"})));
    }
}
