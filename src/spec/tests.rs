//! Tests of the whole room: files in, a cluster or problems out.

use serde_json::{Value as Json, json};

use super::*;
use crate::base::files::FileSet;
use crate::base::secret::Secret;
use crate::helm::render::Layer;

const CHART: &str = "apiVersion: v2\nname: web\nversion: 1.0.0\n";

/// A good cluster of two components.
const CLUSTER: &str = r#"apiVersion: deploy-manager/v1
kind: Cluster
metadata: { name: east-1 }
helm: { version: "3.17.2" }
parameters: [parameters/common.yaml]
components:
  db:
    version: "10.11"
    chart: { path: charts/web, version: 1.0.0 }
    init:
      - { name: passwords, secret: { data: { root: { password: {} } } } }
  web:
    version: "1.10"
    chart: { path: charts/web, version: 1.0.0 }
    dependsOn: [db]
    values: [values/web.yaml]
    before: [ { name: backup, job: hooks/backup.yaml } ]
"#;

const BACKUP: &str = "apiVersion: batch/v1\nkind: Job\nmetadata: { name: backup }\nspec: {}\n";

fn files(cluster: &str) -> FileSet {
    [
        ("cluster.yaml", cluster),
        ("parameters/common.yaml", "image: web\nport: 8080\n"),
        (
            "values/web.yaml",
            "image: {{parameters.image}}\nport: {{parameters.port}}\n",
        ),
        ("hooks/backup.yaml", BACKUP),
        ("charts/web/Chart.yaml", CHART),
    ]
    .into_iter()
    .map(|(path, text)| (path, text.as_bytes().to_vec()))
    .collect()
}

fn with(path: &str, text: &str) -> FileSet {
    let mut files = files(CLUSTER);
    files.insert(path, text.as_bytes().to_vec());
    files
}

/// Expects exactly these first lines of problems.
#[track_caller]
fn check_problems(files: &FileSet, expected: &[&str]) {
    let problems = validate(files, "openstack").err().unwrap_or_default();
    let found: Vec<String> = problems
        .0
        .iter()
        .map(|problem| problem.to_string().lines().next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(found, expected, "\n{problems}");
}

/// Replaces a text of the good cluster.yaml, and expects these problems.
#[track_caller]
fn check_cluster(from: &str, to: &str, expected: &[&str]) {
    assert!(CLUSTER.contains(from), "{from}");
    check_problems(&files(&CLUSTER.replace(from, to)), expected);
}

fn component(name: &str) -> crate::base::names::ComponentName {
    name.parse().unwrap()
}

mod cluster;
mod parse;
mod values;
