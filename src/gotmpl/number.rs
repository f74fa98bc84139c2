//! Go's number literals, which may be several kinds of number at once until a parameter's type decides.
//! Source: Go `text/template/parse/node.go` (`newNumber`) and `strconv`, go1.23.

/// A literal and everything it can stand for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Number {
    /// As written.
    pub text: String,
    pub int: Option<i64>,
    pub uint: Option<u64>,
    pub float: Option<f64>,
    pub complex: Option<(f64, f64)>,
}

impl Number {
    /// Is it written as a float? (`1e3` is, `0x1e3` is not.)
    pub fn looks_like_float(&self) -> bool {
        let is_char = self.text.starts_with('\'');
        let is_hex = self
            .text
            .get(..2)
            .is_some_and(|head| head.eq_ignore_ascii_case("0x"))
            && self.text.len() > 2
            && !self.text.contains(['p', 'P']);
        !is_char && !is_hex && self.text.contains(['.', 'e', 'E', 'p', 'P'])
    }

    fn from_float(text: &str, float: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "only kept where nothing is lost")]
        let (int, uint) = (float as i64, float as u64);
        #[expect(clippy::cast_precision_loss, reason = "compared with what it came from")]
        let (same_int, same_uint) = (int as f64 == float, uint as f64 == float);
        Number {
            text: text.to_owned(),
            int: same_int.then_some(int),
            uint: same_uint.then_some(uint),
            float: Some(float),
            complex: None,
        }
    }
}

/// A number token.
pub(super) fn number(text: &str) -> Result<Number, String> {
    if let Some(imaginary) = text.strip_suffix('i').and_then(parse_float) {
        return Ok(complex(text, (0.0, imaginary)));
    }
    let uint = parse_uint(text);
    let int = parse_int(text);
    #[expect(clippy::cast_precision_loss, reason = "as Go promotes an integer")]
    let whole = int.map(|int| int as f64).or(uint.map(|uint| uint as f64));
    if let Some(float) = whole {
        return Ok(Number {
            text: text.to_owned(),
            int,
            uint: uint.or((int == Some(0)).then_some(0)),
            float: Some(float),
            complex: None,
        });
    }
    let float = parse_float(text).ok_or_else(|| format!("illegal number syntax: \"{text}\""))?;
    if !text.contains(['.', 'e', 'E', 'p', 'P']) {
        return Err(format!("integer overflow: \"{text}\""));
    }
    Ok(Number::from_float(text, float))
}

/// A character constant, quotes included.
pub(super) fn char_constant(text: &str) -> Result<Number, String> {
    let (letter, rest) = super::quote::unquote_char(&text.as_bytes()[1..], b'\'').ok_or("invalid syntax")?;
    if rest != b"'" {
        return Err(format!("malformed character constant: {text}"));
    }
    let code = letter.code();
    Ok(Number {
        text: text.to_owned(),
        int: Some(i64::from(code)),
        uint: Some(u64::from(code)),
        float: Some(f64::from(code)),
        complex: None,
    })
}

/// `1+2i`.
pub(super) fn complex_pair(text: &str) -> Result<Number, String> {
    let fail = || "syntax error scanning complex number".to_owned();
    let body = text.strip_suffix('i').ok_or_else(fail)?;
    let at = body
        .rmatch_indices(['+', '-'])
        .map(|(at, _)| at)
        .find(|at| *at > 0 && !body[..*at].ends_with(['e', 'E', 'p', 'P']))
        .ok_or_else(fail)?;
    let (re, im) = body.split_at(at);
    let pair = parse_float(re).zip(parse_float(im)).ok_or_else(fail)?;
    Ok(complex(text, pair))
}

fn complex(text: &str, (re, im): (f64, f64)) -> Number {
    let real = if im == 0.0 {
        Number::from_float(text, re)
    } else {
        Number::default()
    };
    Number {
        text: text.to_owned(),
        complex: Some((re, im)),
        ..real
    }
}

