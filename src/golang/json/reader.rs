//! JSON text to values (encoding/json `scanner.go`, go1.23).

use super::MAX_DEPTH;
use crate::golang::strconv::{parse_float, parse_int, parse_uint, quote};
use crate::golang::value::{Map, UintKind, Value};

const UNEXPECTED_END: &str = "unexpected end of JSON input";

pub(super) fn invalid(byte: u8, context: &str) -> String {
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

pub(super) struct Reader<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    depth: usize,
    keeps_integers: bool,
    /// Does a space follow the text? Go asks so whether a whole document may end there.
    ends_with_space: bool,
    /// The first number that does not fit.
    misfit: Option<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a [u8], keeps_integers: bool) -> Self {
        Reader {
            text,
            at: 0,
            depth: 0,
            keeps_integers,
            ends_with_space: false,
            misfit: None,
        }
    }

    /// The only value of the text, and the problem with the first number that does not fit.
    pub(super) fn document(mut self) -> Result<(Value, Option<String>), String> {
        self.ends_with_space = true;
        let value = self.value()?;
        self.skip_space();
        match self.text.get(self.at) {
            Some(&byte) => Err(invalid(byte, "after top-level value")),
            None => Ok((value, self.misfit)),
        }
    }

    /// The first value, and where it ends.
    pub(super) fn first(mut self) -> Result<(Value, usize), String> {
        let value = self.value()?;
        self.misfit.map_or(Ok((value, self.at)), Err)
    }

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

    pub(super) fn next(&mut self) -> Result<u8, String> {
        let byte = self.text.get(self.at).copied().ok_or(UNEXPECTED_END)?;
        self.at += 1;
        Ok(byte)
    }

    /// The next byte of something that does not end by itself.
    pub(super) fn next_inside(&mut self) -> Result<u8, String> {
        match self.next() {
            Err(_) if self.ends_with_space => Ok(b' '),
            result => result,
        }
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
            let byte = self.next_inside()?;
            if byte != expected {
                let context = format!("in literal {name} (expecting '{}')", char::from(expected));
                return Err(invalid(byte, &context));
            }
        }
        Ok(value)
    }

    fn number(&mut self, first: u8) -> Result<Value, String> {
        let start = self.at - 1;
        let leading = if first == b'-' { self.next_inside()? } else { first };
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
        let byte = self.next_inside()?;
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
}
