//! What a Lease object says, and whether it may be taken. Pure.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::super::objects::{number, text};
use super::{Holder, Object, Settings};

/// `spec` of a Lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) identity: String,
    pub(super) duration_seconds: i64,
    pub(super) acquired: String,
    pub(super) renewed: String,
    pub(super) transitions: i64,
}

/// What a candidate does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Take { transitions: i64 },
    Wait,
}

/// May `identity` take the lease that has stood still for this long?
pub(super) fn decide(record: Option<&Record>, unchanged_for: Duration, identity: &str) -> Decision {
    let Some(record) = record else {
        return Decision::Take { transitions: 1 };
    };
    if record.identity == identity {
        return Decision::Take {
            transitions: record.transitions,
        };
    }
    let seconds = u64::try_from(record.duration_seconds).unwrap_or_default();
    let is_free = record.identity.is_empty() || unchanged_for >= Duration::from_secs(seconds);
    if is_free {
        let transitions = record.transitions.saturating_add(1);
        return Decision::Take { transitions };
    }
    Decision::Wait
}

impl Record {
    pub(super) fn of(live: &Object) -> Self {
        Record {
            identity: text(live, "/spec/holderIdentity").to_owned(),
            duration_seconds: number(live, "/spec/leaseDurationSeconds").unwrap_or_default(),
            acquired: text(live, "/spec/acquireTime").to_owned(),
            renewed: text(live, "/spec/renewTime").to_owned(),
            transitions: number(live, "/spec/leaseTransitions").unwrap_or_default(),
        }
    }

    pub(super) fn taken(settings: &Settings, transitions: i64, now: Timestamp) -> Self {
        let seconds = settings.duration.as_secs().max(1);
        Record {
            identity: settings.identity.clone(),
            duration_seconds: i64::try_from(seconds).unwrap_or(i64::MAX),
            acquired: micro_time(now),
            renewed: micro_time(now),
            transitions,
        }
    }

    pub(super) fn renewed(mut self, now: Timestamp) -> Self {
        self.renewed = micro_time(now);
        self
    }

    /// Nobody's, and free for whoever comes next.
    pub(super) fn released(mut self, now: Timestamp) -> Self {
        self.identity.clear();
        self.duration_seconds = 1;
        self.renewed(now)
    }

    pub(super) fn into_holder(self) -> Holder {
        Holder {
            identity: self.identity,
            transitions: self.transitions,
            renewed: self.renewed,
        }
    }

    fn spec(&self) -> Json {
        json!({
            "holderIdentity": self.identity,
            "leaseDurationSeconds": self.duration_seconds,
            "acquireTime": self.acquired,
            "renewTime": self.renewed,
            "leaseTransitions": self.transitions,
        })
    }

    pub(super) fn new_object(&self, settings: &Settings) -> Object {
        json!({
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {"name": settings.name, "namespace": settings.namespace.as_str()},
            "spec": self.spec(),
        })
    }

    /// The live object with this `spec`; its resourceVersion guards the write.
    pub(super) fn written_into(&self, live: &Object) -> Object {
        let mut object = live.clone();
        object["spec"] = self.spec();
        object
    }
}

/// `metav1.MicroTime`: always six digits.
fn micro_time(time: Timestamp) -> String {
    format!("{time:.6}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held_by(identity: &str) -> Record {
        Record {
            identity: identity.to_owned(),
            duration_seconds: 15,
            acquired: String::new(),
            renewed: String::new(),
            transitions: 4,
        }
    }

    #[test]
    fn a_lease_is_taken_only_when_it_is_free() {
        let take = |transitions| Decision::Take { transitions };
        for (what, record, seconds, expected) in [
            ("no object", None, 0, take(1)),
            ("ours: a lost answer", Some(held_by("me")), 0, take(4)),
            ("given back", Some(held_by("")), 0, take(5)),
            ("held", Some(held_by("other")), 14, Decision::Wait),
            ("run out", Some(held_by("other")), 15, take(5)),
        ] {
            assert_eq!(
                decide(record.as_ref(), Duration::from_secs(seconds), "me"),
                expected,
                "{what}"
            );
        }
    }

    #[test]
    fn times_have_six_digits() {
        let time: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        assert_eq!(micro_time(time), "2026-01-02T03:04:05.000000Z");
    }

    #[test]
    fn a_record_survives_the_object() {
        let settings = Settings::new("ns".parse().unwrap(), "l", "me");
        let record = Record::taken(&settings, 2, Timestamp::UNIX_EPOCH);
        assert_eq!(Record::of(&record.new_object(&settings)), record);
        assert_eq!(record.duration_seconds, 15);
    }
}
