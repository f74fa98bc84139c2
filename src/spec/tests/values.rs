use std::sync::LazyLock;

use super::*;
use proptest::prelude::*;

fn outputs(hook: &str, key: &str, text: &str) -> Outputs {
    let keys = [(key.to_owned(), Secret::new(text))].into_iter().collect();
    [(hook.parse().unwrap(), keys)].into_iter().collect()
}

/// A cluster whose `web` has this value file, these parameters, and an init hook `made` with key `pw`.
fn with_values(template: &str, parameters: &Json) -> FileSet {
    let cluster = CLUSTER.replace(
        "    dependsOn: [db]\n",
        "    dependsOn: [db]\n    init: [ { name: made, secret: { data: { pw: { password: {} } } } } ]\n",
    );
    let mut files = files(&cluster);
    files.insert("values/web.yaml", template.as_bytes().to_vec());
    files.insert("parameters/common.yaml", parameters.to_string().into_bytes());
    files
}

/// Renders the value file of a cluster that was read once: property tests do it a thousand times.
fn render(template: &str, parameters: &Json, outputs: &Outputs) -> Result<String, ValuesError> {
    static READ: LazyLock<Cluster> = LazyLock::new(|| load(&with_values("", &json!({}))).unwrap());
    let mut cluster = READ.clone();
    cluster.parameters = parameters.clone();
    let files = [("values/web.yaml", template.as_bytes())].into_iter().collect();
    let layers = value_layers(&cluster, &component("web"), &files, "openstack", outputs)?;
    let [Layer::File { name, text }] = &layers[..] else {
        panic!("{layers:?}")
    };
    assert_eq!(name, "values/web.yaml");
    Ok(String::from_utf8(text.clone()).unwrap())
}

#[track_caller]
fn check(template: &str, parameters: &Json, expected: &str) {
    let found =
        render(template, parameters, &Outputs::new()).unwrap_or_else(|error| panic!("{template}: {error}"));
    assert_eq!(found, expected, "{template}");
}

#[track_caller]
fn check_error(template: &str, parameters: &Json, expected: &str) {
    let error = render(template, parameters, &Outputs::new()).unwrap_err();
    assert_eq!(error.to_string(), expected, "{template}");
}

#[test]
fn templates_see_cluster_component_namespace_and_parameters() {
    check(
        "a: {{cluster.name}}\nb: {{component.name}} {{component.version}} {{component.chart.version}}\nc: {{namespace}}\nd: {{parameters.x.y}}\n",
        &json!({"x": {"y": 5}}),
        "a: east-1\nb: web 1.10 1.0.0\nc: openstack\nd: 5\n",
    );
}

#[test]
fn blocks_and_paths_work_as_in_handlebars() {
    let parameters = json!({"list": ["a", "b"], "map": {"k": 1}, "on": true, "off": false});
    for (template, expected) in [
        ("{{#if parameters.on}}x: 1{{else}}x: 2{{/if}}", "x: 1"),
        (
            "{{#if parameters.off}}x: 1{{else if parameters.on}}x: 2{{else}}x: 3{{/if}}",
            "x: 2",
        ),
        ("{{#unless parameters.off}}x: 1{{/unless}}", "x: 1"),
        (
            "x:\n{{#each parameters.list}}\n- {{this}}{{@index}}\n{{/each}}",
            "x:\n- a0\n- b1\n",
        ),
        (
            "{{#each parameters.map}}{{@key}}: {{this}}{{@first}}{{/each}}",
            "k: 1true",
        ),
        ("{{#each parameters.map as |v k|}}{{k}}: {{v}}{{/each}}", "k: 1"),
        (
            "{{#with parameters.map}}k: {{k}}-{{../cluster.name}}-{{@root.namespace}}{{/with}}",
            "k: 1-east-1-openstack",
        ),
        (
            "{{#each parameters.list}}{{#if @first}}{{this}}: {{../namespace}}{{/if}}{{/each}}",
            "a: openstack",
        ),
        ("x: '\\{{ .Values.a }}'", "x: '{{ .Values.a }}'"),
        (
            "x: '{{{{raw}}}}{{ .Values.a }}{{{{/raw}}}}'",
            "x: '{{ .Values.a }}'",
        ),
        ("{{!-- a comment --}}\nx: 1\n", "x: 1\n"),
    ] {
        check(template, &parameters, expected);
    }
}

