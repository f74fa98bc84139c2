//! Watches a local checkout: a developer's setting.

use std::path::PathBuf;
use std::time::Duration;

use notify::{EventKind, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, new_debouncer};

use super::Queue;
use crate::reconcile::Reason;

/// Editors write a file in several steps; a wish comes this long after the last of them.
const QUIET: Duration = Duration::from_millis(300);

/// A watch; ends when dropped.
pub struct Watch {
    _debouncer: Box<dyn std::any::Any + Send>,
}

/// Wishes for a sync whenever a file below the folder changes.
///
/// # Errors
/// The folder is not there, or the system has no more watches.
pub fn start(folder: &PathBuf, queue: Queue) -> Result<Watch, notify::Error> {
    let on_events = move |result: DebounceEventResult| match result {
        Ok(events) if events.iter().any(|event| is_change(event.kind, &event.paths)) => {
            queue.wish(Reason::FileChange);
        }
        Ok(_) => {}
        Err(errors) => {
            // Events may be lost: look once more than needed.
            tracing::warn!(error = ?errors.first(), "watching files");
            queue.wish(Reason::FileChange);
        }
    };
    let mut debouncer = new_debouncer(QUIET, None, on_events)?;
    debouncer.watch(folder, RecursiveMode::Recursive)?;
    Ok(Watch {
        _debouncer: Box::new(debouncer),
    })
}

/// Reading is no change, and git's own bookkeeping is none, except for where branches and tags point.
fn is_change(kind: EventKind, paths: &[PathBuf]) -> bool {
    let is_read = matches!(kind, EventKind::Access(_));
    !is_read && !paths.iter().all(|path| is_bookkeeping(path))
}

fn is_bookkeeping(path: &std::path::Path) -> bool {
    let mut parts = path.iter().skip_while(|part| *part != ".git").skip(1).peekable();
    let is_lock = path.extension().is_some_and(|ending| ending == "lock");
    match parts.next() {
        _ if parts.peek().is_none() && path.file_name().is_some_and(|name| name == ".git") => true,
        Some(part) => is_lock || !["refs", "packed-refs", "HEAD"].iter().any(|kept| part == *kept),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use notify::event::{AccessKind, ModifyKind};

    use super::*;

    #[test]
    fn only_changes_of_files_and_branches_count() {
        let modified = EventKind::Modify(ModifyKind::Any);
        for (kind, path, expected) in [
            (modified, "/x/cluster.yaml", true),
            (modified, "/x/yarn.lock", true),
            (EventKind::Access(AccessKind::Any), "/x/cluster.yaml", false),
            (modified, "/x/.git", false),
            (modified, "/x/.git/index", false),
            (modified, "/x/.git/objects/12/345", false),
            (modified, "/x/.git/refs/heads/main", true),
            (modified, "/x/.git/refs/heads/main.lock", false),
            (modified, "/x/.git/HEAD", true),
        ] {
            assert_eq!(
                is_change(kind, &[PathBuf::from(path)]),
                expected,
                "{kind:?} {path}"
            );
        }
    }

    #[tokio::test]
    async fn a_saved_file_brings_a_wish() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("values")).unwrap();
        let queue = Queue::new();
        let _watch = start(&folder.path().to_owned(), queue.clone()).unwrap();
        fs::write(folder.path().join("values/a.yaml"), "a: 1").unwrap();
        tokio::time::timeout(Duration::from_secs(20), queue.due())
            .await
            .unwrap();
        assert_eq!(queue.take().unwrap().order.reason, Reason::FileChange);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert!(start(&PathBuf::from("/does/not/exist"), Queue::new()).is_err());
    }
}
