//! What is due, and in which order.

use deploy_manager::reconcile::Ended;

use super::lab::{Lab, abc, component, states, status, sync};

#[tokio::test(flavor = "multi_thread")]
async fn a_first_sync_installs_everything_and_needed_components_first() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let commit = abc().commit();
    assert_eq!(
        sync(&reconciler, &commit).await,
        Ended::Succeeded,
        "{:#?}",
        status(&reconciler)
    );
    assert_eq!(lab.records().await, ["a.v1", "b.v1", "c.v1"]);
    assert_eq!(lab.value_of("b").as_deref(), Some("one"));
    assert_eq!(states(&reconciler), "a=Ready b=Ready c=Ready");
    let writes = lab.writes();
    let position = |path: &str| writes.iter().position(|write| write == path);
    let config_map = "POST /api/v1/namespaces/east/configmaps";
    let finished = "PUT /api/v1/namespaces/east/secrets/sh.helm.release.v1.a.v1 200";
    assert!(position(finished).is_some(), "{writes:#?}");
    let after = &writes[position(finished).unwrap()..];
    assert!(
        after.iter().any(|write| write.starts_with(config_map)),
        "b comes after a: {writes:#?}"
    );
    let shown = status(&reconciler);
    assert_eq!(shown.cluster, "lab");
    assert_eq!(shown.synced_commit.as_deref(), Some(commit.commit.id.as_str()));
    let shown = component(&reconciler, "a");
    let pins = (
        shown.helm_version.as_str(),
        shown.chart_version.as_str(),
        shown.version.as_str(),
    );
    assert_eq!((pins, shown.revision), (("3.17.2", "1.0.0", "1"), Some(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_with_nothing_to_do_writes_nothing_and_asks_little() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let commit = abc().commit();
    sync(&reconciler, &commit).await;
    lab.writes();
    assert_eq!(sync(&reconciler, &commit).await, Ended::NoChange);
    let requests = lab.sandbox.requests();
    assert_eq!(lab.writes(), Vec::<String>::new());
    assert!(requests.len() <= 6, "{requests:#?}");

    // Also after a restart, when nothing is in memory.
    let reconciler = lab.reconciler().await;
    lab.writes();
    assert_eq!(sync(&reconciler, &commit).await, Ended::NoChange);
    let requests = lab.sandbox.requests();
    assert_eq!(lab.writes(), Vec::<String>::new());
    assert!(requests.len() <= 6, "{requests:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_parameter_upgrades_only_what_uses_it() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    sync(&reconciler, &repo.commit()).await;
    repo.edit("parameters.yaml", "b: one", "b: two");
    assert_eq!(sync(&reconciler, &repo.commit()).await, Ended::Succeeded);
    assert_eq!(lab.records().await, ["a.v1", "b.v1", "b.v2", "c.v1"]);
    assert_eq!(lab.value_of("b").as_deref(), Some("two"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_changes_nothing_deployed_is_only_noted() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    sync(&reconciler, &repo.commit()).await;
    repo.set("README.md", "hello");
    repo.edit("values/a.yaml", "value:", "# a comment is not a value\nvalue:");
    repo.edit("cluster.yaml", "version: \"1\"", "version: \"2\"");
    let commit = repo.commit();
    lab.writes();
    assert_eq!(sync(&reconciler, &commit).await, Ended::NoChange);
    let state = "PUT /api/v1/namespaces/east/configmaps/deploy-manager-state 200";
    let writes = lab.writes();
    assert!(
        !writes.is_empty() && writes.iter().all(|write| write == state),
        "{writes:#?}"
    );
    assert_eq!(status(&reconciler).synced_commit, Some(commit.commit.id));
    assert_eq!(
        component(&reconciler, "a").version,
        "2",
        "it is as that version wants it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_is_gone_from_the_cluster_is_shown_and_kept() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    sync(&reconciler, &repo.commit()).await;
    let text = repo.files["cluster.yaml"].clone();
    repo.set("cluster.yaml", &text[..text.find("  c:\n").unwrap()]);
    let commit = repo.commit();
    assert_eq!(sync(&reconciler, &commit).await, Ended::NoChange);
    assert_eq!(states(&reconciler), "a=Ready b=Ready c=Orphaned");
    assert!(lab.value_of("c").is_some());

    // It stays so after a restart, and comes back when it is wanted again.
    let reconciler = lab.reconciler().await;
    sync(&reconciler, &commit).await;
    assert_eq!(states(&reconciler), "a=Ready b=Ready c=Orphaned");
    repo.set("cluster.yaml", &text);
    assert_eq!(sync(&reconciler, &repo.commit()).await, Ended::NoChange);
    assert_eq!(states(&reconciler), "a=Ready b=Ready c=Ready");
    assert_eq!(lab.records().await, ["a.v1", "b.v1", "c.v1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_that_draws_random_values_is_upgraded_only_for_a_reason() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    let template = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  value: {{ randAlphaNum 12 | quote }}
  asked: {{ .Capabilities.KubeVersion.Version | quote }}
";
    repo.set("charts/a/templates/config.yaml", template);
    let commit = repo.commit();
    assert_eq!(sync(&reconciler, &commit).await, Ended::Succeeded);
    let drawn = lab.value_of("a");
    assert_eq!(sync(&reconciler, &commit).await, Ended::NoChange);
    repo.edit("cluster.yaml", "version: \"1\"", "version: \"2\"");
    assert_eq!(sync(&reconciler, &repo.commit()).await, Ended::NoChange);
    assert_eq!(lab.value_of("a"), drawn);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_may_look_up_what_a_component_before_it_makes() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    let lookup = "{{ (lookup \"v1\" \"ConfigMap\" .Release.Namespace \"a\").data.value | quote }}";
    repo.edit(
        "charts/b/templates/config.yaml",
        "{{ .Values.value | quote }}",
        lookup,
    );
    let commit = repo.commit();
    assert_eq!(
        sync(&reconciler, &commit).await,
        Ended::Succeeded,
        "{:#?}",
        status(&reconciler)
    );
    assert_eq!(lab.value_of("b").as_deref(), Some("one"));
    assert_eq!(sync(&reconciler, &commit).await, Ended::NoChange);

    // What it looked up is an input like any other.
    repo.edit("parameters.yaml", "a: one", "a: two");
    let commit = repo.commit();
    sync(&reconciler, &commit).await;
    sync(&reconciler, &commit).await;
    assert_eq!(lab.value_of("b").as_deref(), Some("two"));
    assert_eq!(lab.records().await, ["a.v1", "a.v2", "b.v1", "b.v2", "c.v1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_sees_the_apis_that_a_component_before_it_brings() {
    let lab = Lab::new().await;
    let reconciler = lab.reconciler().await;
    let mut repo = abc();
    let definition = "\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.org }
spec:
  group: example.org
  scope: Namespaced
  names: { kind: Thing, listKind: ThingList, plural: things, singular: thing }
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
";
    repo.set("charts/a/crds/thing.yaml", definition);
    let asks = "{{ .Capabilities.APIVersions.Has \"example.org/v1/Thing\" | quote }}";
    repo.edit(
        "charts/b/templates/config.yaml",
        "{{ .Values.value | quote }}",
        asks,
    );
    let commit = repo.commit();
    assert_eq!(
        sync(&reconciler, &commit).await,
        Ended::Succeeded,
        "{:#?}",
        status(&reconciler)
    );
    assert_eq!(lab.value_of("b").as_deref(), Some("true"));
    assert_eq!(sync(&reconciler, &commit).await, Ended::NoChange);
    assert_eq!(lab.records().await, ["a.v1", "b.v1", "c.v1"]);
}