/// `strconv.ParseInt(text, 0, 64)`.
fn parse_int(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let magnitude = i128::from(parse_uint(digits)?);
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

/// `strconv.ParseUint(text, 0, 64)`: a prefix chooses the base, underscores only between digits.
fn parse_uint(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let (base, digits, has_prefix) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..], true),
        [b'0', b'o', ..] => (8, &lower[2..], true),
        [b'0', b'b', ..] => (2, &lower[2..], true),
        [b'0', _, ..] => (8, &lower[1..], true),
        _ => (10, &lower[..], false),
    };
    if !underscores_separate(digits, has_prefix) || !digits.as_bytes().last()?.is_ascii_hexdigit() {
        return None;
    }
    let digits = digits.replace('_', "");
    if digits.starts_with(['+', '-']) {
        return None;
    }
    u64::from_str_radix(&digits, base).ok()
}

/// No underscore at an end or beside another, save directly after a base prefix.
fn underscores_separate(digits: &str, has_prefix: bool) -> bool {
    let head_is_fine = has_prefix || !digits.starts_with('_');
    head_is_fine && !digits.ends_with('_') && !digits.contains("__")
}

/// `strconv.ParseFloat(text, 64)` for literals: underscores only with a base prefix (which here means hexadecimal).
fn parse_float(text: &str) -> Option<f64> {
    let body = text.trim_start_matches(['+', '-']);
    if body.len() + 1 < text.len() {
        return None;
    }
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    if body.get(..2).is_some_and(|head| head.eq_ignore_ascii_case("0x")) {
        return Some(sign * hex_float(&body[2..])?);
    }
    if body.contains('_') || !body.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.') {
        return None;
    }
    let float: f64 = body.parse().ok()?;
    float.is_finite().then_some(sign * float)
}

/// Hexadecimal mantissa with the binary exponent that Go requires.
fn hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}").replace('_', "");
    let value = u64::from_str_radix(&digits, 16).ok()?;
    let places = i32::try_from(fraction.replace('_', "").len()).ok()?;
    #[expect(clippy::cast_precision_loss, reason = "literals of up to 53 bits are exact")]
    let float = value as f64 * 2f64.powi(exponent - 4 * places);
    float.is_finite().then_some(float)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_in_every_spelling() {
        for (text, expected) in [
            ("1", 1),
            ("+5", 5),
            ("-0x10", -16),
            ("0b101", 5),
            ("0o17", 15),
            ("017", 15),
            ("1_000", 1000),
            ("0x_ff", 255),
            ("1e3", 1000),
            ("0x1p4", 16),
        ] {
            assert_eq!(number(text).unwrap().int, Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_number() {
        for (text, expected) in [
            ("08", "integer overflow: \"08\""),
            ("1__0", "illegal number syntax: \"1__0\""),
            ("1e400", "illegal number syntax: \"1e400\""),
            (
                "99999999999999999999",
                "integer overflow: \"99999999999999999999\"",
            ),
        ] {
            assert_eq!(number(text), Err(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn floats_and_complex_numbers() {
        assert!(number("1.0").unwrap().looks_like_float());
        assert!(!number("0x1e3").unwrap().looks_like_float());
        assert_eq!(number("0x1.8p1").unwrap().float, Some(3.0));
        assert_eq!(number("1i").unwrap().complex, Some((0.0, 1.0)));
        assert_eq!(complex_pair("1e-2+2i").unwrap().complex, Some((0.01, 2.0)));
        assert_eq!(number("9223372036854775808").unwrap().uint, Some(1 << 63));
    }

    #[test]
    fn characters_are_numbers() {
        for (text, expected) in [
            ("'a'", 97),
            ("'\\n'", 10),
            ("'\\''", 39),
            ("'\\u00e9'", 233),
            ("'é'", 233),
        ] {
            assert_eq!(char_constant(text).unwrap().int, Some(expected), "{text}");
        }
        assert_eq!(
            char_constant("'ab'"),
            Err("malformed character constant: 'ab'".to_owned())
        );
    }
}
