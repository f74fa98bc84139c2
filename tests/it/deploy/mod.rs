//! What operators install with: `deploy/` and `Dockerfile`, proven as far as that goes without a container engine.

mod image;
mod manifests;
mod readonly;
mod rights;

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::git::repository::{Bare, Put};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The documents of a file in `deploy/`.
fn documents(name: &str) -> Vec<Json> {
    use serde::Deserialize as _;
    let text = std::fs::read_to_string(root().join("deploy").join(name)).unwrap();
    let documents = serde_yaml::Deserializer::from_str(&text);
    documents
        .map(|document| Json::deserialize(document).unwrap())
        .collect()
}

/// The document of this kind and name.
fn document(file: &str, kind: &str, name: &str) -> Json {
    let mut documents = documents(file).into_iter();
    let found = documents.find(|one| one["kind"] == kind && one["metadata"]["name"] == name);
    found.unwrap_or_else(|| panic!("no {kind} {name} in {file}"))
}

/// A repository with the sample cluster on `main`, and its files for further commits.
fn sample() -> (Bare, Vec<(String, Vec<u8>)>) {
    let folder = root().join("fixtures/cluster");
    let mut files = Vec::new();
    collect(&folder, &folder, &mut files);
    let bare = Bare::new();
    commit(&bare, &files);
    (bare, files)
}

fn commit(bare: &Bare, files: &[(String, Vec<u8>)]) -> String {
    let files: Vec<(&str, Put<'_>)> = files
        .iter()
        .map(|(path, bytes)| (path.as_str(), Put::Bytes(bytes.clone())))
        .collect();
    bare.commit_of("main", "the sample", &files)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().display().to_string();
            files.push((name, std::fs::read(&path).unwrap()));
        }
    }
}
