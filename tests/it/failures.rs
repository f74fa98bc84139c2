//! How `template` tells what went wrong: Helm's words, then place, excerpt and calls for people, or all of it as JSON.

use std::fs;
use std::process::Command;

use serde_json::{Value as Json, json};

/// Standard error of `template r c ARGS` on a chart of these files.
fn told(files: &[(&str, &str)], args: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let chart = ("Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n");
    for (path, text) in [chart].iter().chain(files) {
        let path = folder.path().join("c").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    fs::write(folder.path().join("v.yaml"), "a: 1\nb: [1,\nc: }\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_deploy-manager"))
        .args(["template", "r", "c"])
        .args(args)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const HINT: &str = "\n\nUse --debug flag to render out invalid YAML\n";

/// Helm's text alone, and with the excerpt between it and helm's hint.
#[track_caller]
fn check(files: &[(&str, &str)], args: &[&str], message: &str, excerpt: &str, hint: &str) {
    assert_eq!(told(files, args), format!("Error: {message}{hint}"));
    let full: Vec<&str> = args.iter().copied().chain(["--error-format=full"]).collect();
    assert_eq!(told(files, &full), format!("Error: {message}\n\n{excerpt}{hint}"));
}

#[test]
fn a_template_that_cannot_be_parsed_shows_its_line() {
    check(
        &[("templates/x.yaml", "a: 1\nb: {{ nope .x }}\n")],
        &[],
        "parse error at (c/templates/x.yaml:2): function \"nope\" not defined",
        " --> c/templates/x.yaml:2\n2 | b: {{ nope .x }}\n  |       ^",
        HINT,
    );
}

#[test]
fn a_template_that_fails_shows_its_line_and_the_calls() {
    let partials = "{{ define \"f\" }}\n\t{{ .Values.a.b.c }}{{ end }}";
    check(
        &[
            ("templates/x.yaml", "a: {{ include \"f\" . }}\n"),
            ("templates/_h.tpl", partials),
        ],
        &[],
        "template: c/templates/x.yaml:1:6: executing \"c/templates/x.yaml\" at <include \"f\" .>: error calling include: \
            template: c/templates/_h.tpl:2:11: executing \"f\" at <.Values.a.b.c>: nil pointer evaluating interface {}.b",
        " --> c/templates/_h.tpl:2\n2 | \t{{ .Values.a.b.c }}{{ end }}\n  | \t          ^\n  \
            = called at c/templates/x.yaml:1:6 by include \"f\" .",
        HINT,
    );
}

#[test]
fn values_and_flags_that_cannot_be_read_show_their_place() {
    let text = "failed parsing --set data: error parsing index: strconv.Atoi: parsing \"x\": invalid syntax";
    check(
        &[],
        &["--set", "a[x]=1"],
        text,
        " --> --set:1\n1 | a[x]=1\n  |    ^",
        "\n",
    );
    let full = told(&[], &["-f", "v.yaml", "--error-format=full"]);
    assert!(
        full.starts_with("Error: failed to parse v.yaml: error converting YAML to JSON: yaml: line 2: "),
        "{full}"
    );
    assert!(full.contains("\n\n --> v.yaml:3\n3 | c: }\n  | ^"), "{full}");
}

#[test]
fn what_was_rendered_and_is_no_manifest_is_shown() {
    let full = told(
        &[("templates/x.yaml", "---\na: {{ \"[1\" }}\nb: 2\n")],
        &["--error-format=full"],
    );
    assert!(
        full.starts_with("Error: YAML parse error on c/templates/x.yaml: "),
        "{full}"
    );
    assert!(
        full.contains(" --> c/templates/x.yaml as rendered, in its document:"),
        "{full}"
    );
    assert!(full.contains("| b: 2") || full.contains("| a: [1"), "{full}");
}

#[test]
fn limits_say_what_ran_out_where_and_what_to_look_for() {
    let full = told(
        &[("templates/x.yaml", "a:\n{{ range until 1000000000 }}x{{ end }}\n")],
        &["--error-format=full"],
    );
    assert!(
        full.contains("error calling until: the render wrote more than 536870912 bytes; is there"),
        "{full}"
    );
    assert!(
        full.contains("2 | {{ range until 1000000000 }}x{{ end }}\n  |          ^"),
        "{full}"
    );
}

fn as_json(files: &[(&str, &str)], args: &[&str]) -> Json {
    let args: Vec<&str> = args.iter().copied().chain(["--error-format=json"]).collect();
    let told: Json = serde_json::from_str(&told(files, &args)).unwrap();
    told["error"].clone()
}

#[test]
fn the_json_form_carries_template_line_column_and_chain() {
    let error = as_json(
        &[
            ("templates/x.yaml", "a: {{ include \"f\" . }}\n"),
            (
                "templates/_h.tpl",
                "{{ define \"f\" }}\n{{ .Values.a.b.c }}{{ end }}",
            ),
        ],
        &[],
    );
    assert_eq!(error["template"], "c/templates/_h.tpl");
    assert_eq!((&error["line"], &error["column"]), (&json!(2), &json!(10)));
    let caller =
        json!({"template": "c/templates/x.yaml", "line": 1, "column": 6, "action": "include \"f\" ."});
    assert_eq!(error["chain"], json!([caller]));
    assert_eq!(error["isLimit"], false);

    let error = as_json(&[], &["-f", "v.yaml"]);
    assert_eq!((&error["file"], &error["line"]), (&json!("v.yaml"), &json!(3)));
    let error = as_json(&[("Chart.yaml", "apiVersion: v2\nname: c\n")], &[]);
    assert_eq!(error["message"], "validation: chart.metadata.version is required");
    assert_eq!(error["file"], "Chart.yaml");
    let schema = r#"{"properties": {"a": {"type": "string"}}}"#;
    let error = as_json(&[("values.schema.json", schema), ("values.yaml", "a: 1\n")], &[]);
    let text = error["message"].as_str().unwrap();
    assert!(
        text.contains("a: Invalid type. Expected: string, given: integer"),
        "{text}"
    );
}
