//! Reading.

use super::{decode, decode_list, decode_map, encode};

#[track_caller]
fn check(text: &[u8], expected: Result<&str, &str>) {
    let found = decode(text).map(|value| encode(&value, false).unwrap().to_text().into_owned());
    assert_eq!(found.as_deref().map_err(String::as_str), expected);
}

#[test]
fn json_reads_as_go_reads_it() {
    check(
        br#" {"a":1,"b":[true,false,null,"x\n\u00e9\/"],"a":2} "#,
        Ok("{\"a\":2,\"b\":[true,false,null,\"x\\né/\"]}"),
    );
    check(
        br#""\ud83d\ude00\ud83d\u0041\udc00""#,
        Ok("\"😀\u{fffd}A\u{fffd}\""),
    );
    check(b"\"\xff\xfe\"", Ok("\"\u{fffd}\u{fffd}\""));
    check(b"-0.5e-3", Ok("-0.0005"));
    check(b"9007199254740993", Ok("9007199254740992"));
}

#[test]
fn errors_are_gos_words() {
    let end = Err("unexpected end of JSON input");
    for text in ["", "{", "[1", "\"a", "{\"a\":"] {
        check(text.as_bytes(), end);
    }
    // At the end Go asks what a space would be.
    for (text, context) in [
        ("tr", "in literal true (expecting 'u')"),
        ("-", "in numeric literal"),
        ("1.", "after decimal point in numeric literal"),
        ("1e", "in exponent of numeric literal"),
        ("\"\\", "in string escape code"),
        ("\"\\u0", "in \\u hexadecimal character escape"),
    ] {
        let expected = format!("invalid character ' ' {context}");
        check(text.as_bytes(), Err(&expected));
    }
    check(
        b"{a",
        Err("invalid character 'a' looking for beginning of object key string"),
    );
    check(b"{\"a\" 1", Err("invalid character '1' after object key"));
    check(
        b"{\"a\":1 x",
        Err("invalid character 'x' after object key:value pair"),
    );
    check(
        b"{\"a\":1,}",
        Err("invalid character '}' looking for beginning of object key string"),
    );
    check(b"[1 2]", Err("invalid character '2' after array element"));
    check(
        b"[1,]",
        Err("invalid character ']' looking for beginning of value"),
    );
    check(b"1 x", Err("invalid character 'x' after top-level value"));
    check(b"\"a\tb\"", Err("invalid character '\\t' in string literal"));
    check(b"\"\\x\"", Err("invalid character 'x' in string escape code"));
    check(
        b"\"\\u00g0\"",
        Err("invalid character 'g' in \\u hexadecimal character escape"),
    );
    check(
        b"trux",
        Err("invalid character 'x' in literal true (expecting 'e')"),
    );
    check(b"01", Err("invalid character '1' after top-level value"));
    check(b"-x", Err("invalid character 'x' in numeric literal"));
    check(
        b"1.x",
        Err("invalid character 'x' after decimal point in numeric literal"),
    );
    check(
        b"1ex",
        Err("invalid character 'x' in exponent of numeric literal"),
    );
    check(
        b"'",
        Err("invalid character '\\'' looking for beginning of value"),
    );
    check(
        "é".as_bytes(),
        Err("invalid character 'Ã' looking for beginning of value"),
    );
    check(
        b"1e400",
        Err("json: cannot unmarshal number 1e400 into Go value of type float64"),
    );
    check(&b"[".repeat(501), Err("exceeded max depth"));
}

#[test]
fn a_map_target_refuses_other_kinds_and_keeps_what_it_read() {
    let (map, error) = decode_map(b"[1]");
    assert!(map.is_empty());
    assert_eq!(
        error.unwrap(),
        "json: cannot unmarshal array into Go value of type map[string]interface {}"
    );
    let (map, error) = decode_map(br#"{"a":1e400,"b":1}"#);
    assert_eq!(map.len(), 2);
    assert!(error.is_some());
    assert!(decode_map(b"null").1.is_none());
    assert_eq!(
        decode_list(b"{}").1.unwrap(),
        "json: cannot unmarshal object into Go value of type []interface {}"
    );
}