#[test]
fn helpers_do_what_they_say() {
    let parameters =
        json!({"s": "a b", "n": 3, "f": 1.5, "list": ["x", "1"], "map": {"k": {"on": "yes"}}, "empty": ""});
    for (template, expected) in [
        ("x: {{quote parameters.s}}", "x: \"a b\""),
        ("x: {{quote parameters.n}}", "x: \"3\""),
        ("x: {{json parameters.map}}", "x: {\"k\":{\"on\":\"yes\"}}"),
        (
            "x:\n{{indent 2 (yaml parameters.map)}}",
            "x:\n  k:\n    \"on\": \"yes\"",
        ),
        ("x:{{nindent 2 (yaml parameters.list)}}", "x:\n  - x\n  - \"1\""),
        ("x: {{b64 parameters.s}}", "x: YSBi"),
        ("x: {{default parameters.none \"d\"}}", "x: d"),
        ("x: {{default parameters.n 4}}", "x: 3"),
        ("x: {{quote (default parameters.empty \"d\")}}", "x: \"\""),
        (
            "x: {{eq parameters.s \"a b\"}} {{ne parameters.n 3.0}} {{gt parameters.n 2}}",
            "x: true false true",
        ),
        (
            "x: {{and parameters.n parameters.empty}} {{or parameters.n parameters.empty}} {{not parameters.n}}",
            "x: false true false",
        ),
        (
            "x: {{concat parameters.s \"-\" parameters.n}} {{join parameters.list \"/\"}}",
            "x: a b-3 x/1",
        ),
        (
            "x: {{lookup parameters.list 0}} {{len parameters.list}} {{upper parameters.s}}",
            "x: x 2 A B",
        ),
        (
            "x: {{has parameters \"s\"}} {{has parameters \"t\"}}",
            "x: true false",
        ),
        ("x: {{parameters.f}}", "x: 1.5"),
    ] {
        check(template, &parameters, expected);
    }
}

#[test]
fn what_is_missing_is_named_with_its_nearest() {
    let parameters = json!({"image": {"name": "web", "tag": "1"}});
    for (template, expected) in [
        (
            "a: 1\nb: {{parameters.image.nmae}}\n",
            "values/web.yaml:2:4: missing parameter `parameters.image.nmae`\n  hint: did you mean `parameters.image.name`?",
        ),
        (
            "b: {{parameters.foo.bar}}\n",
            "values/web.yaml:1:4: missing parameter `parameters.foo.bar`\n  hint: `parameters` has: image",
        ),
        (
            "b: {{quote parameters.image.x.y}}\n",
            "values/web.yaml:1:4: missing parameter `parameters.image.x.y`\n  hint: `parameters.image` has: name, tag",
        ),
        (
            "b: {{parameters.image.name.x}}\n",
            "values/web.yaml:1:4: missing parameter `parameters.image.name.x`\n  hint: `parameters.image.name` is a text",
        ),
        (
            "{{#if parameters.imag}}b: 1{{/if}}\n",
            "values/web.yaml:1:1: missing parameter `parameters.imag`\n  hint: did you mean `parameters.image`?",
        ),
        (
            "{{#with parameters.image}}b: {{nam}}{{/with}}",
            "values/web.yaml:1:30: there is no `nam`\n  hint: did you mean `name`?",
        ),
        (
            "b: {{parameters.image}}",
            "values/web.yaml:1:4: `parameters.image` is a map, not a text\n  hint: write {{json parameters.image}} or {{yaml parameters.image}}",
        ),
        (
            "b: {{qoute parameters.image.name}}",
            "values/web.yaml:1:4: there is no helper `qoute`\n  hint: did you mean `quote`?",
        ),
        (
            "b: {{quote parameters.image}}",
            "values/web.yaml:1:4: `quote` takes a text, number or truth value, but was given a map",
        ),
        (
            "{{#for parameters.image}}{{/for}}",
            "values/web.yaml:1:1: there is no block `#for`",
        ),
        (
            "a: 1\nb: {{> other}}",
            "values/web.yaml:2:4: partials (`{{>`) and decorators (`{{*`) are not supported\n  hint: put what is shared into parameters, and write {{yaml …}}",
        ),
        (
            "b: {{parameters.image.name}\n",
            "values/web.yaml:1:27: bad template: it breaks off here\n  hint: check braces, quotes and the ends of blocks",
        ),
    ] {
        check_error(template, &parameters, expected);
    }
}

