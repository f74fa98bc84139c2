//! What templates render to: documents and what parts them, hooks, the order of kinds, and files that are no YAML.

use std::sync::OnceLock;

use super::grammar::Grammar;
use super::{Case, Rng, run};

/// Where a chart's files may lie.
const PATHS: [&str; 14] = [
    "templates/a.yaml",
    "templates/b.yaml",
    "templates/c.yml",
    "templates/d.txt",
    "templates/e",
    "templates/_f.yaml",
    "templates/g.tpl",
    "templates/sub/a.yaml",
    "templates/sub/_a.yaml",
    "templates/tests/t.yaml",
    "templates/x.json",
    "charts/s/templates/a.yaml",
    "charts/s/templates/b.yaml",
    "charts/s/templates/sub/a.yaml",
];

const FLAGS: [&[&str]; 14] = [
    &["--no-hooks"],
    &["--skip-tests"],
    &["--include-crds"],
    &["--include-crds", "--skip-tests"],
    &["--show-only", "templates/a.yaml"],
    &["-s", "templates/*"],
    &["-s", "templates/*/a.yaml", "-s", "templates/b.yaml"],
    &["-s", "charts/s/templates/a.yaml"],
    &["-s", "crds/c.yaml", "--include-crds"],
    &["-s", "templates/nope.yaml"],
    &["-s", "templates/[", "-s", "templates/a.yaml"],
    &["-s", "templates/?.y*ml", "--no-hooks"],
    &["--is-upgrade"],
    &["--render-subchart-notes"],
];

fn grammar() -> &'static Grammar {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    GRAMMAR.get_or_init(|| Grammar::read(&["manifests.txt"]))
}

fn manifests(rng: &mut Rng) -> Case {
    let mut case = Case::chart("manifests");
    for _ in 0..rng.between(1, 4) {
        case = case.file(rng.pick::<&str>(&PATHS), grammar().text("file", rng));
    }
    if case.files.keys().any(|path| path.starts_with("charts/s/")) {
        case = case.file("charts/s/Chart.yaml", "apiVersion: v2\nname: s\nversion: 0.1.0\n");
    }
    if rng.one_in(5) {
        case = case.file("templates/NOTES.txt", grammar().text("notes", rng));
    }
    if rng.one_in(4) {
        case = case.file("crds/c.yaml", grammar().text("crd", rng));
    }
    if rng.one_in(8) {
        case = case.file("crds/sub/b.yaml", grammar().text("crd", rng));
    }
    if rng.one_in(3) {
        case = case.args(*rng.pick(&FLAGS));
    }
    case
}

#[test]
fn documents_are_told_apart_and_ordered_as_by_helm() {
    run::check(20, manifests);
}
