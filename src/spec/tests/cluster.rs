use super::*;
use std::time::Duration;

#[test]
fn a_good_cluster_is_read_whole() {
    let cluster = load(&files(CLUSTER)).unwrap();
    assert_eq!(
        (cluster.name.as_str(), cluster.helm_version.as_str()),
        ("east-1", "3.17.2")
    );
    assert_eq!(cluster.parameters, json!({"image": "web", "port": 8080}));
    let web = &cluster.components[&component("web")];
    assert_eq!(
        (web.version.as_str(), web.release.as_str(), web.line),
        ("1.10", "web", 12)
    );
    assert_eq!(web.depends_on, [component("db")]);
    assert_eq!(web.settings.timeout, Duration::from_secs(600));
    let HookKind::Secret { name, data } = &cluster.components[&component("db")].init[0].kind else {
        unreachable!()
    };
    assert_eq!(name, "db-passwords");
    assert!(matches!(data["root"], SecretRecipe::Password { length: 32, .. }));
}

#[test]
fn settings_of_a_component_lie_over_the_defaults() {
    let text = CLUSTER.replace(
        "components:\n",
        "defaults: { timeout: 90s, atomic: false, historyMax: 0 }\ncomponents:\n",
    );
    let text = text.replace(
        "    dependsOn: [db]",
        "    timeout: 1h\n    wait: none\n    recreate: [Job]\n    dependsOn: [db]",
    );
    let cluster = load(&files(&text)).unwrap();
    let settings = &cluster.components[&component("web")].settings;
    assert_eq!(
        *settings,
        Defaults {
            timeout: Duration::from_secs(3600),
            wait: WaitMode::None,
            atomic: false,
            history_max: 0,
            recreate: vec!["Job".to_owned()],
        }
    );
}

#[test]
fn unknown_keys_name_their_nearest() {
    check_cluster(
        "    dependsOn: [db]",
        "    dependson: [db]",
        &["cluster.yaml:15:5: unknown key `dependson` in component `web`"],
    );
    let problems = load(&files(
        &CLUSTER.replace("    dependsOn: [db]", "    dependson: [db]"),
    ))
    .unwrap_err();
    assert_eq!(
        problems.to_string(),
        "cluster.yaml:15:5: unknown key `dependson` in component `web`\n  15 |     dependson: [db]\n     |     ^\n  hint: did you mean `dependsOn`?"
    );
    check_cluster(
        "kind: Cluster",
        "kind: Cluster\nfoo: 1",
        &["cluster.yaml:3:1: unknown key `foo` in cluster.yaml"],
    );
}

#[test]
fn wrong_types_say_what_is_expected() {
    for (from, to, expected) in [
        (
            "version: \"1.10\"",
            "version: 1.10",
            "cluster.yaml:13:14: `version` of component `web` must be a text, but `1.10` reads as 1.1",
        ),
        (
            "version: \"3.17.2\"",
            "version: 3.17",
            "cluster.yaml:4:18: `helm.version` must be a text, but `3.17` reads as 3.17",
        ),
        (
            "dependsOn: [db]",
            "dependsOn: db",
            "cluster.yaml:15:16: `dependsOn` of component `web` must be a list, but is a text",
        ),
        (
            "dependsOn: [db]",
            "atomic: maybe",
            "cluster.yaml:15:13: `atomic` of component `web` must be true or false, but is a text",
        ),
        (
            "dependsOn: [db]",
            "timeout: soon",
            "cluster.yaml:15:14: `timeout` of component `web` must be a length of time above zero such as `90s`, `10m` or `1h30m`, but is `soon`",
        ),
        (
            "dependsOn: [db]",
            "historyMax: -1",
            "cluster.yaml:15:17: `historyMax` of component `web` must be a whole number from 0 to 1000, but is the number `-1`",
        ),
        (
            "dependsOn: [db]",
            "wait: forever",
            "cluster.yaml:15:11: `wait` of component `web` must be one of none, helm, afterHooks, auto, but is `forever`",
        ),
        (
            "helm: { version: \"3.17.2\" }",
            "helm: 3",
            "cluster.yaml:4:7: `helm` must be a map, but is the number `3`",
        ),
        (
            "kind: Cluster",
            "kind: Klaster",
            "cluster.yaml:2:7: `kind` must be one of Cluster, but is `Klaster`",
        ),
    ] {
        check_cluster(from, to, &[expected]);
    }
}

