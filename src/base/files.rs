//! A set of files as (path, bytes): how folders, archives and Git trees reach the pure rooms.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Files by their path: relative, `/` between parts, no `.` or `..` parts, sorted by bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSet {
    files: BTreeMap<String, Arc<[u8]>>,
}

impl FileSet {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl Into<String>, bytes: impl Into<Arc<[u8]>>) {
        self.files.insert(path.into(), bytes.into());
    }
    /// A file's bytes.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Arc<[u8]>> {
        self.files.get(path)
    }
    /// All files in order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arc<[u8]>)> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes))
    }
    /// The files below a folder, with paths relative to it; all files for an empty name.
    #[must_use]
    pub fn folder(&self, folder: &str) -> FileSet {
        if folder.is_empty() || folder == "." {
            return self.clone();
        }
        let prefix = format!("{}/", folder.trim_end_matches('/'));
        let below = self
            .files
            .range(prefix.clone()..)
            .take_while(|(path, _)| path.starts_with(&prefix));
        let files = below.map(|(path, bytes)| (path[prefix.len()..].to_owned(), Arc::clone(bytes)));
        FileSet {
            files: files.collect(),
        }
    }
    /// How many files.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }
    /// No files?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

impl<P: Into<String>, B: Into<Arc<[u8]>>> FromIterator<(P, B)> for FileSet {
    fn from_iter<I: IntoIterator<Item = (P, B)>>(files: I) -> Self {
        FileSet {
            files: files
                .into_iter()
                .map(|(path, bytes)| (path.into(), bytes.into()))
                .collect(),
        }
    }
}

/// Joins a relative path onto a folder and takes out `.` and `..`; `None` where it would leave the set's root
/// or is absolute.
///
/// ```
/// use deploy_manager::base::files::resolve;
/// assert_eq!(resolve("a/b", "../c.yaml").as_deref(), Some("a/c.yaml"));
/// assert_eq!(resolve("a", "../../etc/passwd"), None);
/// ```
#[must_use]
pub fn resolve(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('\\') || path.contains('\0') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_only_what_is_below_it() {
        let files: FileSet = [("a/x", &b"1"[..]), ("a/b/y", b"2"), ("ab/z", b"3")]
            .into_iter()
            .collect();
        let below: Vec<String> = files
            .folder("a")
            .iter()
            .map(|(path, _)| path.to_owned())
            .collect();
        assert_eq!(below, ["b/y", "x"]);
        assert_eq!(files.folder("").len(), 3);
    }

    #[test]
    fn paths_cannot_leave_the_root() {
        for (folder, path, expected) in [
            ("", "a.yaml", Some("a.yaml")),
            ("x", "./a//b", Some("x/a/b")),
            ("x/y", "../../a", Some("a")),
            ("x", "../..", None),
            ("", "/etc/passwd", None),
            ("", "a\\..\\b", None),
        ] {
            assert_eq!(resolve(folder, path).as_deref(), expected, "{folder} + {path}");
        }
    }
}