#[test]
fn a_text_cannot_change_the_structure() {
    let hint = "let `{{quote parameters.s}}` be the whole value";
    let rule = "`{{parameters.s}}`: the text put in here changes the YAML around it, or would be read as another value";
    for text in [
        "a: b", "x\ny: 1", "1.10", "yes", "null", "", "# c", "[a", "\"q", "&a", " a", "a #b", "- a", "0x1F",
    ] {
        check_error(
            "one: 1\ntwo: {{parameters.s}}\n",
            &json!({"s": text}),
            &format!("values/web.yaml:2:6: {rule}\n  hint: {hint}"),
        );
        let quoted = render(
            "two: {{quote parameters.s}}\n",
            &json!({"s": text}),
            &Outputs::new(),
        )
        .unwrap();
        let read: Json = serde_yaml::from_str(&quoted).unwrap();
        assert_eq!(read, json!({"two": text}));
    }
    for text in ["a", "a b", "10.11.7", "https://host:80/x?y=z", "a-b_c", "ä"] {
        check(
            "two: {{parameters.s}}\n",
            &json!({"s": text}),
            &format!("two: {text}\n"),
        );
    }
}

#[test]
fn partial_texts_keys_comments_and_blocks_are_checked_too() {
    let many = json!({"s": "a", "bad": "x\ninjected: true", "pem": "-----\nAB\n-----"});
    for good in [
        "url: http://{{parameters.s}}:80/{{parameters.s}}",
        "{{parameters.s}}: 1",
        "x: 1 # {{parameters.s}}",
        "x: '{{parameters.s}}'",
        "x: |\n{{indent 2 parameters.pem}}\ny: 1",
        "x: |\n{{indent 2 (quote parameters.bad)}}\ny: 1",
    ] {
        let result = render(good, &many, &Outputs::new());
        assert!(result.is_ok() || good.contains("quote"), "{good}: {result:?}");
    }
    for bad in [
        "x: 1 # {{parameters.bad}}",
        "{{parameters.bad}}: 1",
        "x: '{{parameters.bad}}'",
        "x: |\n  {{parameters.bad}}\n",
        "x: |\n  {{parameters.pem}}\n",
        "x: \"{{quote parameters.s}}\"",
        "url: http://{{parameters.bad}}",
        "port: 80{{b64 parameters.s}}: 3",
    ] {
        assert!(render(bad, &many, &Outputs::new()).is_err(), "{bad}");
    }
}

#[test]
fn the_first_culprit_is_named() {
    let error = render(
        "a: {{parameters.good}}\n{{#each parameters.list}}\nk{{@index}}: {{this}}\n{{/each}}\nb: {{parameters.bad}}\n",
        &json!({"good": "x", "bad": "1", "list": ["x", "z"]}),
        &Outputs::new(),
    );
    let text = error.unwrap_err().to_string();
    assert!(
        text.starts_with("values/web.yaml:5:4: `{{parameters.bad}}`"),
        "{text}"
    );
}

#[test]
fn bad_yaml_of_a_template_names_its_own_line() {
    let parameters = json!({"list": ["a", "b", "c"]});
    check_error(
        "x:\n{{#each parameters.list}}\n  - {{this}}\n{{/each}}\ny: [1\nz: 2\n",
        &parameters,
        "values/web.yaml:6:1: once rendered: not YAML: did not find expected ',' or ']'",
    );
    check_error(
        "- a\n",
        &parameters,
        "values/web.yaml:1:1: a value file must be a map, but is a list",
    );
    check_error(
        "a: 1\n\na: 2\n",
        &parameters,
        "values/web.yaml:3:1: once rendered: duplicate key `a`: it stands in line 1 already",
    );
}

#[test]
fn outputs_of_hooks_that_did_not_run_are_a_kind_of_their_own() {
    let template = "a: {{quote outputs.made.pw}}\n";
    let error = render(template, &json!({}), &Outputs::new()).unwrap_err();
    let ValuesError::NeedsOutputs(needed) = &error else {
        panic!("{error}")
    };
    assert_eq!(needed[0].marker(), "(known after init: made.pw)");
    assert_eq!(error.to_string(), "needs outputs of init hooks first: made.pw");
    let made = outputs("made", "pw", "s3cret: x");
    assert_eq!(render(template, &json!({}), &made).unwrap(), "a: \"s3cret: x\"\n");
    check_error(
        "a: {{outputs.mdae.pw}}",
        &json!({}),
        "values/web.yaml:1:4: component `web` has no init hook `mdae`\n  hint: did you mean `made`?",
    );
    let error = render("a: {{outputs.made.pws}}", &json!({}), &made).unwrap_err();
    assert_eq!(
        error.to_string(),
        "values/web.yaml:1:4: missing output `outputs.made.pws`\n  hint: did you mean `outputs.made.pw`?"
    );
}

