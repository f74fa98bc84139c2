//! Init and pre-processing hooks in a sync.

use deploy_manager::reconcile::Ended;

use super::lab::{Lab, NAMESPACE, Repo, abc, component, states, status, sync};

fn job(name: &str, extra: &str) -> String {
    format!(
        "\
apiVersion: batch/v1
kind: Job
metadata:
  name: {name}
spec:
  backoffLimit: 0
  template:
    metadata: {{ {extra} }}
    spec:
      restartPolicy: Never
      containers: [{{ name: main, image: main }}]
"
    )
}

/// `a` has a generated password in its values, an init Job, and a Job before each change.
pub fn with_hooks() -> Repo {
    let mut repo = abc();
    repo.edit(
        "cluster.yaml",
        "    values: [values/a.yaml]\n",
        "    values: [values/a.yaml]
    init:
      - { name: passwords, secret: { name: a-passwords, data: { root: { password: {} } } } }
      - { name: prepare, job: hooks/prepare.yaml }
    before:
      - { name: backup, job: hooks/backup.yaml }
",
    );
    repo.set(
        "values/a.yaml",
        "value: {{quote (concat parameters.a \":\" outputs.passwords.root)}}\n",
    );
    repo.set("hooks/prepare.yaml", &job("a-prepare", ""));
    repo.set("hooks/backup.yaml", &job("a-backup", ""));
    repo
}

/// How often Jobs whose names begin so were created since the last look.
fn jobs(lab: &Lab) -> usize {
    let writes = lab.writes();
    let is_job = |write: &&String| write.starts_with("POST /apis/batch/v1/namespaces/east/jobs 201");
    writes.iter().filter(is_job).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn init_hooks_run_once_and_before_hooks_before_each_change() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = with_hooks();
    let commit = repo.commit();
    assert_eq!(
        sync(&reconciler, &commit).await,
        Ended::Succeeded,
        "{:#?}",
        status(&reconciler)
    );
    assert_eq!(jobs(&lab), 2, "prepare and backup");
    let value = lab.value_of("a").unwrap();
    assert!(value.starts_with("one:") && value.len() > 12, "{value}");

    assert_eq!(sync(&reconciler, &commit).await, Ended::NoChange);
    assert_eq!(
        sync(&lab.reconciler().await, &commit).await,
        Ended::NoChange,
        "also after a restart"
    );
    assert_eq!(jobs(&lab), 0);

    repo.edit("parameters.yaml", "a: one", "a: two");
    assert_eq!(sync(&reconciler, &repo.commit()).await, Ended::Succeeded);
    assert_eq!(jobs(&lab), 1, "backup alone");
    assert_eq!(
        lab.value_of("a").unwrap(),
        value.replace("one:", "two:"),
        "the password stays"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_init_hook_runs_again_and_alone_upgrades_nothing() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = with_hooks();
    sync(&reconciler, &repo.commit()).await;
    jobs(&lab);
    repo.edit("hooks/prepare.yaml", "image: main", "image: other");
    let commit = repo.commit();
    let ended = sync(&reconciler, &commit).await;
    assert!(
        matches!(ended, Ended::Succeeded),
        "{ended:?} {:#?}",
        status(&reconciler)
    );
    assert_eq!(jobs(&lab), 1, "prepare alone");
    assert_eq!(lab.records().await, ["a.v1", "b.v1", "c.v1"]);
    assert_eq!(sync(&reconciler, &commit).await, Ended::NoChange);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_init_hook_keeps_its_log_and_deploys_nothing() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = with_hooks();
    repo.set(
        "hooks/prepare.yaml",
        &job(
            "a-prepare",
            "annotations: { sandbox.deploy-manager/outcome: fail }",
        ),
    );
    assert_eq!(sync(&reconciler, &repo.commit()).await, Ended::Failed);
    assert_eq!(states(&reconciler), "a=Failed b=Blocked c=Ready");
    assert_eq!(lab.records().await, ["c.v1"]);
    let failed = component(&reconciler, "a");
    assert!(failed.message.contains("prepare"), "{failed:?}");
    assert!(failed.log.is_some(), "{failed:?}");

    // The password that is there already stays, and only what failed is repeated.
    let secret = || {
        lab.sandbox
            .object("v1", "Secret", NAMESPACE, "a-passwords")
            .unwrap()["data"]
            .clone()
    };
    let before = secret();
    repo.set("hooks/prepare.yaml", &job("a-prepare", ""));
    assert_eq!(
        sync(&reconciler, &repo.commit()).await,
        Ended::Succeeded,
        "{:#?}",
        status(&reconciler)
    );
    assert_eq!(secret(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_chart_makes_of_outputs_is_checked_before_any_hook_runs() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = with_hooks();
    repo.edit(
        "charts/a/templates/config.yaml",
        "{{ .Values.value | quote }}",
        "{{ fail \"never\" }}",
    );
    assert_eq!(sync(&reconciler, &repo.commit()).await, Ended::Blocked);
    assert_eq!(lab.writes(), Vec::<String>::new());
    let blocked = status(&reconciler).blocked.clone();
    assert!(
        blocked[0].starts_with("charts/a/templates/config.yaml:6"),
        "{blocked:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_neither_in_the_state_nor_in_the_status() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    sync(&reconciler, &with_hooks().commit()).await;
    let value = lab.value_of("a").unwrap();
    let password = value.strip_prefix("one:").unwrap();
    let state = lab.config_map("deploy-manager-state").unwrap().to_string();
    assert!(!state.contains(password));
    assert!(
        !serde_json::to_string(&*status(&reconciler))
            .unwrap()
            .contains(password)
    );
}
