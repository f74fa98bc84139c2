//! From YAML text to nodes.

use serde_json::json;

use crate::spec::node::{Content, Mark, Node};
use crate::spec::parse::{MAX_DEPTH, document, documents};

#[track_caller]
fn check_error(text: &str, line: u32, column: u32, message: &str) {
    let error = document(text).unwrap_err();
    assert_eq!(
        (error.mark.line, error.mark.column, error.message.as_str()),
        (line, column, message),
        "{text}"
    );
}

#[test]
fn nodes_know_their_places() {
    let node = document("a: 1\nb:\n  - x\n  - {c: 2}\n").unwrap();
    assert_eq!(node.to_json(), json!({"a": 1, "b": ["x", {"c": 2}]}));
    let Content::List(items) = &node.get("b").unwrap().content else {
        unreachable!()
    };
    assert_eq!(items[1].mark, Mark { line: 4, column: 5 });
}

#[test]
fn anchors_and_merge_keys_work() {
    let text = "base: &b {x: 1, z: 2}\nuse:\n  <<: *b\n  z: 3\n";
    assert_eq!(document(text).unwrap().to_json()["use"], json!({"z": 3, "x": 1}));
}

#[test]
fn quoted_scalars_are_texts() {
    assert_eq!(
        document("[\"1\", '~', !!str 2]").unwrap().to_json(),
        json!(["1", "~", "2"])
    );
}

#[test]
fn what_is_not_yaml_is_told_with_its_place() {
    check_error(
        "a: 1\na: 2\n",
        2,
        1,
        "duplicate key `a`: it stands in line 1 already",
    );
    check_error(
        "a: 1\n---\nb: 2\n",
        3,
        1,
        "a second document begins here, but the file may hold only one",
    );
    check_error("a: *x\n", 1, 4, "not YAML: unknown anchor 'x' referenced");
    check_error(
        "? [a]\n: 1\n",
        1,
        3,
        "a key must be a text, but is a list; quote it",
    );
}

#[test]
fn texts_that_break_off_are_errors() {
    for text in [
        "a: \"\\",
        "a: 1\nb: [!x,y]",
        "[!<tag:x>,",
        "\"\\",
        "[!x,y]",
        "a: [",
        "a: 'b",
        "&",
    ] {
        let error = document(text).unwrap_err();
        assert!(error.message.starts_with("not YAML"), "{text}: {error:?}");
    }
}

#[test]
fn a_block_scalar_may_end_the_file() {
    for (text, expected) in [
        ("a: |\n  text: ", json!({"a": "text: "})),
        ("a: |\n  text", json!({"a": "text"})),
        ("a: |", json!({"a": ""})),
        ("a: >-\n  x\n  ", json!({"a": "x"})),
    ] {
        assert_eq!(document(text).unwrap().to_json(), expected, "{text:?}");
    }
}

#[test]
fn documents_follow_each_other() {
    for (text, expected) in [
        ("a\n---\nb\n...\n---\n---\nc\n", vec!["a", "b", "c"]),
        ("---\n---\n", vec![]),
        ("%YAML 1.1\n---\na\n...\n...\n%YAML 1.1\n---\nb\n", vec!["a", "b"]),
        ("--- &x a\n--- &x b\n", vec!["a", "b"]),
    ] {
        let read: Vec<_> = documents(text).unwrap().iter().map(Node::to_json).collect();
        assert_eq!(read, expected, "{text:?}");
    }
    check_error(
        "a: 1\n...\nb: 2\n",
        3,
        1,
        "not YAML: did not find expected <document start>",
    );
}

#[test]
fn what_is_not_written_has_a_place_too() {
    let node = document("a:\nb: [x, {c: , d}]\n").unwrap();
    assert_eq!(node.get("a").unwrap().mark, Mark { line: 1, column: 3 });
    let Content::List(items) = &node.get("b").unwrap().content else {
        unreachable!()
    };
    assert_eq!(items[1].get("c").unwrap().mark, Mark { line: 2, column: 11 });
    assert_eq!(items[1].get("d").unwrap().mark, Mark { line: 2, column: 15 });
}

#[test]
fn columns_count_characters() {
    let error = document("ä: {ö: &ü-1 !!str ß}\n").unwrap_err();
    assert_eq!(error.mark, Mark { line: 1, column: 9 });
    let node = document("ä: {ö: &u !!str ß}\n").unwrap();
    assert_eq!(
        node.get("ä").unwrap().get("ö").unwrap().mark,
        Mark { line: 1, column: 8 }
    );
}

#[test]
fn bombs_are_refused() {
    let deep = "[".repeat(200_000);
    assert!(
        document(&deep)
            .unwrap_err()
            .message
            .contains("exceeded max depth")
    );
    let deep = "[".repeat(MAX_DEPTH + 2) + &"]".repeat(MAX_DEPTH + 2);
    assert!(document(&deep).unwrap_err().message.contains("nested deeper"));
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let uses = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{uses}]\n"));
    }
    assert!(document(&bomb).unwrap_err().message.contains("more than 500000"));
}

#[test]
fn an_empty_file_is_null() {
    assert!(document("").unwrap().is_null());
    assert!(document("# only a comment\n").unwrap().is_null());
}
