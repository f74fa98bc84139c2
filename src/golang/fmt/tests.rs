use super::*;
use crate::golang::value::{IntKind, List, Map};

fn int(number: i64) -> Value {
    Value::int(number)
}

fn text(text: &str) -> Value {
    Value::str(text)
}

fn map() -> Value {
    Value::Map(Map::from_iter([
        ("b", Value::list(vec![Value::Nil, text("x")])),
        ("a", Value::Float(1.0)),
    ]))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn formats_match_go() {
    let list = || Value::list(vec![text("a"), Value::Float(1.0), Value::Nil]);
    let cases: &[(&str, Vec<Value>, &str)] = &[
        ("%d", vec![Value::Float(8080.0)], "%!d(float64=8080)"),
        ("%s", vec![Value::Float(8080.0)], "%!s(float64=8080)"),
        ("%d", vec![text("x")], "%!d(string=x)"),
        ("%s", vec![Value::Bool(true)], "%!s(bool=true)"),
        (
            "%d|%s|%v",
            vec![Value::Nil, Value::Nil, Value::Nil],
            "%!d(<nil>)|%!s(<nil>)|<nil>",
        ),
        ("%t", vec![text("x")], "%!t(string=x)"),
        ("%s", vec![], "%!s(MISSING)"),
        ("%s", vec![text("a"), text("b")], "a%!(EXTRA string=b)"),
        ("%z", vec![int(1)], "%!z(int=1)"),
        ("%", vec![], "%!(NOVERB)"),
        ("100%", vec![], "100%!(NOVERB)"),
        ("%!", vec![], "%!!(MISSING)"),
        (
            "%05d|%5d|%-5d|%+d",
            vec![int(42), int(42), int(42), int(42)],
            "00042|   42|42   |+42",
        ),
        ("%.2f|%.2f", vec![Value::Float(1.5), int(3)], "1.50|%!f(int=03)"),
        ("%.0f", vec![Value::Float(1e6)], "1000000"),
        (
            "%f|%e|%g",
            vec![Value::Float(1.5), Value::Float(1.5), Value::Float(1.5)],
            "1.500000|1.500000e+00|1.5",
        ),
        ("%6.2f%%", vec![Value::Float(12.345)], " 12.35%"),
        (
            "%x|% x|%X",
            vec![text("hello"), text("hi"), text("hi")],
            "68656c6c6f|68 69|6869",
        ),
        (
            "%x|%X|%o|%b",
            vec![int(255), int(255), int(8), int(5)],
            "ff|FF|10|101",
        ),
        ("%c|%U|%q", vec![int(65), int(65), int(65)], "A|U+0041|'A'"),
        ("%q", vec![text("a\tb")], "\"a\\tb\""),
        (
            "%q|%s",
            vec![list(), list()],
            "[\"a\" %!q(float64=1) <nil>]|[a %!s(float64=1) <nil>]",
        ),
        ("%d", vec![Value::list(vec![int(1), int(2)])], "[1 2]"),
        ("%s", vec![map()], "map[a:%!s(float64=1) b:[<nil> x]]"),
        (
            "%#v",
            vec![map()],
            "map[string]interface {}{\"a\":1, \"b\":[]interface {}{interface {}(nil), \"x\"}}",
        ),
        ("%#v", vec![Value::List(List::strings(["a"]))], "[]string{\"a\"}"),
        (
            "%08.3f|%+.2e",
            vec![Value::Float(3.14259), Value::Float(12345.678)],
            "0003.143|+1.23e+04",
        ),
        ("%#x|%#o|%#q", vec![int(255), int(8), text("a")], "0xff|010|`a`"),
        ("%+q|%x", vec![text("é"), text("é")], "\"\\u00e9\"|c3a9"),
        ("%.1s|%6.3v", vec![text("éa"), Value::Float(3.14259)], "é|  3.14"),
        ("%[1]d %[3]d", vec![int(1), int(2)], "1 %!d(BADINDEX)"),
        ("%!d", vec![int(1)], "%!!(int=1)d"),
        (
            "a",
            vec![text("b"), int(1), Value::Nil],
            "a%!(EXTRA string=b, int=1, <nil>)",
        ),
        (
            "%10s|%-10s|%.2s",
            vec![text("abc"), text("abc"), text("abc")],
            "       abc|abc       |ab",
        ),
        ("%*d|%-*d|", vec![int(5), int(42), int(4), int(1)], "   42|1   |"),
        ("%[2]s %[1]s", vec![text("a"), text("b")], "b a"),
        (
            "%T %T %T",
            vec![Value::Float(1.0), Value::Nil, map()],
            "float64 <nil> map[string]interface {}",
        ),
        (
            "%v %d",
            vec![
                Value::Int(IntKind::Duration, 95_000_000_000),
                Value::Int(IntKind::Duration, 5),
            ],
            "1m35s 5",
        ),
        (
            "%t",
            vec![Value::Int(IntKind::Duration, 5)],
            "%!t(time.Duration=5)",
        ),
        (
            "%s|%v|%x|%d",
            vec![
                Value::Bytes(b"hi"[..].into()),
                Value::Bytes(b"hi"[..].into()),
                Value::Bytes(b"hi"[..].into()),
                Value::Bytes(b"hi"[..].into()),
            ],
            "hi|[104 105]|6869|[104 105]",
        ),
        (
            "%#g|%#.3g",
            vec![Value::Float(1.0), Value::Float(1.0)],
            "1.00000|1.00",
        ),
        ("%+d|% d|%x", vec![int(-1), int(7), int(-255)], "-1| 7|-ff"),
        ("%v", vec![Value::Complex(1.0, -2.0)], "(1-2i)"),
        (
            "%5t|%-6v|",
            vec![Value::Bool(true), Value::Bool(false)],
            " true|false |",
        ),
        ("%06.1f|%+06d", vec![Value::Float(-2.25), int(7)], "-002.2|+00007"),
    ];
    for (format, args, expected) in cases {
        assert_eq!(sprintf(format.as_bytes(), args).to_text(), *expected, "{format}");
    }
}

#[test]
fn precisions_may_be_large() {
    for (format, operand, length) in [
        ("%.70000x", Value::Float(1.5), 70_008),
        ("%.70000f", Value::Float(1.5), 70_002),
        ("%.70000e", Value::Float(1.5), 70_006),
        ("%.70000U", int(15), 70_002),
        ("%.70000d", int(15), 70_000),
        ("%70000v", int(15), 70_000),
    ] {
        assert_eq!(sprintf(format.as_bytes(), &[operand]).len(), length, "{format}");
    }
}

#[test]
fn print_spaces_only_between_operands_that_are_not_strings() {
    let mixed = [int(1), int(2), text("a"), text("b"), int(3)];
    assert_eq!(sprint(&mixed).to_text(), "1 2ab3");
    assert_eq!(sprint(&[text("a"), int(1), int(2), text("b")]).to_text(), "a1 2b");
    assert_eq!(sprint(&[Value::Nil, Value::Nil]).to_text(), "<nil> <nil>");
    assert_eq!(sprintln(&[text("a"), int(1)]).to_text(), "a 1\n");
}

#[test]
fn a_bare_action_prints_no_value_for_nil_only_at_the_top() {
    assert_eq!(printed(&Value::Nil).to_text(), "<no value>");
    assert_eq!(printed(&Value::list(vec![Value::Nil])).to_text(), "[<nil>]");
    assert_eq!(printed(&Value::Float(1e6)).to_text(), "1e+06");
}

#[test]
fn endless_text_is_cut() {
    let map = Map::new();
    map.insert("self", Value::Map(map.clone()));
    assert!(printed(&Value::Map(map.clone())).len() < MAX_TEXT);
    map.remove("self");
    let mut doubling = Value::list(vec![]);
    for _ in 0..60 {
        doubling = Value::list(vec![doubling.clone(), doubling]);
    }
    assert_eq!(sprint(&[doubling]).len(), MAX_TEXT);
    assert_eq!(sprintf(&b"%999999d".repeat(2), &[int(1), int(1)]).len(), MAX_TEXT);
}
