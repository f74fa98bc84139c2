//! Letter case and the shape of names. Source: go1.23 `strings`, Masterminds/goutils v1.1.1 `wordutils.go`,
//! huandu/xstrings v1.5.0 `convert.go`.

use super::args::{string, text};
use super::runes::{runes, to_lower, to_title, to_upper, with_offsets};
use crate::golang::Func;
use crate::golang::Type::Str;
use crate::golang::unicode::{is_letter, is_lower, is_number, is_punct, is_title, is_upper};

pub(super) fn table() -> Vec<(&'static str, Func)> {
    vec![
        (
            "upper",
            mapped(|letters| letters.into_iter().map(to_upper).collect()),
        ),
        (
            "lower",
            mapped(|letters| letters.into_iter().map(to_lower).collect()),
        ),
        ("title", mapped(title)),
        ("untitle", mapped(untitle)),
        ("swapcase", mapped(swapcase)),
        ("camelcase", mapped(camelcase)),
        (
            "snakecase",
            Func::new(&[Str], |env, args| string(env, separated(text(args, 0), '_'))),
        ),
        (
            "kebabcase",
            Func::new(&[Str], |env, args| string(env, separated(text(args, 0), '-'))),
        ),
    ]
}

/// A function of the runes of its only argument.
fn mapped(map: fn(Vec<char>) -> String) -> Func {
    let body =
        move |env: &crate::golang::Env, args: &[crate::golang::Value]| string(env, map(runes(text(args, 0))));
    Func {
        params: &[Str],
        variadic: None,
        body: crate::golang::func::Body::Host(std::rc::Rc::new(body)),
    }
}

/// `strings.Title`: a letter after a separator gets title case, the rest stays.
fn title(letters: Vec<char>) -> String {
    let mut before = ' ';
    let map = letters.into_iter().map(|letter| {
        let mapped = if is_separator(before) {
            to_title(letter)
        } else {
            letter
        };
        before = letter;
        mapped
    });
    map.collect()
}

fn is_separator(letter: char) -> bool {
    if letter.is_ascii() {
        return !letter.is_ascii_alphanumeric() && letter != '_';
    }
    letter.is_whitespace()
}

/// `goutils.Uncapitalize`.
fn untitle(letters: Vec<char>) -> String {
    let mut at_start = true;
    let map = letters.into_iter().map(|letter| {
        if letter.is_whitespace() {
            at_start = true;
            return letter;
        }
        let mapped = if at_start { to_lower(letter) } else { letter };
        at_start = false;
        mapped
    });
    map.collect()
}

/// `goutils.SwapCase`: a lower-case letter at the start or after white space gets title case.
fn swapcase(letters: Vec<char>) -> String {
    let mut after_gap = true;
    let map = letters.into_iter().map(|letter| {
        if is_upper(letter) || is_title(letter) {
            after_gap = false;
            return to_lower(letter);
        }
        if !is_lower(letter) {
            after_gap = letter.is_whitespace();
            return letter;
        }
        let mapped = if after_gap {
            to_title(letter)
        } else {
            to_upper(letter)
        };
        after_gap = false;
        mapped
    });
    map.collect()
}

fn is_connector(letter: char) -> bool {
    letter == '-' || letter == '_' || letter.is_whitespace()
}

/// `xstrings.ToPascalCase`.
fn camelcase(letters: Vec<char>) -> String {
    let mut name = String::new();
    let mut letters = letters.into_iter();
    let mut current = None;
    let mut in_upper_run = false;
    for letter in letters.by_ref() {
        current = Some(letter);
        if !is_connector(letter) {
            in_upper_run = is_upper(letter);
            current = Some(to_upper(letter));
            break;
        }
        name.push(letter);
    }
    let Some(mut current) = current else {
        return name;
    };
    for letter in letters {
        let before = current;
        current = letter;
        if is_connector(letter) && is_connector(before) {
            name.push(before);
        } else if is_connector(before) {
            in_upper_run = is_upper(letter);
            current = to_upper(letter);
        } else {
            if in_upper_run && is_upper(letter) {
                current = to_lower(letter);
            } else {
                in_upper_run = false;
            }
            name.push(before);
        }
    }
    name.push(current);
    name
}

