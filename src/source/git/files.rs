//! Reads a tree of files into memory, within bounds. Links are followed inside the tree; what leaves it is refused.
//! The same rules hold for a commit and for a local folder: both are a [`Tree`].

use crate::base::files::{FileSet, resolve};

/// One file: 16 MiB, far above any chart archive, far below what would hurt.
pub(super) const MAX_FILE_BYTES: u64 = 16 << 20;
/// All files together: 256 MiB.
const MAX_TOTAL_BYTES: u64 = 256 << 20;
/// Files in all.
const MAX_FILES: usize = 20_000;
/// Folders inside each other, links included: stops links that point to their own parents.
const MAX_DEPTH: usize = 64;
/// Links on the way to one file. Linux stops at 40 as well (`man path_resolution`).
const MAX_LINKS: usize = 40;

/// What is at a place in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// A file with its size in bytes.
    File(u64),
    /// A folder.
    Folder,
    /// A symbolic link with its target.
    Link(String),
    /// Another repository: a path in this one with a commit of that one.
    Submodule,
    /// Device, socket, pipe.
    Other,
}

/// A tree of files. Paths are relative to its root, `/` between parts; empty is the root.
pub(super) trait Tree {
    /// What is there. Links are not followed; parents are real folders.
    fn node(&self, path: &str) -> Result<Option<Node>, Problem>;
    /// Names in a folder, in any order.
    fn children(&self, folder: &str) -> Result<Vec<String>, Problem>;
    /// The bytes of a file.
    fn bytes(&self, path: &str) -> Result<Vec<u8>, Problem>;
}

/// A file and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub path: String,
    pub message: String,
    /// The store itself is damaged, not what somebody put into it.
    pub is_damage: bool,
}

impl Problem {
    pub fn new(path: &str, message: impl Into<String>) -> Self {
        Problem {
            path: path.to_owned(),
            message: message.into(),
            is_damage: false,
        }
    }
    pub fn damage(path: &str, message: impl Into<String>) -> Self {
        Problem {
            is_damage: true,
            ..Problem::new(path, message)
        }
    }
}

/// Reads all files below a folder.
pub(super) fn collect(tree: &impl Tree, folder: &str) -> Result<FileSet, Problem> {
    let root = follow(tree, folder)?;
    if tree.node(&root)? != Some(Node::Folder) {
        return Err(Problem::new(
            folder,
            "no such folder; check the path setting (`--path`)",
        ));
    }
    let mut collector = Collector {
        tree,
        files: FileSet::new(),
        total_bytes: 0,
    };
    collector.folder("", &root, 0)?;
    Ok(collector.files)
}

struct Collector<'a, T> {
    tree: &'a T,
    files: FileSet,
    total_bytes: u64,
}

impl<T: Tree> Collector<'_, T> {
    /// Reads the folder that is at `real` and shows at `shown`.
    fn folder(&mut self, shown: &str, real: &str, depth: usize) -> Result<(), Problem> {
        if depth > MAX_DEPTH {
            let message =
                format!("more than {MAX_DEPTH} folders deep; is a link pointing to its own parent?");
            return Err(Problem::new(shown, message));
        }
        let mut names = self.tree.children(real)?;
        names.sort_unstable();
        for name in names {
            let shown = join(shown, &name);
            let real = follow(self.tree, &join(real, &name)).map_err(|problem| Problem {
                path: shown.clone(),
                ..problem
            })?;
            match self.tree.node(&real)? {
                Some(Node::Folder) => self.folder(&shown, &real, depth + 1)?,
                Some(Node::File(size)) => self.file(&shown, &real, size)?,
                Some(Node::Submodule) => {
                    return Err(Problem::new(
                        &shown,
                        "is a submodule, which is not read; commit its files instead",
                    ));
                }
                Some(Node::Other | Node::Link(_)) => {
                    return Err(Problem::new(&shown, "is neither a file nor a folder"));
                }
                None => {
                    return Err(Problem::new(
                        &shown,
                        format!("links to `{real}`, which is not there"),
                    ));
                }
            }
        }
        Ok(())
    }

    fn file(&mut self, shown: &str, real: &str, size: u64) -> Result<(), Problem> {
        self.total_bytes = self.total_bytes.saturating_add(size);
        let exceeded = if size > MAX_FILE_BYTES {
            Some(format!("has {size} bytes; at most {MAX_FILE_BYTES} are read"))
        } else if self.total_bytes > MAX_TOTAL_BYTES {
            Some(format!(
                "the folder has more than {MAX_TOTAL_BYTES} bytes; {NARROW}"
            ))
        } else if self.files.len() >= MAX_FILES {
            Some(format!("the folder has more than {MAX_FILES} files; {NARROW}"))
        } else {
            None
        };
        if let Some(message) = exceeded {
            return Err(Problem::new(shown, message));
        }
        self.files.insert(shown, self.tree.bytes(real)?);
        Ok(())
    }
}

const NARROW: &str = "point the path setting (`--path`) at the cluster's own folder";

