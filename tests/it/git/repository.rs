//! A bare repository that tests write commits into, without a checkout and without the git program.

use std::path::{Path, PathBuf};

use git2::{Oid, Repository, Signature, Time};

/// A bare repository in a temporary folder.
pub struct Bare {
    folder: tempfile::TempDir,
    repository: Repository,
}

/// What to put at a path.
pub enum Put<'a> {
    Text(&'a str),
    Bytes(Vec<u8>),
    Link(&'a str),
    Submodule,
}

impl Bare {
    pub fn new() -> Bare {
        let folder = tempfile::tempdir().unwrap();
        let mut options = git2::RepositoryInitOptions::new();
        options.bare(true).initial_head("main");
        let repository = Repository::init_opts(folder.path().join("cluster.git"), &options).unwrap();
        Bare { folder, repository }
    }
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("cluster.git")
    }
    /// The folder that a server shows; the repository is `cluster.git` in it.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }
    pub fn url(&self) -> String {
        format!("file://{}", self.path().display())
    }
    /// A commit on a branch with just these files.
    pub fn commit(&self, branch: &str, subject: &str, files: &[(&str, &str)]) -> String {
        let files: Vec<_> = files
            .iter()
            .map(|(path, text)| (*path, Put::Text(text)))
            .collect();
        self.commit_of(branch, subject, &files)
    }
    pub fn commit_of(&self, branch: &str, subject: &str, files: &[(&str, Put<'_>)]) -> String {
        let parent = self.repository.find_branch(branch, git2::BranchType::Local).ok();
        let parent = parent.map(|branch| branch.get().peel_to_commit().unwrap());
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        let id = self.write(subject, files, &parents);
        self.repository
            .reference(&format!("refs/heads/{branch}"), id, true, "")
            .unwrap();
        id.to_string()
    }
    /// Moves a branch to a commit without parents, as a forced push does.
    pub fn force(&self, branch: &str, subject: &str, files: &[(&str, &str)]) -> String {
        let files: Vec<_> = files
            .iter()
            .map(|(path, text)| (*path, Put::Text(text)))
            .collect();
        let id = self.write(subject, &files, &[]);
        self.repository
            .reference(&format!("refs/heads/{branch}"), id, true, "")
            .unwrap();
        id.to_string()
    }
    pub fn annotated_tag(&self, name: &str, commit: &str) {
        let object = self
            .repository
            .find_object(Oid::from_str(commit).unwrap(), None)
            .unwrap();
        self.repository
            .tag(name, &object, &who(), "release", true)
            .unwrap();
    }
    pub fn delete_branch(&self, name: &str) {
        self.repository
            .find_reference(&format!("refs/heads/{name}"))
            .unwrap()
            .delete()
            .unwrap();
    }

    fn write(&self, subject: &str, files: &[(&str, Put<'_>)], parents: &[&git2::Commit<'_>]) -> Oid {
        let mut index = git2::Index::new().unwrap();
        for (path, put) in files {
            let (mode, id) = match put {
                Put::Text(text) => (0o100_644, self.repository.blob(text.as_bytes()).unwrap()),
                Put::Bytes(bytes) => (0o100_644, self.repository.blob(bytes).unwrap()),
                Put::Link(target) => (0o120_000, self.repository.blob(target.as_bytes()).unwrap()),
                Put::Submodule => (0o160_000, Oid::from_str(&"1".repeat(40)).unwrap()),
            };
            index.add(&entry(path, mode, id)).unwrap();
        }
        let tree = index.write_tree_to(&self.repository).unwrap();
        let tree = self.repository.find_tree(tree).unwrap();
        self.repository
            .commit(None, &who(), &who(), subject, &tree, parents)
            .unwrap()
    }
}

fn who() -> Signature<'static> {
    Signature::new("Ann", "ann@example.org", &Time::new(1_700_000_000, 0)).unwrap()
}

fn entry(path: &str, mode: u32, id: Oid) -> git2::IndexEntry {
    git2::IndexEntry {
        ctime: git2::IndexTime::new(0, 0),
        mtime: git2::IndexTime::new(0, 0),
        dev: 0,
        ino: 0,
        mode,
        uid: 0,
        gid: 0,
        file_size: 0,
        id,
        flags: 0,
        flags_extended: 0,
        path: path.as_bytes().to_vec(),
    }
}