#[test]
fn missing_fields_are_named() {
    check_cluster(
        "helm: { version: \"3.17.2\" }\n",
        "",
        &["cluster.yaml:1:1: cluster.yaml lacks `helm`"],
    );
    check_cluster(
        "    version: \"1.10\"\n",
        "",
        &["cluster.yaml:13:5: component `web` lacks `version`"],
    );
    check_cluster(
        "version: 1.0.0 }\n    dependsOn",
        "}\n    dependsOn",
        &["cluster.yaml:14:12: `chart` of component `web` lacks `version`"],
    );
}

#[test]
fn names_are_checked() {
    check_cluster(
        "  web:\n",
        "  Web:\n",
        &[
            "cluster.yaml:12:3: invalid component name `Web`: use lower-case letters, digits and `-`, at most 53, starting and ending with a letter or digit",
        ],
    );
    check_cluster(
        "    dependsOn: [db]",
        "    release: -x",
        &[
            "cluster.yaml:15:14: invalid release name `-x`: use lower-case letters, digits, `-` and `.`, at most 53, starting and ending with a letter or digit",
        ],
    );
}

#[test]
fn two_components_cannot_share_a_release() {
    check_cluster(
        "    dependsOn: [db]",
        "    release: db",
        &["cluster.yaml:15:14: components `db` and `web` have the same release `db`"],
    );
}

#[test]
fn dependencies_exist_and_make_no_circle() {
    check_cluster(
        "[db]",
        "[bd]",
        &["cluster.yaml:15:17: component `web` depends on `bd`, which is no component"],
    );
    check_cluster(
        "[db]",
        "[web]",
        &["cluster.yaml:15:17: `dependsOn` goes in a circle: web -> web"],
    );
    check_cluster(
        "    init:\n",
        "    dependsOn: [web]\n    init:\n",
        &["cluster.yaml:10:17: `dependsOn` goes in a circle: db -> web -> db"],
    );
    check_cluster(
        "    init:\n",
        "    state: absent\n    init:\n",
        &["cluster.yaml:16:17: component `web` depends on `db`, which has `state: absent`"],
    );
}

#[test]
fn paths_stay_inside_the_repository_and_lead_to_files() {
    for (from, to, expected) in [
        (
            "values/web.yaml",
            "../web.yaml",
            "cluster.yaml:16:14: `../web.yaml` is outside the repository",
        ),
        (
            "values/web.yaml",
            "/etc/passwd",
            "cluster.yaml:16:14: `/etc/passwd` is outside the repository",
        ),
        (
            "values/web.yaml",
            "values/wbe.yaml",
            "cluster.yaml:16:14: `values/wbe.yaml`: there is no such file in the repository",
        ),
        (
            "values/web.yaml",
            "values",
            "cluster.yaml:16:14: `values`: it is a folder",
        ),
        (
            "parameters/common.yaml",
            "a/../../b",
            "cluster.yaml:5:14: `a/../../b` is outside the repository",
        ),
        (
            "hooks/backup.yaml",
            "hooks/x.yaml",
            "cluster.yaml:17:36: `hooks/x.yaml`: there is no such file in the repository",
        ),
        (
            "path: charts/web, version: 1.0.0 }\n    dependsOn",
            "path: ../web, version: 1.0.0 }\n    dependsOn",
            "cluster.yaml:14:20: `../web` is outside the repository",
        ),
        (
            "path: charts/web, version: 1.0.0 }\n    dependsOn",
            "path: charts/wep, version: 1.0.0 }\n    dependsOn",
            "cluster.yaml:14:20: `charts/wep`: there is no chart in the repository",
        ),
        (
            "path: charts/web, version: 1.0.0 }\n    dependsOn",
            "path: charts/web, version: 1.0.1 }\n    dependsOn",
            "cluster.yaml:14:41: component `web` pins chart version 1.0.1, but `charts/web` holds 1.0.0",
        ),
    ] {
        check_cluster(from, to, &[expected]);
    }
}

