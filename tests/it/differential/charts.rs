//! Whole charts: folders and archives with subcharts, libraries, files, definitions of one name in several places, and what
//! is missing or broken in them.

use std::io::Write as _;
use std::sync::OnceLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::case::FOLDER;
use super::grammar::Grammar;
use super::values::values;
use super::{Case, Rng, run};

/// Files outside of `templates/`, with the names that `grammar/charts.txt` asks for.
const DATA: [&str; 7] = [
    "data/a.txt",
    "data/b.txt",
    "data/bin.dat",
    "conf/x.ini",
    "conf/d/y.ini",
    "README.md",
    "none.yaml",
];

/// What may lie in `charts/` besides charts.
const STRAY: [(&str, &str); 8] = [
    ("charts/README.md", "no chart\n"),
    ("charts/_off/Chart.yaml", "name: off\n"),
    ("charts/.off/Chart.yaml", "name: off\n"),
    ("charts/e/templates/a.yaml", "no: metadata\n"),
    ("charts/x.tgz", "no archive"),
    ("charts/x.tgz.prov", "a signature"),
    ("charts/e/Chart.yaml", ""),
    ("charts/s.prov", "x"),
];

const FLAGS: [&[&str]; 22] = [
    &["--is-upgrade"],
    &["--kube-version", "1.25.3"],
    &["--kube-version", "v1.40"],
    &["--kube-version", "x"],
    &["-a", "example.org/v1,monitoring.coreos.com/v1"],
    &["-a", "v1/Pod"],
    &["-n", "there"],
    &["--render-subchart-notes"],
    &["--include-crds"],
    &["--no-hooks"],
    &["--skip-tests"],
    &["--show-only", "templates/a.yaml"],
    &["--show-only", "charts/s/templates/*.yaml"],
    &["--show-only", "crds/c.yaml"],
    &["--skip-schema-validation"],
    &["--set", "a=1,m.a=x,s.a=null"],
    &["--set", "s=null,global.g=2"],
    &["--set", "tags.t1=false,s.enabled=true"],
    &["--set", "m=null,s.m=null,al.m.a=null"],
    &["-f", "@FOLDER@/none.yaml"],
    &["-f", "@FOLDER@/data/a.txt"],
    &["--set-file", "a=@FOLDER@/data/a.txt"],
];

fn grammar() -> &'static Grammar {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    GRAMMAR.get_or_init(|| Grammar::read(&["charts.txt"]))
}

fn text(rule: &str, rng: &mut Rng) -> String {
    grammar().text(rule, rng)
}

/// What goes wrong in a case, if anything: one thing at a time is seen best.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    Chart,
    Values,
    Lock,
    Schema,
    Metadata,
    Requirements,
    Stray,
    Ignored,
}

const FAULTS: [Fault; 12] = [
    Fault::None,
    Fault::None,
    Fault::None,
    Fault::None,
    Fault::Chart,
    Fault::Values,
    Fault::Lock,
    Fault::Schema,
    Fault::Metadata,
    Fault::Requirements,
    Fault::Stray,
    Fault::Ignored,
];

/// A chart with up to three others in it.
fn charts(rng: &mut Rng) -> Case {
    let fault = *rng.pick(&FAULTS);
    let faulty = *rng.pick(&["", "charts/s/", "charts/s/charts/s2/"]);
    let mut case = Case::new(topic(fault));
    for (folder, name, subcharts) in [
        ("", "top", &["s", "u", "lib"][..]),
        ("charts/s/", "s", &["s2"]),
        ("charts/u/", "u", &[]),
        ("charts/lib/", "lib", &[]),
        ("charts/s/charts/s2/", "s2", &[]),
    ] {
        if folder.is_empty() || name == "s" || !rng.one_in(3) {
            let fault = if folder == faulty { fault } else { Fault::None };
            case = chart(rng, case, (folder, name), subcharts, fault);
        }
    }
    for _ in 0..rng.below(4) {
        case = case.args(*rng.pick(&FLAGS));
    }
    if rng.one_in(6) {
        case = packed(rng, case);
    }
    case
}

fn topic(fault: Fault) -> &'static str {
    match fault {
        Fault::None => "chart",
        Fault::Chart => "broken Chart.yaml",
        Fault::Values => "broken values",
        Fault::Lock => "lock",
        Fault::Schema => "schema",
        Fault::Metadata => "metadata",
        Fault::Requirements => "requirements",
        Fault::Stray => "stray files",
        Fault::Ignored => "ignored files",
    }
}