#[test]
fn secrets_stay_out_of_problems() {
    for template in [
        "a: {{outputs.made.pw}}",
        "a: '{{outputs.made.pw}}'",
        "{{outputs.made.pw}}: 1\nb: [",
        "{{#each outputs.made.pw}}{{/each}}",
        "a: {{json outputs.made.pw}} x",
        "a: {{lookup outputs.made.pw outputs.made.pw}}",
    ] {
        let error = render(template, &json!({}), &outputs("made", "pw", "canary'\n: x")).unwrap_err();
        assert!(
            !format!("{error} {error:?}").contains("canary"),
            "{template}: {error}"
        );
    }
}

#[test]
fn a_preview_shows_what_is_not_known_yet() {
    let files = with_values("a: {{outputs.made.pw}}\nb: x-{{outputs.made.pw}}\n", &json!({}));
    let cluster = load(&files).unwrap();
    let layers = preview_layers(&cluster, &component("web"), &files, "n", &Outputs::new()).unwrap();
    let expected = json!({"a": "(known after init: made.pw)", "b": "x-(known after init: made.pw)"});
    assert_eq!(layers, [Layer::Data(expected.as_object().cloned().unwrap())]);
}

#[test]
fn hook_manifests_see_commit_and_run() {
    let files = with(
        "hooks/backup.yaml",
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: backup\n  annotations: { commit: {{quote commit}}, run: {{quote run}} }\nspec: { backoffLimit: 3 }\n",
    );
    let cluster = load(&files).unwrap();
    let facts = HookFacts {
        namespace: "n",
        commit: "1e5",
        run: "r1",
        outputs: &Outputs::new(),
    };
    let objects = hook_manifest(&cluster, &component("web"), "hooks/backup.yaml", &files, &facts).unwrap();
    assert_eq!(
        objects[0]["metadata"]["annotations"],
        json!({"commit": "1e5", "run": "r1"})
    );
    assert_eq!(objects[0]["spec"]["backoffLimit"], json!(3));
}

#[test]
fn bad_hook_manifests_name_file_and_line() {
    for (text, expected) in [
        (
            "a: [",
            "hooks/backup.yaml:1:1: once rendered: not YAML: did not find expected node content",
        ),
        (
            "kind: Job\n",
            "hooks/backup.yaml:1:1: an object needs a text as `apiVersion`",
        ),
        (
            "apiVersion: v1\nkind: Job\n",
            "hooks/backup.yaml:1:1: an object needs a text as `metadata.name`",
        ),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n",
            "hooks/backup.yaml:1:1: a hook's manifest holds one Job, but this holds Pod",
        ),
        (
            "apiVersion: v1\nkind: {{parameters.kind}}\n",
            "hooks/backup.yaml:2:7: missing parameter `parameters.kind`",
        ),
    ] {
        check_problems(&with("hooks/backup.yaml", text), &[expected]);
    }
}

#[test]
fn loops_without_end_are_stopped() {
    let long: Vec<u32> = (0..2000).collect();
    let parameters = json!({"l": long});
    let nested = "{{#each parameters.l}}{{#each @root.parameters.l}}{{/each}}{{/each}}";
    let error = render(nested, &parameters, &Outputs::new()).unwrap_err();
    assert!(error.to_string().contains("more than 1000000 steps"), "{error}");
    let deep = format!("{}{}", "{{#if a}}".repeat(5000), "{{/if}}".repeat(5000));
    let error = render(&deep, &parameters, &Outputs::new()).unwrap_err();
    assert!(error.to_string().contains("nested deeper"), "{error}");
    let deep = format!("{{{{a {}b{}}}}}", "(".repeat(50_000), ")".repeat(50_000));
    assert!(render(&deep, &parameters, &Outputs::new()).is_err());
}

