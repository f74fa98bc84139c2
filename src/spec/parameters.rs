//! Parameters: layers of YAML, merged in order.

use serde_json::{Map, Value as Json};

use super::reader::{Reader, file_text};
use crate::base::files::FileSet;
use crate::base::report::Problem;

/// Reads a parameter file: a map, or nothing.
///
/// # Errors
/// Its problems; without excerpts, since parameters may be secret.
pub fn read(files: &FileSet, path: &str) -> Result<Map<String, Json>, Vec<Problem>> {
    let text = file_text(files, path).map_err(|problem| vec![problem])?;
    let mut reader = Reader::new(path, text, false);
    let Some(node) = reader.document() else {
        return Err(reader.problems);
    };
    match node.to_json() {
        Json::Object(map) => Ok(map),
        Json::Null => Ok(Map::new()),
        _ => {
            reader.wrong_type(&node, "a parameter file", "a map");
            Err(reader.problems)
        }
    }
}

/// Merges a later layer in: maps merge, everything else replaces, null removes.
pub fn merge(below: &mut Map<String, Json>, above: Map<String, Json>) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (_, Json::Null) => {
                below.remove(&key);
            }
            (Some(Json::Object(old)), Json::Object(new)) => merge(old, new),
            (_, Json::Object(new)) => {
                // Nulls of a map that is new have nothing to remove, and stay out.
                let mut fresh = Map::new();
                merge(&mut fresh, new);
                below.insert(key, Json::Object(fresh));
            }
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(layers: &[Json], expected: &Json) {
        let mut merged = Map::new();
        for layer in layers {
            merge(&mut merged, layer.as_object().cloned().unwrap());
        }
        assert_eq!(&Json::Object(merged), expected);
    }

    #[test]
    fn later_layers_win() {
        check(
            &[
                json!({"a": {"x": 1, "y": 2}, "l": [1, 2]}),
                json!({"a": {"y": 3}, "l": [4]}),
            ],
            &json!({"a": {"x": 1, "y": 3}, "l": [4]}),
        );
        check(&[json!({"a": {"x": 1}}), json!({"a": 5})], &json!({"a": 5}));
        check(
            &[json!({"a": 5}), json!({"a": {"x": 1}})],
            &json!({"a": {"x": 1}}),
        );
    }

    #[test]
    fn null_removes() {
        check(
            &[json!({"a": {"x": 1, "y": 2}}), json!({"a": {"x": null}})],
            &json!({"a": {"y": 2}}),
        );
        check(
            &[json!({"a": 1}), json!({"a": null}), json!({"a": 2})],
            &json!({"a": 2}),
        );
        check(&[json!({"a": null, "b": {"c": null}})], &json!({"b": {}}));
    }

    #[test]
    fn merging_a_layer_twice_changes_nothing() {
        let layer = json!({"a": {"x": 1, "gone": null}, "l": [1]});
        check(&[layer.clone(), layer.clone()], &json!({"a": {"x": 1}, "l": [1]}));
    }
}
