//! The router, called without a socket.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use futures::FutureExt;
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::BodyExt;
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use super::*;
use crate::reconcile::status::Run;
use crate::reconcile::{ComponentState, ComponentStatus, Ended, Reason};
use crate::source::git::Commit;

struct Fake {
    is_down: bool,
}

impl Backend for Fake {
    fn ask_resync(&self, resync: Resync) -> BoxFuture<'_, Result<Accepted, String>> {
        let answer = if self.is_down {
            Err("cannot write ConfigMap east/deploy-manager-requests".to_owned())
        } else {
            Ok(Accepted {
                run: resync.run,
                is_coalesced: false,
            })
        };
        async move { answer }.boxed()
    }
    fn history(&self, release: ReleaseName) -> BoxFuture<'_, Result<Vec<Summary>, String>> {
        let summary = Summary {
            name: release.to_string(),
            namespace: "east".to_owned(),
            revision: 1,
            status: "deployed".to_owned(),
            updated: "2026-01-01T00:00:00Z".to_owned(),
            chart: "web-1.0.0".to_owned(),
            app_version: "1".to_owned(),
            description: "Install complete".to_owned(),
            uid: "u".to_owned(),
            resource_version: "1".to_owned(),
        };
        let found = if release.as_str() == "web" {
            vec![summary]
        } else {
            Vec::new()
        };
        async move { Ok(found) }.boxed()
    }
}

struct Bench {
    doors: Doors,
    status: watch::Sender<Arc<Status>>,
}

