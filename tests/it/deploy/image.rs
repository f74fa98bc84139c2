//! `Dockerfile`: what it copies is there, what it starts is real, and the binary needs no library that a small image lacks.

use std::process::Command;

use super::root;
use crate::daemon::process::command;

/// The instructions, continued lines joined: (`COPY`, `src src`).
fn instructions() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(root().join("Dockerfile")).unwrap();
    let text = text.replace("\\\n", " ");
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, rest) = line.split_once(' ').unwrap();
            (name.to_owned(), rest.to_owned())
        })
        .collect()
}

fn all(instruction: &str) -> Vec<String> {
    let found = instructions().into_iter().filter(|(name, _)| name == instruction);
    found.map(|(_, rest)| rest).collect()
}

/// What is copied from the repository.
fn copied() -> Vec<String> {
    let from_here = all("COPY").into_iter().filter(|rest| !rest.starts_with("--from"));
    from_here
        .flat_map(|rest| {
            let mut words: Vec<String> = rest.split(' ').map(str::to_owned).collect();
            words.pop();
            words
        })
        .collect()
}

#[test]
fn what_is_copied_is_there_and_is_all_that_the_build_reads() {
    let copied = copied();
    for path in &copied {
        assert!(root().join(path).exists(), "{path}");
    }
    // Besides the sources, Cargo.toml names these.
    for path in [
        "Cargo.toml",
        "Cargo.lock",
        "build.rs",
        "src",
        "tests",
        "benches",
        "templates",
        "fixtures",
    ] {
        assert!(copied.iter().any(|one| one == path), "{path} is not copied");
    }
    let ignored = std::fs::read_to_string(root().join(".dockerignore")).unwrap();
    for line in ignored.lines() {
        assert!(
            !copied.iter().any(|path| path == line.trim_start_matches('/')),
            "{line}"
        );
    }
}

#[test]
fn the_command_and_the_variables_are_real() {
    assert_eq!(all("ENTRYPOINT"), [r#"["/usr/local/bin/deploy-manager"]"#]);
    let words: Vec<String> = serde_json::from_str(&all("CMD")[0]).unwrap();
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.push("--help");
    assert!(command(&words).output().unwrap().status.success(), "{words:?}");
    for variable in all("ENV") {
        let (name, _) = variable.split_once('=').unwrap();
        assert!(super::manifests::is_setting(name), "{name}");
    }
    let build = all("RUN").concat();
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let feature = build
        .split("--features ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap();
    assert!(manifest.contains(&format!("\n{feature} = [")), "{feature}");
}

/// The user of the image is the one of the manifest, and not root.
#[test]
fn the_user_is_the_one_of_the_manifest() {
    let deployment = super::document("deployment.yaml", "Deployment", "deploy-manager");
    let context = &deployment["spec"]["template"]["spec"]["securityContext"];
    let user = format!("{}:{}", context["runAsUser"], context["runAsGroup"]);
    assert_eq!(all("USER"), [user]);
    assert_eq!(context["runAsNonRoot"], true);
}

#[test]
fn the_binary_needs_the_c_library_and_openssl_alone() {
    let binary = env!("CARGO_BIN_EXE_deploy-manager");
    let output = match Command::new("readelf")
        .args(["--dynamic", "--wide", binary])
        .output()
    {
        Ok(output) if output.status.success() => output,
        other => {
            eprintln!("SKIPPED: no readelf that reads the binary: {other:?}");
            return;
        }
    };
    let text = String::from_utf8(output.stdout).unwrap();
    let needed: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("(NEEDED)"))
        .filter_map(|line| line.split(['[', ']']).nth(1))
        .collect();
    assert!(needed.iter().any(|name| name.starts_with("libc.so")), "{text}");
    let of_every_image = [
        "libc.so.",
        "libm.so.",
        "libgcc_s.so.",
        "libpthread.so.",
        "libdl.so.",
        "librt.so.",
        "ld-linux",
    ];
    // Not in the image, whose binary has them built in.
    let of_this_machine = ["libssl.so.", "libcrypto.so.", "libz.so."];
    let is_built_in = cfg!(feature = "vendored-openssl");
    for name in needed {
        let is_one_of = |names: &[&str]| names.iter().any(|one| name.starts_with(one));
        assert!(
            is_one_of(&of_every_image) || (!is_built_in && is_one_of(&of_this_machine)),
            "{name}"
        );
    }
}
