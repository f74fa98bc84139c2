//! Categories of letters. Source: go1.23 `unicode`, whose tables are of Unicode 15.0.

use std::sync::LazyLock;

use crate::base::pattern::Pattern;

/// A category, by its pattern.
struct Category(LazyLock<Pattern>);

impl Category {
    fn has(&self, letter: char) -> bool {
        self.0.is_match(letter.encode_utf8(&mut [0; 4]))
    }
}

macro_rules! category {
    ($pattern:literal) => {
        Category(LazyLock::new(|| {
            Pattern::constant(concat!("[", $pattern, r"&&\p{age:15.0}]"))
        }))
    };
}

static TITLE: Category = category!(r"\p{Lt}");
static UPPER: Category = category!(r"\p{Lu}");
static LOWER: Category = category!(r"\p{Ll}");
static LETTER: Category = category!(r"\p{L}");
static DIGIT: Category = category!(r"\p{Nd}");
static NUMBER: Category = category!(r"\p{N}");
static PUNCTUATION: Category = category!(r"\p{P}");

/// `unicode.IsTitle`.
#[must_use]
pub fn is_title(letter: char) -> bool {
    !letter.is_ascii() && TITLE.has(letter)
}

/// `unicode.IsUpper`.
#[must_use]
pub fn is_upper(letter: char) -> bool {
    letter.is_ascii_uppercase() || !letter.is_ascii() && UPPER.has(letter)
}

/// `unicode.IsLower`.
#[must_use]
pub fn is_lower(letter: char) -> bool {
    letter.is_ascii_lowercase() || !letter.is_ascii() && LOWER.has(letter)
}

/// `unicode.IsLetter`.
#[must_use]
pub fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphabetic() || !letter.is_ascii() && LETTER.has(letter)
}

/// `unicode.IsDigit`.
#[must_use]
pub fn is_digit(letter: char) -> bool {
    letter.is_ascii_digit() || !letter.is_ascii() && DIGIT.has(letter)
}

/// `unicode.IsNumber`.
#[must_use]
pub fn is_number(letter: char) -> bool {
    letter.is_ascii_digit() || !letter.is_ascii() && NUMBER.has(letter)
}

/// `unicode.IsPunct`.
#[must_use]
pub fn is_punct(letter: char) -> bool {
    match letter {
        '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~' => false,
        _ => letter.is_ascii_punctuation() || !letter.is_ascii() && PUNCTUATION.has(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_are_narrower_than_rusts_properties() {
        assert!(is_letter('é') && is_upper('É') && is_lower('ß') && is_title('ǅ') && is_digit('٣'));
        // Alphabetic, upper case and numeric as properties, but marks, numbers and symbols by category.
        assert!(!is_letter('\u{345}') && !is_letter('Ⅷ') && !is_upper('Ⓐ') && !is_digit('½'));
        assert!(is_number('½') && is_punct('·') && !is_punct('+'));
    }
}
