//! Components that fail.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use deploy_manager::reconcile::{ComponentState, Ended, Reason};
use jiff::Timestamp;

use super::lab::{Lab, Repo, abc, component, states, status, sync, sync_for};

/// A Job as a Helm hook, whose pods end as the annotation says.
fn with_job(repo: &mut Repo, name: &str, outcome: &str) {
    let template = format!(
        "\
apiVersion: batch/v1
kind: Job
metadata:
  name: {{{{ .Release.Name }}}}-check
  annotations: {{ helm.sh/hook: \"post-install,post-upgrade\" }}
spec:
  backoffLimit: 0
  template:
    metadata:
      annotations: {{ sandbox.deploy-manager/outcome: {outcome} }}
    spec:
      restartPolicy: Never
      containers: [{{ name: check, image: check }}]
"
    );
    repo.set(&format!("charts/{name}/templates/job.yaml"), &template);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_component_holds_back_those_that_need_it_and_no_others() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    with_job(&mut repo, "a", "fail");
    let commit = repo.commit();
    assert_eq!(sync(&reconciler, &commit).await, Ended::Failed);
    assert_eq!(states(&reconciler), "a=Failed b=Blocked c=Ready");
    assert_eq!(lab.records().await, ["a.v1", "c.v1"]);
    let failed = component(&reconciler, "a");
    assert!(
        failed.message.contains("a-check") || failed.message.contains("BackoffLimitExceeded"),
        "{failed:?}"
    );
    assert_eq!(failed.failures, 1);
    assert!(failed.log.is_some(), "{failed:?}");
    assert_eq!(component(&reconciler, "b").message, "waits for a, which failed");
    assert_eq!(status(&reconciler).synced_commit, None);

    // The repair needs no waiting.
    with_job(&mut repo, "a", "succeed");
    assert_eq!(
        sync(&reconciler, &repo.commit()).await,
        Ended::Succeeded,
        "{:#?}",
        status(&reconciler)
    );
    assert_eq!(states(&reconciler), "a=Ready b=Ready c=Ready");
    assert_eq!(component(&reconciler, "a").failures, 0);
    assert_eq!(component(&reconciler, "a").log, None);
}

/// Seconds that the clock of the retry test is ahead.
static AHEAD: AtomicI64 = AtomicI64::new(0);

fn clock() -> Timestamp {
    let ahead = Duration::from_secs(AHEAD.load(Ordering::SeqCst).unsigned_abs());
    Timestamp::now() + ahead
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_come_after_30_s_2_m_and_8_m_across_restarts_and_then_wait_for_input() {
    let lab = Lab::new().await;
    let mut repo = abc();
    with_job(&mut repo, "a", "fail");
    let commit = repo.commit();
    let revisions = async || {
        let records = lab.records().await;
        records.iter().filter(|name| name.starts_with("a.")).count()
    };
    let mut tries = Vec::new();
    for (ahead, reason) in [
        (0, Reason::Push),
        (20, Reason::Poll),
        (31, Reason::Retry),
        (120, Reason::Poll),
        (160, Reason::Retry),
        (600, Reason::Poll),
        (700, Reason::Retry),
        (100_000, Reason::Retry),
    ] {
        AHEAD.store(ahead, Ordering::SeqCst);
        let reconciler = lab.reconciler_at(clock).await;
        assert_eq!(sync_for(&reconciler, &commit, reason).await, Ended::Failed);
        assert_eq!(component(&reconciler, "a").state, ComponentState::Failed);
        tries.push(revisions().await);
    }
    assert_eq!(tries, [1, 1, 2, 2, 3, 3, 4, 4]);

    let reconciler = lab.reconciler_at(clock).await;
    assert_eq!(reconciler.next_retry(), None);
    assert_eq!(component(&reconciler, "a").failures, 4);
    sync_for(&reconciler, &commit, Reason::Resync).await;
    assert_eq!(revisions().await, 5, "a resync tries at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_of_the_next_try_is_known() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    with_job(&mut repo, "c", "fail");
    assert_eq!(reconciler.next_retry(), None);
    sync(&reconciler, &repo.commit()).await;
    let next = reconciler.next_retry().unwrap();
    let wait = next.duration_since(Timestamp::now()).as_secs();
    assert!((20..=30).contains(&wait), "{wait} s");
    assert_eq!(lab.reconciler().await.next_retry(), Some(next));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_server_that_is_away_is_an_error_and_no_failure_of_components() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let commit = abc().commit();
    sync(&reconciler, &commit).await;
    lab.sandbox.harm(deploy_manager::sandbox::Fault {
        matches: Box::new(|method, path| method == "GET" && path.ends_with("/secrets")),
        times: 100,
        harm: deploy_manager::sandbox::Harm::Status(403),
    });
    let order = super::lab::order(Reason::Poll);
    let cancel = tokio_util::sync::CancellationToken::new();
    let ended = reconciler.sync(&commit, &order, &cancel).await;
    let error = ended.unwrap_err().to_string();
    assert!(error.starts_with("listing releases: "), "{error}");
    assert_eq!(states(&reconciler), "a=Ready b=Ready c=Ready");
    assert_eq!(status(&reconciler).blocked, [error]);
}
