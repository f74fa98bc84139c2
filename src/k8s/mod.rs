//! The Kubernetes adapter: client, discovery, objects, apply, readiness (pure), wait, logs, events, lease.
