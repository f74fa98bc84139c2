use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::helm::engines::{HELM_3_17_2, HELM_4_3_1};

/// The lines of the only chart, sorted: both Helms print them in random order.
fn lines(schema: &Json, values: &Json, engine: &Engine) -> Vec<String> {
    let mut chart = Chart {
        schema: Some(Arc::from(schema.to_string().into_bytes())),
        ..Chart::default()
    };
    chart.metadata.name = "c".to_owned();
    let error = check(&chart, values.as_object().unwrap(), engine)
        .err()
        .unwrap_or_default();
    let mut lines: Vec<String> = error.lines().skip(2).map(str::to_owned).collect();
    lines.sort();
    lines
}

/// The table of the rendering reference, which real helm answered.
#[test]
fn violations_are_told_in_the_words_of_each_validator() {
    let property = |name: &str, schema: Json| json!({"properties": {name: schema}});
    for (schema, values, three, four) in [
        (
            json!({"required": ["need"]}),
            json!({}),
            &["- (root): need is required"][..],
            &["- at '': missing property 'need'"][..],
        ),
        (
            property("port", json!({"type": "integer"})),
            json!({"port": "x"}),
            &["- port: Invalid type. Expected: integer, given: string"],
            &["- at '/port': got string, want integer"],
        ),
        (
            property("port", json!({"maximum": 100})),
            json!({"port": 200.0}),
            &["- port: Must be less than or equal to 100"],
            &["- at '/port': maximum: got 200, want 100"],
        ),
        (
            property("a", json!({"multipleOf": 3})),
            json!({"a": 4.0}),
            &["- a: Must be a multiple of 3"],
            &["- at '/a': multipleOf: got 4, want 3"],
        ),
        (
            property("name", json!({"pattern": "^[a-z]+$"})),
            json!({"name": "A1"}),
            &["- name: Does not match pattern '^[a-z]+$'"],
            &["- at '/name': 'A1' does not match pattern '^[a-z]+$'"],
        ),
        (
            property("name", json!({"minLength": 3})),
            json!({"name": "ab"}),
            &["- name: String length must be greater than or equal to 3"],
            &["- at '/name': minLength: got 2, want 3"],
        ),
        (
            property("e", json!({"enum": ["a", "b"]})),
            json!({"e": "c"}),
            &["- e: e must be one of the following: \"a\", \"b\""],
            &["- at '/e': value must be one of 'a', 'b'"],
        ),
        (
            property("b", json!({"uniqueItems": true})),
            json!({"b": [1.0, 1.0]}),
            &["- b: array items[0,1] must be unique"],
            &["- at '/b': items at 0 and 1 are equal"],
        ),
        (
            property("o", json!({"additionalProperties": false})),
            json!({"o": {"z": 1.0}}),
            &["- o: Additional property z is not allowed"],
            &["- at '/o': additional properties 'z' not allowed"],
        ),
        (
            property("o", json!({"properties": {"x": {"type": "string"}}})),
            json!({"o": {"x": null}}),
            &["- o.x: Invalid type. Expected: string, given: null"],
            &["- at '/o/x': got null, want string"],
        ),
    ] {
        assert_eq!(lines(&schema, &values, &HELM_3_17_2), three, "{schema}");
        assert_eq!(lines(&schema, &values, &HELM_4_3_1), four, "{schema}");
    }
}

#[test]
fn whole_floats_are_integers_and_defaults_pass() {
    let schema = json!({"properties": {"n": {"type": "integer"}}, "type": "object"});
    for engine in [&HELM_3_17_2, &HELM_4_3_1] {
        assert!(lines(&schema, &json!({"n": 8080.0}), engine).is_empty());
    }
}

#[test]
fn a_schema_elsewhere_is_refused_not_fetched() {
    let chart = Chart {
        schema: Some(Arc::from(
            &br#"{"$ref": "https://schemas.example.org/x.json"}"#[..],
        )),
        ..Chart::default()
    };
    let error = check(&chart, &JsonMap::new(), &HELM_3_17_2).unwrap_err();
    assert!(error.contains("never fetched"), "{error}");
}

/// What real helm says of alternatives, references and conditions.
#[test]
fn reasons_are_told_as_each_validator_does() {
    let seven = "http://json-schema.org/draft-07/schema#";
    for (schema, values, three, four) in [
        (
            json!({"properties": {"a": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["x"]}]}}}),
            json!({"a": {}}),
            &[
                "- a: Must validate at least one schema (anyOf)",
                "- a: x is required",
            ][..],
            &[
                "  - at '/a': got object, want string",
                "  - at '/a': missing property 'x'",
                "- at '/a': 'anyOf' failed",
            ][..],
        ),
        (
            json!({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}),
            json!({"a": 1.0, "b": 2.0}),
            &["- (root): Must validate one and only one schema (oneOf)"],
            &["- at '': 'oneOf' failed, subschemas 0, 1 matched"],
        ),
        (
            json!({"definitions": {"d": {"type": "integer"}}, "properties": {"a": {"$ref": "#/definitions/d"}}}),
            json!({"a": "x"}),
            &["- a: Invalid type. Expected: integer, given: string"],
            &["- at '/a': got string, want integer"],
        ),
        (
            json!({"if": {"required": ["a"]}, "then": {"required": ["b", "c"]}}),
            json!({"a": 1.0}),
            &[
                "- (root): Must validate \"then\" as \"if\" was valid",
                "- (root): b is required",
                "- (root): c is required",
            ],
            &["- at '': missing properties 'b', 'c'"],
        ),
        (
            json!({"properties": {"a": {"contains": {"const": 3}}}}),
            json!({"a": [1.0]}),
            &[
                "- a.0: a.0 does not match: 3",
                "- a: At least one of the items must match",
            ],
            &[
                "  - at '/a/0': value must be 3",
                "- at '/a': no items match contains schema",
            ],
        ),
        (
            json!({"not": {"required": ["a"]}, "dependencies": {"a": ["b"]}}),
            json!({"a": 1.0}),
            &[
                "- (root): Has a dependency on b",
                "- (root): Must not validate the schema (not)",
            ],
            &[
                "- at '': 'not' failed",
                "- at '': properties 'b' required, if 'a' exists",
            ],
        ),
        (
            json!({"$schema": seven, "properties": {"a": {"format": "email"}, "b": {"maximum": 1_000_000}}}),
            json!({"a": "x", "b": 2e6}),
            &[
                "- a: Does not match format 'email'",
                "- b: Must be less than or equal to 1e+06",
            ],
            &[
                "- at '/a': 'x' is not valid email: missing @",
                "- at '/b': maximum: got 2×10⁰⁶, want 1×10⁰⁶",
            ],
        ),
    ] {
        assert_eq!(lines(&schema, &values, &HELM_3_17_2), three, "{schema}");
        assert_eq!(lines(&schema, &values, &HELM_4_3_1), four, "{schema}");
    }
}