/// The kinds of word that the splitter knows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Number,
    Upper,
    Letters,
    Connector,
    Punctuation,
    Other,
    End,
}

/// CJK letters do not count as an alphabet.
fn is_alphabetic(letter: char) -> bool {
    is_letter(letter)
        && !matches!(letter, '\u{3400}'..='\u{4d85}' | '\u{4e00}'..='\u{9fcc}' | '\u{20000}'..='\u{2b81d}')
}

/// A letter, and the bytes it came from with the broken ones before it.
struct Letter<'t> {
    letter: char,
    bytes: &'t [u8],
}

/// The letters of a text. Broken bytes belong to the letter after them; at the end they count as one more of the last.
fn letters(text: &[u8]) -> Vec<Letter<'_>> {
    let mut found: Vec<Letter<'_>> = Vec::new();
    let mut start = 0;
    for (offset, letter, width) in with_offsets(text) {
        if letter != char::REPLACEMENT_CHARACTER {
            let bytes = &text[start..offset + width];
            found.push(Letter { letter, bytes });
            start = offset + width;
        }
    }
    if start < text.len() {
        let letter = found
            .last()
            .map_or(char::REPLACEMENT_CHARACTER, |last| last.letter);
        let bytes = &text[start..];
        found.push(Letter { letter, bytes });
    }
    found
}

/// The next word and what follows it.
fn next_word<'a, 't>(letters: &'a [Letter<'t>]) -> (Word, &'a [Letter<'t>], &'a [Letter<'t>]) {
    let first = match letters.first() {
        None => return (Word::End, letters, letters),
        Some(first) if first.letter == char::REPLACEMENT_CHARACTER => {
            return (Word::End, letters, &[]);
        }
        Some(first) => first.letter,
    };
    let count = |letters: &[Letter<'_>], fits: &dyn Fn(char) -> bool| {
        letters.iter().take_while(|letter| fits(letter.letter)).count()
    };
    let run = |fits: &dyn Fn(char) -> bool| count(letters, fits);
    let tail = |fits: &dyn Fn(char) -> bool| 1 + count(&letters[1..], fits);
    let is_small = |letter: char| is_alphabetic(letter) && !is_upper(letter);
    let (word, length) = if is_connector(first) {
        (Word::Connector, run(&is_connector))
    } else if is_punct(first) {
        (Word::Punctuation, run(&is_punct))
    } else if is_upper(first) {
        let uppers = run(&is_upper);
        let next_is_small = letters
            .get(uppers)
            .is_some_and(|letter| is_alphabetic(letter.letter));
        match uppers {
            1 if next_is_small => (Word::Upper, tail(&is_small)),
            // The last capital of a run starts the word that follows it: HTTPStatus.
            _ if next_is_small => (Word::Upper, uppers - 1),
            _ => (Word::Upper, uppers),
        }
    } else if is_alphabetic(first) {
        (Word::Letters, tail(&is_small))
    } else if is_number(first) {
        (Word::Number, run(&is_number))
    } else {
        let is_other = |letter: char| {
            !is_connector(letter) && !is_alphabetic(letter) && !is_number(letter) && !is_punct(letter)
        };
        (Word::Other, tail(&is_other))
    };
    let (word_letters, remaining) = letters.split_at(length);
    (word, word_letters, remaining)
}

/// `xstrings.ToSnakeCase` and `ToKebabCase`.
fn separated(text: &[u8], connector: char) -> Vec<u8> {
    let letters = letters(text);
    let mut splitter = Splitter {
        name: Vec::new(),
        connector,
        current: next_word(&letters),
    };
    while !splitter.current.2.is_empty() {
        splitter.step();
    }
    let (word, letters, _) = splitter.current;
    splitter.push(word, letters);
    splitter.name
}

struct Splitter<'a, 't> {
    name: Vec<u8>,
    connector: char,
    current: (Word, &'a [Letter<'t>], &'a [Letter<'t>]),
}

impl<'a, 't> Splitter<'a, 't> {
    fn connect(&mut self) {
        self.put(self.connector);
    }

    fn put(&mut self, letter: char) {
        self.name
            .extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn advance(&mut self) -> (Word, &'a [Letter<'t>]) {
        let (word, letters, remaining) = self.current;
        self.current = next_word(remaining);
        (word, letters)
    }

