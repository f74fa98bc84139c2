//! `json.Unmarshal` (encoding/json `scanner.go` and `decode.go`, go1.23).

use super::{MAX_DEPTH, replace_invalid};
use crate::golang::strconv::{parse_float, parse_int, parse_uint, quote};
use crate::golang::value::{Map, Str, UintKind, Value};

const UNEXPECTED_END: &str = "unexpected end of JSON input";

/// `json.Unmarshal` into `interface{}`: numbers are float64, the last of equal keys wins.
///
/// # Errors
/// Go's text.
pub fn decode(text: &[u8]) -> Result<Value, String> {
    let (value, error) = read(text)?;
    error.map_or(Ok(value), Err)
}

/// `json.Unmarshal` into `map[string]interface {}`: what was read, and the error if there was one.
/// `null` reads as an empty map.
#[must_use]
pub fn decode_map(text: &[u8]) -> (Map, Option<String>) {
    match read(text) {
        Ok((Value::Map(map), error)) => (map, error),
        Ok((Value::Nil, error)) => (Map::new(), error),
        Ok((other, _)) => (Map::new(), Some(mismatch(&other, "map[string]interface {}"))),
        Err(message) => (Map::new(), Some(message)),
    }
}

/// `json.Unmarshal` into `[]interface {}`: what was read, and the error if there was one.
/// `null` reads as an empty list.
#[must_use]
pub fn decode_list(text: &[u8]) -> (Vec<Value>, Option<String>) {
    match read(text) {
        Ok((Value::List(list), error)) => (list.to_vec(), error),
        Ok((Value::Nil, error)) => (Vec::new(), error),
        Ok((other, _)) => (Vec::new(), Some(mismatch(&other, "[]interface {}"))),
        Err(message) => (Vec::new(), Some(message)),
    }
}

/// Like [`decode`], but integers stay int64 or uint64 where they fit.
///
/// # Errors
/// Go's text.
pub fn decode_exact(text: &[u8]) -> Result<Value, String> {
    let (value, error) = read_with(text, true)?;
    error.map_or(Ok(value), Err)
}

/// Go's text for a JSON value that does not fit a Go type.
#[must_use]
pub fn mismatch(value: &Value, wanted: &str) -> String {
    let kind = match value {
        Value::Bool(_) => "bool",
        Value::Str(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
        _ => "number",
    };
    format!("json: cannot unmarshal {kind} into Go value of type {wanted}")
}

/// The value; a number that float64 cannot hold reads as nil and is reported beside it.
fn read(text: &[u8]) -> Result<(Value, Option<String>), String> {
    read_with(text, false)
}

fn read_with(text: &[u8], keeps_integers: bool) -> Result<(Value, Option<String>), String> {
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
        keeps_integers,
        misfit: None,
    };
    let value = reader.value()?;
    reader.skip_space();
    if let Some(&byte) = text.get(reader.at) {
        return Err(invalid(byte, "after top-level value"));
    }
    Ok((value, reader.misfit))
}

fn invalid(byte: u8, context: &str) -> String {
    let shown = match byte {
        b'\'' => r"'\''".to_owned(),
        b'"' => "'\"'".to_owned(),
        _ => {
            let quoted = quote(char::from(byte).to_string().as_bytes());
            format!("'{}'", &quoted[1..quoted.len() - 1])
        }
    };
    format!("invalid character {shown} {context}")
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    keeps_integers: bool,
    /// The first number that does not fit.
    misfit: Option<String>,
}

