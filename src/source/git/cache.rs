//! The bare repository that keeps what was fetched. It may be lost at any time: it is made anew.

use std::fs;
use std::path::Path;

use git2::Repository;
use sha2::{Digest, Sha256};

use super::Error;

/// Says that a folder is ours, and of which repository: nothing else is ever deleted.
const MARKER: &str = "deploy-manager-cache";
/// Every fetch adds a pack, and libgit2 never joins them: with more, the cache is made anew.
const MAX_PACKS: usize = 200;

/// Opens the cache, or makes it anew where it is missing, damaged, of another repository or grown too far.
pub(super) fn open(path: &Path, url: &str) -> Result<Repository, Error> {
    let mark = data_encoding::HEXLOWER.encode(&Sha256::digest(url));
    let is_ours = fs::read_to_string(path.join(MARKER)).is_ok_and(|found| found.trim() == mark);
    if is_ours && packs(path) <= MAX_PACKS {
        match Repository::open_bare(path) {
            Ok(repository) => return Ok(repository),
            Err(error) => tracing::warn!(path = %path.display(), %error, "git cache is damaged, made anew"),
        }
    }
    create(path, &mark).map_err(|message| Error::Cache {
        path: path.to_owned(),
        message,
    })
}

/// Removes the cache, where it is ours.
pub(super) fn remove(path: &Path) -> Result<(), Error> {
    clear(path).map_err(|message| Error::Cache {
        path: path.to_owned(),
        message,
    })
}

fn create(path: &Path, mark: &str) -> Result<Repository, String> {
    clear(path)?;
    fs::create_dir_all(path).map_err(|error| error.to_string())?;
    // First the mark: a start that dies in between leaves a folder that the next one may clear.
    fs::write(path.join(MARKER), mark).map_err(|error| error.to_string())?;
    let mut options = git2::RepositoryInitOptions::new();
    options.bare(true).external_template(false);
    Repository::init_opts(path, &options).map_err(|error| error.message().to_owned())
}

fn clear(path: &Path) -> Result<(), String> {
    let is_empty = match fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    if is_empty {
        return Ok(());
    }
    if !path.join(MARKER).is_file() {
        return Err(
            "is not empty and not a cache of deploy-manager; choose another folder (`--cache-dir`)"
                .to_owned(),
        );
    }
    // The folder itself may be a mount point: only what is in it goes, the mark last.
    for entry in fs::read_dir(path).map_err(|error| error.to_string())? {
        let entry = entry.map_err(|error| error.to_string())?;
        if entry.file_name() == MARKER {
            continue;
        }
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let removed = if is_folder {
            fs::remove_dir_all(entry.path())
        } else {
            fs::remove_file(entry.path())
        };
        removed.map_err(|error| format!("{}: {error}", entry.path().display()))?;
    }
    Ok(())
}

fn packs(path: &Path) -> usize {
    let Ok(entries) = fs::read_dir(path.join("objects/pack")) else {
        return 0;
    };
    let is_pack = |entry: &fs::DirEntry| entry.path().extension().is_some_and(|ending| ending == "pack");
    entries.filter_map(Result::ok).filter(is_pack).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_somebody_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.txt"), "precious").unwrap();
        let error = open(folder.path(), "https://host/x").err().unwrap();
        assert!(
            error.to_string().contains("not a cache of deploy-manager"),
            "{error}"
        );
        assert!(folder.path().join("thesis.txt").is_file());
    }

    #[test]
    fn a_damaged_cache_and_one_of_another_repository_are_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/cache");
        open(&path, "https://host/x").unwrap();
        fs::write(path.join("HEAD"), "\0\0\0").unwrap();
        fs::remove_dir_all(path.join("objects")).unwrap();
        open(&path, "https://host/x").unwrap();
        fs::write(path.join("objects/leftover"), "").unwrap();
        open(&path, "https://host/x").unwrap();
        assert!(path.join("objects/leftover").exists());
        open(&path, "https://host/y").unwrap();
        assert!(!path.join("objects/leftover").exists());
    }
}
