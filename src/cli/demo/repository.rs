//! Makes a Git repository out of the sample.

use std::path::Path;

use anyhow::Context as _;
use git2::{IndexAddOption, Repository, RepositoryInitOptions, Signature};

use super::sample;

/// A repository with the sample committed on branch `main`, unless there is one in this folder already.
pub fn make(folder: &Path) -> anyhow::Result<()> {
    if folder.join(".git").exists() {
        return Ok(());
    }
    for (path, bytes) in sample::FILES {
        let path = folder.join(path);
        let parent = path.parent().context("a file has a folder")?;
        std::fs::create_dir_all(parent)?;
        std::fs::write(path, bytes)?;
    }
    let options = &mut RepositoryInitOptions::new();
    let repository = Repository::init_opts(folder, options.initial_head("main"))?;
    name_author(&repository)?;
    let mut index = repository.index()?;
    index.add_all(["*"], IndexAddOption::DEFAULT, None)?;
    index.write()?;
    let tree = repository.find_tree(index.write_tree()?)?;
    let author = Signature::now("Demo", "demo@example.org")?;
    repository.commit(Some("HEAD"), &author, &author, "A sample cluster", &tree, &[])?;
    Ok(())
}

/// So that `git commit` works on a machine where nobody has told Git a name.
fn name_author(repository: &Repository) -> anyhow::Result<()> {
    let mut config = repository.config()?;
    if config.get_string("user.email").is_err() {
        config.set_str("user.name", "Demo")?;
        config.set_str("user.email", "demo@example.org")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_made_once_and_holds_the_sample() {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path()).unwrap();
        let head = || {
            let repository = Repository::open(folder.path()).unwrap();
            let head = repository.head().unwrap();
            assert_eq!(head.shorthand().ok(), Some("main"));
            let commit = head.peel_to_commit().unwrap();
            assert!(
                commit
                    .tree()
                    .unwrap()
                    .get_path(Path::new("charts/mariadb/Chart.yaml"))
                    .is_ok()
            );
            commit.id()
        };
        let first = head();
        make(folder.path()).unwrap();
        assert_eq!(head(), first);
    }
}
