use super::*;

/// Reads YAML, gives compact JSON or the error.
fn read_as_json(text: &[u8]) -> Result<String, String> {
    let value = decode(text).map_err(|error| error.message)?;
    Ok(json::encode(&value, false).unwrap().to_text().into_owned())
}

#[track_caller]
fn check_read(text: &str, expected: Result<&str, &str>) {
    let found = read_as_json(text.as_bytes());
    let expected = expected.map_err(|error| format!("error converting YAML to JSON: {error}"));
    assert_eq!(found.as_deref(), expected.as_deref(), "{text}");
}

#[test]
fn structure_reads_as_in_yaml_v2() {
    check_read("a: 1\nb: [x, 'y', \"z\"]\n", Ok(r#"{"a":1,"b":["x","y","z"]}"#));
    check_read("", Ok("null"));
    check_read("# only a comment\n", Ok("null"));
    check_read("a: 1\n---\nb: 2\n", Ok(r#"{"a":1}"#));
    check_read("a: 1\na: 2\n", Ok(r#"{"a":2}"#));
    check_read(
        "y: 1\nn: 2\n0x10: 3\n1.23456789: 4\n1000000: 5\n",
        Ok(r#"{"1.2345679":4,"1000000":5,"16":3,"false":2,"true":1}"#),
    );
    check_read(
        "b: &b {x: 1, y: 2}\nc:\n  <<: *b\n  x: 9\n",
        Ok(r#"{"b":{"true":2,"x":1},"c":{"true":2,"x":9}}"#),
    );
    check_read("x: 3\n<<: {x: 1}\n", Ok(r#"{"x":1}"#));
    check_read("<<: [{a: 1}, {a: 2, b: 3}]\n", Ok(r#"{"a":1,"b":3}"#));
    check_read(
        "a: |\n  x\n  y\nb: >\n  x\n  y\n",
        Ok(r#"{"a":"x\ny\n","b":"x y\n"}"#),
    );
    check_read(
        "a: !!binary aGVsbG8=\nb: !foo bar\nc: !!int \"1\"\nd: !!float 1\n",
        Ok(r#"{"a":"hello","b":"bar","c":1,"d":1}"#),
    );
    check_read("\u{feff}a: 1\r\nb: 2\r\n", Ok(r#"{"a":1,"b":2}"#));
    check_read(
        "a: 9007199254740993\nb: -0.0\n",
        Ok(r#"{"a":9007199254740992,"b":-0}"#),
    );
    check_read("{x, y: 1}", Ok(r#"{"true":1,"x":null}"#));
}

#[test]
fn errors_are_those_of_yaml_v2() {
    check_read("a: .inf", Err("json: unsupported value: +Inf"));
    check_read("a: *nope", Err("yaml: unknown anchor 'nope' referenced"));
    check_read("a: &a [*a]", Err("yaml: anchor 'a' value contains itself"));
    check_read(
        "a: &a [*a]\nb: [",
        Err("yaml: line 2: did not find expected node content"),
    );
    check_read(
        "<<: 1",
        Err("yaml: map merge requires map or sequence of maps as the value"),
    );
    check_read(
        "a: !!int 1.5",
        Err("yaml: cannot decode !!float `1.5` as a !!int"),
    );
    check_read(
        "~: d",
        Err("unsupported map key of type: %!s(<nil>), key: <nil>, value: \"d\""),
    );
    check_read("[a]: 1", Err("yaml: invalid map key: []interface {}{\"a\"}"));
    check_read(
        "a: [1,2\nb: 3",
        Err("yaml: line 1: did not find expected ',' or ']'"),
    );
    check_read(
        "%YAML 1.2\n---\na: 1",
        Err("yaml: found incompatible YAML document"),
    );
    check_read("\ta: 2", Err("yaml: found character that cannot start any token"));
    check_read("a: \"\\/\"", Err("yaml: found unknown escape character"));
    check_read(
        "a: !!binary \"%\"",
        Err("yaml: !!binary value contains invalid base64 data"),
    );
    assert_eq!(
        read_as_json(b"a: \xff").unwrap_err(),
        "error converting YAML to JSON: yaml: invalid leading UTF-8 octet"
    );
    assert_eq!(decode(b"a:\n  b: [\n").unwrap_err().line, Some(3));
    assert_eq!(
        decode_map(b"- 1").err().unwrap().message,
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type \
         map[string]interface {}"
    );
}

#[test]
fn objects_keep_integers_and_values_do_not() {
    let text = b"a: 1\nb: 1.0\nc: 1.5\nd: 1e3\n";
    assert_eq!(
        object(text).unwrap(),
        serde_json::json!({"a": 1, "b": 1, "c": 1.5, "d": 1000})
    );
    assert_eq!(
        values(text).unwrap(),
        serde_json::json!({"a": 1.0, "b": 1.0, "c": 1.5, "d": 1000.0})
    );
}

#[test]
fn bombs_are_errors() {
    let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let before = level - 1;
        let aliases = vec![format!("*a{before}"); 10].join(", ");
        laughs.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    check_read(&laughs, Err("yaml: document contains excessive aliasing"));
    for open in ["[", "{", "{a: ", "- ", "? "] {
        assert!(decode(open.repeat(100_000).as_bytes()).is_err(), "{open}");
    }
    let mut chain = String::from("- &a0 x\n");
    for level in 1..5_000 {
        chain.push_str(&format!("- &a{level} [*a{}]\n", level - 1));
    }
    assert!(decode(chain.as_bytes()).is_err());
}

#[track_caller]
fn check_written(json: &str, plain: &str, pretty: &str) {
    let value = json::decode(json.as_bytes()).unwrap();
    assert_eq!(encode(&value).unwrap().to_text(), plain);
    assert_eq!(encode_pretty(&value).unwrap().to_text(), pretty);
}

#[test]
fn yaml_is_written_as_the_libraries_write_it() {
    check_written(
        r#"{"a":[1,{"b":2,"c":[[1,2],[]]}],"d":{},"e":null,"f":1000000,"g":"a\nb\n"}"#,
        "a:\n- 1\n- b: 2\n  c:\n  - - 1\n    - 2\n  - []\nd: {}\ne: null\nf: 1000000\ng: |\n  a\n  b\n",
        "a:\n  - 1\n  - b: 2\n    c:\n      - - 1\n        - 2\n      - []\nd: {}\ne: null\nf: 1e+06\ng: |\n  a\n  b\n",
    );
}

#[test]
fn block_scalars_may_end_without_a_newline() {
    check_read("a: |\n  x\n  y ", Ok(r#"{"a":"x\ny "}"#));
    check_read("a: |-\n  x: ", Ok(r#"{"a":"x: "}"#));
    check_read("a: >\n ---", Ok(r#"{"a":"---"}"#));
    check_read("a: |+\n  x\n\n", Ok(r#"{"a":"x\n\n"}"#));
}

#[test]
fn flow_context_is_that_of_yaml_1_1() {
    check_read("[a::]", Ok(r#"["a::"]"#));
    check_read("[a?b]", Err("yaml: did not find expected ',' or ']'"));
    check_read("[! 12, !local x]", Ok(r#"["12","x"]"#));
    check_read("[]: v", Ok("[]"));
    check_read("{a: 1", Err("yaml: line 1: did not find expected ',' or '}'"));
}

proptest::proptest! {
    #[test]
    fn the_reader_survives_anything(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        drop(documents(&String::from_utf8_lossy(&bytes)));
        drop(decode(&bytes));
    }

    #[test]
    fn the_reader_survives_yaml_like_text(text in r#"[-?:,\[\]{}#&*!|>'"%@` \n\tab01.~<]{0,60}"#) {
        drop(documents(&text));
        drop(decode(text.as_bytes()));
    }

    #[test]
    fn what_was_written_reads_back(tree in json_tree()) {
        let value = json::from_serde(&tree);
        proptest::prop_assert_eq!(object(&encode(&value).unwrap()).unwrap(), tree);
    }
}

/// Trees that survive the way through YAML: no characters that YAML folds or refuses, and no key `<<`, which is
/// written plain and read as a merge.
fn json_tree() -> impl proptest::strategy::Strategy<Value = Json> {
    use proptest::prelude::*;
    let text = r#"[-?:,\[\]{}#&*!|>'"%@` \n\taby01._~é日😀]{0,12}"#;
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-1e9..1e9f64)
            .prop_filter("a fraction", |number| number.fract() != 0.0)
            .prop_map(Json::from),
        text.prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            proptest::collection::btree_map(text, inner, 0..4)
                .prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

#[test]
fn an_outline_holds_what_is_wanted_and_fails_where_the_whole_fails() {
    let typed = |text: &str| typed(text.as_bytes(), &Shape::Any);
    let outline = |text: &str| outline(text.as_bytes(), &Shape::Any, |key| key == "kind");
    for text in [
        "kind: A\nspec: {a: [1, b, {c: d}]}\n",
        "kind: &k A\nspec: *k\n",
        "<<: {kind: B}\nother: 1\n",
        "kind: A\n1: x\nspec: {2: y, true: z}\n",
        "- kind: A\n",
        "",
    ] {
        let (whole, part) = (typed(text).unwrap(), outline(text).unwrap());
        assert_eq!(whole.get("kind"), part.get("kind"), "{text}");
        assert_eq!(whole.is_array(), part.is_array(), "{text}");
    }
    for text in [
        "kind: A\nspec: .nan\n",
        "kind: A\nspec: [1, -.inf]\n",
        "kind: A\nspec: {[a]: b}\n",
        "kind: A\nspec: {~: b}\n",
        "kind: A\nspec: {<<: b}\n",
        "kind: A\nspec: !!int b\n",
        "kind: A\nspec: [*a]\n",
        "[a]: b\n",
        "kind: A\nnull: b\n",
        "kind: A\n18446744073709551615: b\n",
    ] {
        let (whole, part) = (typed(text), outline(text));
        assert!(whole.is_err(), "{text}");
        assert_eq!(whole.map(drop), part.map(drop), "{text}");
    }
    let part = outline("kind: A\nspec: {a: [1, b, {c: d}]}\n").unwrap();
    assert_eq!(part, serde_json::json!({"kind": "A"}));
}

#[test]
fn numbers_that_json_cannot_hold_are_texts_where_texts_are_wanted() {
    use Shape::{Any, List, Map, Struct, Text};
    static SHAPE: Shape = Struct(&[
        ("Name", Text),
        ("list", List(&Text)),
        ("map", Map(&Text)),
        ("any", Any),
    ]);
    for (text, expected) in [
        ("name: .inf", Ok(serde_json::json!({"name": "+Inf"}))),
        (
            "map: {a: -.inf, b: .nan}",
            Ok(serde_json::json!({"map": {"a": "-Inf", "b": "NaN"}})),
        ),
        (
            "list: [18446744073709551615, 1]",
            Ok(serde_json::json!({"list": ["18446744073709551615", 1]})),
        ),
        ("any: .inf", Err("json: unsupported value: +Inf")),
        ("list: {a: .nan}", Err("json: unsupported value: NaN")),
        ("map: {a: [.nan]}", Err("json: unsupported value: NaN")),
    ] {
        let found = typed(text.as_bytes(), &SHAPE).map_err(|error| error.message);
        let expected = expected.map_err(|text| format!("error converting YAML to JSON: {text}"));
        assert_eq!(found, expected, "{text}");
    }
}
