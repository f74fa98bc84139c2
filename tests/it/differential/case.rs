//! One question: files, and a command line about them.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Stands for the case's folder in [`Case::args`].
pub const FOLDER: &str = "@FOLDER@";

/// The files of a folder and the arguments after `helm template`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Case {
    /// Path below the folder → bytes.
    pub files: BTreeMap<String, Vec<u8>>,
    /// With [`FOLDER`] where the folder's absolute path belongs.
    pub args: Vec<String>,
    /// What the case is about: differences of one topic are told once.
    pub topic: String,
}

impl Case {
    /// `helm template r FOLDER`.
    pub fn new(topic: &str) -> Self {
        Case {
            files: BTreeMap::new(),
            args: vec!["r".to_owned(), FOLDER.to_owned()],
            topic: topic.to_owned(),
        }
    }

    /// A case of the chart `c` with nothing but its `Chart.yaml`.
    pub fn chart(topic: &str) -> Self {
        Case::new(topic).file("Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n")
    }

    pub fn file(mut self, path: &str, text: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.to_owned(), text.into());
        self
    }

    pub fn args<S: AsRef<str>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.args
            .extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let args: Vec<String> = self.args.iter().map(|arg| format!("{arg:?}")).collect();
        writeln!(f, "template {}", args.join(" "))?;
        for (path, bytes) in &self.files {
            match std::str::from_utf8(bytes) {
                Ok(text) => write!(f, "=== {path}\n{}\n", text.trim_end_matches('\n'))?,
                Err(_) => write!(f, "=== {path} (escaped)\n{}\n", bytes.escape_ascii())?,
            }
        }
        Ok(())
    }
}

/// A folder on the disk that holds one case after another.
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Place {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("case")
    }

    /// Writes the files in place of those before, and gives the arguments with the folder's path.
    pub fn lay(&self, case: &Case) -> Vec<String> {
        let folder = self.path();
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        for (path, bytes) in &case.files {
            write(&folder.join(path), bytes);
        }
        fs::create_dir_all(&folder).unwrap();
        let folder = folder.to_str().unwrap();
        case.args.iter().map(|arg| arg.replace(FOLDER, folder)).collect()
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}
