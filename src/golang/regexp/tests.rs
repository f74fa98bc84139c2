use super::*;

fn error(pattern: &str) -> String {
    compile(pattern.as_bytes(), ClassNames::Exact)
        .err()
        .unwrap_or_default()
}

#[test]
fn bad_patterns_fail_in_gos_words() {
    let cases: &[(&str, &str)] = &[
        ("[", "missing closing ]: `[`"),
        ("a[b", "missing closing ]: `[b`"),
        ("(a", "missing closing ): `(a`"),
        ("a)", "unexpected ): `a)`"),
        ("*", "missing argument to repetition operator: `*`"),
        ("a|*", "missing argument to repetition operator: `*`"),
        ("a**", "invalid nested repetition operator: `**`"),
        ("a{2}{3}", "invalid nested repetition operator: `{2}{3}`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("a{2,1}", "invalid repeat count: `{2,1}`"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
        ("(?!a)", "invalid or unsupported Perl syntax: `(?!`"),
        ("(?<=a)b", "invalid named capture: `(?<=a)b`"),
        (r"\1", r"invalid escape sequence: `\1`"),
        (r"\Z", r"invalid escape sequence: `\Z`"),
        (r"\", "trailing backslash at end of expression: ``"),
        ("[z-a]", "invalid character class range: `z-a`"),
        ("[[:nope:]]", "invalid character class range: `[:nope:]`"),
        ("(?i", "invalid or unsupported Perl syntax: `(?i`"),
        (r"\p{Nope}", r"invalid character class range: `\p{Nope}`"),
        (r"[a-\d]", r"invalid escape sequence: `\d`"),
        ("[a--]", "invalid character class range: `a--`"),
    ];
    for (pattern, expected) in cases {
        assert_eq!(
            error(pattern),
            format!("error parsing regexp: {expected}"),
            "{pattern}"
        );
    }
    assert_eq!(
        must_compile(b"[", ClassNames::Exact).err().unwrap(),
        "regexp: Compile(`[`): error parsing regexp: missing closing ]: `[`"
    );
}

#[test]
fn patterns_mean_what_they_mean_in_go() {
    let cases: &[(&str, &str, Option<&str>)] = &[
        (r"\d+", "a12b", Some("12")),
        (r"\w+", "é_a1", Some("_a1")),
        (r"\bé", "é", None),
        ("[[a]+", "x[a", Some("[a")),
        ("[a&&b]+", "&b", Some("&b")),
        ("a{,2}", "a{,2}", Some("a{,2}")),
        ("x{", "x{", Some("x{")),
        ("(?i)ABC", "xabc", Some("abc")),
        ("(?s).", "\n", Some("\n")),
        (".", "\n", None),
        (r"\Qa.b\E+", "a.bb", Some("a.bb")),
        (r"[\d-]+", "1-2", Some("1-2")),
        (r"[]a]+", "]a", Some("]a")),
        (r"\x41\x{42}\103", "ABC", Some("ABC")),
        (r"\p{Greek}", "aβ", Some("β")),
        ("(?P<year>[0-9]{4})", "in 2024", Some("2024")),
        ("(?<y>a)", "a", Some("a")),
        ("^a$", "a\n", None),
        ("[[:alpha:]]+", "1ab", Some("ab")),
        ("a.c", "aéc", Some("aéc")),
        (r"[^\s]+", " ab ", Some("ab")),
        ("", "abc", Some("")),
    ];
    for (pattern, text, expected) in cases {
        let found = compile(pattern.as_bytes(), ClassNames::Exact).unwrap();
        assert_eq!(
            found.find(text.as_bytes()),
            expected.map(str::as_bytes),
            "{pattern}"
        );
    }
}

#[test]
fn replacements_expand_as_in_go() {
    let cases: &[(&str, &str, &str, &str)] = &[
        ("a(x*)b", "-ab-axxb-", "${1}W", "-W-xxW-"),
        ("a(x*)b", "-ab-axxb-", "$1W", "---"),
        ("a(?P<n>x)", "ax", "<$n$$>", "<x$>"),
        ("x*", "abc", "-", "-a-b-c-"),
        ("x*", "axc", "-", "-a-c-"),
        ("(?P<1a>x)(?P<1a>y)?", "axb", "<${1a}>", "a<x>b"),
        ("b", "abc", "$", "a$c"),
        ("b", "abc", "${", "a${c"),
        ("", "éa", "-", "-é-a-"),
    ];
    for (pattern, text, template, expected) in cases {
        let regexp = compile(pattern.as_bytes(), ClassNames::Exact).unwrap();
        let replaced = regexp.replace_all(text.as_bytes(), template.as_bytes());
        assert_eq!(String::from_utf8(replaced).unwrap(), *expected, "{pattern}");
    }
    let literal = compile(b"b", ClassNames::Exact)
        .unwrap()
        .replace_all_literal(b"abc", b"$1");
    assert_eq!(literal, b"a$1c");
}

#[test]
fn splits_match_go() {
    let split = |pattern: &str, text: &str, limit: Option<usize>| -> Vec<String> {
        let pieces = compile(pattern.as_bytes(), ClassNames::Exact).unwrap();
        let pieces = pieces.split(text.as_bytes(), limit);
        pieces
            .iter()
            .map(|piece| String::from_utf8_lossy(piece).into_owned())
            .collect()
    };
    assert_eq!(split("z+", "pizza", None), ["pi", "a"]);
    assert_eq!(split("z", "pizza", None), ["pi", "", "a"]);
    assert_eq!(split("z", "pizza", Some(1)), ["pizza"]);
    assert_eq!(split("z", "pizza", Some(2)), ["pi", "za"]);
    assert_eq!(split("z", "pizza", Some(0)), Vec::<String>::new());
    assert_eq!(split("a", "banana", None), ["b", "n", "n", ""]);
    assert_eq!(split("", "abc", None), ["a", "b", "c"]);
    assert_eq!(split("x", "", None), [""]);
    assert_eq!(String::from_utf8(quote_meta(b"1.2.3*")).unwrap(), r"1\.2\.3\*");
}
