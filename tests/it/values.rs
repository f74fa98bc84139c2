//! Values against real Helm: each line of `tests/golden/values/cases.txt` is a set of flags for the chart beside it;
//! the `.out` files hold what `.Values` then is, for Helm 3 and 4. `UPDATE_GOLDEN=1` asks both again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deploy_manager::base::files::FileSet;
use deploy_manager::golang::env::Limits;
use deploy_manager::golang::json;
use deploy_manager::helm::engines::{Engine, HELM_3_17_2, HELM_4_3_1};
use deploy_manager::helm::render::{Capabilities, Layer, ReleaseFacts, Request, Switches};
use deploy_manager::helm::{chart, values};
use serde_json::Value as Json;

use crate::peer;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/values")
}

fn read(root: &Path, folder: &Path, files: &mut FileSet) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}

fn layers(flags: &str) -> Vec<Layer> {
    let words: Vec<&str> = flags.split(' ').collect();
    let layer = |pair: &[&str]| match pair {
        ["--set", text] => Layer::Set((*text).to_owned()),
        ["--set-string", text] => Layer::SetString((*text).to_owned()),
        ["--set-json", text] => Layer::SetJson((*text).to_owned()),
        ["--set-literal", text] => Layer::SetLiteral((*text).to_owned()),
        other => panic!("unknown flags {other:?}"),
    };
    words.chunks(2).map(layer).collect()
}

fn request(files: &FileSet, flags: &str, engine: &'static Engine) -> Request {
    Request {
        chart: chart::from_files(files, engine).unwrap(),
        release: ReleaseFacts {
            name: "r".to_owned(),
            namespace: "default".to_owned(),
            revision: 1,
            is_upgrade: false,
        },
        layers: layers(flags),
        engine,
        capabilities: Capabilities::default(),
        switches: Switches::default(),
        lookup: None,
        seed: None,
        now: None,
        limits: Limits::default(),
    }
}

fn ours(files: &FileSet, flags: &str, engine: &'static Engine) -> String {
    match values::compose(&request(files, flags, engine), || 0) {
        Ok(composed) => json::encode_serde(&Json::Object(composed.values)),
        Err(error) => format!("error: {}", error.message.lines().next().unwrap_or_default()),
    }
}

fn helm(engine: &Engine) -> PathBuf {
    let name = if engine.is_v4 { "helm4" } else { "helm3" };
    peer::find(name).expect("goldens are written by helm 3 and 4")
}

fn theirs(flags: &str, engine: &Engine) -> String {
    let output = Command::new(helm(engine))
        .arg("template")
        .arg("r")
        .arg(folder().join("chart"))
        .args(flags.split(' '))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        let quoted = text.split('"').nth(1).unwrap_or_default();
        return String::from_utf8(STANDARD.decode(quoted).unwrap()).unwrap();
    }
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let error = errors.lines().find_map(|line| line.strip_prefix("Error: "));
    format!("error: {}", error.unwrap_or(&errors))
}

fn check(engine: &'static Engine, out: &str) {
    let cases = fs::read_to_string(folder().join("cases.txt")).unwrap();
    let cases: Vec<&str> = cases.lines().collect();
    let out = folder().join(out);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let answers: Vec<String> = cases.iter().map(|flags| theirs(flags, engine)).collect();
        fs::write(&out, answers.join("\n") + "\n").unwrap();
    }
    let root = folder().join("chart");
    let mut files = FileSet::new();
    read(&root, &root, &mut files);
    let answers = fs::read_to_string(&out).unwrap();
    assert_eq!(cases.len(), answers.lines().count(), "one answer for each case");
    let wrong = cases.iter().zip(answers.lines()).filter_map(|(flags, expected)| {
        let found = ours(&files, flags, engine);
        (found != expected).then(|| format!("{flags}\n  helm: {expected}\n  ours: {found}"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn values_are_composed_as_helm_3_does() {
    check(&HELM_3_17_2, "cases.helm3.out");
}

#[test]
fn values_are_composed_as_helm_4_does() {
    check(&HELM_4_3_1, "cases.helm4.out");
}
