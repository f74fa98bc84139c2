//! Flags that say how much of the cluster counts, and where it is.

use super::support::Scene;

/// Arguments and environment.
type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);

fn config_map(expression: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: new}}\nfound: >-\n  {{{{ {expression} }}}}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn lookup_and_capabilities_are_those_of_helm() {
    let scene = Scene::start().await;
    for expression in [
        r#"lookup "v1" "ConfigMap" "demo" "there" | toJson"#,
        r#"lookup "v1" "ConfigMap" "demo" "" | toJson"#,
        r#"lookup "v1" "ConfigMap" "" "there" | toJson"#,
        r#"(lookup "v1" "ConfigMap" "" "").items | len"#,
        r#"lookup "v1" "ConfigMap" "demo" "missing" | toJson"#,
        r#"lookup "v1" "ConfigMap" "nowhere" "" | toJson"#,
        r#"lookup "v1" "Namespace" "" "demo" | toJson"#,
        r#"lookup "v1" "Namespace" "ignored" "demo" | toJson"#,
        r#"lookup "v1" "Nope" "demo" "there" | toJson"#,
        r#"lookup "v1" "Nope" "" "" | toJson"#,
        r#"lookup "nope/v1" "Nope" "" "" | toJson"#,
        r#"lookup "v2" "Nope" "" "" | toJson"#,
        r#"lookup "a/b/c" "Nope" "" "" | toJson"#,
        r#"lookup "" "Nope" "" "" | toJson"#,
        r#"lookup "v1" "ConfigMap" "demo" "a/b" | toJson"#,
        r#"printf "%T" (lookup "v1" "Namespace" "" "demo").metadata.managedFields"#,
        ".Capabilities.KubeVersion | toJson",
        r#"printf "%s %v" .Capabilities.KubeVersion .Capabilities.KubeVersion.Minor"#,
        ".Capabilities.APIVersions | sortAlpha | toJson",
        r#".Capabilities.APIVersions.Has "apps/v1/Deployment""#,
    ] {
        scene.chart("c", &[("templates/x.yaml", &config_map(expression))]);
        for flags in [
            &["--validate"][..],
            &["--dry-run=server"],
            &["--validate", "--dry-run=none"],
            &["--dry-run"],
            &["--validate", "--kube-version", "1.20", "-a", "x/y"],
        ] {
            scene.compare(&[&["r", "c"], flags].concat(), &[], || {}).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_dry_run_is_that_of_helm() {
    let scene = Scene::start().await;
    let text = config_map(r#"lookup "v1" "ConfigMap" "demo" "there" | len"#);
    scene.chart("c", &[("templates/x.yaml", &text), ("crds/x.yaml", "a: b\n")]);
    for flags in [
        "--dry-run=client",
        "--dry-run=true",
        "--dry-run=false",
        "--dry-run=none",
        "--dry-run=",
        "--dry-run=1",
        "--dry-run=F",
        "--dry-run=nope",
        "--dry-run server",
        "--validate --dry-run",
        "--validate=false --dry-run=server",
        "--validate=nope",
        "--validate --skip-crds",
        "--dry-run=server --is-upgrade",
        "--dry-run=nope --kube-version x",
        "-l name=x --validate",
    ] {
        let flags: Vec<&str> = flags.split(' ').collect();
        scene
            .compare(&[&["r", "c"], &flags[..]].concat(), &[], || {})
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_is_found_as_helm_finds_it() {
    let scene = Scene::start().await;
    let text = config_map(r#"lookup "v1" "ConfigMap" "demo" "there" | toJson"#);
    scene.chart("c", &[("templates/x.yaml", &text)]);
    let address = scene.sandbox.address().to_string();
    let (with_scheme, tls) = (format!("http://{address}"), format!("https://{address}"));
    let both = format!("/nope:{}", scene.folder().join("kubeconfig").display());
    let cases: &[Case<'_>] = &[
        (&[], &[("KUBECONFIG", "/nope")]),
        (&[], &[("KUBECONFIG", &both)]),
        (
            &[],
            &[("KUBECONFIG", "/nope"), ("KUBERNETES_MASTER", &with_scheme)],
        ),
        (&["--kubeconfig", "/nope"], &[]),
        (&["--kubeconfig", "kubeconfig"], &[("KUBECONFIG", "/nope")]),
        (&["--kube-context", "nope"], &[]),
        (&[], &[("HELM_KUBECONTEXT", "nope")]),
        (&["--kube-apiserver", "http://127.0.0.1:1"], &[]),
        (&["--kube-apiserver", &address], &[("KUBECONFIG", "/nope")]),
        (
            &["--kube-apiserver", &tls, "--kube-insecure-skip-tls-verify"],
            &[("HELM_KUBEAPISERVER", "http://127.0.0.1:1")],
        ),
        (&[], &[("HELM_KUBEAPISERVER", "http://127.0.0.1:1")]),
        (&["--kube-ca-file", "/nope"], &[]),
        (&["--kube-token", "t", "--kube-tls-server-name", "x"], &[]),
        (&["--kube-as-user", "u", "--kube-as-group", "g"], &[]),
        (&[], &[("HELM_KUBEASUSER", "u"), ("HELM_KUBEASGROUPS", "a,b")]),
        (
            &[],
            &[
                ("HELM_KUBEINSECURE_SKIP_TLS_VERIFY", "nope"),
                ("HELM_BURST_LIMIT", "nope"),
            ],
        ),
        (&["--burst-limit", "3", "--qps", "2.5"], &[]),
        (&["-n", "other"], &[("HELM_NAMESPACE", "ignored")]),
    ];
    for (args, env) in cases {
        for flag in ["--validate", "--dry-run=server"] {
            scene
                .compare(&[&["r", "c", flag], *args].concat(), env, || {})
                .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_of_the_server_are_told_as_helm_tells_them() {
    let scene = Scene::start().await;
    let text = config_map(r#"lookup "v1" "ConfigMap" "demo" "there" | toJson"#);
    scene.chart("c", &[("templates/x.yaml", &text)]);
    for path in [
        "/version",
        "/api/v1/namespaces/demo/configmaps/there",
        "/api/v1/namespaces/demo/configmaps/new",
    ] {
        for flag in ["--validate", "--dry-run=server"] {
            scene.compare(&["r", "c", flag], &[], || scene.forbid(path)).await;
        }
    }
}
