//! Broken commits: nothing changes, and the problem has a file and a line.

use deploy_manager::reconcile::Ended;

use super::lab::{Lab, Repo, abc, states, status, sync};

/// Breaks a cluster that is in order, and gives what was blocked.
async fn blocked_by(change: impl FnOnce(&mut Repo)) -> Vec<String> {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    sync(&reconciler, &repo.commit()).await;
    lab.writes();
    change(&mut repo);
    let ended = sync(&reconciler, &repo.commit()).await;
    let blocked = status(&reconciler).blocked.clone();
    assert_eq!(ended, Ended::Blocked, "{blocked:?}");
    assert_eq!(lab.writes(), Vec::<String>::new(), "something changed");
    assert!(!states(&reconciler).contains("Failed"));
    blocked
}

/// One problem at this place, with these words in it.
#[track_caller]
fn check(blocked: &[String], place: &str, words: &str) {
    let [problem] = blocked else {
        panic!("one problem expected: {blocked:#?}");
    };
    assert!(problem.starts_with(place), "not at {place}: {problem}");
    assert!(problem.contains(words), "no `{words}`: {problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_yaml() {
    let blocked = blocked_by(|repo| repo.set("parameters.yaml", "a: one\nb: [\n")).await;
    check(&blocked, "parameters.yaml:", "");
    let blocked = blocked_by(|repo| repo.edit("cluster.yaml", "kind: Cluster", "kind: [Cluster")).await;
    check(&blocked, "cluster.yaml:", "");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_key() {
    let blocked = blocked_by(|repo| repo.edit("cluster.yaml", "    dependsOn:", "    dependOn:")).await;
    check(&blocked, "cluster.yaml:14:", "dependsOn");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_type() {
    let blocked = blocked_by(|repo| repo.edit("cluster.yaml", "version: \"1\"", "version: 1.10")).await;
    check(&blocked, "cluster.yaml:9:", "quote");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_parameter() {
    let blocked = blocked_by(|repo| repo.edit("parameters.yaml", "b: one\n", "")).await;
    check(&blocked, "values/b.yaml:1:", "parameters.b");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_chart() {
    let blocked = blocked_by(|repo| repo.remove("charts/c/")).await;
    check(&blocked, "cluster.yaml:19:", "charts/c");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_that_is_not_the_pinned_version() {
    let blocked = blocked_by(|repo| repo.chart("c", "1.2.0")).await;
    check(&blocked, "cluster.yaml:19:", "1.2.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cycle() {
    let blocked = blocked_by(|repo| {
        let pin = "    chart: { path: charts/a,";
        repo.edit("cluster.yaml", pin, &format!("    dependsOn: [b]\n{pin}"));
    });
    check(&blocked.await, "cluster.yaml:", "a");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_leaves_the_repository() {
    let blocked = blocked_by(|repo| repo.edit("cluster.yaml", "values/c.yaml", "../../etc/passwd")).await;
    check(&blocked, "cluster.yaml:20:", "outside the repository");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_file() {
    let blocked = blocked_by(|repo| {
        let line =
            "k: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n";
        repo.set("values/a.yaml", &line.repeat(200_000));
    });
    check(&blocked.await, "values/a.yaml", "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_error() {
    let blocked = blocked_by(|repo| {
        repo.edit(
            "charts/b/templates/config.yaml",
            "{{ .Values.value | quote }}",
            "{{ required \"no value\" .Values.none }}",
        );
    });
    check(&blocked.await, "charts/b/templates/config.yaml:6", "no value");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_chart_renders_is_not_yaml() {
    let blocked = blocked_by(|repo| repo.set("charts/b/templates/config.yaml", "a: [\n"));
    check(&blocked.await, "charts/b/", "config.yaml");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repaired_commit_is_synced() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    repo.edit("parameters.yaml", "b: one", "b: [");
    assert_eq!(sync(&reconciler, &repo.commit()).await, Ended::Blocked);
    assert!(lab.records().await.is_empty());
    repo.edit("parameters.yaml", "b: [", "b: two");
    assert_eq!(sync(&reconciler, &repo.commit()).await, Ended::Succeeded);
    assert!(status(&reconciler).blocked.is_empty());
    assert_eq!(lab.value_of("b").as_deref(), Some("two"));
}
