//! Go's `encoding/json`, and the one place where `serde_json` values and Go values meet.

mod bridge;
mod decode;
mod encode;
pub mod fields;
mod reader;
mod strings;

pub use bridge::{encode_serde, encode_serde_pretty, from_serde, to_serde, with_floats};
pub use decode::{decode, decode_exact, decode_first, decode_list, decode_map, mismatch};
pub use encode::{Style, encode, encode_pretty, encode_styled, number};

/// Deeper nesting is an error. Go reads 10,000 levels and writes any number, on a stack that grows; ours must fit
/// the 2 MiB of an ordinary thread.
const MAX_DEPTH: usize = 500;

/// More JSON than this is an error: containers that share their content can be small in memory and endless as text.
const MAX_TEXT: usize = super::env::MAX_TEXT;

/// How the error of a text beyond [`MAX_TEXT`] ends: a limit, not one of Go's errors.
const TOO_LONG: &str = " bytes of JSON";

/// Is this error a limit of ours?
#[must_use]
pub fn is_limit(error: &str) -> bool {
    error.ends_with(TOO_LONG)
}

/// The text, with one U+FFFD for each byte that is not part of a character.
#[must_use]
pub fn replace_invalid(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| '\u{fffd}'));
    }
    out
}

#[cfg(test)]
mod tests;
