//! `golang` against real Helm 3: `tests/golden/golang/cases.json` holds inputs and what Helm made of them.
//!
//! `UPDATE_GOLDEN=1` asks Helm again (`$DEPLOY_MANAGER_HELM3`, else `target/peers/helm3`) and rewrites the file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deploy_manager::golang::{Value, fmt, json, yaml};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::peer;

#[derive(Serialize, Deserialize)]
struct Cases {
    reads: Vec<Read>,
    writes: Vec<Write>,
    prints: Vec<Print>,
}

/// `fromYaml text | toJson`
#[derive(Serialize, Deserialize)]
struct Read {
    text: String,
    json: String,
}

/// `toYaml` and `toYamlPretty` of a JSON value.
#[derive(Serialize, Deserialize)]
struct Write {
    json: String,
    plain: String,
    pretty: String,
}

/// `printf format value`
#[derive(Serialize, Deserialize)]
struct Print {
    format: String,
    value: Json,
    text: String,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/golang")
}

fn cases() -> Cases {
    let path = folder().join("cases.json");
    let mut cases: Cases = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        ask_helm(&mut cases);
        fs::write(&path, serde_json::to_string_pretty(&cases).unwrap() + "\n").unwrap();
    }
    cases
}

fn ask_helm(cases: &mut Cases) {
    let chart = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(chart.path().join(name), text).unwrap();
    fs::create_dir(chart.path().join("templates")).unwrap();
    write("Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n");
    write(
        "templates/out.yaml",
        &fs::read_to_string(folder().join("chart.tpl")).unwrap(),
    );
    let values = serde_json::json!({
        "reads": cases.reads.iter().map(|case| &case.text).collect::<Vec<_>>(),
        "writes": cases.writes.iter().map(|case| format!("{{\"v\":{}}}", case.json)).collect::<Vec<_>>(),
        "prints": cases.prints,
    });
    write("values.yaml", &yaml::encode_serde(&values).unwrap());
    let output = Command::new(peer::find("helm3").expect("goldens are written by helm 3"))
        .arg("template")
        .arg(chart.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let found: BTreeMap<String, String> =
        serde_json::from_value(yaml::values(&output.stdout).unwrap()).unwrap();
    let text = |name: String| String::from_utf8(STANDARD.decode(&found[&name]).unwrap()).unwrap();
    for (index, case) in cases.reads.iter_mut().enumerate() {
        case.json = text(format!("read{index}"));
    }
    for (index, case) in cases.writes.iter_mut().enumerate() {
        case.plain = text(format!("plain{index}"));
        case.pretty = text(format!("pretty{index}"));
    }
    for (index, case) in cases.prints.iter_mut().enumerate() {
        case.text = text(format!("print{index}"));
    }
}

/// Helm's `fromYaml`: the map, or a map with the error.
fn from_yaml(text: &str) -> Value {
    match yaml::decode_map(text.as_bytes()) {
        Ok(map) => Value::Map(map),
        Err(error) => Value::Map([("Error", error.message)].into_iter().collect()),
    }
}

/// Helm's `toYaml`: without one trailing newline, and nothing for an error.
fn trimmed<E>(text: Result<deploy_manager::golang::Str, E>) -> String {
    let text = text.map(|text| text.to_text().into_owned()).unwrap_or_default();
    text.strip_suffix('\n').unwrap_or(&text).to_owned()
}

#[test]
fn yaml_printf_and_json_agree_with_helm() {
    let cases = cases();
    let mut wrong = Vec::new();
    let mut check = |input: &str, found: &str, expected: &str| {
        if found != expected {
            wrong.push(format!("{input:?}\n  helm {expected:?}\n  ours {found:?}"));
        }
    };
    for case in &cases.reads {
        let found = json::encode(&from_yaml(&case.text), true).unwrap();
        check(&case.text, &found.to_text(), &case.json);
    }
    for case in &cases.writes {
        let value = json::decode(case.json.as_bytes()).unwrap();
        check(&case.json, &trimmed(yaml::encode(&value)), &case.plain);
        check(&case.json, &trimmed(yaml::encode_pretty(&value)), &case.pretty);
    }
    for case in &cases.prints {
        let value = json::decode(json::encode_serde(&case.value).as_bytes()).unwrap();
        let found = fmt::sprintf(case.format.as_bytes(), &[value]);
        check(&case.format, &found.to_text(), &case.text);
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