    /// Writes one word, and the connector after it where one belongs there.
    fn step(&mut self) {
        let (word, letters) = self.advance();
        if word != Word::Connector {
            self.push(word, letters);
        }
        let next = self.current.0;
        match word {
            Word::Number => {
                self.push_letters_and_numbers();
                self.connect_before_word();
            }
            Word::Connector => self.push(word, letters),
            Word::Punctuation => {}
            _ if next != Word::Number => {
                if next != Word::Connector && next != Word::Punctuation {
                    self.connect();
                }
            }
            _ if self.current.2.is_empty() => {}
            _ => self.number_after_word(),
        }
    }

    /// Digits belong to the word before them, unless small letters follow.
    fn number_after_word(&mut self) {
        let (_, digits) = self.advance();
        if self.current.0 == Word::Letters {
            self.connect();
            self.push(Word::Number, digits);
            self.push_letters_and_numbers();
            self.connect_before_word();
            return;
        }
        self.push(Word::Number, digits);
        if self.current.0 != Word::Connector && self.current.0 != Word::Punctuation {
            self.connect();
        }
    }

    fn push_letters_and_numbers(&mut self) {
        while matches!(self.current.0, Word::Letters | Word::Number) {
            let (word, letters) = self.advance();
            self.push(word, letters);
        }
    }

    fn connect_before_word(&mut self) {
        if !matches!(self.current.0, Word::End | Word::Connector | Word::Punctuation) {
            self.connect();
        }
    }

    fn push(&mut self, word: Word, letters: &[Letter<'_>]) {
        for letter in letters {
            if !matches!(word, Word::Connector | Word::Upper) {
                self.name.extend_from_slice(letter.bytes);
                continue;
            }
            for rune in runes(letter.bytes) {
                self.put(match rune {
                    rune if is_connector(rune) => self.connector,
                    rune if is_upper(rune) => to_lower(rune),
                    rune => rune,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the rendering reference, which real helm answered: snake case, camel case.
    #[test]
    fn names_are_split_as_xstrings_does() {
        for (name, snake, camel) in [
            ("FirstName", "first_name", "FirstName"),
            ("HTTPServer", "http_server", "Httpserver"),
            ("NoHTTPS", "no_https", "NoHTTPS"),
            ("GO_PATH", "go_path", "GoPath"),
            ("http2xx", "http_2xx", "Http2xx"),
            ("HTTP20xOK", "http_20x_ok", "Http20xOK"),
            ("Duration2m3s", "duration_2m3s", "Duration2m3s"),
            ("Bld4Floor3rd", "bld4_floor_3rd", "Bld4Floor3rd"),
            ("fooBARBaz", "foo_bar_baz", "FooBARBaz"),
            ("A1B2", "a1_b2", "A1B2"),
            ("v1beta1", "v_1beta1", "V1beta1"),
            ("ID123", "id123", "Id123"),
            ("IDs", "i_ds", "Ids"),
            ("X509Cert", "x509_cert", "X509Cert"),
            ("foo.bar", "foo.bar", "Foo.bar"),
            ("foo/Bar", "foo/bar", "Foo/Bar"),
            ("_foo__Bar_", "_foo__bar_", "_Foo_Bar_"),
            ("--a--b--", "__a__b__", "--A-B--"),
            ("abc123def", "abc_123def", "Abc123def"),
            ("my-app_name here", "my_app_name_here", "MyAppNameHere"),
            ("_", "_", "__"),
        ] {
            assert_eq!(separated(name.as_bytes(), '_'), snake.as_bytes());
            assert_eq!(camelcase(name.chars().collect()), camel, "{name}");
        }
    }

    #[test]
    fn broken_bytes_stay_with_the_word_they_are_in() {
        for (name, snake) in [
            (&b"\xfb"[..], &b"\xfb"[..]),
            (b"ab\xff1c", b"ab_\xff1c"),
            (b"\xffA\xfe", "\u{fffd}a\u{fffd}".as_bytes()),
        ] {
            assert_eq!(separated(name, '_'), snake, "{}", name.escape_ascii());
        }
    }
}