fn chart(
    rng: &mut Rng,
    mut case: Case,
    (folder, name): (&str, &str),
    subcharts: &[&str],
    fault: Fault,
) -> Case {
    let mut add = |path: &str, text: String| case.files.insert(format!("{folder}{path}"), text.into_bytes());
    let is_v1 = fault == Fault::Requirements || rng.one_in(8);
    add("Chart.yaml", metadata(rng, name, subcharts, fault, is_v1));
    if !rng.one_in(5) {
        add("values.yaml", values(rng));
    }
    for file in ["a", "b", "d/a", "test-x"] {
        if rng.one_in(2) {
            add(&format!("templates/{file}.yaml"), text("file", rng));
        }
    }
    for file in ["_h.tpl", "_z.tpl", "d/_h.tpl", "_a.yaml"] {
        if rng.one_in(2) {
            add(&format!("templates/{file}"), text("partial", rng));
        }
    }
    if rng.one_in(4) {
        add("templates/NOTES.txt", text("notes", rng));
    }
    if rng.one_in(5) {
        add("crds/c.yaml", text("crd", rng));
    }
    for path in DATA {
        if rng.one_in(3) {
            add(path, text("data", rng));
        }
    }
    match fault {
        Fault::Values => drop(add("values.yaml", text("badvalues", rng))),
        Fault::Lock => drop(add(
            rng.pick::<&str>(&["Chart.lock", "requirements.lock"]),
            text("badlock", rng),
        )),
        Fault::Schema => drop(add("values.schema.json", text("schema", rng))),
        Fault::Requirements => drop(add("requirements.yaml", text("requirements", rng))),
        Fault::Stray => {
            let (path, text) = *rng.pick(&STRAY);
            add(path, text.to_owned());
        }
        Fault::Ignored => {
            let lines = rng.between(1, 3);
            let rules = (0..lines).map(|_| text("ignore", rng)).collect();
            add(".helmignore", rules);
        }
        _ => {}
    }
    case
}

fn metadata(rng: &mut Rng, name: &str, subcharts: &[&str], fault: Fault, is_v1: bool) -> String {
    if fault == Fault::Chart {
        return text("badchart", rng);
    }
    let version = if is_v1 { "v1" } else { "v2" };
    let mut lines = format!("apiVersion: {version}\nname: {name}\nversion: 0.1.0\n");
    if name == "lib" && !rng.one_in(4) {
        lines += "type: library\n";
    }
    let mut dependencies: Vec<Value> = Vec::new();
    for subchart in subcharts {
        if !rng.one_in(2) {
            dependencies.push(dependency(rng, subchart));
        }
    }
    if !dependencies.is_empty() {
        lines += &format!("dependencies: {}\n", json!(dependencies));
    }
    if fault == Fault::Metadata {
        let more = rng.between(1, 3);
        lines += &(0..more).map(|_| text("metaline", rng)).collect::<String>();
    }
    lines
}

fn dependency(rng: &mut Rng, name: &str) -> Value {
    let mut dependency = json!({"name": name, "version": "0.1.0"});
    if rng.one_in(3) {
        dependency["alias"] = json!(rng.pick(&["al", "u", "s"]));
    }
    if rng.one_in(4) {
        dependency["condition"] = json!(rng.pick(&["s.enabled", "enabled,a", "global.g"]));
    }
    if rng.one_in(4) {
        dependency["tags"] = json!([rng.pick(&["t1", "t2"])]);
    }
    if rng.one_in(3) {
        dependency["import-values"] = rng
            .pick(&[
                json!(["data"]),
                json!([{"child": "m", "parent": "m"}, "data"]),
                json!([{"child": "a", "parent": "."}]),
                json!([{"child": "m"}]),
                json!([1]),
                json!([null]),
            ])
            .clone();
    }
    dependency
}

/// The same chart as an archive, or with its subchart `s` as one.
fn packed(rng: &mut Rng, case: Case) -> Case {
    if rng.one_in(2) {
        let archive = archive(&case, "");
        let args = case.args.iter().map(|arg| match arg.as_str() {
            FOLDER => format!("{FOLDER}/top.tgz"),
            _ => arg.clone(),
        });
        return Case {
            args: args.collect(),
            files: [("top.tgz".to_owned(), archive)].into(),
            topic: "archive".to_owned(),
        };
    }
    let archive = archive(&case, "charts/s/");
    let mut case = case;
    case.files.retain(|path, _| !path.starts_with("charts/s/"));
    case.topic += " packed";
    case.file(
        rng.pick::<&str>(&["charts/s.tgz", "charts/s-0.1.0.tgz", "charts/_s.tgz"]),
        archive,
    )
}

fn archive(case: &Case, below: &str) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, bytes) in &case.files {
        if let Some(name) = path.strip_prefix(below) {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, format!("c/{name}"), bytes.as_slice())
                .unwrap();
        }
    }
    let mut gzip = tar.into_inner().unwrap();
    gzip.flush().unwrap();
    gzip.finish().unwrap()
}

#[test]
fn charts_render_as_helm_renders_them() {
    run::check(20, charts);
}
