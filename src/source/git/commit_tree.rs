//! A commit's tree as a [`Tree`], and what a commit says of itself.

use std::path::Path;

use git2::{ErrorCode, ObjectType, Oid, Repository};

use super::Commit;
use super::files::{Node, Problem, Tree};

/// A message longer than this is cut: it goes into status and records.
const MAX_MESSAGE_BYTES: usize = 16 << 10;
/// Mode of a symbolic link in a tree. Source: git `Documentation/gitformat-index.txt`.
const LINK_MODE: i32 = 0o120_000;

/// The tree of one commit in a repository.
pub(super) struct CommitTree<'repo> {
    repository: &'repo Repository,
    root: git2::Tree<'repo>,
}

impl<'repo> CommitTree<'repo> {
    /// The commit's tree.
    pub fn open(repository: &'repo Repository, commit: &git2::Commit<'repo>) -> Result<Self, git2::Error> {
        Ok(CommitTree {
            repository,
            root: commit.tree()?,
        })
    }

    fn entry(&self, path: &str) -> Result<Option<(Oid, Option<ObjectType>, i32)>, Problem> {
        match self.root.get_path(Path::new(path)) {
            Ok(entry) => Ok(Some((entry.id(), entry.kind(), entry.filemode()))),
            Err(error) if error.code() == ErrorCode::NotFound && error.class() == git2::ErrorClass::Tree => {
                Ok(None)
            }
            Err(error) => Err(damage(path, &error)),
        }
    }

    fn blob(&self, path: &str, id: Oid) -> Result<git2::Blob<'repo>, Problem> {
        self.repository
            .find_blob(id)
            .map_err(|error| damage(path, &error))
    }
}

fn damage(path: &str, error: &git2::Error) -> Problem {
    Problem::damage(path, error.message())
}

impl Tree for CommitTree<'_> {
    fn node(&self, path: &str) -> Result<Option<Node>, Problem> {
        if path.is_empty() {
            return Ok(Some(Node::Folder));
        }
        let Some((id, kind, mode)) = self.entry(path)? else {
            return Ok(None);
        };
        let node = match kind {
            Some(ObjectType::Tree) => Node::Folder,
            Some(ObjectType::Commit) => Node::Submodule,
            Some(ObjectType::Blob) if mode == LINK_MODE => {
                let target = String::from_utf8(self.blob(path, id)?.content().to_vec());
                Node::Link(target.map_err(|_| Problem::new(path, "links to a path that is not UTF-8"))?)
            }
            Some(ObjectType::Blob) => Node::File(self.size(path, id)?),
            _ => Node::Other,
        };
        Ok(Some(node))
    }

    fn children(&self, folder: &str) -> Result<Vec<String>, Problem> {
        let tree = match self.entry(folder) {
            _ if folder.is_empty() => self.root.clone(),
            Ok(Some((id, ..))) => self
                .repository
                .find_tree(id)
                .map_err(|error| damage(folder, &error))?,
            Ok(None) => return Ok(Vec::new()),
            Err(problem) => return Err(problem),
        };
        let name = |entry: git2::TreeEntry<'_>| match std::str::from_utf8(entry.name_bytes()) {
            Ok(name) => Ok(name.to_owned()),
            Err(_) => Err(Problem::new(folder, "holds a name that is not UTF-8")),
        };
        tree.iter().map(name).collect()
    }

    fn bytes(&self, path: &str) -> Result<Vec<u8>, Problem> {
        match self.entry(path)? {
            Some((id, ..)) => Ok(self.blob(path, id)?.content().to_vec()),
            None => Err(Problem::new(path, "is not there")),
        }
    }
}

impl CommitTree<'_> {
    /// From the object's header: the file itself may be too large to load.
    fn size(&self, path: &str, id: Oid) -> Result<u64, Problem> {
        let header = self.repository.odb().and_then(|odb| odb.read_header(id));
        header
            .map(|(size, _)| size as u64)
            .map_err(|error| damage(path, &error))
    }
}

/// What a commit says of itself, as text that can be shown.
pub(super) fn describe(commit: &git2::Commit<'_>) -> Commit {
    let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
    let fits = |end: &usize| *end <= MAX_MESSAGE_BYTES;
    let end = message
        .char_indices()
        .map(|(start, letter)| start + letter.len_utf8())
        .take_while(fits)
        .last();
    let author = commit.author();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Commit {
        id: commit.id().to_string(),
        subject: message.trim_start().lines().next().unwrap_or_default().to_owned(),
        message: message[..end.unwrap_or(0)].to_owned(),
        author: format!("{} <{}>", text(author.name_bytes()), text(author.email_bytes())),
        time: commit.time().seconds(),
    }
}