#[test]
fn engines_must_be_certified() {
    check_cluster(
        "3.17.2",
        "3.17.1",
        &["cluster.yaml:4:18: `helm.version`: no certified engine behaves as Helm 3.17.1"],
    );
    check_cluster(
        "3.17.2",
        "2",
        &["cluster.yaml:4:18: `helm.version` \"2\" (a cluster before its migration) is not supported yet"],
    );
}

#[test]
fn what_is_known_but_not_supported_is_refused() {
    for (from, to, expected) in [
        (
            "{ path: charts/web, version: 1.0.0 }\n    dependsOn",
            "{ repo: https://charts.example.org, name: web, version: 1.0.0 }\n    dependsOn",
            "cluster.yaml:14:14: a chart from `repo` is not supported yet",
        ),
        (
            "dependsOn: [db]",
            "atomic: true",
            "cluster.yaml:15:13: `atomic` of component `web`: true is not supported yet",
        ),
        (
            "dependsOn: [db]",
            "recreate: [Pod]",
            "cluster.yaml:15:16: `recreate` of component `web` must be one of Job, but is `Pod`",
        ),
        (
            "dependsOn: [db]",
            "adopt: [x]",
            "cluster.yaml:15:12: `adopt` of component `web` is not supported yet",
        ),
        (
            "job: hooks/backup.yaml",
            "exec: { command: [x] }",
            "cluster.yaml:17:37: the kind `exec` of hook `backup` is not supported yet",
        ),
        (
            "kind: Cluster",
            "kind: Cluster\npolicy: { prune: auto }",
            "cluster.yaml:3:18: `policy.prune: auto` is not supported yet",
        ),
        (
            "{ version: \"3.17.2\" }",
            "{ version: \"3.17.2\", apply: server }",
            "cluster.yaml:4:35: `helm.apply: server` is not supported yet",
        ),
    ] {
        check_cluster(from, to, &[expected]);
    }
}

#[test]
fn all_problems_come_at_once() {
    let text = CLUSTER
        .replace("version: \"1.10\"", "vesion: \"1.10\"")
        .replace("[db]", "[nothing]")
        .replace("values/web.yaml", "values/none.yaml")
        .replace("parameters/common.yaml", "../x");
    let problems = load(&files(&text)).unwrap_err();
    assert_eq!(problems.0.len(), 5, "{problems}");
}

#[test]
fn an_empty_cluster_is_refused() {
    let start = CLUSTER.find("components:").unwrap();
    let text = format!("{}components: {{}}\n", &CLUSTER[..start]);
    check_problems(
        &files(&text),
        &["cluster.yaml:6:13: `components` is empty: this would ask for the removal of everything"],
    );
}

#[test]
fn hooks_have_one_kind_and_their_own_name() {
    check_cluster(
        "job: hooks/backup.yaml",
        "job: hooks/backup.yaml, wait: {}",
        &[
            "cluster.yaml:17:15: hook `backup` must have exactly one of job, secret, exec, http, manifest, wait, but has job and wait",
        ],
    );
    check_cluster(
        "{ name: backup, job: hooks/backup.yaml }",
        "{ name: backup, job: hooks/backup.yaml }, { name: backup, job: hooks/backup.yaml }",
        &[
            "cluster.yaml:17:57: two hooks of component `web` have the name `backup`: the first stands in line 17",
        ],
    );
}