impl Reader<'_> {
    fn skip_space(&mut self) {
        while matches!(self.text.get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// The next byte that is not white space.
    fn next_token(&mut self) -> Result<u8, String> {
        self.skip_space();
        self.next()
    }

    fn next(&mut self) -> Result<u8, String> {
        let byte = self.text.get(self.at).copied().ok_or(UNEXPECTED_END)?;
        self.at += 1;
        Ok(byte)
    }

    fn value(&mut self) -> Result<Value, String> {
        let first = self.next_token()?;
        self.value_from(first)
    }

    fn value_from(&mut self, first: u8) -> Result<Value, String> {
        match first {
            b'{' => self.nested(Self::object),
            b'[' => self.nested(Self::array),
            b'"' => Ok(Value::Str(self.string()?)),
            b't' => self.literal("true", Value::Bool(true)),
            b'f' => self.literal("false", Value::Bool(false)),
            b'n' => self.literal("null", Value::Nil),
            b'-' | b'0'..=b'9' => self.number(first),
            _ => Err(invalid(first, "looking for beginning of value")),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, String>) -> Result<Value, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("exceeded max depth".into());
        }
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value, String> {
        let map = Map::new();
        let mut byte = self.next_token()?;
        if byte == b'}' {
            return Ok(Value::Map(map));
        }
        loop {
            if byte != b'"' {
                return Err(invalid(byte, "looking for beginning of object key string"));
            }
            let key = self.string()?;
            let colon = self.next_token()?;
            if colon != b':' {
                return Err(invalid(colon, "after object key"));
            }
            let value = self.value()?;
            map.insert(key, value);
            match self.next_token()? {
                b',' => byte = self.next_token()?,
                b'}' => return Ok(Value::Map(map)),
                other => return Err(invalid(other, "after object key:value pair")),
            }
        }
    }

    fn array(&mut self) -> Result<Value, String> {
        let mut items = Vec::new();
        let mut byte = self.next_token()?;
        if byte == b']' {
            return Ok(Value::list(items));
        }
        loop {
            items.push(self.value_from(byte)?);
            match self.next_token()? {
                b',' => byte = self.next_token()?,
                b']' => return Ok(Value::list(items)),
                other => return Err(invalid(other, "after array element")),
            }
        }
    }

    fn literal(&mut self, name: &str, value: Value) -> Result<Value, String> {
        for expected in name.bytes().skip(1) {
            let byte = self.next()?;
            if byte != expected {
                let context = format!("in literal {name} (expecting '{}')", char::from(expected));
                return Err(invalid(byte, &context));
            }
        }
        Ok(value)
    }

    fn number(&mut self, first: u8) -> Result<Value, String> {
        let start = self.at - 1;
        let leading = if first == b'-' { self.next()? } else { first };
        match leading {
            b'0' => {}
            b'1'..=b'9' => self.skip_digits(),
            other => return Err(invalid(other, "in numeric literal")),
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.text.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.text.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        let literal = &self.text[start..self.at];
        if self.keeps_integers {
            if let Ok(number) = parse_int(literal, 10) {
                return Ok(Value::int64(number));
            }
            if let Ok(number) = parse_uint(literal, 10) {
                return Ok(Value::Uint(UintKind::Uint64, number));
            }
        }
        Ok(match parse_float(literal) {
            Ok(number) => Value::Float(number),
            Err(_) => {
                let literal = String::from_utf8_lossy(literal);
                self.misfit.get_or_insert_with(|| {
                    format!("json: cannot unmarshal number {literal} into Go value of type float64")
                });
                Value::Nil
            }
        })
    }

    fn digits(&mut self, context: &str) -> Result<(), String> {
        let byte = self.next()?;
        if !byte.is_ascii_digit() {
            return Err(invalid(byte, context));
        }
        self.skip_digits();
        Ok(())
    }

    fn skip_digits(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
    }

    /// The rest of a string after its opening quote.
    fn string(&mut self) -> Result<Str, String> {
        let mut bytes = Vec::new();
        loop {
            match self.next()? {
                b'"' => break,
                b'\\' => self.escape(&mut bytes)?,
                byte if byte < 0x20 => return Err(invalid(byte, "in string literal")),
                byte => bytes.push(byte),
            }
        }
        Ok(match String::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(error) => replace_invalid(error.as_bytes()).into(),
        })
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), String> {
        bytes.push(match self.next()? {
            byte @ (b'"' | b'\\' | b'/') => byte,
            b'b' => 0x8,
            b'f' => 0xc,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let letter = self.unicode()?;
                bytes.extend(letter.encode_utf8(&mut [0; 4]).bytes());
                return Ok(());
            }
            other => return Err(invalid(other, "in string escape code")),
        });
        Ok(())
    }

    /// `\uXXXX` or a surrogate pair; a lone surrogate is U+FFFD.
    fn unicode(&mut self) -> Result<char, String> {
        let unit = self.hex()?;
        if !(0xd800..0xdc00).contains(&unit) {
            return Ok(char::from_u32(unit).unwrap_or('\u{fffd}'));
        }
        let before = self.at;
        if self.text.get(self.at..self.at + 2) == Some(b"\\u") {
            self.at += 2;
            let low = self.hex()?;
            if (0xdc00..0xe000).contains(&low) {
                let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or('\u{fffd}'));
            }
            self.at = before;
        }
        Ok('\u{fffd}')
    }

    fn hex(&mut self) -> Result<u32, String> {
        let mut code = 0;
        for _ in 0..4 {
            let byte = self.next()?;
            let digit = char::from(byte).to_digit(16);
            code = code << 4 | digit.ok_or_else(|| invalid(byte, "in \\u hexadecimal character escape"))?;
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &[u8], expected: Result<&str, &str>) {
        let found = decode(text).map(|value| {
            super::super::encode(&value, false)
                .unwrap()
                .to_text()
                .into_owned()
        });
        assert_eq!(found.as_deref().map_err(String::as_str), expected);
    }

    #[test]
    fn json_reads_as_go_reads_it() {
        check(
            br#" {"a":1,"b":[true,false,null,"x\n\u00e9\/"],"a":2} "#,
            Ok("{\"a\":2,\"b\":[true,false,null,\"x\\né/\"]}"),
        );
        check(
            br#""\ud83d\ude00\ud83d\u0041\udc00""#,
            Ok("\"😀\u{fffd}A\u{fffd}\""),
        );
        check(b"\"\xff\xfe\"", Ok("\"\u{fffd}\u{fffd}\""));
        check(b"-0.5e-3", Ok("-0.0005"));
        check(b"9007199254740993", Ok("9007199254740992"));
    }

    #[test]
    fn errors_are_gos_words() {
        let end = Err("unexpected end of JSON input");
        for text in ["", "{", "[1", "\"a", "tr", "-", "1.", "1e", "{\"a\":"] {
            check(text.as_bytes(), end);
        }
        check(
            b"{a",
            Err("invalid character 'a' looking for beginning of object key string"),
        );
        check(b"{\"a\" 1", Err("invalid character '1' after object key"));
        check(
            b"{\"a\":1 x",
            Err("invalid character 'x' after object key:value pair"),
        );
        check(
            b"{\"a\":1,}",
            Err("invalid character '}' looking for beginning of object key string"),
        );
        check(b"[1 2]", Err("invalid character '2' after array element"));
        check(
            b"[1,]",
            Err("invalid character ']' looking for beginning of value"),
        );
        check(b"1 x", Err("invalid character 'x' after top-level value"));
        check(b"\"a\tb\"", Err("invalid character '\\t' in string literal"));
        check(b"\"\\x\"", Err("invalid character 'x' in string escape code"));
        check(
            b"\"\\u00g0\"",
            Err("invalid character 'g' in \\u hexadecimal character escape"),
        );
        check(
            b"trux",
            Err("invalid character 'x' in literal true (expecting 'e')"),
        );
        check(b"01", Err("invalid character '1' after top-level value"));
        check(b"-x", Err("invalid character 'x' in numeric literal"));
        check(
            b"1.x",
            Err("invalid character 'x' after decimal point in numeric literal"),
        );
        check(
            b"1ex",
            Err("invalid character 'x' in exponent of numeric literal"),
        );
        check(
            b"'",
            Err("invalid character '\\'' looking for beginning of value"),
        );
        check(
            "é".as_bytes(),
            Err("invalid character 'Ã' looking for beginning of value"),
        );
        check(
            b"1e400",
            Err("json: cannot unmarshal number 1e400 into Go value of type float64"),
        );
        check(&b"[".repeat(501), Err("exceeded max depth"));
    }

    #[test]
    fn a_map_target_refuses_other_kinds_and_keeps_what_it_read() {
        let (map, error) = decode_map(b"[1]");
        assert!(map.is_empty());
        assert_eq!(
            error.unwrap(),
            "json: cannot unmarshal array into Go value of type map[string]interface {}"
        );
        let (map, error) = decode_map(br#"{"a":1e400,"b":1}"#);
        assert_eq!(map.len(), 2);
        assert!(error.is_some());
        assert!(decode_map(b"null").1.is_none());
        assert_eq!(
            decode_list(b"{}").1.unwrap(),
            "json: cannot unmarshal object into Go value of type []interface {}"
        );
    }
}
