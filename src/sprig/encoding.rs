//! Base64, base32 and checksums. Source: sprig v3.3.0 `strings.go`, `crypto.go`; go1.23 `encoding/base64`, `base32`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_encoding::{BASE32, HEXLOWER};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::args::{string, text};
use crate::golang::Func;
use crate::golang::Type::Str;

pub(super) fn table() -> Vec<(&'static str, Func)> {
    vec![
        (
            "b64enc",
            Func::new(&[Str], |env, args| string(env, STANDARD.encode(text(args, 0)))),
        ),
        (
            "b64dec",
            Func::new(&[Str], |env, args| {
                string(
                    env,
                    base64_decode(text(args, 0)).unwrap_or_else(String::into_bytes),
                )
            }),
        ),
        (
            "b32enc",
            Func::new(&[Str], |env, args| string(env, BASE32.encode(text(args, 0)))),
        ),
        (
            "b32dec",
            Func::new(&[Str], |env, args| {
                string(
                    env,
                    base32_decode(text(args, 0)).unwrap_or_else(String::into_bytes),
                )
            }),
        ),
        (
            "sha1sum",
            Func::new(&[Str], |env, args| {
                string(env, HEXLOWER.encode(&Sha1::digest(text(args, 0))))
            }),
        ),
        (
            "sha256sum",
            Func::new(&[Str], |env, args| {
                string(env, HEXLOWER.encode(&Sha256::digest(text(args, 0))))
            }),
        ),
        (
            "sha512sum",
            Func::new(&[Str], |env, args| {
                string(env, HEXLOWER.encode(&Sha512::digest(text(args, 0))))
            }),
        ),
        (
            "adler32sum",
            Func::new(&[Str], |env, args| {
                string(env, adler2::adler32_slice(text(args, 0)).to_string())
            }),
        ),
    ]
}

fn is_newline(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// `base64.StdEncoding.DecodeString`: newlines are passed over, the error names the first bad byte.
pub(super) fn base64_decode(text: &[u8]) -> Result<Vec<u8>, String> {
    let bad = |offset: usize| Err(format!("illegal base64 data at input byte {offset}"));
    let mut decoded = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    let bytes = text.iter().copied().enumerate();
    for (offset, byte) in bytes.filter(|(_, byte)| !is_newline(*byte)) {
        if byte == b'=' {
            return padded(text, offset, count, bits, decoded);
        }
        let Some(value) = base64_value(byte) else {
            return bad(offset);
        };
        (bits, count) = (bits << 6 | u32::from(value), count + 1);
        if count == 4 {
            decoded.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, count) = (0, 0);
        }
    }
    if count > 0 {
        return bad(text.len().saturating_sub(count));
    }
    Ok(decoded)
}

/// The end of the text from its first `=` on.
fn padded(
    text: &[u8],
    offset: usize,
    count: usize,
    bits: u32,
    mut decoded: Vec<u8>,
) -> Result<Vec<u8>, String> {
    let bad = |offset: usize| Err(format!("illegal base64 data at input byte {offset}"));
    let next = |from: usize| {
        let found = text[from..].iter().position(|byte| !is_newline(*byte));
        found.map_or(text.len(), |distance| from + distance)
    };
    let mut end = offset + 1;
    match count {
        2 => {
            let second = next(end);
            match text.get(second) {
                None => return bad(text.len()),
                Some(b'=') => end = second + 1,
                Some(_) => return bad(second - 1),
            }
            decoded.push(bits.to_be_bytes()[2] << 4 | bits.to_be_bytes()[3] >> 4);
        }
        3 => {
            let [_, high, middle, low] = (bits << 6).to_be_bytes();
            decoded.extend([high, middle]);
            debug_assert_eq!(low & 0x3f, 0, "six bits were shifted in");
        }
        _ => return bad(offset),
    }
    match next(end) {
        end if end < text.len() => bad(end),
        _ => Ok(decoded),
    }
}

fn base64_value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// `base32.StdEncoding.DecodeString`; offsets count without the newlines.
fn base32_decode(text: &[u8]) -> Result<Vec<u8>, String> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| !is_newline(*byte)).collect();
    let mut decoded = Vec::with_capacity(text.len() / 8 * 5);
    for (index, group) in text.chunks(8).enumerate() {
        let base = index * 8;
        let (bits, count) = base32_group(group, base, text.len())
            .map_err(|offset| format!("illegal base32 data at input byte {offset}"))?;
        decoded.extend_from_slice(&bits.to_be_bytes()[3..3 + count * 5 / 8]);
        if count < 8 && base + 8 < text.len() {
            // Go stops at the padding; what follows it is not read.
            break;
        }
    }
    Ok(decoded)
}

/// Forty bits of one group, and how many of its characters are data; otherwise the offset of what is wrong.
fn base32_group(group: &[u8], base: usize, total: usize) -> Result<(u64, usize), usize> {
    let mut bits = 0u64;
    for position in 0..8 {
        let offset = base + position;
        let Some(byte) = group.get(position) else {
            return Err(total - position);
        };
        let is_last_group = total - base <= 8;
        if *byte == b'=' && position >= 2 && is_last_group {
            return base32_padding(group, base, position, total)
                .map(|()| (bits << (5 * (8 - position)), position));
        }
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return Err(offset),
        };
        bits = bits << 5 | u64::from(value);
    }
    Ok((bits, 8))
}

fn base32_padding(group: &[u8], base: usize, position: usize, total: usize) -> Result<(), usize> {
    if group.len() < 8 {
        return Err(total);
    }
    for (distance, byte) in group[position + 1..].iter().enumerate() {
        if *byte != b'=' {
            return Err(base + position + distance);
        }
    }
    match position {
        3 | 6 => Err(base + position),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_decodes_as_go_does() {
        for (text, expected) in [
            ("aGVsbG8=", Ok(&b"hello"[..])),
            ("aGVs\nbG8=\r\n", Ok(b"hello")),
            ("aGU=", Ok(b"he")),
            ("aA==", Ok(b"h")),
            ("", Ok(b"")),
            ("!aGVs", Err(0)),
            ("aGV", Err(0)),
            ("aGVsbG", Err(4)),
            ("aGVs=", Err(4)),
            ("aA=", Err(3)),
            ("aA=x", Err(2)),
            ("aA==x", Err(4)),
        ] {
            let expected = expected
                .map(<[u8]>::to_vec)
                .map_err(|offset| format!("illegal base64 data at input byte {offset}"));
            assert_eq!(base64_decode(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn base32_decodes_as_go_does() {
        for (text, expected) in [
            ("NBSWY3DP", Ok(&b"hello"[..])),
            ("NBUQ====", Ok(b"hi")),
            ("MZXW6===", Ok(b"foo")),
            ("nb", Err(0)),
            ("NB", Err(0)),
            ("NBSWY3D", Err(0)),
            ("NB1=====", Err(2)),
        ] {
            let expected = expected
                .map(<[u8]>::to_vec)
                .map_err(|offset| format!("illegal base32 data at input byte {offset}"));
            assert_eq!(base32_decode(text.as_bytes()), expected, "{text}");
        }
    }
}
