//! A local folder as a [`Tree`]: what is there now, committed or not.

use std::collections::BTreeSet;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use git2::Repository;
use sha2::{Digest, Sha256};

use super::files::{Node, Problem, Tree};
use crate::base::files::FileSet;

/// A folder, and the repository around it, where there is one: links may point to anywhere in it, and what it ignores is
/// left out, since a commit would not have it.
pub(super) struct Worktree {
    root: PathBuf,
    repository: Option<(Repository, BTreeSet<String>)>,
}

impl Worktree {
    /// The worktree around a folder, and the folder's path in it.
    pub fn around(folder: &Path) -> std::io::Result<(Worktree, String)> {
        let folder = folder.canonicalize()?;
        let repository = Repository::discover(&folder).ok();
        let root = repository
            .as_ref()
            .and_then(|repository| repository.workdir()?.canonicalize().ok());
        let Some(inside) = root.as_ref().and_then(|root| folder.strip_prefix(root).ok()) else {
            return Ok((
                Worktree {
                    root: folder,
                    repository: None,
                },
                String::new(),
            ));
        };
        let inside = inside.to_string_lossy().into_owned();
        let tracked = repository.as_ref().map(tracked).unwrap_or_default();
        let root = root.unwrap_or(folder);
        Ok((
            Worktree {
                root,
                repository: repository.map(|repository| (repository, tracked)),
            },
            inside,
        ))
    }

    fn is_ignored(&self, path: &str) -> bool {
        let Some((repository, tracked)) = &self.repository else {
            return false;
        };
        let below = format!("{path}/");
        let is_tracked = tracked.contains(path)
            || tracked
                .range(below.clone()..)
                .next()
                .is_some_and(|next| next.starts_with(&below));
        !is_tracked && repository.is_path_ignored(path).unwrap_or(false)
    }
}

/// Paths in the index: git reads them even where an ignore rule matches.
fn tracked(repository: &Repository) -> BTreeSet<String> {
    let Ok(index) = repository.index() else {
        return BTreeSet::new();
    };
    index
        .iter()
        .map(|entry| String::from_utf8_lossy(&entry.path).into_owned())
        .collect()
}

impl Tree for Worktree {
    fn node(&self, path: &str) -> Result<Option<Node>, Problem> {
        let place = self.root.join(path);
        let found = match fs::symlink_metadata(&place) {
            Ok(found) => found,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) => return Err(Problem::new(path, error.to_string())),
        };
        let node = if found.is_symlink() {
            let target = fs::read_link(&place).map_err(|error| Problem::new(path, error.to_string()))?;
            let target = target
                .to_str()
                .ok_or_else(|| Problem::new(path, "links to a path that is not UTF-8"))?;
            Node::Link(target.to_owned())
        } else if found.is_dir() {
            Node::Folder
        } else if found.is_file() {
            Node::File(found.len())
        } else {
            Node::Other
        };
        Ok(Some(node))
    }

    fn children(&self, folder: &str) -> Result<Vec<String>, Problem> {
        let problem = |error: std::io::Error| Problem::new(folder, error.to_string());
        let mut names = Vec::new();
        for entry in fs::read_dir(self.root.join(folder)).map_err(problem)? {
            let name = entry.map_err(problem)?.file_name().into_string();
            let name = name.map_err(|_| Problem::new(folder, "holds a name that is not UTF-8"))?;
            if name != ".git" && !self.is_ignored(&super::files::join(folder, &name)) {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn bytes(&self, path: &str) -> Result<Vec<u8>, Problem> {
        let problem = |error: std::io::Error| Problem::new(path, error.to_string());
        let mut bytes = Vec::new();
        let file = fs::File::open(self.root.join(path)).map_err(problem)?;
        // The file may have grown since its size was looked at.
        file.take(super::files::MAX_FILE_BYTES)
            .read_to_end(&mut bytes)
            .map_err(problem)?;
        Ok(bytes)
    }
}

/// Hex digits of the digest over paths and contents.
pub(super) fn digest(files: &FileSet) -> String {
    let mut digest = Sha256::new();
    for (path, bytes) in files.iter() {
        digest.update((path.len() as u64).to_be_bytes());
        digest.update(path);
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(bytes);
    }
    data_encoding::HEXLOWER.encode(&digest.finalize()[..16])
}
