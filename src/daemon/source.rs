//! What is synced, read off the async threads: Git and file systems block.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::settings;
use crate::http::Metrics;
use crate::source::git::{self, Error, Remote, Snapshot};

/// A repository or folder to read from. Cheap to clone.
#[derive(Clone)]
pub struct Source {
    place: Arc<Place>,
    metrics: Arc<Metrics>,
}

enum Place {
    /// With the temporary folder that holds its cache, which goes with it.
    Repository {
        remote: Box<Remote>,
        _cache: Option<tempfile::TempDir>,
    },
    Folder(PathBuf),
}

impl Source {
    /// Prepares the cache; fetches nothing yet.
    ///
    /// # Errors
    /// No temporary folder could be made.
    pub fn open(source: settings::Source, metrics: Arc<Metrics>) -> std::io::Result<Source> {
        let place = match source {
            settings::Source::Folder(folder) => Place::Folder(folder),
            settings::Source::Repository(remote) if !remote.cache.as_os_str().is_empty() => {
                Place::Repository { remote, _cache: None }
            }
            settings::Source::Repository(mut remote) => {
                let folder = tempfile::Builder::new().prefix("deploy-manager-").tempdir()?;
                remote.cache = folder.path().join("cache");
                Place::Repository {
                    remote,
                    _cache: Some(folder),
                }
            }
        };
        Ok(Source {
            place: Arc::new(place),
            metrics,
        })
    }
    /// The newest commit with its files.
    ///
    /// # Errors
    /// The fetch's.
    pub async fn snapshot(&self) -> Result<Snapshot, Error> {
        self.read(|place| match place {
            Place::Repository { remote, .. } => git::snapshot(remote),
            Place::Folder(folder) => git::read_worktree(folder),
        })
        .await
    }
    /// The newest commit's id.
    ///
    /// # Errors
    /// The fetch's.
    pub async fn newest(&self) -> Result<String, Error> {
        self.read(|place| match place {
            Place::Repository { remote, .. } => git::fetch(remote).map(|commit| commit.id),
            Place::Folder(folder) => git::read_worktree(folder).map(|snapshot| snapshot.commit.id),
        })
        .await
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Place) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let place = Arc::clone(&self.place);
        let started = Instant::now();
        let ended = tokio::task::spawn_blocking(move || read(&place)).await;
        let ended = ended.unwrap_or_else(|error| {
            Err(Error::Cache {
                path: PathBuf::new(),
                message: format!("reading the repository stopped: {error}"),
            })
        });
        self.metrics.fetch_ended(ended.is_ok(), started.elapsed());
        ended
    }
}
