//! Template functions against real Helm 3: each line of `tests/golden/sprig/*.tpl` is one expression, the line of the
//! same number in `*.out` is what Helm makes of it. `UPDATE_GOLDEN=1` asks Helm again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deploy_manager::base::files::FileSet;
use deploy_manager::daemon::world;
use deploy_manager::golang::env::Limits;
use deploy_manager::helm::engines::HELM_3_17_2;
use deploy_manager::helm::render::{Capabilities, ReleaseFacts, Request, Switches, render};
use deploy_manager::helm::{chart, render};

use crate::peer;

const VALUES: &str = "\
s: hello
n: 8080
big: 1234567
f: 1.5
neg: -2.5
t: true
no: false
nothing: null
l: [a, 1, null, b]
nums: [1, 2, 3]
m: {a: 1, b: {c: deep, d: [1]}, e: ''}
empty: {}
";

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/sprig")
}

/// One template that prints the result of the expression as base64, so that any bytes survive.
fn template(expression: &str) -> String {
    format!("{{{{ define \"e\" }}}}{expression}{{{{ end }}}}v: {{{{ include \"e\" . | b64enc | quote }}}}\n")
}

fn chart_files(expression: &str) -> Vec<(&'static str, String)> {
    vec![
        (
            "Chart.yaml",
            "apiVersion: v2\nname: c\nversion: 1.0.0\nmaintainers: [{name: m, email: e}]\n".to_owned(),
        ),
        ("values.yaml", VALUES.to_owned()),
        // Files are executed in descending order: an error shows without the include around it.
        ("templates/NOTES.txt", expression.to_owned()),
        ("templates/A.yaml", template(expression)),
    ]
}

/// The text between the quotes, decoded; or the error's first line.
fn result(printed: Result<String, String>) -> String {
    match printed {
        Ok(manifest) => {
            let quoted = manifest.split('"').nth(1).unwrap_or_default();
            let bytes = STANDARD.decode(quoted).unwrap();
            format!("{:?}", String::from_utf8_lossy(&bytes))
        }
        Err(error) => {
            let line = error.lines().next().unwrap_or_default();
            format!("error: {}", line.trim_start_matches("Error: "))
        }
    }
}

fn ours(expression: &str) -> String {
    let files: FileSet = chart_files(expression)
        .into_iter()
        .map(|(name, text)| (name, text.into_bytes()))
        .collect();
    let request = Request {
        chart: chart::from_files(&files, &HELM_3_17_2).unwrap(),
        release: ReleaseFacts {
            name: "r".to_owned(),
            namespace: "default".to_owned(),
            revision: 1,
            is_upgrade: false,
        },
        layers: Vec::new(),
        engine: &HELM_3_17_2,
        capabilities: Capabilities::default(),
        switches: Switches::default(),
        lookup: None,
        seed: Some(1),
        now: None,
        limits: Limits::default(),
    };
    let rendered: Result<render::Rendered, render::RenderError> = render(request, &world::system());
    result(
        rendered
            .map(|rendered| rendered.manifest)
            .map_err(|error| error.message),
    )
}

fn theirs(expression: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in chart_files(expression) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let output = Command::new(peer::find("helm3").expect("goldens are written by helm 3"))
        .arg("template")
        .arg("r")
        .arg(folder.path())
        .env("TZ", "UTC")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    result(if output.status.success() {
        Ok(text(output.stdout))
    } else {
        Err(text(output.stderr))
    })
}

fn check_family(name: &str) -> Vec<String> {
    let expressions = fs::read_to_string(golden().join(format!("{name}.tpl"))).unwrap();
    let expressions: Vec<&str> = expressions.lines().collect();
    let out = golden().join(format!("{name}.out"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let answers: Vec<String> = expressions.iter().map(|expression| theirs(expression)).collect();
        fs::write(&out, answers.join("\n") + "\n").unwrap();
    }
    let answers = fs::read_to_string(&out).unwrap();
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(
        expressions.len(),
        answers.len(),
        "{name}: a line for each expression"
    );
    let pairs = expressions.iter().zip(answers);
    let wrong = pairs.filter_map(|(expression, expected)| {
        let found = ours(expression);
        (found != expected).then(|| format!("{name}: {expression}\n  helm: {expected}\n  ours: {found}"))
    });
    wrong.collect()
}

#[test]
fn functions_give_what_helm_gives() {
    let mut families: Vec<String> = fs::read_dir(golden())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "tpl"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    families.sort();
    assert!(!families.is_empty());
    let wrong: Vec<String> = families.iter().flat_map(|family| check_family(family)).collect();
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// The names of sprig v3.3.0 `functions.go` without `env` and `expandenv`, which Helm takes out.
#[test]
fn every_function_that_helm_exposes_is_there_and_no_other() {
    let expected = fs::read_to_string(golden().join("names.txt")).unwrap();
    let expected: Vec<&str> = expected.lines().collect();
    let found: Vec<&str> = deploy_manager::sprig::functions()
        .iter()
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn functions_that_can_produce_much_stop_at_the_budget() {
    for expression in [
        "{{ repeat 2000000000 \"xx\" }}",
        "{{ until 2000000000 }}",
        "{{ untilStep 0 9223372036854775807 1 }}",
        "{{ seq 1 2000000000 }}",
        "{{ indent 2000000000 \"\\n\\n\" }}",
        "{{ randAlphaNum 3000000000 }}",
        "{{ randBytes 3000000000 }}",
        "{{ wrapWith 1 (repeat 100000 \"y\") (repeat 100000 \"x\") }}",
        "{{ replace \"\" (repeat 100000 \"y\") (repeat 100000 \"x\") }}",
        "{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ deepCopy $d }}",
        "{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ $e := dict }}{{ $_ := set $e \"d\" $e }}{{ merge $d $e }}",
        "{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ $e := dict }}{{ $_ := set $e \"d\" $e }}{{ deepEqual $d $e }}",
    ] {
        let found = ours(expression);
        let is_stopped = found.contains("the render") || found.contains("nests deeper");
        assert!(is_stopped, "{expression}: {}", &found[..found.len().min(300)]);
    }
}
