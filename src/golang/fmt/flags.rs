//! Flags, width and precision, and how they shape one number or text (`fmt/format.go`).

use super::print::Printer;
use crate::golang::strconv::{
    can_backquote, format_float, is_print, quote, quote_ascii, quote_rune, quote_rune_ascii,
};

/// What stands between `%` and the verb.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flags {
    pub width: Option<usize>,
    pub precision: Option<usize>,
    pub minus: bool,
    pub plus: bool,
    pub sharp: bool,
    pub space: bool,
    pub zero: bool,
    /// `%+v`
    pub plus_v: bool,
    /// `%#v`
    pub sharp_v: bool,
}

impl Printer {
    /// Pads to the width, counted in characters.
    pub(super) fn pad(&mut self, text: &[u8]) {
        let length = count_runes(text);
        let missing = self.flags.width.unwrap_or_default().saturating_sub(length);
        if self.flags.minus {
            self.push(text);
            self.padding(missing);
        } else {
            self.padding(missing);
            self.push(text);
        }
    }

    fn pad_with_spaces(&mut self, text: &[u8]) {
        let zero = std::mem::replace(&mut self.flags.zero, false);
        self.pad(text);
        self.flags.zero = zero;
    }

    fn padding(&mut self, count: usize) {
        let is_zero = self.flags.zero && !self.flags.minus;
        self.push_times(if is_zero { b'0' } else { b' ' }, count);
    }

    pub(super) fn format_integer(&mut self, magnitude: u64, is_negative: bool, base: u32, verb: char) {
        let flags = self.flags;
        let mut least = flags.precision.unwrap_or_default();
        if flags.precision == Some(0) && magnitude == 0 {
            self.push_times(b' ', flags.width.unwrap_or_default());
            return;
        }
        if flags.precision.is_none() && flags.zero && !flags.minus {
            let sign = usize::from(is_negative || flags.plus || flags.space);
            least = flags.width.unwrap_or_default().saturating_sub(sign);
        }
        let mut digits = match (base, verb) {
            (2, _) => format!("{magnitude:b}"),
            (8, _) => format!("{magnitude:o}"),
            (16, 'X') => format!("{magnitude:X}"),
            (16, _) => format!("{magnitude:x}"),
            _ => magnitude.to_string(),
        };
        digits.insert_str(0, &"0".repeat(least.saturating_sub(digits.len())));
        if flags.sharp {
            digits.insert_str(0, integer_prefix(base, verb, digits.starts_with('0')));
        }
        if verb == 'O' {
            digits.insert_str(0, "0o");
        }
        match (is_negative, flags.plus, flags.space) {
            (true, ..) => digits.insert(0, '-'),
            (_, true, _) => digits.insert(0, '+'),
            (.., true) => digits.insert(0, ' '),
            _ => {}
        }
        self.pad_with_spaces(digits.as_bytes());
    }

    /// A number as `0x…`, whatever the sharp flag says.
    pub(super) fn format_hex(&mut self, number: u64, with_prefix: bool) {
        let sharp = std::mem::replace(&mut self.flags.sharp, with_prefix);
        self.format_integer(number, false, 16, 'v');
        self.flags.sharp = sharp;
    }

    pub(super) fn format_character(&mut self, code: u64) {
        let letter = rune(code);
        self.pad(letter.encode_utf8(&mut [0; 4]).as_bytes());
    }

    pub(super) fn format_quoted_character(&mut self, code: u64) {
        let letter = rune(code);
        let text = if self.flags.plus {
            quote_rune_ascii(letter)
        } else {
            quote_rune(letter)
        };
        self.pad(text.as_bytes());
    }

    pub(super) fn format_unicode(&mut self, code: u64) {
        let least = self.flags.precision.unwrap_or_default().max(4);
        let digits = format!("{code:X}");
        let mut text = format!("U+{}{digits}", "0".repeat(least.saturating_sub(digits.len())));
        let letter = u32::try_from(code).ok().and_then(char::from_u32);
        if let Some(letter) = letter.filter(|letter| self.flags.sharp && is_print(*letter)) {
            text.push_str(&format!(" '{letter}'"));
        }
        self.pad_with_spaces(text.as_bytes());
    }

