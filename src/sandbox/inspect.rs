//! Looking in from tests: which requests came, and making some of them fail.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

/// How many requests are remembered.
const REMEMBERED: usize = 20_000;

/// A request that came in, and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `GET`, `POST` …
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, as it came.
    pub query: String,
    /// The HTTP status of the answer.
    pub status: u16,
}

impl Seen {
    /// May this request have changed something? Dry runs and reviews do not count.
    #[must_use]
    pub fn is_write(&self) -> bool {
        let is_review = self.path.starts_with("/apis/authorization.k8s.io/")
            || self.path.starts_with("/apis/authentication.k8s.io/");
        !matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
            && !self.query.contains("dryRun=")
            && !is_review
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.method, self.path, self.status)
    }
}

/// What happens to a request that a fault matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Harm {
    /// It is answered with this status and nothing is done.
    Status(u16),
    /// It is done, and answered with this status: the answer got lost.
    AnswerLost(u16),
    /// It is done after this time.
    Delay(Duration),
}

/// Does a fault mean a request with this method and path?
pub type Predicate = Box<dyn Fn(&str, &str) -> bool + Send + Sync>;

/// Requests to spoil.
pub struct Fault {
    /// Which: by method and path.
    pub matches: Predicate,
    /// How many of them; then the fault is over.
    pub times: usize,
    /// What happens to them.
    pub harm: Harm,
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({} × {:?})", self.times, self.harm)
    }
}

/// What is remembered about requests.
#[derive(Debug, Default)]
pub(super) struct Inspection {
    seen: VecDeque<Seen>,
    faults: Vec<Fault>,
}

impl Inspection {
    pub(super) fn record(&mut self, seen: Seen) {
        if self.seen.len() == REMEMBERED {
            self.seen.pop_front();
        }
        self.seen.push_back(seen);
    }
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.iter().cloned().collect()
    }
    pub(super) fn forget(&mut self) {
        self.seen.clear();
    }
    pub(super) fn add(&mut self, fault: Fault) {
        self.faults.push(fault);
    }
    /// The harm for this request, if a fault is left that matches.
    pub(super) fn harm(&mut self, method: &str, path: &str) -> Option<Harm> {
        let index = self
            .faults
            .iter()
            .position(|fault| fault.times > 0 && (fault.matches)(method, path))?;
        let fault = self.faults.get_mut(index)?;
        fault.times -= 1;
        let harm = fault.harm.clone();
        self.faults.retain(|fault| fault.times > 0);
        Some(harm)
    }
}
