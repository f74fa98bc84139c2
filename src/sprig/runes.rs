//! Runes as Go sees them: bytes that are no UTF-8 are U+FFFD one by one, and case mapping is simple (one rune to one).
//! Source: go1.23 `unicode/utf8`, `unicode/letter.go`.

/// The runes of a string with their byte offsets and widths.
pub(super) fn with_offsets(bytes: &[u8]) -> Vec<(usize, char, usize)> {
    let mut found = Vec::with_capacity(bytes.len());
    let mut offset = 0;
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            found.push((offset, letter, letter.len_utf8()));
            offset += letter.len_utf8();
        }
        for _ in chunk.invalid() {
            found.push((offset, char::REPLACEMENT_CHARACTER, 1));
            offset += 1;
        }
    }
    found
}

/// The runes of a string.
pub(super) fn runes(bytes: &[u8]) -> Vec<char> {
    with_offsets(bytes)
        .into_iter()
        .map(|(_, letter, _)| letter)
        .collect()
}

/// Takes runes off both ends as long as they fulfil the condition.
pub(super) fn trim(bytes: &[u8], cut: impl Fn(char) -> bool) -> &[u8] {
    let found = with_offsets(bytes);
    let keep = |(_, letter, _): &&(usize, char, usize)| !cut(*letter);
    let start = found.iter().find(keep).map_or(bytes.len(), |rune| rune.0);
    let end = found
        .iter()
        .rev()
        .find(keep)
        .map_or(start, |rune| rune.0 + rune.2);
    &bytes[start..end]
}

/// `unicode.ToUpper`.
pub(super) fn to_upper(letter: char) -> char {
    match letter {
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => shifted(letter, 8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => shifted(letter, 9),
        _ => single(letter.to_uppercase(), letter),
    }
}

/// `unicode.ToLower`.
pub(super) fn to_lower(letter: char) -> char {
    match letter {
        '\u{130}' => 'i',
        _ => single(letter.to_lowercase(), letter),
    }
}

/// `unicode.ToTitle`.
pub(super) fn to_title(letter: char) -> char {
    match letter {
        'Ǆ'..='ǆ' => 'ǅ',
        'Ǉ'..='ǉ' => 'ǈ',
        'Ǌ'..='ǌ' => 'ǋ',
        'Ǳ'..='ǳ' => 'ǲ',
        'ა'..='ჿ' => letter,
        _ => to_upper(letter),
    }
}

fn single(mut mapped: impl Iterator<Item = char>, letter: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        _ => letter,
    }
}

fn shifted(letter: char, by: u32) -> char {
    char::from_u32(u32::from(letter) + by).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mapping_is_one_to_one() {
        for (letter, upper, lower, title) in [
            ('a', 'A', 'a', 'A'),
            ('ß', 'ß', 'ß', 'ß'),
            ('İ', 'İ', 'i', 'İ'),
            ('ǆ', 'Ǆ', 'ǆ', 'ǅ'),
            ('ᾳ', 'ᾼ', 'ᾳ', 'ᾼ'),
            ('ა', 'Ა', 'ა', 'ა'),
        ] {
            assert_eq!(
                (to_upper(letter), to_lower(letter), to_title(letter)),
                (upper, lower, title)
            );
        }
    }

    #[test]
    fn broken_bytes_are_replaced_one_by_one() {
        assert_eq!(runes(b"a\xe2\x82b"), ['a', '\u{fffd}', '\u{fffd}', 'b']);
        assert_eq!(trim(b"  \xff ", char::is_whitespace), b"\xff");
        assert_eq!(trim(b" \t\n", char::is_whitespace), b"");
    }
}