#[test]
fn given_texts_of_secrets_stay_out_of_problems() {
    for recipe in [
        "{ value: canary-1, lenght: 3 }",
        "{ value: [canary-1] }",
        "{ value: canary-1, password: {} }",
        "{ value: canary-1 canary-1: }",
    ] {
        let text = CLUSTER.replace("{ password: {} }", recipe);
        let problems = load(&files(&text)).unwrap_err();
        assert!(
            !problems.0.is_empty() && !problems.to_string().contains("canary-1"),
            "{problems}"
        );
    }
}

#[test]
fn what_is_no_yaml_names_file_and_line() {
    check_cluster(
        "kind: Cluster",
        "kind: Cluster: x",
        &["cluster.yaml:2:14: not YAML: mapping values are not allowed in this context"],
    );
    check_cluster(
        "kind: Cluster",
        "kind: Cluster\nkind: Cluster",
        &["cluster.yaml:3:1: duplicate key `kind`: it stands in line 2 already"],
    );
    check_problems(
        &with("parameters/common.yaml", "a: [1\nb: 2\n"),
        &["parameters/common.yaml:2:2: not YAML: did not find expected ',' or ']'"],
    );
    check_problems(
        &with("parameters/common.yaml", "- a\n"),
        &["parameters/common.yaml:1:1: a parameter file must be a map, but is a list"],
    );
    check_problems(
        &with("charts/web/Chart.yaml", "name: web\n  version: 1\n"),
        &[
            "charts/web/Chart.yaml:2: cannot load Chart.yaml: error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context",
        ],
    );
}

#[test]
fn huge_and_strange_files_are_refused() {
    let huge = "# ".repeat(600_000);
    for path in [
        "cluster.yaml",
        "parameters/common.yaml",
        "values/web.yaml",
        "hooks/backup.yaml",
    ] {
        let problems = validate(&with(path, &huge), "n").unwrap_err();
        assert_eq!(problems.0.len(), 1, "{problems}");
        let expected = format!("{path}:1:1: the file holds 1200000 bytes, more than the 1048576 allowed");
        assert_eq!(problems.to_string(), expected);
    }
    let mut files = files(CLUSTER);
    files.insert("parameters/common.yaml", &b"a: 1\nb: \xff\n"[..]);
    check_problems(&files, &["parameters/common.yaml:2:1: not UTF-8"]);
    files.insert("parameters/common.yaml", &b"a: 1\nb: \x07\n"[..]);
    check_problems(
        &files,
        &["parameters/common.yaml:2:4: not YAML: the character U+0007 is not allowed"],
    );
}

#[test]
fn a_missing_cluster_file_is_told_with_where_it_may_be() {
    let mut files = FileSet::new();
    files.insert("east/cluster.yaml", CLUSTER.as_bytes());
    let problems = load(&files).unwrap_err();
    assert_eq!(
        problems.to_string(),
        "cluster.yaml: no such file in the repository\n  hint: there is `east/cluster.yaml`: set the folder of the cluster"
    );
}

#[test]
fn bad_charts_name_file_and_line() {
    for (file, text, expected) in [
        (
            "Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n  - { name: lib, version: 1.x }\n",
            "charts/web/Chart.yaml:5:5: found in Chart.yaml, but missing in charts/ directory: lib",
        ),
        (
            "Chart.yaml",
            "apiVersion: v2\nname: web\n",
            "charts/web/Chart.yaml: validation: chart.metadata.version is required",
        ),
        (
            "Chart.yaml",
            "apiVersion: v2\nname: [web]\nversion: 1.0.0\n",
            "charts/web/Chart.yaml: cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field Metadata.name of type string",
        ),
        (
            "values.yaml",
            "a: 1\nb: [\n",
            "charts/web/values.yaml:3: cannot load values.yaml: error converting YAML to JSON: yaml: line 2: did not find expected node content",
        ),
    ] {
        check_problems(&with(&format!("charts/web/{file}"), text), &[expected]);
    }
}
