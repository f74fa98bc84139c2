//! The house test: imports point down, and pure rooms are pure.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Room → the rooms it may import. Every room may use `base`. Order: ground to doors.
const MAY_USE: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("golang", &[]),
    ("patch", &[]),
    ("gotmpl", &["golang"]),
    ("sprig", &["golang", "gotmpl"]),
    ("helm", &["golang", "gotmpl", "sprig"]),
    ("spec", &["golang", "helm"]),
    ("k8s", &["patch", "golang"]),
    ("notifications", &[]),
    ("source", &["spec", "helm"]),
    ("preparation", &["k8s", "spec", "patch"]),
    ("release", &["golang", "patch", "helm", "k8s"]),
    (
        "reconcile",
        &[
            "helm",
            "spec",
            "k8s",
            "source",
            "release",
            "preparation",
            "notifications",
            "patch",
            "golang",
        ],
    ),
    ("triggers", &["reconcile", "source"]),
    ("http", &["reconcile", "release", "triggers", "helm"]),
    (
        "daemon",
        &[
            "golang",
            "gotmpl",
            "sprig",
            "helm",
            "spec",
            "k8s",
            "notifications",
            "source",
            "preparation",
            "release",
            "reconcile",
            "triggers",
            "http",
            "patch",
        ],
    ),
    ("sandbox", &["patch"]),
    (
        "cli",
        &[
            "golang",
            "gotmpl",
            "sprig",
            "helm",
            "spec",
            "k8s",
            "notifications",
            "source",
            "preparation",
            "release",
            "reconcile",
            "triggers",
            "http",
            "daemon",
            "patch",
            "sandbox",
        ],
    ),
];

/// Rooms that do no I/O, hold no clock, spawn no task and know no Kubernetes client.
const PURE: &[&str] = &["base", "golang", "patch", "gotmpl", "sprig", "helm", "spec"];

/// What a pure room may not name.
const IMPURE: &[&str] = &[
    "tokio::",
    "std::fs",
    "std::net::Tcp",
    "std::process",
    "std::env",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "kube::",
    "k8s_openapi::",
    "reqwest::",
    "git2::",
    "rand::rng",
    "openssl::",
    "println!",
];

fn source_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// (room, file, code without comments and without its own unit tests).
fn rooms() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    source_files(&root, &mut files);
    let in_room = |path: &PathBuf| {
        let relative = path.strip_prefix(&root).unwrap();
        let room = relative
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_str()
            .unwrap()
            .to_owned();
        let text = fs::read_to_string(path).unwrap();
        let is_test = relative.ends_with("tests.rs") || relative.iter().any(|part| part == "tests");
        let code = if is_test {
            String::new()
        } else {
            production_code(&text)
        };
        (room, relative.display().to_string(), code)
    };
    files
        .iter()
        .map(in_room)
        .filter(|(room, ..)| !room.ends_with(".rs"))
        .collect()
}

fn production_code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    before_tests
        .lines()
        .filter(is_code)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The rooms that a file names as `crate::room`, alone or in a braced list.
fn imported(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for after in code.split("crate::").skip(1) {
        let names: Vec<&str> = match after.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default().split(',').collect(),
            None => vec![after],
        };
        for name in names {
            let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            found.push(
                name.trim()
                    .chars()
                    .take_while(|letter| is_name(*letter))
                    .collect(),
            );
        }
    }
    found
}

#[test]
fn imports_point_down() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut wrong = Vec::new();
    for (room, file, code) in rooms() {
        let Some(may_use) = allowed.get(room.as_str()) else {
            wrong.push(format!(
                "src/{file}: room `{room}` is not in the house; add it to MAY_USE and docs/architecture.md"
            ));
            continue;
        };
        for used in imported(&code) {
            let is_room = allowed.contains_key(used.as_str());
            if is_room && used != room && used != "base" && !may_use.contains(&used.as_str()) {
                wrong.push(format!("src/{file}: `{room}` may not use `{used}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "forbidden edges:\n{}", wrong.join("\n"));
}

#[test]
fn pure_rooms_are_pure() {
    let mut wrong = Vec::new();
    for (room, file, code) in rooms() {
        if PURE.contains(&room.as_str()) {
            let named = IMPURE.iter().filter(|name| code.contains(*name));
            wrong.extend(named.map(|name| format!("src/{file}: a pure room may not use `{name}`")));
        }
    }
    assert!(wrong.is_empty(), "impure code:\n{}", wrong.join("\n"));
}

#[test]
fn the_house_test_sees_what_it_forbids() {
    assert_eq!(imported("use crate::{k8s, release::Error};"), ["k8s", "release"]);
    assert_eq!(imported("crate::spec::load(x)"), ["spec"]);
    assert!(production_code("// tokio::spawn\nlet x = 1;").starts_with("let x"));
}

#[test]
fn unsafe_code_has_two_places() {
    let allows = |code: &String| code.contains("unsafe_code") || code.contains("unsafe {");
    let mut places: Vec<String> = rooms()
        .into_iter()
        .filter(|(_, _, code)| allows(code))
        .map(|(_, file, _)| file)
        .collect();
    places.sort();
    assert_eq!(
        places,
        ["daemon/memory.rs", "source/git/transport.rs"],
        "an allocator is unsafe by nature, and the timeouts of libgit2 have no safe setter"
    );
}