fn bench() -> Bench {
    let (status, status_seen) = watch::channel(Arc::new(Status {
        namespace: "east".to_owned(),
        ..Status::default()
    }));
    let leadership = Leadership {
        leader: Some("pod-1".to_owned()),
        is_ours: true,
    };
    let settings = Settings {
        api_token: Secret::new("token-1"),
        webhook_secret: Some(Secret::new("hook-secret")),
        followed: Revision::Branch("main".to_owned()),
    };
    let doors = Doors {
        status: status_seen,
        leadership: watch::channel(leadership).1,
        readiness: Readiness::waiting_for(&["first fetch", "lease"]),
        queue: Queue::new(),
        backend: Arc::new(Fake { is_down: false }),
        metrics: Metrics::new(),
        settings: Arc::new(settings),
    };
    Bench { doors, status }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

async fn ask(doors: &Doors, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    let response = router(doors.clone()).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

fn sample_status() -> Status {
    Status {
        cluster: "east-1".to_owned(),
        namespace: "east".to_owned(),
        commit: Some(Commit {
            id: "0123456789abcdef0123456789abcdef01234567".to_owned(),
            subject: "<script>alert(1)</script> & more".to_owned(),
            message: String::new(),
            author: "Ann <ann@example.org>".to_owned(),
            time: 1,
        }),
        run: Some(Run {
            id: "run-1".to_owned(),
            reason: Reason::Push,
            started: "2026-01-01T00:00:00Z".to_owned(),
            ended: None,
            outcome: Some(Ended::Failed),
        }),
        blocked: vec!["<b>engine</b> and chart moved together".to_owned()],
        components: vec![
            component("keystone", ComponentState::Ready),
            component("glance", ComponentState::Failed),
        ],
        ..Status::default()
    }
}

fn component(name: &str, state: ComponentState) -> ComponentStatus {
    ComponentStatus {
        name: name.to_owned(),
        release: name.to_owned(),
        state,
        message: format!("{name} says <hello>"),
        helm_version: "3.17.2".to_owned(),
        chart_version: "1.2.3".to_owned(),
        version: "2025.1".to_owned(),
        revision: Some(4),
        since: "2026-01-01T00:00:00Z".to_owned(),
        failures: u32::from(state == ComponentState::Failed) * 2,
        log: Some("line <1>".to_owned()),
    }
}

#[tokio::test]
async fn only_the_right_token_gets_a_resync() {
    let Bench { doors, .. } = bench();
    for (header, expected) in [
        (None, StatusCode::UNAUTHORIZED),
        (Some(""), StatusCode::UNAUTHORIZED),
        (Some("Bearer"), StatusCode::UNAUTHORIZED),
        (Some("Bearer wrong"), StatusCode::UNAUTHORIZED),
        (Some("Bearer token-"), StatusCode::UNAUTHORIZED),
        (Some("Basic token-1"), StatusCode::UNAUTHORIZED),
        (Some("Bearer token-1"), StatusCode::ACCEPTED),
        (Some("bearer token-1"), StatusCode::ACCEPTED),
    ] {
        let headers: Vec<(&str, &str)> = header.map(|value| ("authorization", value)).into_iter().collect();
        let answer = ask(&doors, "POST", "/api/v1/resync", &headers, "").await;
        assert_eq!(answer.status, expected, "{header:?}");
        if expected == StatusCode::UNAUTHORIZED {
            assert!(answer.headers.contains_key("www-authenticate"));
            assert_eq!(answer.json()["error"]["code"], "unauthorized");
            assert!(!answer.body.contains("token-1"));
        }
    }
}

#[tokio::test]
async fn an_empty_token_lets_nobody_in() {
    let Bench { mut doors, .. } = bench();
    let settings = Settings {
        api_token: Secret::default(),
        webhook_secret: None,
        followed: Revision::Default,
    };
    doors.settings = Arc::new(settings);
    let answer = ask(
        &doors,
        "POST",
        "/api/v1/resync",
        &[("authorization", "Bearer ")],
        "",
    )
    .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

const OPERATOR: [(&str, &str); 1] = [("authorization", "Bearer token-1")];

#[tokio::test]
async fn a_resync_names_the_run_that_answers_it() {
    let Bench { doors, status } = bench();
    status.send_replace(Arc::new(sample_status()));
    let answer = ask(&doors, "POST", "/api/v1/resync", &OPERATOR, "").await.json();
    let due = doors.queue.take().unwrap();
    assert_eq!(answer["run"], due.order.run.as_str());
    assert_eq!(answer["commit"], "0123456789abcdef0123456789abcdef01234567");
    assert_eq!(
        (answer["coalesced"].clone(), due.order.reason),
        (json!(false), Reason::Resync)
    );
}

#[tokio::test]
async fn a_resync_that_cannot_be_written_down_is_not_begun() {
    let Bench { mut doors, .. } = bench();
    doors.backend = Arc::new(Fake { is_down: true });
    let answer = ask(&doors, "POST", "/api/v1/resync", &OPERATOR, "").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json()["error"]["code"], "api-server-unavailable");
    assert!(!doors.queue.is_due());
}

#[tokio::test]
async fn a_replica_that_does_not_lead_only_writes_down() {
    let Bench { mut doors, .. } = bench();
    doors.leadership = watch::channel(Leadership::default()).1;
    let answer = ask(&doors, "POST", "/api/v1/resync", &OPERATOR, "").await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    let answer = push(
        &doors,
        "hook-secret",
        "push",
        r#"{"ref":"refs/heads/main","after":"abc"}"#,
    )
    .await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert!(!doors.queue.is_due());
}

async fn push(doors: &Doors, secret: &str, event: &str, body: &str) -> Answer {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let signature = format!(
        "sha256={}",
        data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes())
    );
    let headers = [
        ("x-hub-signature-256", signature.as_str()),
        ("x-github-event", event),
    ];
    ask(doors, "POST", "/webhook", &headers, body).await
}

#[tokio::test]
async fn webhooks_are_answered_by_what_they_say() {
    let main = r#"{"ref":"refs/heads/main","after":"abc"}"#;
    let other = r#"{"ref":"refs/heads/other","after":"abc"}"#;
    for (secret, event, body, expected, is_due) in [
        ("hook-secret", "push", main, StatusCode::ACCEPTED, true),
        ("hook-secret", "push", other, StatusCode::NO_CONTENT, false),
        ("hook-secret", "ping", "{}", StatusCode::OK, false),
        ("hook-secret", "issues", "{}", StatusCode::NO_CONTENT, false),
        ("hook-secret", "push", "payload=x", StatusCode::BAD_REQUEST, false),
        ("wrong", "push", main, StatusCode::UNAUTHORIZED, false),
        ("", "ping", "{}", StatusCode::UNAUTHORIZED, false),
    ] {
        let Bench { doors, .. } = bench();
        let answer = push(&doors, secret, event, body).await;
        assert_eq!(
            (answer.status, doors.queue.is_due()),
            (expected, is_due),
            "{secret} {event} {body}"
        );
    }
}

#[tokio::test]
async fn webhooks_need_a_signature_a_secret_and_a_bounded_body() {
    let Bench { mut doors, .. } = bench();
    let answer = ask(&doors, "POST", "/api/v1/webhook/github", &[], "{}").await;
    assert_eq!(
        (answer.status, answer.json()["error"]["code"].clone()),
        (StatusCode::UNAUTHORIZED, json!("bad-signature"))
    );
    let answer = push(&doors, "hook-secret", "push", &" ".repeat(3 << 20)).await;
    assert_eq!(
        (answer.status, answer.json()["error"]["code"].clone()),
        (StatusCode::PAYLOAD_TOO_LARGE, json!("bad-body"))
    );
    let settings = Settings {
        webhook_secret: None,
        ..(*doors.settings).clone()
    };
    doors.settings = Arc::new(settings);
    let answer = push(&doors, "", "push", "{}").await;
    assert_eq!(
        (answer.status, answer.json()["error"]["code"].clone()),
        (StatusCode::NOT_FOUND, json!("webhook-off"))
    );
}

#[tokio::test]
async fn too_many_posts_are_slowed_down() {
    let Bench { doors, .. } = bench();
    let router = router(doors);
    let mut statuses = Vec::new();
    for _ in 0..25 {
        let request = Request::post("/api/v1/resync").body(Body::empty()).unwrap();
        statuses.push(router.clone().oneshot(request).await.unwrap().status());
    }
    assert_eq!(statuses[0], StatusCode::UNAUTHORIZED);
    assert_eq!(statuses[24], StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn the_status_says_what_is_known_and_who_leads() {
    let Bench { doors, status } = bench();
    status.send_replace(Arc::new(sample_status()));
    let answer = ask(&doors, "GET", "/api/v1/status", &[], "").await;
    let document = answer.json();
    for (pointer, expected) in [
        ("/cluster", json!("east-1")),
        ("/namespace", json!("east")),
        ("/leader", json!("pod-1")),
        ("/isLeader", json!(true)),
        ("/phase", json!("Idle")),
        ("/run/outcome", json!("Failed")),
        ("/run/reason", json!("push")),
        ("/components/1/state", json!("Failed")),
        ("/components/0/helmVersion", json!("3.17.2")),
    ] {
        assert_eq!(document.pointer(pointer), Some(&expected), "{pointer}");
    }
    // What the CLI reads back is what was sent.
    let read: Status = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(read, sample_status());
}

#[tokio::test]
async fn the_page_shows_everything_and_escapes_what_others_wrote() {
    let Bench { doors, status } = bench();
    let empty = ask(&doors, "GET", "/", &[], "").await;
    assert!(
        empty.body.contains("Waiting for the first sync")
            && empty.body.contains("No components are known yet")
    );
    status.send_replace(Arc::new(sample_status()));
    let page = ask(&doors, "GET", "/", &[], "").await;
    assert_eq!(page.status, StatusCode::OK);
    for expected in [
        "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more",
        "0123456789",
        "Ann &lt;ann@example.org&gt;",
        "&lt;b&gt;engine&lt;/b&gt; and chart moved together",
        "keystone says &lt;hello&gt;",
        "line &lt;1&gt;",
        "failed 2 times in a row",
        "Blocked: nothing was changed",
        "because of push",
    ] {
        assert!(
            page.body.contains(expected),
            "{expected} is not in\n{}",
            page.body
        );
    }
    assert!(!page.body.contains("<script"));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"));
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    assert_eq!(
        ask(&doors, "GET", "/style.css", &[], "").await.headers["content-type"],
        "text/css; charset=utf-8"
    );
}

#[tokio::test]
async fn readiness_names_what_is_missing() {
    let Bench { doors, .. } = bench();
    assert_eq!(
        ask(&doors, "GET", "/healthz", &[], "").await.status,
        StatusCode::OK
    );
    let answer = ask(&doors, "GET", "/readyz", &[], "").await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "waiting for: first fetch, lease\n"
        )
    );
    doors.readiness.done("first fetch");
    doors.readiness.done("lease");
    assert_eq!(
        ask(&doors, "GET", "/readyz", &[], "").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn histories_are_shown_by_release() {
    let Bench { doors, .. } = bench();
    let answer = ask(&doors, "GET", "/api/v1/history/web", &[], "").await;
    assert_eq!(answer.json()[0]["status"], "deployed");
    assert_eq!(
        ask(&doors, "GET", "/api/v1/history/none", &[], "").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        ask(&doors, "GET", "/api/v1/history/No%20Name", &[], "")
            .await
            .status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn unknown_paths_and_methods_are_json_errors() {
    let Bench { doors, .. } = bench();
    for (method, path, status, code) in [
        ("GET", "/nothing", StatusCode::NOT_FOUND, "not-found"),
        (
            "GET",
            "/api/v1/resync",
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
        ),
        (
            "DELETE",
            "/",
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
        ),
    ] {
        let answer = ask(&doors, method, path, &[], "").await;
        assert_eq!(
            (answer.status, answer.json()["error"]["code"].clone()),
            (status, json!(code)),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn metrics_are_text_that_prometheus_reads() {
    let Bench { doors, status } = bench();
    status.send_replace(Arc::new(sample_status()));
    doors.queue.wish(Reason::Poll);
    doors.queue.wish(Reason::Poll);
    doors.metrics.sync_ended(
        Some(Ended::Succeeded),
        Duration::from_millis(1500),
        jiff::Timestamp::UNIX_EPOCH,
    );
    doors.metrics.fetch_ended(false, Duration::from_millis(10));
    ask(&doors, "GET", "/api/v1/history/web", &[], "").await;
    ask(&doors, "GET", "/some/path", &[], "").await;
    let answer = ask(&doors, "GET", "/metrics", &[], "").await;
    for expected in [
        "deploy_manager_syncs_total{outcome=\"Succeeded\"} 1",
        "deploy_manager_syncs_total{outcome=\"Failed\"} 0",
        "deploy_manager_sync_duration_seconds_count 1",
        "deploy_manager_fetches_total{result=\"error\"} 1",
        "deploy_manager_wishes_total{reason=\"poll\"} 2",
        "deploy_manager_wishes_coalesced_total 1",
        "deploy_manager_components{state=\"Failed\"} 1",
        "deploy_manager_component_failures{component=\"glance\"} 2",
        "deploy_manager_leader 1",
        "deploy_manager_http_requests_total{route=\"/api/v1/history/{release}\",status=\"200\"} 1",
        "deploy_manager_http_requests_total{route=\"unmatched\",status=\"404\"} 1",
    ] {
        assert!(
            answer.body.lines().any(|line| line == expected),
            "{expected} is not in\n{}",
            answer.body
        );
    }
    check_format(&answer.body);
}

/// Every sample belongs to a family with help and type, and is `name{labels} number`.
fn check_format(text: &str) {
    let families: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok(), "{line}");
        assert!(families.iter().any(|family| name.starts_with(family)), "{line}");
    }
    assert!(text.ends_with("# EOF\n"));
    let resident = text
        .lines()
        .find_map(|line| line.strip_prefix("process_resident_memory_bytes "))
        .unwrap();
    assert!(resident.parse::<u64>().unwrap() > 1 << 20, "{resident}");
}
