//! Manifests that a server would not take.

use super::support::Scene;

/// Metadata of a ConfigMap.
const METADATA: &[&str] = &[
    "{name: new}",
    "{name: there}",
    "{name: there, namespace: default}",
    "{name: kube-root-ca.crt, namespace: default}",
    "{name: 1}",
    "{name: y}",
    "{name: x/y}",
    "{name: ..}",
    "null",
    "{}",
    "{generateName: x-}",
    "{generateName: x-, name: y}",
    "{name: q, labels: {a: 1}}",
    "{name: q, labels: {a: null}}",
    "{name: q, labels: [a]}",
    "{name: 1, labels: {b: 2}}",
    "{name: q, annotations: {a: true}}",
    "{name: q, finalizers: [1]}",
    "{name: q, finalizers: {a: 1}}",
    "{name: q, ownerReferences: [{name: 1}]}",
    "{name: q, ownerReferences: [x]}",
    "{name: q, generation: 1.5}",
    "{name: q, uid: [1]}",
    "{name: q, creationTimestamp: 2020-01-01}",
    "{name: q, managedFields: 1}",
];

/// Whole documents.
const DOCUMENTS: &[&str] = &[
    "a: b",
    "# nothing",
    "kind: ConfigMap\nmetadata: {name: there}",
    "apiVersion: v1\nkind:\n",
    "apiVersion: a/b/c\nkind: X",
    "apiVersion: 1\nkind: 2",
    "apiVersion: foo/v1\nkind: Bar\nmetadata: {name: a, namespace: xx}\n---\napiVersion: foo/v1\nkind: Nope\nmetadata: {name: a}\n---\napiVersion: apps/v1\nkind: Nope",
    "apiVersion: foo/v1\nkind: Bar\n---\napiVersion: foo/v1\nkind: Bar",
    "apiVersion: foo/v1\nkind: Bar\n---\nx: y\n---\napiVersion: foo/v1\nkind: Other",
    "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: i}",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: there}\n---\napiVersion: foo/v1\nkind: Bar",
    "apiVersion: v1\nkind: configmap\nmetadata: {name: there}",
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: demo, namespace: foo}",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: there, annotations: {helm.sh/hook: pre-install}}",
    "apiVersion: v1\nkind: List",
    "apiVersion: v1\nkind: List\nitems: x",
    "apiVersion: v1\nkind: List\nitems: [x]",
    "apiVersion: v1\nkind: List\nitems: []",
    "apiVersion: v1\nkind: List\nitems: [{a: b}]",
    "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: ConfigMap, metadata: {name: there, labels: {a: 1}}}]",
    "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Nope}, {apiVersion: nope/v1, kind: Nope}]",
    "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: List, items: []}]",
    "apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: there}}]",
    "apiVersion: v1\nkind: ConfigMapList\nmetadata: {name: there}",
    "apiVersion: authentication.k8s.io/v1\nkind: TokenReview\nspec: {}",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_is_checked_as_helm_checks_it() {
    let scene = Scene::start().await;
    let of_metadata = METADATA
        .iter()
        .map(|metadata| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {metadata}"));
    for document in of_metadata.chain(DOCUMENTS.iter().map(|text| (*text).to_owned())) {
        scene.chart("c", &[("templates/x.yaml", &format!("{document}\n"))]);
        for flags in [&[][..], &["--disable-openapi-validation"]] {
            scene
                .compare(&[&["r", "c", "--validate"], flags].concat(), &[], || {})
                .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_exists_may_be_taken_over_upgraded_or_looked_past() {
    let scene = Scene::start().await;
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: there}\n";
    let crd = "apiVersion: v1\nkind: Namespace\nmetadata: {name: demo}\n";
    scene.chart("c", &[("templates/x.yaml", text), ("crds/crd.yaml", crd)]);
    for flags in [
        "--take-ownership",
        "--is-upgrade",
        "--output-dir out",
        "--include-crds",
        "--include-crds --take-ownership",
        "--include-crds --skip-crds",
        "--show-only templates/x.yaml",
        "--debug=false --no-hooks",
    ] {
        let flags: Vec<&str> = flags.split(' ').collect();
        scene
            .compare(&[&["r", "c", "--validate"], &flags[..]].concat(), &[], || {})
            .await;
    }
}
