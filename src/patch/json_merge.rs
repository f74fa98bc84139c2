//! RFC 7386 JSON merge patches.

use serde_json::{Map, Value as Json};

/// Applies a merge patch.
#[must_use]
pub fn apply(target: &Json, patch: &Json) -> Json {
    let Json::Object(changes) = patch else {
        return patch.clone();
    };
    let mut result = target.as_object().cloned().unwrap_or_default();
    for (key, change) in changes {
        if change.is_null() {
            result.remove(key);
        } else {
            let merged = apply(result.get(key).unwrap_or(&Json::Null), change);
            result.insert(key.clone(), merged);
        }
    }
    Json::Object(result)
}

/// The patch that turns `original` into `modified`; `{}` where nothing differs. A merge patch cannot say null:
/// where `modified` has a null that `original` has not, applying the patch leaves the key out.
#[must_use]
pub fn diff(original: &Json, modified: &Json) -> Json {
    match (original, modified) {
        (Json::Object(before), Json::Object(after)) => Json::Object(diff_objects(before, after)),
        _ if original == modified => Json::Object(Map::new()),
        _ => modified.clone(),
    }
}

fn diff_objects(before: &Map<String, Json>, after: &Map<String, Json>) -> Map<String, Json> {
    let mut patch = Map::new();
    for (key, new) in after {
        match (before.get(key), new) {
            (Some(Json::Object(old)), Json::Object(new)) => {
                let nested = diff_objects(old, new);
                if !nested.is_empty() {
                    patch.insert(key.clone(), Json::Object(nested));
                }
            }
            (Some(old), new) if old == new => {}
            _ => {
                patch.insert(key.clone(), new.clone());
            }
        }
    }
    for key in before.keys().filter(|key| !after.contains_key(*key)) {
        patch.insert(key.clone(), Json::Null);
    }
    patch
}

/// evanphx/json-patch's three-way rule as kubectl and Helm use it: additions and changes from (current, modified),
/// deletions from (original, modified). Source: apimachinery `pkg/util/jsonmergepatch/patch.go`, v0.33.
#[must_use]
pub fn three_way(original: &Json, modified: &Json, current: &Json) -> Json {
    let as_patch = |patch: Json| match patch {
        Json::Object(map) => map,
        _ => Map::new(),
    };
    let changes = without_nulls(as_patch(diff(current, modified)));
    let mut patch = only_nulls(as_patch(diff(original, modified)));
    overlay(&mut patch, changes);
    Json::Object(patch)
}

fn without_nulls(patch: Map<String, Json>) -> Map<String, Json> {
    let keep = |(key, value): (String, Json)| match value {
        Json::Null => None,
        Json::Object(nested) if nested.is_empty() => Some((key, Json::Object(nested))),
        Json::Object(nested) => {
            let kept = without_nulls(nested);
            (!kept.is_empty()).then_some((key, Json::Object(kept)))
        }
        other => Some((key, other)),
    };
    patch.into_iter().filter_map(keep).collect()
}

fn only_nulls(patch: Map<String, Json>) -> Map<String, Json> {
    let keep = |(key, value): (String, Json)| match value {
        Json::Null => Some((key, Json::Null)),
        Json::Object(nested) => {
            let kept = only_nulls(nested);
            (!kept.is_empty()).then_some((key, Json::Object(kept)))
        }
        _ => None,
    };
    patch.into_iter().filter_map(keep).collect()
}

fn overlay(target: &mut Map<String, Json>, changes: Map<String, Json>) {
    for (key, change) in changes {
        match (target.get_mut(&key), change) {
            (Some(Json::Object(below)), Json::Object(change)) => overlay(below, change),
            (_, change) => {
                target.insert(key, change);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn apply_follows_the_examples_of_rfc_7386() {
        for (target, patch, expected) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (
                json!({"a": {"b": "c"}}),
                json!({"a": {"b": "d", "c": null}}),
                json!({"a": {"b": "d"}}),
            ),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a": "b"}), json!(["c"]), json!(["c"])),
            (json!({"a": "foo"}), json!(null), json!(null)),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
            (
                json!({}),
                json!({"a": {"bb": {"ccc": null}}}),
                json!({"a": {"bb": {}}}),
            ),
        ] {
            assert_eq!(apply(&target, &patch), expected, "{target} {patch}");
        }
    }

    #[test]
    fn three_way_keeps_what_others_added_and_removes_what_was_dropped() {
        for (original, modified, current, expected) in [
            (
                json!({"a": 1, "b": 2}),
                json!({"a": 1}),
                json!({"a": 1, "b": 2, "c": 3}),
                json!({"b": null}),
            ),
            (
                json!({"a": 1}),
                json!({"a": 1}),
                json!({"a": 5, "x": 1}),
                json!({"a": 1}),
            ),
            (
                json!({"s": {"a": 1}}),
                json!({"s": {"b": {}}}),
                json!({"s": {"a": 1}}),
                json!({"s": {"a": null, "b": {}}}),
            ),
            (
                json!({}),
                json!({"l": [1]}),
                json!({"l": [1, 2]}),
                json!({"l": [1]}),
            ),
        ] {
            assert_eq!(three_way(&original, &modified, &current), expected, "{modified}");
        }
    }

    fn document() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Json::from),
            (0..5_i64).prop_map(Json::from),
            "[ab]{0,2}".prop_map(Json::from)
        ];
        let value = leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
                prop::collection::btree_map("[a-d]", inner, 0..4)
                    .prop_map(|map| Json::Object(map.into_iter().collect())),
            ]
        });
        prop::collection::btree_map("[a-d]", value, 0..4)
            .prop_map(|map| Json::Object(map.into_iter().collect()))
    }

    proptest! {
        #[test]
        fn a_diff_applied_gives_the_modified(a in document(), b in document()) {
            prop_assert_eq!(apply(&a, &diff(&a, &b)), b);
        }
        #[test]
        fn three_way_of_equals_is_empty(a in document()) {
            prop_assert_eq!(three_way(&a, &a, &a), json!({}));
        }
        #[test]
        fn three_way_makes_every_field_of_the_modified_true(a in document(), b in document(), c in document()) {
            let result = apply(&c, &three_way(&a, &b, &c));
            prop_assert_eq!(without_nulls_or_empty(&diff(&result, &b)), json!({}));
        }
    }

    /// What a diff says beyond removals.
    fn without_nulls_or_empty(patch: &Json) -> Json {
        match patch {
            Json::Object(map) => Json::Object(without_nulls(map.clone())),
            other => other.clone(),
        }
    }
}
