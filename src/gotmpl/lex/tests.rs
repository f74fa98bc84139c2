//! Tokens of small texts.

use super::*;

/// Tokens as `Kind:text`, spaces left out.
fn tokens(text: &str) -> Vec<String> {
    let mut lexer = Lexer::new(text.as_bytes());
    let mut found = Vec::new();
    loop {
        let token = lexer.next_token();
        match token.kind {
            Kind::Eof => return found,
            Kind::Space | Kind::LeftDelim | Kind::RightDelim => {}
            Kind::Error => found.push(format!("Error:{}", lexer.failure())),
            kind => found.push(format!("{kind:?}:{}", String::from_utf8_lossy(token.text))),
        }
    }
}

#[test]
fn trim_markers_take_white_space_away() {
    for (text, expected) in [
        ("a \n {{- 3 -}} \n b", &["Text:a", "Number:3", "Text:b"][..]),
        ("a {{-3 }}", &["Text:a ", "Number:-3"]),
        ("a {{- -3}}", &["Text:a", "Number:-3"]),
        ("a\u{a0}{{- 1 }}", &["Text:a\u{a0}", "Number:1"]),
        ("a {{- /* x }} */ -}} b", &["Text:a", "Text:b"]),
        ("{{ 1\n-}}\nb", &["Number:1", "Text:b"]),
        ("a }} b", &["Text:a }} b"]),
    ] {
        assert_eq!(tokens(text), expected, "{text:?}");
    }
}

#[test]
fn words_of_an_action() {
    for (text, expected) in [
        (
            "{{ .a.b $x $ . }}",
            &["Field:.a", "Field:.b", "Variable:$x", "Variable:$", "Dot:."][..],
        ),
        (
            "{{ $x:=1|f }}",
            &["Variable:$x", "Declare::=", "Number:1", "Pipe:|", "Identifier:f"],
        ),
        (
            "{{ 'a' \"x\\\"y\" `r` true }}",
            &[
                "CharConstant:'a'",
                "String:\"x\\\"y\"",
                "RawString:`r`",
                "Bool:true",
            ],
        ),
        (
            "{{ 1+2i 0x_fp1 .5 }}",
            &["Complex:1+2i", "Number:0x_fp1", "Number:.5"],
        ),
        ("{{ .ünï_1 }}", &["Field:.ünï_1"]),
    ] {
        assert_eq!(tokens(text), expected, "{text:?}");
    }
}

#[test]
fn errors_are_gos() {
    for (text, expected) in [
        ("{{ .a-b }}", "Error:bad character U+002D '-'"),
        ("{{ /* c */ }}", "Char:/"),
        ("{{/* c */ }}", "Error:comment ends before closing delimiter"),
        ("{{/* c", "Error:unclosed comment"),
        ("{{ \"a\n\" }}", "Error:unterminated quoted string"),
        ("{{ `a", "Error:unterminated raw quoted string"),
        ("{{ (1 }}", "Error:unclosed left paren"),
        ("{{ 1) }}", "Error:unexpected right paren"),
        ("{{ 1", "Error:unclosed action"),
        ("{{-.V }}", "Error:bad number syntax: \"-.V\""),
        ("{{ : }}", "Error:expected :="),
        ("{{ \u{1} }}", "Error:unrecognized character in action: U+0001"),
    ] {
        let found = tokens(text);
        let error = found
            .iter()
            .find(|token| token.starts_with("Error") || token.starts_with("Char"));
        assert_eq!(error.map(String::as_str), Some(expected), "{text:?}");
    }
}

#[test]
fn lines_are_counted_at_the_start_of_a_token() {
    let mut lexer = Lexer::new(b"a\nb {{- /* \n */ -}} \n{{ x\n}}");
    let mut lines = Vec::new();
    loop {
        let token = lexer.next_token();
        lines.push((token.kind, token.line));
        if token.kind == Kind::Eof {
            break;
        }
    }
    assert_eq!(lines[0], (Kind::Text, 1));
    assert_eq!(lines[1], (Kind::LeftDelim, 4));
    assert_eq!(lines.last(), Some(&(Kind::Eof, 5)));
}