    pub(super) fn format_float(&mut self, number: f64, verb: u8, precision: Option<usize>) {
        let flags = self.flags;
        let precision = flags.precision.or(precision);
        let mut text = format_float(number, verb, precision);
        if !text.starts_with(['+', '-']) {
            text.insert(0, '+');
        }
        if flags.space && !flags.plus && text.starts_with('+') {
            text.replace_range(..1, " ");
        }
        if !number.is_finite() {
            let is_bare = !flags.plus && !flags.space && text.starts_with('+') && number.is_nan();
            self.pad_with_spaces(&text.as_bytes()[usize::from(is_bare)..]);
            return;
        }
        if flags.sharp && verb != b'b' {
            text = with_point(&text, verb, precision);
        }
        let is_signed = flags.plus || !text.starts_with('+');
        let (sign, digits) = text.split_at(1);
        let missing = flags.width.unwrap_or_default().saturating_sub(text.len());
        if is_signed && flags.zero && !flags.minus && missing > 0 {
            self.push(sign.as_bytes());
            self.push_times(b'0', missing);
            self.push(digits.as_bytes());
        } else {
            self.pad(if is_signed {
                text.as_bytes()
            } else {
                digits.as_bytes()
            });
        }
    }

    pub(super) fn format_text(&mut self, text: &[u8]) {
        self.pad(truncated(text, self.flags.precision));
    }

    pub(super) fn format_quoted(&mut self, text: &[u8]) {
        let text = truncated(text, self.flags.precision);
        let quoted = if self.flags.sharp && can_backquote(text) {
            format!("`{}`", String::from_utf8_lossy(text))
        } else if self.flags.plus {
            quote_ascii(text)
        } else {
            quote(text)
        };
        self.pad(quoted.as_bytes());
    }

    /// `%x` and `%X` of text and bytes.
    pub(super) fn format_hex_text(&mut self, text: &[u8], verb: char) {
        let flags = self.flags;
        let text = &text[..text.len().min(flags.precision.unwrap_or(usize::MAX))];
        let prefix = match (flags.sharp, verb) {
            (false, _) => "",
            (true, 'X') => "0X",
            (true, _) => "0x",
        };
        let mut out = String::with_capacity(text.len() * 2);
        for (index, byte) in text.iter().enumerate() {
            if index > 0 && flags.space {
                out.push(' ');
            }
            if index == 0 || flags.space {
                out.push_str(prefix);
            }
            out.push_str(&if verb == 'X' {
                format!("{byte:02X}")
            } else {
                format!("{byte:02x}")
            });
        }
        self.pad(out.as_bytes());
    }
}

fn integer_prefix(base: u32, verb: char, starts_with_zero: bool) -> &'static str {
    match (base, verb) {
        (2, _) => "0b",
        (8, _) if !starts_with_zero => "0",
        (16, 'X') => "0X",
        (16, _) => "0x",
        _ => "",
    }
}

fn rune(code: u64) -> char {
    u32::try_from(code)
        .ok()
        .and_then(char::from_u32)
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// `%#g` and its kin: always a point, and the zeros that `%g` would drop. `text` has a sign.
fn with_point(text: &str, verb: u8, precision: Option<usize>) -> String {
    let wanted = match verb {
        b'g' | b'G' | b'x' => precision.unwrap_or(6),
        _ => 0,
    };
    let exponent = if matches!(verb, b'x' | b'X') {
        ['p', 'P']
    } else {
        ['e', 'E']
    };
    let (number, tail) = match text.find(exponent) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    // Go counts the `x` of a hexadecimal number as a digit.
    let places = number[1..].bytes().filter(|byte| *byte != b'.');
    let significant = places.skip_while(|byte| *byte == b'0').count();
    let mut out = number.to_owned();
    let mut missing = wanted.saturating_sub(significant);
    if !number.contains('.') {
        missing = missing.saturating_sub(usize::from(&number[1..] == "0"));
        out.push('.');
    }
    out + &"0".repeat(missing) + tail
}

/// Characters as Go counts them: each byte that is not UTF-8 is one.
fn count_runes(text: &[u8]) -> usize {
    text.utf8_chunks()
        .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
        .sum()
}

fn truncated(text: &[u8], precision: Option<usize>) -> &[u8] {
    let Some(mut left) = precision else { return text };
    let mut end = 0;
    for chunk in text.utf8_chunks() {
        let widths = chunk.valid().chars().map(char::len_utf8);
        for width in widths.chain(chunk.invalid().iter().map(|_| 1)) {
            if left == 0 {
                return &text[..end];
            }
            left -= 1;
            end += width;
        }
    }
    text
}
