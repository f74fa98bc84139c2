//! Go's `strconv` (go1.23): numbers and quoted text.

mod float_text;
mod int;
mod parse_float;
mod quote;

pub use float_text::{format_complex, format_float, format_float32};
pub use int::{parse_int, parse_uint};
pub use parse_float::parse_float;
pub use quote::{
    can_backquote, is_print, quote, quote_ascii, quote_rune, quote_rune_ascii, unquote, unquote_char,
};

/// Why a number could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumError {
    /// Not a number in this syntax.
    Syntax,
    /// A number that the type cannot hold.
    Range,
}

impl NumError {
    /// The whole text of Go's `*NumError` for this function and input.
    #[must_use]
    pub fn describe(self, function: &str, input: &[u8]) -> String {
        let reason = match self {
            NumError::Syntax => "invalid syntax",
            NumError::Range => "value out of range",
        };
        format!("strconv.{function}: parsing {}: {reason}", quote(input))
    }
}

/// Do underscores only separate digits (or follow a base prefix), as in Go literals?
fn underscores_ok(text: &[u8]) -> bool {
    let text = text
        .strip_prefix(b"-")
        .or_else(|| text.strip_prefix(b"+"))
        .unwrap_or(text);
    let is_prefixed = matches!(text, [b'0', b'b' | b'B' | b'o' | b'O' | b'x' | b'X', ..]);
    let is_hex = matches!(text, [b'0', b'x' | b'X', ..]);
    let digits = if is_prefixed { &text[2..] } else { text };
    let mut before = if is_prefixed { b'0' } else { b'^' };
    for &byte in digits {
        let is_digit = byte.is_ascii_digit() || is_hex && byte.is_ascii_hexdigit();
        if byte == b'_' {
            if before != b'0' {
                return false;
            }
            before = b'_';
        } else if is_digit {
            before = b'0';
        } else {
            if before == b'_' {
                return false;
            }
            before = b'!';
        }
    }
    before != b'_'
}
