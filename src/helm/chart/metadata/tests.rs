//! Chart.yaml as Go reads it.

use super::*;
use crate::helm::engines::HELM_3_17_2;
use serde_json::json;

fn read(entries: &Json) -> Result<Metadata, String> {
    let mut raw = RawMetadata::default();
    for (key, value) in entries.as_object().unwrap() {
        raw.set(key, value, &HELM_3_17_2)?;
    }
    raw.with_default_version().validate(&HELM_3_17_2)
}

#[test]
fn scalars_become_text_where_text_is_wanted() {
    let found = read(&json!({
        "NAME": "c\td\u{0}", "version": 1, "appVersion": 1.10, "home": true,
        "annotations": {"a": 1, "b": true, "c": null}, "sources": [1e3, null, "x"],
    }));
    let found = found.unwrap();
    assert_eq!(
        [
            &found.name,
            &found.version,
            &found.app_version,
            &found.home,
            &found.api_version
        ],
        ["c d", "1", "1.1", "true", "v1"]
    );
    assert_eq!(found.annotations.values().collect::<Vec<_>>(), ["1", "true", ""]);
    assert_eq!(found.sources, ["1000", "", "x"]);
}

/// The texts of the rendering reference, which real helm gave.
#[test]
fn bad_charts_are_refused_in_helms_words() {
    let base = |extra: Json| {
        let mut entries = json!({"name": "c", "version": "1.0.0"});
        entries
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        entries
    };
    for (entries, expected) in [
        (json!({}), "chart.metadata.name is required"),
        (
            base(json!({"name": "a/b"})),
            "chart.metadata.name \"a/b\" is invalid",
        ),
        (json!({"name": "c"}), "chart.metadata.version is required"),
        (
            base(json!({"version": "abc"})),
            "chart.metadata.version \"abc\" is invalid",
        ),
        (
            base(json!({"type": "Library"})),
            "chart.metadata.type must be application or library",
        ),
        (
            base(json!({"maintainers": [null]})),
            "maintainers must not contain empty or null nodes",
        ),
        (
            base(json!({"dependencies": [null]})),
            "dependencies must not contain empty or null nodes",
        ),
        (
            base(json!({"dependencies": [{"name": "x", "alias": "a b"}]})),
            "dependency \"x\" has disallowed characters in the alias",
        ),
        (
            base(json!({"dependencies": [{"name": "x"}, {"name": "y", "alias": "x"}]})),
            "more than one dependency with name or alias \"x\"",
        ),
        (
            base(json!({"sources": "x"})),
            "json: cannot unmarshal string into Go struct field Metadata.sources of type []string",
        ),
        (
            base(json!({"dependencies": [{"name": ["x"]}]})),
            "json: cannot unmarshal array into Go struct field Dependency.dependencies.name of type string",
        ),
    ] {
        assert_eq!(read(&entries), Err(expected.to_owned()), "{entries}");
    }
}
