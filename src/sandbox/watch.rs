//! Watches: a stream of events from the history of changes.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use futures::stream::{self, Stream};
use serde_json::{Value as Json, json};
use tokio::sync::watch::Receiver;
use tokio::time::Instant;

use super::failure::Failure;
use super::format::Format;
use super::kinds::Kind;
use super::object::set;
use super::read::present;
use super::selector::Selector;
use super::server::Server;
use super::state::{Change, State};

/// How often a quiet watch that wants bookmarks gets one.
const BOOKMARK_INTERVAL: Duration = Duration::from_secs(60);
/// How long a watch lasts that names no time-out, as on a real server between 30 and 60 minutes.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(45 * 60);
/// How many changes are sent at once.
const BATCH: usize = 500;

/// What a watch wants to see.
#[derive(Clone, Debug)]
pub(super) struct WatchRequest {
    pub(super) kind: Arc<Kind>,
    pub(super) namespace: Option<String>,
    pub(super) selector: Selector,
    /// Changes after this; `None`: first all that is there.
    pub(super) since: Option<u64>,
    pub(super) format: Format,
    pub(super) bookmarks: bool,
    /// Say with a bookmark when all that was there has been sent.
    pub(super) marks_initial_end: bool,
    pub(super) timeout: Option<Duration>,
}

impl WatchRequest {
    /// # Errors
    /// 410 Gone where the history no longer reaches back that far.
    pub(super) fn check(&self, state: &State) -> Result<(), Failure> {
        match self.since {
            Some(since) if since + 1 < state.oldest_version() => {
                Err(Failure::expired(since, state.oldest_version()))
            }
            _ => Ok(()),
        }
    }
}

struct Watch {
    request: WatchRequest,
    server: Arc<Server>,
    changed: Receiver<u64>,
    seen: u64,
    deadline: Instant,
    next_bookmark: Instant,
    is_started: bool,
    is_over: bool,
}

/// The events as lines of JSON.
pub(super) fn events(
    server: Arc<Server>,
    request: WatchRequest,
) -> impl Stream<Item = Result<Bytes, std::convert::Infallible>> {
    let now = Instant::now();
    let watch = Watch {
        changed: server.changes(),
        seen: request.since.unwrap_or_default(),
        deadline: now + request.timeout.unwrap_or(DEFAULT_TIMEOUT),
        next_bookmark: now + BOOKMARK_INTERVAL,
        is_started: false,
        is_over: false,
        request,
        server,
    };
    stream::unfold(watch, |mut watch| async move {
        let lines = watch.next().await?;
        Some((Ok(Bytes::from(lines)), watch))
    })
}

impl Watch {
    async fn next(&mut self) -> Option<String> {
        loop {
            if self.is_over {
                return None;
            }
            self.changed.mark_unchanged();
            let lines = self.pending();
            if !lines.is_empty() {
                return Some(lines);
            }
            let stop = self.server.stop.clone();
            tokio::select! {
                changed = self.changed.changed() => if changed.is_err() { return None },
                () = tokio::time::sleep_until(self.deadline) => return None,
                () = stop.cancelled() => return None,
                () = tokio::time::sleep_until(self.next_bookmark) => {
                    self.next_bookmark = Instant::now() + BOOKMARK_INTERVAL;
                    if self.request.bookmarks {
                        return Some(self.bookmark(false));
                    }
                }
            }
        }
    }
    fn pending(&mut self) -> String {
        let server = Arc::clone(&self.server);
        server.with(|state| {
            let mut lines = String::new();
            if !self.is_started {
                self.is_started = true;
                if self.request.since.is_none() {
                    lines = self.initial(state);
                }
            }
            if self.seen + 1 < state.oldest_version() {
                self.is_over = true;
                let status = Failure::expired(self.seen, state.oldest_version()).status();
                return lines + &line("ERROR", &status);
            }
            let changes = state.changes_since(self.seen).take(BATCH);
            let mut last = self.seen;
            for change in changes {
                last = change.version;
                lines.extend(event(&self.request, change));
            }
            self.seen = last;
            lines
        })
    }
    fn initial(&mut self, state: &State) -> String {
        let request = &self.request;
        let all = state.list(&request.kind.store, request.namespace.as_deref());
        let chosen = all.filter(|(_, object)| request.selector.matches(object));
        let show = |object: &Json| {
            line(
                "ADDED",
                &request.format.one(&request.kind, &present(&request.kind, object)),
            )
        };
        let mut lines: String = chosen.map(|(_, object)| show(object)).collect();
        self.seen = state.version;
        if self.request.marks_initial_end {
            lines += &self.bookmark(true);
        }
        lines
    }
    fn bookmark(&self, ends_initial: bool) -> String {
        let kind = &self.request.kind;
        let mut object = json!({
            "kind": kind.kind, "apiVersion": kind.api_version(),
            "metadata": {"resourceVersion": self.seen.to_string(), "creationTimestamp": null},
        });
        if ends_initial {
            object["metadata"]["annotations"] = json!({"k8s.io/initial-events-end": "true"});
        }
        line("BOOKMARK", &self.request.format.one(kind, &object))
    }
}

fn event(request: &WatchRequest, change: &Change) -> Option<String> {
    let is_here = request
        .namespace
        .as_ref()
        .is_none_or(|namespace| *namespace == change.key.namespace);
    if change.key.store != request.kind.store || !is_here {
        return None;
    }
    let matching =
        |object: &Option<Arc<Json>>| object.clone().filter(|object| request.selector.matches(object));
    let (kind, object) = match (matching(&change.before), matching(&change.after)) {
        (None, None) => return None,
        (None, Some(after)) => ("ADDED", after),
        (Some(_), Some(after)) => ("MODIFIED", after),
        (Some(before), None) => ("DELETED", before),
    };
    let mut object = present(&request.kind, &object);
    set(
        &mut object,
        "/metadata/resourceVersion",
        change.version.to_string(),
    );
    Some(line(kind, &request.format.one(&request.kind, &object)))
}

fn line(kind: &str, object: &Json) -> String {
    format!("{}\n", json!({"type": kind, "object": object}))
}
