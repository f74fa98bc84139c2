//! Hostile values, schemas, flags and chart files.

use super::Case;

const TEMPLATE: (&str, &[u8]) = ("templates/x.yaml", b"a: {{ .Values.a | toYaml | len }}\n");

fn values(name: &str, expected: &str, text: impl AsRef<[u8]>) -> Case {
    Case::chart(name, expected, &[("values.yaml", text.as_ref()), TEMPLATE])
}

fn schema(name: &str, expected: &str, schema: impl AsRef<[u8]>) -> Case {
    let values = format!("a: {}!\n", "a".repeat(30));
    let files = [
        ("values.yaml", values.as_bytes()),
        ("values.schema.json", schema.as_ref()),
        TEMPLATE,
    ];
    Case::chart(name, expected, &files)
}

fn flags(name: &str, expected: &str, args: &[&str]) -> Case {
    values(name, expected, "a: 1\n").with(args)
}

/// Ten lists of ten lists … of one text: `levels` of them.
fn aliases(levels: usize) -> String {
    let mut text = "a0: &a0 [x]\n".to_owned();
    for level in 1..=levels {
        let below = format!("*a{},", level - 1).repeat(10);
        text.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    text + "a: 1\n"
}

/// Maps that merge maps that merge maps.
fn merges(levels: usize) -> String {
    let mut text = "m0: &m0 {k: 1}\n".to_owned();
    for level in 1..=levels {
        let entries: String = (0..10)
            .map(|key| format!("k{key}: {{<<: *m{}}}, ", level - 1))
            .collect();
        text.push_str(&format!("m{level}: &m{level} {{{entries}}}\n"));
    }
    text + "a: 1\n"
}

fn many_keys(count: usize) -> String {
    (0..count).map(|key| format!("k{key}: {{a: b}}\n")).collect()
}

#[expect(clippy::too_many_lines, reason = "a catalogue")]
pub fn cases() -> Vec<Case> {
    let long = "x".repeat(100_000);
    let deep_flag = format!("a{}=1", ".b".repeat(30_000));
    let deep_index = format!("a{}=1", "[0]".repeat(30_000));
    let wide_flag = format!("a={{{}}}", "x,".repeat(60_000));
    let many_flags = "a[65536]=1,b[65536]=1,c[65536]=1,d[65536]=1";
    let json = format!("a={}1{}", "[".repeat(60_000), "]".repeat(60_000));
    let flat = "[".repeat(100_000);
    vec![
        values(
            "aliases of aliases",
            "yaml: document contains excessive aliasing",
            aliases(9),
        ),
        values("merges of merges", "-", merges(9)),
        values("a million keys", "Error: ", many_keys(1_000_000)),
        values("a hundred thousand keys", "-", many_keys(100_000)),
        values(
            "a million items",
            "-",
            format!("a: [{}]\n", "x,".repeat(1_000_000)),
        ),
        values(
            "a million empty maps",
            "-",
            format!("a: [{}]\n", "{},".repeat(1_000_000)),
        ),
        values("a long text", "-", format!("a: {}\n", "x ".repeat(10_000_000))),
        values("deep flow", "Error: ", format!("a: {flat}\n")),
        values(
            "deep flow maps",
            "Error: ",
            format!("a: {}\n", "{a: ".repeat(100_000)),
        ),
        values(
            "deep blocks",
            "Error: ",
            format!("a:\n  {}x\n", "- ".repeat(100_000)),
        ),
        values("a key of keys", "-", format!("{}: 1\n", "? ".repeat(10_000))),
        values("tags and anchors", "-", "a: !!binary |\n  AAAA\nb: &a *a\n"),
        flags(
            "an index out of all bounds",
            "index of 1000000000 is greater than maximum supported index of 65536",
            &["--set", "a[1000000000]=1"],
        ),
        flags("the largest index many times", "-", &["--set", many_flags]),
        flags(
            "indices in indices",
            "-",
            &["--set", "a[65536][65536][65536][65536]=1"],
        ),
        flags("a deep flag", "Error: ", &["--set", &deep_flag]),
        flags("a flag of indices", "-", &["--set", &deep_index]),
        flags("a wide flag", "-", &["--set", &wide_flag]),
        flags("deep JSON", "Error: ", &["--set-json", &json]),
        flags("a long name", "Error: ", &["--set", &long]),
        flags("a long literal", "-", &["--set-literal", &format!("a={long}")]),
        flags("a version that is long", "Error: ", &["--kube-version", &long]),
        flags(
            "API versions without end",
            "-",
            &["--api-versions", &"a/v1,".repeat(20_000)],
        ),
        flags(
            "a name template without end",
            "Error: ",
            &["--name-template", "{{ range until 1000000000 }}x{{ end }}"],
        ),
        schema(
            "a regex that backtracks",
            "-",
            r#"{"properties":{"a":{"pattern":"^(a+)+$"}}}"#,
        ),
        schema(
            "a regex that looks back",
            "-",
            r#"{"properties":{"a":{"pattern":"(?=(a+)+$)(a+)+\\1b"}}}"#,
        ),
        schema(
            "a regex of repetitions",
            "-",
            r#"{"properties":{"a":{"pattern":"((a{1000}){1000}){1000}"}}}"#,
        ),
        schema("a schema of itself", "-", r##"{"$ref":"#"}"##),
        schema(
            "a schema in a circle",
            "-",
            r##"{"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}},"$ref":"#/definitions/a"}"##,
        ),
        schema("a schema that doubles", "-", doubling_schema(40)),
        schema(
            "a deep schema",
            "Error: ",
            format!("{}{{}}{}", r#"{"not":"#.repeat(100_000), "}".repeat(100_000)),
        ),
        schema(
            "a schema from the network",
            "Error: ",
            r#"{"$ref":"http://127.0.0.1:1/x.json"}"#,
        ),
        schema(
            "a schema from a file",
            "Error: ",
            r#"{"$ref":"file:///etc/passwd"}"#,
        ),
        Case::chart(
            "a large Chart.yaml",
            "-",
            &[
                ("README.md", b"x"),
                (
                    "Chart.yaml",
                    format!(
                        "apiVersion: v2\nname: c\nversion: 0.1.0\nkeywords: [{}]\n",
                        "x,".repeat(500_000)
                    )
                    .as_bytes(),
                ),
                TEMPLATE,
            ],
        ),
        Case::chart(
            "rules without end",
            "-",
            &[
                (
                    ".helmignore",
                    "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b\n".repeat(20_000).as_bytes(),
                ),
                (&format!("{}c", "a".repeat(200)), b"x"),
                TEMPLATE,
            ],
        ),
        Case::chart(
            "dependencies in a circle",
            "-",
            &[
                (
                    "charts/c/Chart.yaml",
                    b"apiVersion: v2\nname: c\nversion: 0.1.0\n",
                ),
                (
                    "charts/c/charts/c/Chart.yaml",
                    b"apiVersion: v2\nname: c\nversion: 0.1.0\n",
                ),
                TEMPLATE,
            ],
        ),
        Case::chart(
            "a hundred aliases of a chart",
            "-",
            &[
                ("Chart.yaml", many_aliases(300).as_bytes()),
                (
                    "charts/s/Chart.yaml",
                    b"apiVersion: v2\nname: s\nversion: 0.1.0\n",
                ),
                ("charts/s/values.yaml", many_keys(5_000).as_bytes()),
                ("charts/s/templates/x.yaml", b"a: {{ toYaml .Values | len }}"),
            ],
        ),
    ]
}

fn many_aliases(count: usize) -> String {
    let entries: String = (0..count)
        .map(|number| format!("- {{name: s, version: 0.1.0, alias: s{number}}}\n"))
        .collect();
    format!("apiVersion: v2\nname: c\nversion: 0.1.0\ndependencies:\n{entries}")
}

fn doubling_schema(levels: usize) -> String {
    let definitions: Vec<String> = (0..levels)
        .map(|level| {
            let next = format!("{{\"$ref\":\"#/definitions/d{}\"}}", level + 1);
            format!("\"d{level}\":{{\"allOf\":[{next},{next}]}}")
        })
        .collect();
    format!(
        "{{\"definitions\":{{{},\"d{levels}\":{{\"type\":\"string\"}}}},\"properties\":{{\"a\":{{\"$ref\":\"#/definitions/d0\"}}}}}}",
        definitions.join(",")
    )
}