/// The place that a path leads to, all links on the way followed.
fn follow(tree: &impl Tree, path: &str) -> Result<String, Problem> {
    let mut real = String::new();
    let mut ahead: Vec<String> = parts(path);
    let mut links = 0;
    while let Some(part) = ahead.pop() {
        let next = resolve(&real, &part).ok_or_else(|| Problem::new(path, "leaves the repository"))?;
        let Some(Node::Link(target)) = tree.node(&next)? else {
            real = next;
            continue;
        };
        links += 1;
        if links > MAX_LINKS {
            return Err(Problem::new(path, "too many links, or links in a circle"));
        }
        if target.starts_with('/') || target.contains('\\') {
            return Err(Problem::new(
                path,
                format!("links to `{target}`, outside of the repository"),
            ));
        }
        if resolve(&real, &target).is_none() {
            return Err(Problem::new(
                path,
                format!("links to `{target}`, outside of the repository"),
            ));
        }
        ahead.extend(parts(&target));
    }
    Ok(real)
}

/// Parts in reverse order.
fn parts(path: &str) -> Vec<String> {
    let is_part = |part: &&str| !part.is_empty() && *part != ".";
    path.split('/').rev().filter(is_part).map(str::to_owned).collect()
}

/// A name in a folder.
pub(super) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Paths to `text` or `-> target`.
    struct Fake(BTreeMap<&'static str, Node>);

    impl Tree for Fake {
        fn node(&self, path: &str) -> Result<Option<Node>, Problem> {
            let is_folder = path.is_empty() || self.0.keys().any(|key| key.starts_with(&format!("{path}/")));
            Ok(self.0.get(path).cloned().or(is_folder.then_some(Node::Folder)))
        }
        fn children(&self, folder: &str) -> Result<Vec<String>, Problem> {
            let prefix = if folder.is_empty() {
                String::new()
            } else {
                format!("{folder}/")
            };
            let below = self.0.keys().filter_map(|key| key.strip_prefix(&prefix));
            let mut names: Vec<String> = below
                .map(|rest| rest.split('/').next().unwrap().to_owned())
                .collect();
            names.dedup();
            Ok(names)
        }
        fn bytes(&self, path: &str) -> Result<Vec<u8>, Problem> {
            Ok(path.as_bytes().to_vec())
        }
    }

    fn tree(entries: &[(&'static str, &str)]) -> Fake {
        let node = |text: &str| match text.strip_prefix("-> ") {
            Some(target) => Node::Link(target.to_owned()),
            None => Node::File(text.parse().unwrap_or(1)),
        };
        Fake(entries.iter().map(|(path, text)| (*path, node(text))).collect())
    }

    #[track_caller]
    fn check(entries: &[(&'static str, &str)], folder: &str, expected: Result<&[&str], (&str, &str)>) {
        let found = collect(&tree(entries), folder);
        match (found, expected) {
            (Ok(files), Ok(expected)) => {
                let shown: Vec<String> = files
                    .iter()
                    .map(|(path, bytes)| format!("{path}={}", String::from_utf8_lossy(bytes)))
                    .collect();
                assert_eq!(shown, expected);
            }
            (Err(problem), Err((path, message))) => {
                assert_eq!(problem.path, path);
                assert!(problem.message.contains(message), "{}", problem.message);
            }
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn links_are_followed_inside_the_tree() {
        check(&[("a", "1"), ("x/b", "-> ../a")], "", Ok(&["a=a", "x/b=a"]));
        check(&[("lib/f", "1"), ("x/d", "-> ../lib")], "x", Ok(&["d/f=lib/f"]));
        check(&[("lib/f", "1"), ("x", "-> lib")], "x", Ok(&["f=lib/f"]));
        check(
            &[("lib/f", "1"), ("l", "-> m"), ("m", "-> lib/f")],
            "",
            Ok(&["l=lib/f", "lib/f=lib/f", "m=lib/f"]),
        );
    }

    #[test]
    fn links_that_leave_the_tree_are_refused() {
        for target in [
            "-> /etc/passwd",
            "-> ../../etc/passwd",
            "-> ../a\\b",
            "-> y/../../../x",
        ] {
            check(&[("x/b", target)], "", Err(("x/b", "outside of the repository")));
        }
        check(&[("b", "-> gone")], "", Err(("b", "`gone`, which is not there")));
        check(&[("a", "-> b"), ("b", "-> a")], "", Err(("a", "circle")));
        let one_too_deep = format!("x{}", "/up".repeat(MAX_DEPTH));
        check(
            &[("x/f", "1"), ("x/up", "-> ../x")],
            "",
            Err((&one_too_deep, "folders deep")),
        );
    }

    #[test]
    fn sizes_are_bounded() {
        check(&[("a", "16777216")], "", Ok(&["a=a"]));
        check(
            &[("a", "16777217")],
            "",
            Err(("a", "has 16777217 bytes; at most 16777216")),
        );
        let many: Vec<String> = (0..17).map(|index| format!("f{index:02}")).collect();
        let entries: Vec<(&'static str, &str)> = many
            .iter()
            .map(|name| (&*name.clone().leak(), "16777216"))
            .collect();
        check(&entries, "", Err(("f16", "more than 268435456 bytes")));
    }

    #[test]
    fn a_folder_that_is_not_there_says_so() {
        check(&[("a", "1")], "x", Err(("x", "no such folder")));
        check(&[("a", "1")], "a", Err(("a", "no such folder")));
    }
}
