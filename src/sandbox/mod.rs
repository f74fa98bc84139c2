//! An in-memory Kubernetes API server for a fresh machine and for tests.
