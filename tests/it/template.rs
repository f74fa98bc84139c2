//! `template` against real helm: goldens that helm wrote, and helm itself where it is on the machine.
//!
//! `UPDATE_GOLDEN=1` with both helms present writes the goldens anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use deploy_manager::base::files::FileSet;
use deploy_manager::daemon::world;
use deploy_manager::golang::env::Limits;
use deploy_manager::helm::chart::load;
use deploy_manager::helm::engines::{self, Engine, HELM_3_17_2};
use deploy_manager::helm::render::{
    Capabilities, ReleaseFacts, RenderError, Rendered, Request, Switches, render,
};

use crate::peer;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/template")
}

/// Real helm of this engine, where what it says now is compared as well, not only what it said before.
fn helm(engine: &Engine) -> Option<PathBuf> {
    if peer::is_fast() && !updates_goldens() {
        return None;
    }
    peer::find(if engine.is_v4 { "helm4" } else { "helm3" })
}

fn updates_goldens() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

// === whole charts, through the program ===

/// Exit code, standard output, and the first paragraph of the error (we add an excerpt, helm a hint).
fn transcript(mut command: Command) -> String {
    let home = tempfile::tempdir().unwrap();
    let output = command
        .current_dir(golden())
        .env("HOME", home.path())
        .env_remove("KUBECONFIG")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    let error = stderr
        .find("Error: ")
        .map(|at| stderr[at..].split("\n\n").next().unwrap().trim_end());
    let code = output.status.code().unwrap_or(-1);
    let stdout = String::from_utf8_lossy(&output.stdout);
    format!("exit {code}\n{}\n=== stdout\n{stdout}", error.unwrap_or_default())
}

fn cases() -> Vec<(String, Vec<String>)> {
    let text = fs::read_to_string(golden().join("cases.txt")).unwrap();
    let case = |line: &str| {
        let (name, args) = line.split_once(": ").unwrap();
        (name.to_owned(), args.split(' ').map(str::to_owned).collect())
    };
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(case)
        .collect()
}

#[test]
fn charts_come_out_as_from_helm() {
    for engine in engines::CERTIFIED {
        let helm = helm(engine);
        for (name, args) in cases() {
            let file = golden().join(format!("{name}.{}.txt", engine.version));
            let told = helm.as_ref().map(|helm| {
                let mut command = Command::new(helm);
                command.arg("template").args(&args);
                transcript(command)
            });
            if let (Some(told), true) = (&told, updates_goldens()) {
                fs::write(&file, told).unwrap();
            }
            let expected = fs::read_to_string(&file).unwrap();
            if let Some(told) = told {
                assert_eq!(
                    told, expected,
                    "{name}: helm {} no longer says so",
                    engine.version
                );
            }
            let mut command = Command::new(env!("CARGO_BIN_EXE_deploy-manager"));
            command
                .arg("template")
                .args(&args)
                .args(["--helm-version", engine.version]);
            assert_eq!(transcript(command), expected, "{name} with {}", engine.version);
        }
    }
}

// === single expressions, through the library ===

const VALUES: &str = "s: hello\ni: 3\nf: 1.5\nbig: 1234567\nb: true\nn: null\nl: [a, b, c]\nnl: [1, 2, 3]\ne: []\n\
    m: {a: 1, b: {c: x}, z: null}\nem: {}\n";
const PARTIALS: &str = r#"{{ define "l1" }}{{ include "l2" . }}{{ end }}
{{ define "l2" -}}
  {{ .Values.a.b.c }}{{ end }}{{define "f"}}{{fail "boom"}}{{end}}{{define "e"}}{{.}}{{end}}"#;

