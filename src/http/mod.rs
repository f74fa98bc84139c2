//! axum: API, Git webhooks, dashboard, `/metrics`, health.
