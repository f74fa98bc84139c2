//! How a string is written (yaml.v2 `encode.go` and the analysis in `emitterc.go`).

use super::emit::Dialect;
use super::scalar::{Scalar, is_timestamp, resolve};

/// The ways to write a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

/// YAML 1.1 numbers in base 60, `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`: never read as numbers, always quoted.
fn is_base_60(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || byte == b'_';
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let Some((head, rest)) = text.split_once(':') else {
        return false;
    };
    let (sixtieths, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let is_sixtieth = |part: &str| match part.as_bytes() {
        [digit] | [b'0'..=b'5', digit] => digit.is_ascii_digit(),
        _ => false,
    };
    head.starts_with(|letter: char| letter.is_ascii_digit())
        && head.bytes().all(is_digit)
        && sixtieths.split(':').all(is_sixtieth)
        && fraction.bytes().all(is_digit)
}

pub(super) fn is_break(letter: char) -> bool {
    matches!(letter, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\t')
}

/// What the emitter takes for printable: nothing outside the basic plane, no byte order mark.
pub(super) fn is_printable(letter: char) -> bool {
    matches!(letter, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && letter != '\u{feff}'
}

/// The style of a string; `is_key` where it stands before a colon on one line.
pub(super) fn choose(text: &str, is_key: bool, dialect: Dialect) -> Style {
    let reads_as_string = resolve(text) == Scalar::Str && !is_timestamp(text) && !is_base_60(text);
    if is_word(text) {
        return if reads_as_string {
            Style::Plain
        } else {
            Style::Double
        };
    }
    let facts = Facts::of(text, dialect);
    if is_key && facts.has_break {
        return Style::Double;
    }
    if text.contains('\n') {
        let is_block = facts.allows_block && !is_key;
        return if is_block { Style::Literal } else { Style::Double };
    }
    match () {
        () if !reads_as_string => Style::Double,
        () if facts.allows_plain => Style::Plain,
        () if facts.allows_single => Style::Single,
        () => Style::Double,
    }
}

/// Nothing in it needs a closer look: most keys and many values.
fn is_word(text: &str) -> bool {
    let starts = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'/';
    let goes_on = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/');
    text.as_bytes().first().is_some_and(starts) && text.bytes().all(goes_on)
}

/// What the characters of a text allow.
struct Facts {
    has_break: bool,
    allows_plain: bool,
    allows_single: bool,
    allows_block: bool,
}

impl Facts {
    fn of(text: &str, dialect: Dialect) -> Self {
        let letters: Vec<char> = text.chars().collect();
        let pairs = || letters.windows(2).map(|pair| (pair[0], pair[1]));
        let has_break = letters.iter().copied().any(is_break);
        let has_space_before_break = pairs().any(|(first, second)| first == ' ' && is_break(second));
        let has_break_before_space = pairs().any(|(first, second)| is_break(first) && second == ' ');
        let has_tab = dialect == Dialect::Pretty && letters.contains(&'\t');
        let is_special = |letter: &char| !(is_printable(*letter) || has_tab && *letter == '\t');
        let has_special = letters.iter().any(is_special);
        let starts_or_ends_blank =
            |letter: Option<&char>| letter.is_some_and(|letter| *letter == ' ' || is_break(*letter));
        let is_padded = starts_or_ends_blank(letters.first()) || starts_or_ends_blank(letters.last());
        Facts {
            has_break,
            allows_plain: !is_padded && !has_break && !has_tab && !has_special && !has_indicator(&letters),
            allows_single: !has_space_before_break && !has_break_before_space && !has_tab && !has_special,
            allows_block: letters.last() != Some(&' ') && !has_space_before_break && !has_special,
        }
    }
}

/// Characters that mean something where they stand.
fn has_indicator(letters: &[char]) -> bool {
    if matches!(letters, ['-', '-', '-', ..] | ['.', '.', '.', ..]) {
        return true;
    }
    letters.iter().enumerate().any(|(index, letter)| {
        let before = index.checked_sub(1).and_then(|index| letters.get(index));
        let is_before_blank = letters.get(index + 1).is_none_or(|next| is_blank(*next));
        match (letter, before) {
            (
                '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@'
                | '`',
                None,
            ) => true,
            ('?' | '-', None) | (':', _) => is_before_blank,
            ('#', Some(before)) => is_blank(*before) || is_break(*before),
            _ => false,
        }
    })
}
