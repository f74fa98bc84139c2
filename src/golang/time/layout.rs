//! Layouts: the reference time `Mon Jan 2 15:04:05 MST 2006` taken apart (go1.23 `format.go`, `nextStdChunk`).

/// One element of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    LongMonth,
    ShortMonth,
    /// `1`, `01`
    Month {
        zero: bool,
    },
    LongWeekday,
    ShortWeekday,
    /// `2`, `_2`, `02`
    Day {
        zero: bool,
        space: bool,
    },
    /// `__2`, `002`
    YearDay {
        zero: bool,
    },
    Hour,
    /// `3`, `03`
    Hour12 {
        zero: bool,
    },
    /// `4`, `04`
    Minute {
        zero: bool,
    },
    /// `5`, `05`
    Second {
        zero: bool,
    },
    LongYear,
    ShortYear,
    /// `PM`, `pm`
    HalfDay {
        lower: bool,
    },
    ZoneName,
    /// `Z07:00`, `-0700` and the like
    Offset(Offset),
    /// `.000`, `,999`
    Fraction {
        separator: u8,
        digits: usize,
        trims: bool,
    },
}

/// How an offset from UTC is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    /// `Z` for UTC itself.
    pub z: bool,
    pub colon: bool,
    pub minutes: bool,
    pub seconds: bool,
}

const OFFSETS: &[(&str, Offset)] = &[
    ("07:00:00", offset(true, true, true)),
    ("070000", offset(false, true, true)),
    ("07:00", offset(true, true, false)),
    ("0700", offset(false, true, false)),
    ("07", offset(false, false, false)),
];

const fn offset(colon: bool, minutes: bool, seconds: bool) -> Offset {
    Offset {
        z: false,
        colon,
        minutes,
        seconds,
    }
}

/// A layout up to and with its next element.
pub(super) struct Chunk<'l> {
    pub literal: &'l str,
    /// The element and its spelling; none at the end.
    pub element: Option<(Element, &'l str)>,
    pub rest: &'l str,
}

/// Cuts the layout at its first element.
pub(super) fn next_chunk(layout: &str) -> Chunk<'_> {
    for (at, _) in layout.char_indices() {
        let Some((element, skipped, length)) = element_at(&layout[at..]) else {
            continue;
        };
        let (start, end) = (at + skipped, at + skipped + length);
        return Chunk {
            literal: &layout[..start],
            element: Some((element, &layout[start..end])),
            rest: &layout[end..],
        };
    }
    Chunk {
        literal: layout,
        element: None,
        rest: "",
    }
}

/// The element that begins here, how many bytes of text come before it, and its length.
fn element_at(text: &str) -> Option<(Element, usize, usize)> {
    let found = |element, length| Some((element, 0, length));
    let is_word_end = |at: usize| !text.as_bytes().get(at).is_some_and(u8::is_ascii_lowercase);
    match text.as_bytes().first()? {
        b'J' if text.starts_with("January") => found(Element::LongMonth, 7),
        b'J' if text.starts_with("Jan") && is_word_end(3) => found(Element::ShortMonth, 3),
        b'M' if text.starts_with("Monday") => found(Element::LongWeekday, 6),
        b'M' if text.starts_with("Mon") && is_word_end(3) => found(Element::ShortWeekday, 3),
        b'M' if text.starts_with("MST") => found(Element::ZoneName, 3),
        b'0' => zero_padded(text),
        b'1' if text.starts_with("15") => found(Element::Hour, 2),
        b'1' => found(Element::Month { zero: false }, 1),
        b'2' if text.starts_with("2006") => found(Element::LongYear, 4),
        b'2' => found(
            Element::Day {
                zero: false,
                space: false,
            },
            1,
        ),
        b'_' if text.starts_with("_2006") => Some((Element::LongYear, 1, 4)),
        b'_' if text.starts_with("_2") => found(
            Element::Day {
                zero: false,
                space: true,
            },
            2,
        ),
        b'_' if text.starts_with("__2") => found(Element::YearDay { zero: false }, 3),
        b'3' => found(Element::Hour12 { zero: false }, 1),
        b'4' => found(Element::Minute { zero: false }, 1),
        b'5' => found(Element::Second { zero: false }, 1),
        b'P' if text.starts_with("PM") => found(Element::HalfDay { lower: false }, 2),
        b'p' if text.starts_with("pm") => found(Element::HalfDay { lower: true }, 2),
        b'-' | b'Z' => numeric_offset(text),
        b'.' | b',' => fraction(text),
        _ => None,
    }
}

fn zero_padded(text: &str) -> Option<(Element, usize, usize)> {
    let zero = true;
    let element = match text.as_bytes().get(1)? {
        b'0' if text.starts_with("002") => return Some((Element::YearDay { zero }, 0, 3)),
        b'1' => Element::Month { zero },
        b'2' => Element::Day { zero, space: false },
        b'3' => Element::Hour12 { zero },
        b'4' => Element::Minute { zero },
        b'5' => Element::Second { zero },
        b'6' => Element::ShortYear,
        _ => return None,
    };
    Some((element, 0, 2))
}

fn numeric_offset(text: &str) -> Option<(Element, usize, usize)> {
    let (spelling, form) = OFFSETS
        .iter()
        .find(|(spelling, _)| text[1..].starts_with(spelling))?;
    let z = text.starts_with('Z');
    Some((Element::Offset(Offset { z, ..*form }), 0, spelling.len() + 1))
}

fn fraction(text: &str) -> Option<(Element, usize, usize)> {
    let bytes = text.as_bytes();
    let separator = *bytes.first()?;
    let digit = *bytes.get(1).filter(|digit| matches!(digit, b'0' | b'9'))?;
    let digits = bytes[1..].iter().take_while(|byte| **byte == digit).count();
    if bytes.get(1 + digits).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let element = Element::Fraction {
        separator,
        // Go keeps the count in twelve bits.
        digits: digits & 0xfff,
        trims: digit == b'9',
    };
    Some((element, 0, 1 + digits))
}
