//! User values: files and flags merged in Helm's order. Source: helm `pkg/cli/values/options.go`, v3.17.2 and v4.3.1.

use serde_json::Map as JsonMap;
use serde_json::Value as Json;

use super::set::{self, Grammar};
use crate::golang::json;
use crate::helm::chart::values_file::{self, merge};
use crate::helm::engines::Engine;
use crate::helm::render::Layer;

/// All layers merged: files and data first, then the flags by kind, each kind in its own order.
///
/// # Errors
/// Helm's text for what cannot be read.
pub fn merged(layers: &[Layer], engine: &Engine) -> Result<JsonMap<String, Json>, String> {
    let mut sorted: Vec<&Layer> = layers.iter().collect();
    sorted.sort_by_key(|layer| rank(layer));
    let mut values = JsonMap::new();
    for layer in sorted {
        apply(layer, engine, &mut values)?;
    }
    Ok(values)
}

/// The paths that a `--set-file` flag names, up to where it cannot be read: what must be read for [`Layer::SetFile`].
#[must_use]
pub fn file_paths(text: &str, engine: &Engine) -> Vec<String> {
    let paths = std::cell::RefCell::new(Vec::new());
    let note = |path: &str| {
        paths.borrow_mut().push(path.to_owned());
        Ok(Json::from(""))
    };
    // What is wrong with the flag is told when it is applied.
    let _ = set::apply(text, Grammar::File(&note), engine, &mut JsonMap::new());
    paths.into_inner()
}

/// A file's bytes as a value: JSON and YAML hold no other text than UTF-8.
fn text_of(bytes: &[u8]) -> Json {
    Json::from(json::replace_invalid(bytes))
}

fn rank(layer: &Layer) -> u8 {
    match layer {
        Layer::File { .. } | Layer::Unreadable(_) | Layer::Data(_) => 0,
        Layer::SetJson(_) => 1,
        Layer::Set(_) => 2,
        Layer::SetString(_) => 3,
        Layer::SetFile { .. } => 4,
        Layer::SetLiteral(_) => 5,
    }
}

fn apply(layer: &Layer, engine: &Engine, values: &mut JsonMap<String, Json>) -> Result<(), String> {
    let flag = |name: &str, text: &str, grammar: Grammar<'_>, values: &mut JsonMap<String, Json>| {
        set::apply(text, grammar, engine, values)
            .map_err(|error| format!("failed parsing --{name} data: {error}"))
    };
    match layer {
        Layer::File { name, text } => {
            let file = values_file::read(text, engine);
            let file = file.map_err(|error| format!("failed to parse {name}: {error}"))?;
            merge(values, file);
            Ok(())
        }
        Layer::Unreadable(problem) => Err(problem.clone()),
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
                content.as_deref().map(text_of).map_err(Clone::clone)
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
    set::apply(text, Grammar::Json, engine, values)
        .map_err(|_| format!("failed parsing --set-json data {text}"))
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
            file_paths("a=x.txt,b.c=y z", &HELM_3_17_2),
            vec!["x.txt".to_owned(), "y z".to_owned()]
        );
        let layer = Layer::SetFile {
            text: "a=x".into(),
            files: vec![("x".into(), Ok(b"text".to_vec()))],
        };
        assert_eq!(check(&[layer], &HELM_3_17_2), Ok(json!({"a": "text"})));
    }
}