/// The files of a chart around one template.
fn around(template: &str) -> [(&'static str, String); 4] {
    [
        (
            "Chart.yaml",
            "apiVersion: v2\nname: c\nversion: 0.1.0\n".to_owned(),
        ),
        ("values.yaml", VALUES.to_owned()),
        ("templates/_h.tpl", PARTIALS.to_owned()),
        ("templates/x.yaml", format!("{template}\nk: v\n")),
    ]
}

/// Our render of the chart around one template.
fn rendered(template: &str, engine: &'static Engine) -> Result<Rendered, RenderError> {
    let files: FileSet = around(template)
        .into_iter()
        .map(|(name, text)| (name, text.into_bytes()))
        .collect::<FileSet>();
    let request = Request {
        chart: load::from_files(&files, engine).unwrap(),
        release: ReleaseFacts {
            name: "r".into(),
            namespace: "default".into(),
            revision: 1,
            is_upgrade: false,
        },
        layers: Vec::new(),
        engine,
        capabilities: Capabilities::default(),
        switches: Switches::default(),
        lookup: None,
        seed: None,
        now: None,
        limits: Limits::default(),
    };
    render(request, &world::system())
}

/// The output, or `Error: ` and the message.
fn ours(template: &str, engine: &'static Engine) -> String {
    match rendered(template, engine) {
        Ok(rendered) => format!("{}\n", rendered.manifest.trim()),
        Err(error) => format!("Error: {}", error.message),
    }
}

fn theirs(template: &str, helm: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in around(template) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let output = Command::new(helm)
        .args(["template", "r"])
        .arg(folder.path())
        .env("HOME", folder.path())
        .env_remove("KUBECONFIG")
        .output()
        .unwrap();
    if output.status.success() {
        return String::from_utf8_lossy(&output.stdout).into_owned();
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let message = &stderr[stderr.find("Error: ").unwrap()..];
    message
        .split("\n\nUse --debug")
        .next()
        .unwrap()
        .trim_end()
        .to_owned()
}

/// One golden entry: the template, and what each Helm makes of it.
type Entry = BTreeMap<String, String>;

fn entries() -> Vec<Entry> {
    let text = fs::read_to_string(golden().join("expressions.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn compare_expressions(engine: &'static Engine) {
    let helm = helm(engine);
    let mut wrong = Vec::new();
    for entry in entries() {
        let (template, expected) = (&entry["template"], &entry[engine.version]);
        if let Some(helm) = &helm {
            assert_eq!(
                theirs(template, helm),
                *expected,
                "helm no longer says so: {template}"
            );
        }
        let found = ours(template, engine);
        if found != *expected {
            wrong.push(format!("{template}\nexpected {expected}\nfound    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn update_expressions() {
    let mut entries = entries();
    for entry in &mut entries {
        for engine in engines::CERTIFIED {
            let helm = helm(engine).expect("goldens are written by helm 3 and 4");
            let told = theirs(&entry["template"], &helm);
            entry.insert(engine.version.to_owned(), told);
        }
    }
    let text = serde_json::to_string_pretty(&entries).unwrap();
    fs::write(golden().join("expressions.json"), text + "\n").unwrap();
}

#[test]
fn expressions_come_out_as_from_helm_3() {
    if updates_goldens() {
        update_expressions();
    }
    compare_expressions(&engines::HELM_3_17_2);
}

#[test]
fn expressions_come_out_as_from_helm_4() {
    // With UPDATE_GOLDEN the other test writes the file.
    if !updates_goldens() {
        compare_expressions(&engines::HELM_4_3_1);
    }
}

#[test]
fn a_render_tells_whether_it_would_come_out_the_same_again() {
    for (template, expected) in [
        ("a: {{ .Values.s | sha256sum }}", true),
        ("a: {{ toYaml .Values.m | nindent 2 }}", true),
        (
            "a: {{ toDate \"2006-01-02\" \"2020-01-02\" | date \"2006\" }}",
            true,
        ),
        ("a: {{ now | date \"2006\" | len }}", false),
        ("a: {{ randAlpha 3 | len }}", false),
        ("a: {{ uuidv4 | len }}", false),
        ("a: {{ bcrypt \"x\" | len }}", false),
        ("a: {{ genPrivateKey \"ed25519\" | len }}", false),
        ("a: {{ htpasswd \"a\" \"b\" | len }}", false),
        ("a: {{ tpl \"{{ shuffle \\\"ab\\\" | len }}\" . }}", false),
    ] {
        let rendered = rendered(template, &HELM_3_17_2).unwrap();
        assert_eq!(rendered.is_repeatable, expected, "{template}");
    }
}
