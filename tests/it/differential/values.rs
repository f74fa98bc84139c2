//! Random values over two levels of subcharts: flags, nulls, globals, conditions, tags, aliases, imports.

use serde_json::{Map, Value, json};

use super::{Case, Rng, run};

const KEYS: &[&str] = &[
    "a", "b", "m", "n", "global", "s", "u", "al", "s2", "exports", "enabled",
];
const SCALARS: &[&str] = &[
    "null",
    "null",
    "true",
    "false",
    "0",
    "2.5",
    "\"x\"",
    "[1,2]",
    "[]",
    "{}",
    "[{\"a\":null}]",
];
const NAMES: &[&str] = &[
    "a",
    "b",
    "a.b",
    "b[0]",
    "b[1].k",
    "a[0][1]",
    "m.x",
    "s.m.a",
    "global.g",
    "a\\.b",
    "a[",
    "a[x]",
    "a[-1]",
    "n.x",
    "s",
    "",
    "tags.t1",
    "s.enabled",
    "al.a",
    "é",
];
const TEXTS: &[&str] = &[
    "1",
    "0",
    "01",
    "-1",
    "1.5",
    "true",
    "False",
    "null",
    "",
    "x",
    "{a,b}",
    "{1,null}",
    "{}",
    "{a",
    "a\\,b",
    "x=y",
    "[1]",
    "\"q\"",
    "1e3",
    "9223372036854775808",
    "{\"a\":1}",
    "[1,{\"b\":null}]",
    "1 2",
    "tru",
];
/// What each template shows of its chart.
const SHOWN: &str = "{{ $n := .Template.Name | replace \"/\" \"_\" }}{{ $n }}: {{ toJson .Values | b64enc }}
{{ $n }}-x: {{ list .Chart.Name (keys .Subcharts | sortAlpha) .Chart.IsRoot | toJson | b64enc }}
";

fn value(rng: &mut Rng, depth: usize) -> Value {
    if depth == 0 || rng.one_in(2) {
        let text: &str = rng.pick::<&str>(SCALARS);
        return serde_json::from_str(text).unwrap();
    }
    section(rng, depth)
}

fn section(rng: &mut Rng, depth: usize) -> Value {
    let entries = (0..rng.below(4)).map(|_| ((*rng.pick(KEYS)).to_owned(), value(rng, depth - 1)));
    Value::Object(entries.collect::<Map<_, _>>())
}

/// A values file as one line of JSON.
pub fn values(rng: &mut Rng) -> String {
    let mut values = section(rng, 3);
    for key in ["s", "u", "global", "exports"] {
        if rng.one_in(3) {
            values[key] = section(rng, 3);
        }
    }
    if rng.one_in(3) {
        values["tags"] = json!({"t1": !rng.one_in(2), "t2": !rng.one_in(2)});
    }
    if rng.one_in(4) {
        values["exports"] = json!({"data": section(rng, 2)});
    }
    values.to_string()
}

fn dependency(rng: &mut Rng, name: &str) -> Value {
    let mut dependency = json!({"name": name, "version": "0.1.0", "repository": ""});
    if rng.one_in(3) {
        dependency["alias"] = json!(rng.pick(&["al", "al2", "x-y"]));
    }
    if rng.one_in(3) {
        let paths = ["s.enabled", "enabled", "a", "global.g", "nope,a", "m.a"];
        dependency["condition"] = json!(rng.pick(&paths));
    }
    if rng.one_in(3) {
        dependency["tags"] = rng.pick(&[json!(["t1"]), json!(["t1", "t2"])]).clone();
    }
    if rng.one_in(2) {
        dependency["import-values"] = rng
            .pick(&[
                json!(["data"]),
                json!(["nope"]),
                json!([{"child": "a", "parent": "b"}]),
                json!([{"child": "m", "parent": "n.m"}, "data"]),
                json!([{"child": "exports.data", "parent": "."}]),
            ])
            .clone();
    }
    dependency
}

fn chart(rng: &mut Rng, case: Case, folder: &str, name: &str, subcharts: &[&str]) -> Case {
    let mut declared: Vec<Value> = Vec::new();
    for subchart in subcharts {
        if !rng.one_in(4) {
            declared.push(dependency(rng, subchart));
        }
    }
    if !declared.is_empty() && rng.one_in(4) {
        declared.push(dependency(rng, subcharts[0]));
    }
    let mut metadata = json!({"apiVersion": "v2", "name": name, "version": "0.1.0"});
    if !declared.is_empty() {
        metadata["dependencies"] = Value::Array(declared);
    }
    case.file(&format!("{folder}Chart.yaml"), metadata.to_string())
        .file(&format!("{folder}values.yaml"), values(rng))
        .file(&format!("{folder}templates/v.yaml"), SHOWN)
}

fn composed(rng: &mut Rng) -> Case {
    let mut case = chart(rng, Case::new("values"), "", "top", &["s", "u"]);
    case = chart(rng, case, "charts/s/", "s", &["s2"]);
    case = chart(rng, case, "charts/s/charts/s2/", "s2", &[]);
    case = chart(rng, case, "charts/u/", "u", &[]);
    for _ in 0..rng.below(3) {
        let flag = *rng.pick(&["--set", "--set", "--set-string", "--set-json", "--set-literal"]);
        let pairs = (0..rng.between(1, 2)).map(|_| format!("{}={}", rng.pick(NAMES), rng.pick(TEXTS)));
        let text = pairs.collect::<Vec<_>>().join(",");
        case = case.args([flag, &text]);
    }
    case
}

#[test]
fn values_are_composed_as_helm_composes_them() {
    run::check(0, composed);
}
