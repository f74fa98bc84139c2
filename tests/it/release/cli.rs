//! `deploy-manager release` in the place of `helm`: the same output, exit codes, records and objects.

use std::time::Duration;

use super::pair::Pair;

const VALUES: &str = "value: one\nbig: 1000000\nlist: [1, two]\nnested: {a: 1, b: 2}\n";
const TEMPLATES: &str = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-a
data:
  key: {{ .Values.value | quote }}
  big: {{ .Values.big | quote }}
  nested: {{ .Values.nested | toJson | quote }}
  release: "{{ .Release.Revision }} {{ .Release.IsInstall }} {{ .Release.Namespace }}"
{{- if .Values.extra }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-extra
  annotations: {helm.sh/resource-policy: keep}
data: {x: "1"}
{{- end }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  selector: {app: x}
  ports: [{port: 80}]
"#;
const HOOKS: &str = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-hook
  annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-weight: "-5"}
data: {}
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations: {helm.sh/hook: test}
spec:
  restartPolicy: Never
  containers: [{name: main, image: busybox}]
"#;

fn chart(pair: &Pair) {
    let notes = "\nHave fun with {{ .Release.Name }}\n\n";
    pair.chart(
        "web",
        &[
            ("templates/all.yaml", TEMPLATES),
            ("templates/hooks.yaml", HOOKS),
            ("templates/NOTES.txt", notes),
            ("values.yaml", VALUES),
        ],
    );
}

/// Helm sorts by whole seconds, and draws the order of two in one.
const A_SECOND: Duration = Duration::from_millis(1100);

/// The commands that read.
const READING: &[&str] = &[
    "list",
    "list -o json",
    "list -o yaml",
    "list -q",
    "list -q -o json",
    "list --no-headers --failed",
    "list --filter ^w -o json --time-format 2006",
    "list --superseded -q",
    "list -d -r -m 1 --offset 1 -q",
    "list -l team=red -q",
    "history web",
    "history web -o json",
    "history web -o yaml --max 2",
    "get manifest web",
    "get manifest web --revision 1",
    "get hooks web",
    "get notes web",
    "get values web",
    "get values web -o json",
    "get values web -o yaml --revision 2",
    "get values web --all",
    "get values web -a -o json",
    "get metadata web",
    "get metadata web -o json",
    "get metadata web -o yaml",
    "get all web",
    "get all web --revision 1",
];

#[tokio::test(flavor = "multi_thread")]
async fn c11_01_reading_commands_print_what_helm_prints() {
    let Some(pair) = Pair::start("helm3").await else {
        return;
    };
    chart(&pair);
    pair.check(&[
        "list",
        "list -o json",
        "status web",
        "history web",
        "get values web",
    ])
    .await;
    pair.check(&[
        "install web ./web --description first",
        "upgrade web ./web --set value=two,n=3 --set-string s=5 --labels team=red",
    ])
    .await;
    tokio::time::sleep(A_SECOND).await;
    pair.check(&["install db ./web --set extra=true"]).await;
    pair.check(READING).await;
    pair.check(&[
        "status web",
        "status web --show-desc",
        "status web --revision 1",
        "status web -o json",
        "status web -o yaml",
        "list -a --pending",
    ])
    .await;
    pair.check_state().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_01_reading_commands_print_what_helm_4_prints() {
    let Some(pair) = Pair::start("helm4").await else {
        return;
    };
    chart(&pair);
    pair.check(&["list", "list -o json", "history web", "get values web"])
        .await;
    pair.check(&[
        "install web ./web --description first --server-side=false",
        "install web ./web --server-side=false",
        "upgrade web ./web --set value=two,n=3 --labels team=red --server-side=false",
    ])
    .await;
    tokio::time::sleep(A_SECOND).await;
    pair.check(&["install db ./web --set extra=true --server-side=false"])
        .await;
    // Helm 4 shows its own labels, too, where no revision is named.
    let with_labels = |line: &&str| line.starts_with("get metadata");
    let lines: Vec<&str> = READING
        .iter()
        .copied()
        .filter(|line| !with_labels(line))
        .collect();
    pair.check(&lines).await;
    pair.check(&[
        "get metadata web --revision 2",
        "get metadata web --revision 2 -o json",
        "get metadata web --revision 2 -o yaml",
        "rollback web 1 --server-side=false",
        "history web --show-rollback-revision",
        "history web -o json",
        "uninstall db --keep-history",
        "list",
        "uninstall web db nope",
        "list -q",
        "list -a",
    ])
    .await;
    pair.check_state().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_43_values_of_earlier_revisions_count_as_in_helm() {
    let Some(pair) = Pair::start("helm3").await else {
        return;
    };
    chart(&pair);
    pair.check(&[
        "install web ./web --set nested.a=5,big=3000000",
        "upgrade web ./web",
        "get values web -o json",
        "upgrade web ./web --reuse-values --set nested.b=null,extra=true",
        "get values web -o json",
        "get values web -a -o json",
        "get manifest web",
        "upgrade web ./web --reset-then-reuse-values --set nested.a=null",
        "get values web -a -o json",
        "get manifest web",
        "upgrade web ./web --reset-values --reuse-values --set value=x",
        "get values web -o json",
        "upgrade web ./web --reset-values -o json",
        "get values web -o json",
    ])
    .await;
    pair.check_state().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_69_rollbacks_and_uninstalls_print_and_record_what_helm_does() {
    let Some(pair) = Pair::start("helm3").await else {
        return;
    };
    chart(&pair);
    pair.check_errors(&[
        "install web ./web --set extra=true",
        "upgrade web ./web --set extra=true,value=two",
        "rollback web 1 --history-max 2",
        "rollback web",
        "rollback web 77",
        "rollback web x",
        "rollback nope",
        "rollback nope 1 --dry-run",
        "history web",
        "uninstall nope",
        "uninstall nope --ignore-not-found",
        "uninstall web --dry-run",
        "uninstall web --cascade x",
        "uninstall web --keep-history --cascade foreground --description gone",
        "uninstall web --keep-history",
        "list",
        "list --uninstalled",
        "install web ./web",
        "upgrade web ./web",
    ])
    .await;
    pair.check_state().await;
    pair.check_errors(&[
        "install web ./web --replace",
        "history web",
        "uninstall web",
        "uninstall web",
        "list -a",
    ])
    .await;
    pair.check_state().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_25_dry_runs_print_what_helm_prints_and_write_nothing() {
    let Some(pair) = Pair::start("helm3").await else {
        return;
    };
    chart(&pair);
    pair.check(&[
        "install dry ./web --dry-run",
        "install dry ./web --dry-run=server -o json",
        "upgrade -i dry ./web --dry-run --description given",
        "list -a",
        "install web ./web",
        "install web ./web --dry-run",
        "upgrade web ./web --dry-run --set value=dry --description given",
        "upgrade web ./web --dry-run=server -o yaml --hide-notes",
        "upgrade web ./web --dry-run=nope",
        "history web",
    ])
    .await;
    pair.check_state().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_command_lines_are_refused_in_helms_words() {
    let Some(pair) = Pair::start("helm3").await else {
        return;
    };
    chart(&pair);
    pair.check_errors(&[
        "install",
        "install ./web",
        "install a b c",
        "install bad_name ./web",
        "install x ./missing",
        "install x ./web --nope",
        "install x ./web --timeout 5",
        "install x ./web --labels name=x",
        "install x ./web --labels x",
        "install x ./web -g",
        "install x ./web --hide-secret",
        "upgrade web",
        "upgrade nope ./web",
        "upgrade bad_name ./web",
        "list x",
        "list -o x",
        "status",
        "get values",
        "get values nope",
        "history nope",
        "uninstall",
    ])
    .await;
}
