//! The wire format of protobuf: numbered fields.

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Integer(i64),
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    pub(super) fn integer(self) -> i64 {
        match self {
            Value::Integer(number) => number,
            Value::Bytes(_) => 0,
        }
    }
    pub(super) fn bytes(self) -> &'a [u8] {
        match self {
            Value::Integer(_) => &[],
            Value::Bytes(bytes) => bytes,
        }
    }
    pub(super) fn text(self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }
}

/// Reads a message.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }
    /// All fields in their order.
    pub(super) fn fields(mut self) -> Result<Vec<(u64, Value<'a>)>, String> {
        let mut fields = Vec::new();
        while !self.rest.is_empty() {
            let tag = self.varint()?;
            let value = match tag & 7 {
                0 => Value::Integer(self.varint()?.cast_signed()),
                1 => Value::Integer(self.fixed::<8>().map(i64::from_le_bytes)?),
                2 => {
                    let length = usize::try_from(self.varint()?).map_err(|_| TRUNCATED)?;
                    Value::Bytes(self.take(length)?)
                }
                5 => Value::Integer(self.fixed::<4>().map(i32::from_le_bytes)?.into()),
                other => return Err(format!("unknown wire type {other} in a protobuf body")),
            };
            fields.push((tag >> 3, value));
        }
        Ok(fields)
    }
    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(TRUNCATED)?;
        self.rest = rest;
        Ok(taken)
    }
    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let bytes = self.take(N)?;
        bytes.try_into().map_err(|_| TRUNCATED.to_owned())
    }
    fn varint(&mut self) -> Result<u64, String> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first().ok_or(TRUNCATED)?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err("a number in a protobuf body is too long".to_owned())
    }
}

const TRUNCATED: &str = "a protobuf body ends in the middle of a field";
