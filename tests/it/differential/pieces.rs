//! Cuts a text into the pieces that a minimiser may leave out.

/// Lines, each with its line break.
pub fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Template actions and the texts between them.
pub fn actions(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let end = rest[start..].find("}}").map_or(rest.len(), |at| start + at + 2);
        pieces.push(&rest[..start]);
        pieces.push(&rest[start..end]);
        rest = &rest[end..];
    }
    pieces.push(rest);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Words, blanks and single signs; a quoted text is one word.
pub fn tokens(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '`' | '\'' => quoted(rest, first),
            letter if is_word(letter) => rest.find(|letter| !is_word(letter)).unwrap_or(rest.len()),
            letter => letter.len_utf8(),
        };
        pieces.push(&rest[..length]);
        rest = &rest[length..];
    }
    pieces
}

/// Parenthesised groups of a text: the place of each `(` and of what follows its `)`.
pub fn groups(text: &str) -> Vec<(usize, usize)> {
    let mut open = Vec::new();
    let mut found = Vec::new();
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => open.push(at),
            ')' => found.extend(open.pop().map(|start| (start, at + 1))),
            _ => {}
        }
    }
    found
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '.' | '$')
}

fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        if is_escaped {
            is_escaped = false;
        } else if letter == quote {
            return at + letter.len_utf8();
        } else {
            is_escaped = letter == '\\' && quote != '`';
        }
    }
    quote.len_utf8()
}

#[test]
fn pieces_make_up_the_text_again() {
    let text = "a {{ printf \"%s }\" (list 1 .x) }} é\n{{/* c";
    for cut in [lines, actions, tokens] {
        assert_eq!(cut(text).concat(), text);
    }
    assert_eq!(groups("a (b (c)) )"), [(5, 8), (2, 9)]);
}
