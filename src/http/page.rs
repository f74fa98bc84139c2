//! The status page: one template, no script. Everything that others wrote is escaped by the template.

use std::sync::LazyLock;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use handlebars::Handlebars;
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::{ApiError, Doors, Leadership};
use crate::reconcile::{ComponentState, ComponentStatus, Ended, Phase, Status};

/// A browser asks again after this many seconds.
const REFRESH_SECONDS: u32 = 10;

static TEMPLATES: LazyLock<Handlebars<'static>> = LazyLock::new(|| {
    let mut templates = Handlebars::new();
    templates
        .register_template_string("status", include_str!("../../templates/status.html.hbs"))
        .expect("the template is part of the program, and a test renders it");
    templates
});

/// `GET /`
pub(super) async fn show(State(doors): State<Doors>) -> Response {
    let view = view(
        &doors.status.borrow(),
        &doors.leadership.borrow(),
        Timestamp::now(),
    );
    match TEMPLATES.render("status", &view) {
        Ok(page) => Html(page).into_response(),
        Err(error) => {
            tracing::error!(%error, "rendering the status page");
            ApiError::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "the page could not be rendered",
            )
            .into_response()
        }
    }
}

/// `GET /style.css`
pub(super) async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        include_str!("../../templates/status.css"),
    )
}

/// What the template shows: words and classes, nothing to compute.
fn view(status: &Status, leadership: &Leadership, now: Timestamp) -> Json {
    let (health, headline) = headline(status, leadership);
    json!({
        "refresh": REFRESH_SECONDS,
        "version": env!("CARGO_PKG_VERSION"),
        "cluster": or(&status.cluster, "(no commit read yet)"),
        "namespace": status.namespace,
        "health": health,
        "headline": headline,
        "leader": leadership.leader,
        "isLeader": leadership.is_ours,
        "commit": status.commit.as_ref().map(|commit| json!({
            "short": short(&commit.id),
            "id": commit.id,
            "subject": commit.subject,
            "author": commit.author,
            "age": Timestamp::from_second(commit.time).ok().filter(|_| commit.time > 0).map(|time| age(time, now)),
        })),
        "synced": status.synced_commit.as_deref().map(|id| json!({
            "short": short(id),
            "age": status.synced_at.as_deref().map(|time| age_of(time, now)),
        })),
        "run": status.run.as_ref().map(|run| json!({
            "id": run.id,
            "reason": crate::triggers::queue::name(&run.reason),
            "started": age_of(&run.started, now),
            "outcome": run.outcome.map(|outcome| format!("{outcome:?}")),
        })),
        "fetchError": status.fetch_error,
        "blocked": status.blocked,
        "components": status.components.iter().map(|component| row(component, now)).collect::<Vec<_>>(),
    })
}

/// A colour and a sentence.
fn headline(status: &Status, leadership: &Leadership) -> (&'static str, String) {
    if let (Some(leader), false) = (&leadership.leader, leadership.is_ours) {
        return ("quiet", format!("Standing by: {leader} leads"));
    }
    let count = |state| {
        status
            .components
            .iter()
            .filter(|component| component.state == state)
            .count()
    };
    let (ready, failed) = (count(ComponentState::Ready), count(ComponentState::Failed));
    let all = status.components.len();
    let outcome = status.run.as_ref().and_then(|run| run.outcome);
    match (status.phase, outcome) {
        (Phase::Executing, _) => (
            "busy",
            format!("Rolling out: {ready} of {all} components are ready"),
        ),
        (Phase::Planning, _) => ("busy", "Planning".to_owned()),
        _ if !status.blocked.is_empty() || outcome == Some(Ended::Blocked) => {
            ("bad", "Blocked: nothing was changed".to_owned())
        }
        _ if failed > 0 => ("bad", format!("{failed} of {all} components failed")),
        _ if status.fetch_error.is_some() => ("bad", "The repository cannot be fetched".to_owned()),
        (Phase::Fetching, None) | (Phase::Idle, None) => ("busy", "Waiting for the first sync".to_owned()),
        _ if ready == all => ("good", format!("In sync: all {all} components are ready")),
        _ => ("busy", format!("{ready} of {all} components are ready")),
    }
}

fn row(component: &ComponentStatus, now: Timestamp) -> Json {
    let class = match component.state {
        ComponentState::Ready => "good",
        ComponentState::Failed | ComponentState::Blocked => "bad",
        ComponentState::Running | ComponentState::Waiting => "busy",
        ComponentState::Unknown | ComponentState::Orphaned => "quiet",
    };
    json!({
        "name": component.name,
        "release": component.release,
        "revision": component.revision,
        "state": format!("{:?}", component.state),
        "class": class,
        "version": or(&component.version, "–"),
        "chart": or(&component.chart_version, "–"),
        "helm": or(&component.helm_version, "–"),
        "message": component.message,
        "since": age_of(&component.since, now),
        "failures": (component.failures > 0).then_some(component.failures),
        "hookLog": component.log, // `log` is a helper of the template engine
    })
}

fn or(text: &str, otherwise: &str) -> String {
    if text.is_empty() {
        otherwise.to_owned()
    } else {
        text.to_owned()
    }
}

/// As `git log --oneline` would; names of worktrees stay readable.
fn short(id: &str) -> String {
    let digits = if id.starts_with("worktree-") { 21 } else { 10 };
    id.chars().take(digits).collect()
}

/// How long ago an RFC 3339 time was; the text itself where it is none.
fn age_of(time: &str, now: Timestamp) -> String {
    time.parse::<Timestamp>()
        .map_or_else(|_| time.to_owned(), |time| age(time, now))
}

fn age(time: Timestamp, now: Timestamp) -> String {
    let seconds = (now.as_second() - time.as_second()).max(0);
    match seconds {
        0..60 => format!("{seconds} s ago"),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..172_800 => format!("{} h ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_said_in_the_unit_that_fits() {
        let now: Timestamp = "2026-01-03T00:00:00Z".parse().unwrap();
        for (time, expected) in [
            ("2026-01-02T23:59:18Z", "42 s ago"),
            ("2026-01-02T23:58:00Z", "2 min ago"),
            ("2026-01-02T01:00:00Z", "23 h ago"),
            ("2025-12-01T00:00:00Z", "33 days ago"),
            ("2026-01-04T00:00:00Z", "0 s ago"),
            ("soon", "soon"),
        ] {
            assert_eq!(age_of(time, now), expected);
        }
    }
}