proptest! {
    /// For any text: the same tree and exactly that text at the leaf, or an error.
    #[test]
    fn any_text_arrives_whole_or_is_refused(text in "\\PC*|[ \\t\\n:#\"'{}\\[\\]&*!|>%@`,?a1.~-]{0,12}", before in "[a \"'\\[]{0,2}", after in "[a \"'\\]]{0,2}") {
        let template = format!("k:\n  x: {before}{{{{parameters.s}}}}{after}\n  z: 1\n");
        let plain = crate::golang::yaml::values(template.replace("{{parameters.s}}", "wordxz").as_bytes());
        if let (Ok(rendered), Ok(plain)) = (render(&template, &json!({"s": text}), &Outputs::new()), plain) {
            // Read as Helm reads it: other YAML libraries refuse some of what Helm takes.
            let read = crate::golang::yaml::values(rendered.as_bytes()).unwrap();
            let meant = plain["k"]["x"].as_str().map(|plain| plain.replace("wordxz", &text));
            if let Some(meant) = meant {
                prop_assert_eq!(&read["k"]["x"], &json!(meant));
            }
            prop_assert_eq!(&read["k"]["z"], &json!(1.0));
            prop_assert_eq!(read["k"].as_object().unwrap().len(), 2);
        }
    }

    /// `quote` takes any text.
    #[test]
    fn quoted_texts_always_arrive(text in any::<String>()) {
        let rendered = render("x: {{quote parameters.s}}\ny: {{yaml parameters.s}}\n", &json!({"s": text}), &Outputs::new()).unwrap();
        let read: Json = serde_yaml::from_str(&rendered).unwrap();
        prop_assert_eq!(read, json!({"x": text, "y": text}));
    }

    /// Whatever a template is: no panic.
    #[test]
    fn no_template_breaks_the_parser(text in "([a-z:\\n -]|\\{\\{|\\}\\}|\\{\\{#if |\\{\\{/if|\\{\\{else|~|\\(|\\)|\\\\|\\{\\{!--|--|\"|parameters\\.s|\\{\\{\\{\\{raw|\\|as|=){0,14}") {
        let _ = render(&text, &json!({"s": "x"}), &Outputs::new());
    }
}

/// What we accept, Helm reads as the same.
#[track_caller]
fn check_read_alike(text: &str) {
    use crate::golang::json::with_floats;
    if let Ok(node) = crate::spec::parse::document(text) {
        let helm = crate::golang::yaml::values(text.as_bytes());
        let helm = helm.unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(with_floats(node.to_json()), with_floats(helm), "{text:?}");
    }
}

const SCALARS: &[&str] = &[
    "!!int 3",
    "!!str",
    "1",
    "-1",
    "+1",
    "01",
    "0o17",
    "0x1F",
    "-0x1f",
    "0b11",
    "-0b11",
    "1_000",
    "1.5",
    ".5",
    "1.",
    "1e3",
    "1E-3",
    "+.5",
    "-.5",
    "089",
    "08",
    "0_7",
    "y",
    "Y",
    "yes",
    "on",
    "No",
    "off",
    "true",
    "True",
    "TRUE",
    "tRue",
    "~",
    "null",
    "Null",
    "nUll",
    "",
    ".",
    "-",
    "--",
    "1.2.3",
    "1e",
    "e1",
    "2001-01-01",
    "2001-01-01T00:00:00Z",
    "12:30",
    "1:2:3",
    "0x",
    "0b",
    "0o",
    "0o8",
    "_1",
    "1_",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "-9223372036854775809",
    "0777",
    "-0",
    "+0",
    "0.0",
    "-0x",
    "0b2",
    "1__0",
    "=",
    "<<",
    "!!str 1",
    "!!int \"3\"",
    "!!float 3",
    "!!bool yes",
    "! 5",
    "!x 5",
    "0X1f",
    "0B1",
    "0O7",
    "1e400",
    ".inf",
    "-.Inf",
    ".nan",
    "1e+3",
    "0.1e-1",
    "123456789012345678901234567890",
    "!!null x",
    "!!binary aGk=",
];

#[test]
fn scalars_read_as_helm_reads_them() {
    for scalar in SCALARS {
        check_read_alike(&format!("a: {scalar}\n"));
        check_read_alike(&format!("? {scalar}\n: 1\n"));
        check_read_alike(&format!("a: '{scalar}'\n"));
    }
}

proptest! {
    #[test]
    fn documents_read_as_helm_reads_them(text in "(a: |b: |- |\\n|  |\\[|\\]|\\{|\\}|, |&x |\\*x|'|\"|# |\\||>|-|\\+|<<: |[a-c0-9._~]|y|null|0x|1e|\\\\n|\\\\|!t |\\?|: ){0,14}") {
        check_read_alike(&text);
    }
}
