//! Requests that were answered with 202: they are written down first, so that they survive a crash. Pure; the daemon
//! reads and writes the object.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Of the layout of the data.
const SCHEMA: &str = "deploy-manager/requests/v1";
/// A resync that nobody has begun yet.
const WAITING: &str = "resync.waiting";
/// The resync that the leader is at.
const RUNNING: &str = "resync.running";
/// Says the layout.
const SCHEMA_KEY: &str = "schema";

/// `data` of the ConfigMap `deploy-manager-requests`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requests(BTreeMap<String, String>);

/// A resync that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resync {
    /// The run that will answer it.
    pub run: String,
    /// RFC 3339.
    pub requested: String,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The run that will answer it.
    pub run: String,
    /// Was there one waiting already?
    pub is_coalesced: bool,
}

impl Requests {
    /// Reads the data. What is not ours to understand is kept.
    #[must_use]
    pub fn from_data(data: BTreeMap<String, String>) -> Self {
        Requests(data)
    }
    /// For writing.
    #[must_use]
    pub fn into_data(mut self) -> BTreeMap<String, String> {
        self.0.insert(SCHEMA_KEY.to_owned(), SCHEMA.to_owned());
        self.0
    }
    /// Adds a resync, or joins the one that waits.
    pub fn ask(&mut self, resync: &Resync) -> Accepted {
        if let Some(waiting) = self.get(WAITING) {
            return Accepted {
                run: waiting.run,
                is_coalesced: true,
            };
        }
        let run = resync.run.clone();
        self.set(WAITING, resync);
        Accepted {
            run,
            is_coalesced: false,
        }
    }
    /// The resync that the next sync answers: one that a former leader did not finish goes first.
    #[must_use]
    pub fn next(&self) -> Option<Resync> {
        self.get(RUNNING).or_else(|| self.get(WAITING))
    }
    /// The resync that nobody has begun yet.
    #[must_use]
    pub fn waiting(&self) -> Option<Resync> {
        self.get(WAITING)
    }
    /// A sync begins: what waited is answered by it. `false`: nothing to write.
    pub fn begin(&mut self) -> bool {
        match self.0.remove(WAITING) {
            Some(resync) => {
                self.0.insert(RUNNING.to_owned(), resync);
                true
            }
            None => false,
        }
    }
    /// The sync ended. `false`: nothing to write.
    pub fn finish(&mut self) -> bool {
        self.0.remove(RUNNING).is_some()
    }

    fn get(&self, key: &str) -> Option<Resync> {
        serde_json::from_str(self.0.get(key)?).ok()
    }
    fn set(&mut self, key: &str, resync: &Resync) {
        if let Ok(text) = serde_json::to_string(resync) {
            self.0.insert(key.to_owned(), text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resync(run: &str) -> Resync {
        Resync {
            run: run.to_owned(),
            requested: "2026-01-01T00:00:00Z".to_owned(),
        }
    }

    fn accepted(run: &str, is_coalesced: bool) -> Accepted {
        Accepted {
            run: run.to_owned(),
            is_coalesced,
        }
    }

    #[test]
    fn requests_join_until_a_sync_begins() {
        let mut requests = Requests::default();
        assert_eq!(requests.ask(&resync("a")), accepted("a", false));
        assert_eq!(requests.ask(&resync("b")), accepted("a", true));
        assert!(requests.begin());
        assert_eq!(requests.ask(&resync("c")), accepted("c", false));
        // A crash here: the unfinished one comes first, and answers both.
        let mut requests = Requests::from_data(requests.into_data());
        assert_eq!(requests.next(), Some(resync("a")));
        assert!(requests.begin() && requests.finish());
        assert_eq!(requests.next(), None);
        assert!(!requests.begin() && !requests.finish());
    }

    #[test]
    fn what_is_not_ours_is_kept_and_nonsense_is_no_request() {
        let data = BTreeMap::from([
            ("approval.x".to_owned(), "later".to_owned()),
            (WAITING.to_owned(), "nonsense".to_owned()),
        ]);
        let mut requests = Requests::from_data(data);
        assert_eq!(requests.next(), None);
        assert_eq!(requests.ask(&resync("a")), accepted("a", false));
        let data = requests.into_data();
        assert_eq!(data["approval.x"], "later");
        assert_eq!(data[SCHEMA_KEY], SCHEMA);
    }
}
