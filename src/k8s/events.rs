//! Kubernetes Events: what we did, where people look first.

use serde_json::json;

use super::{Cluster, FIELD_MANAGER, Object, ObjectRef, WriteOptions, objects};

/// Longest message that the API server takes. Source: kubernetes `pkg/apis/core/validation/events.go`, v1.33.
const MESSAGE_LIMIT: usize = 1024;

/// `Normal` or `Warning`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Something went as planned.
    Normal,
    /// Somebody should look.
    Warning,
}

/// Tells of an object. Best effort: an Event that cannot be written is logged, and nothing else happens.
pub async fn emit(cluster: &Cluster, about: &Object, severity: Severity, reason: &str, message: &str) {
    let event = event(about, severity, (reason, message), jiff::Timestamp::now());
    if let Err(error) = cluster.create(&event, &WriteOptions::default()).await {
        tracing::debug!(object = %ObjectRef::of(about), reason, %error, "event not written");
    }
}

fn event(about: &Object, severity: Severity, what: (&str, &str), now: jiff::Timestamp) -> Object {
    let target = ObjectRef::of(about);
    let namespace = target.namespace.clone().unwrap_or_else(|| "default".to_owned());
    let kind = match severity {
        Severity::Normal => "Normal",
        Severity::Warning => "Warning",
    };
    let time = format!("{now:.0}");
    json!({
        "apiVersion": "v1",
        "kind": "Event",
        // Client-go's way: the object's name and the time make a name that nobody else takes.
        "metadata": {"name": format!("{}.{:x}", target.name, now.as_nanosecond()), "namespace": namespace},
        "involvedObject": {
            "apiVersion": target.api_version,
            "kind": target.kind,
            "name": target.name,
            "namespace": target.namespace,
            "uid": objects::uid(about),
            "resourceVersion": objects::resource_version(about),
        },
        "type": kind,
        "reason": what.0,
        "message": shortened(what.1),
        "source": {"component": FIELD_MANAGER},
        "reportingComponent": FIELD_MANAGER,
        "reportingInstance": FIELD_MANAGER,
        "firstTimestamp": time,
        "lastTimestamp": time,
        "count": 1,
    })
}

fn shortened(message: &str) -> String {
    if message.len() <= MESSAGE_LIMIT {
        return message.to_owned();
    }
    let mut end = MESSAGE_LIMIT - '…'.len_utf8();
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &message[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_names_its_object() {
        let about = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "n", "uid": "u"}});
        let event = event(
            &about,
            Severity::Warning,
            ("Failed", "why"),
            jiff::Timestamp::UNIX_EPOCH,
        );
        assert_eq!(event["involvedObject"]["uid"], "u");
        assert_eq!(event["metadata"]["namespace"], "n");
        assert_eq!(
            (&event["type"], &event["firstTimestamp"]),
            (&json!("Warning"), &json!("1970-01-01T00:00:00Z"))
        );
    }

    #[test]
    fn long_messages_are_cut_at_a_character() {
        let cut = shortened(&"ü".repeat(2000));
        assert!(cut.len() <= MESSAGE_LIMIT && cut.ends_with('…'));
    }
}
