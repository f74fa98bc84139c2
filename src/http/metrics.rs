//! `/metrics`: what operators alert on, in the text format of Prometheus.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::Doors;
use crate::reconcile::{ComponentState, Ended, Status};
use crate::triggers::queue::Counts;

type Labels<const N: usize> = [(&'static str, String); N];

/// All numbers of the daemon.
pub struct Metrics {
    registry: Registry,
    syncs: Family<Labels<1>, Counter>,
    sync_seconds: Histogram,
    fetches: Family<Labels<1>, Counter>,
    fetch_seconds: Histogram,
    requests: Family<Labels<2>, Counter>,
    wishes: Family<Labels<1>, Counter>,
    coalesced: Counter,
    components: Family<Labels<1>, Gauge>,
    failures: Family<Labels<1>, Gauge>,
    blocked: Gauge,
    leader: Gauge,
    last_sync: Gauge<f64, std::sync::atomic::AtomicU64>,
    resident: Gauge,
}

/// From a sync without changes to one that waits for a database.
const SYNC_BUCKETS: [f64; 12] = [
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 180.0, 600.0, 1800.0,
];
/// From a look at a folder to a clone over a slow line.
const FETCH_BUCKETS: [f64; 9] = [0.005, 0.02, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 120.0];

const STATES: [ComponentState; 7] = [
    ComponentState::Unknown,
    ComponentState::Waiting,
    ComponentState::Running,
    ComponentState::Ready,
    ComponentState::Failed,
    ComponentState::Blocked,
    ComponentState::Orphaned,
];

impl Metrics {
    /// All numbers at zero.
    #[must_use]
    pub fn new() -> Arc<Metrics> {
        let mut metrics = Metrics {
            registry: Registry::default(),
            syncs: Family::default(),
            sync_seconds: Histogram::new(SYNC_BUCKETS),
            fetches: Family::default(),
            fetch_seconds: Histogram::new(FETCH_BUCKETS),
            requests: Family::default(),
            wishes: Family::default(),
            coalesced: Counter::default(),
            components: Family::default(),
            failures: Family::default(),
            blocked: Gauge::default(),
            leader: Gauge::default(),
            last_sync: Gauge::default(),
            resident: Gauge::default(),
        };
        metrics.register();
        for ended in [
            "NoChange",
            "Succeeded",
            "Blocked",
            "Failed",
            "Superseded",
            "Error",
        ] {
            let _ = metrics.syncs.get_or_create(&[("outcome", ended.to_owned())]);
        }
        for result in ["ok", "error"] {
            let _ = metrics.fetches.get_or_create(&[("result", result.to_owned())]);
        }
        Arc::new(metrics)
    }

    /// Help texts without a full stop: the registry adds one.
    fn register(&mut self) {
        let process = self.registry.sub_registry_with_prefix("process");
        process.register_with_unit(
            "resident_memory",
            "Memory of the process in use",
            Unit::Bytes,
            self.resident.clone(),
        );
        let ours = self.registry.sub_registry_with_prefix("deploy_manager");
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        ours.register("build", "The program's version", build);
        ours.register(
            "syncs",
            "Syncs since the start, by how they ended",
            self.syncs.clone(),
        );
        let seconds = Unit::Seconds;
        ours.register_with_unit(
            "sync_duration",
            "How long syncs took",
            seconds.clone(),
            self.sync_seconds.clone(),
        );
        ours.register(
            "fetches",
            "Looks at the Git repository, by result",
            self.fetches.clone(),
        );
        ours.register_with_unit(
            "fetch_duration",
            "How long fetches took",
            seconds.clone(),
            self.fetch_seconds.clone(),
        );
        ours.register(
            "http_requests",
            "HTTP requests, by route and status",
            self.requests.clone(),
        );
        ours.register(
            "wishes",
            "Wishes for a sync since the start, by reason",
            self.wishes.clone(),
        );
        ours.register(
            "wishes_coalesced",
            "Wishes that joined a sync that was due already",
            self.coalesced.clone(),
        );
        ours.register("components", "Components, by state", self.components.clone());
        ours.register(
            "component_failures",
            "Failed tries in a row, by component",
            self.failures.clone(),
        );
        ours.register(
            "blocked_findings",
            "Findings that block the newest commit",
            self.blocked.clone(),
        );
        ours.register("leader", "1 where this process leads", self.leader.clone());
        ours.register_with_unit(
            "last_sync_timestamp",
            "When the last sync ended",
            seconds,
            self.last_sync.clone(),
        );
    }

    /// A sync ended; `None`: it could not be tried.
    pub fn sync_ended(&self, ended: Option<Ended>, took: Duration, now: jiff::Timestamp) {
        let outcome = ended.map_or_else(|| "Error".to_owned(), |ended| format!("{ended:?}"));
        self.syncs.get_or_create(&[("outcome", outcome)]).inc();
        self.sync_seconds.observe(took.as_secs_f64());
        self.last_sync.set(now.as_duration().as_secs_f64());
    }
    /// A fetch ended.
    pub fn fetch_ended(&self, is_ok: bool, took: Duration) {
        let result = if is_ok { "ok" } else { "error" };
        self.fetches.get_or_create(&[("result", result.to_owned())]).inc();
        self.fetch_seconds.observe(took.as_secs_f64());
    }

    /// The queue counts by itself; the counters catch up.
    fn show_wishes(&self, counts: &Counts) {
        for (reason, count) in &counts.wishes {
            let wishes = self
                .wishes
                .get_or_create_owned(&[("reason", (*reason).to_owned())]);
            wishes.inc_by(count.saturating_sub(wishes.get()));
        }
        self.coalesced
            .inc_by(counts.coalesced.saturating_sub(self.coalesced.get()));
    }

    fn show_status(&self, status: &Status) {
        for state in STATES {
            let count = status
                .components
                .iter()
                .filter(|component| component.state == state)
                .count();
            self.components
                .get_or_create(&[("state", format!("{state:?}"))])
                .set(as_gauge(count));
        }
        self.failures.clear();
        for component in &status.components {
            let label = [("component", component.name.clone())];
            self.failures
                .get_or_create(&label)
                .set(i64::from(component.failures));
        }
        self.blocked.set(as_gauge(status.blocked.len()));
    }
}

fn as_gauge(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// `GET /metrics`. What others own is read at this moment.
pub(super) async fn show(State(doors): State<Doors>) -> Response {
    let metrics = &doors.metrics;
    metrics.show_status(&doors.status.borrow());
    metrics.leader.set(i64::from(doors.leadership.borrow().is_ours));
    metrics.show_wishes(&doors.queue.counts());
    metrics.resident.set(resident_bytes().await.unwrap_or_default());
    let mut text = String::new();
    match encode(&mut text, &metrics.registry) {
        Ok(()) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Source: OpenMetrics 1.0, "Protocol negotiation"; Prometheus reads it, too.
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `None` where the system does not say. Source: `man proc`, /proc/pid/status, VmRSS.
async fn resident_bytes() -> Option<i64> {
    let status = tokio::fs::read_to_string("/proc/self/status").await.ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: i64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// Counts every request by its route, never by its path: paths are unbounded.
pub(super) async fn count(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    let route = route.unwrap_or_else(|| "unmatched".to_owned());
    let labels = [
        ("route", route),
        ("status", response.status().as_u16().to_string()),
    ];
    metrics.requests.get_or_create(&labels).inc();
    response
}
