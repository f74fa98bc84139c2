//! `FormatFloat`.

use std::iter::repeat;

/// More digits than any float64 has: 1074 after the point, 767 significant ones.
const MOST_DIGITS: usize = 1100;

/// The digits of a finite number, without trailing zeros: 0.DIGITS × 10^point.
struct Decimal {
    is_negative: bool,
    digits: Vec<u8>,
    point: i32,
}

/// `strconv.FormatFloat(number, form, precision, 64)`; form is one of `b e E f F g G x X`, no precision means the
/// fewest digits that read back as the same number.
#[must_use]
pub fn format_float(number: f64, form: u8, precision: Option<usize>) -> String {
    if let Some(name) = special(number) {
        return name.to_owned();
    }
    match (form, precision) {
        (b'b', _) => binary(number),
        (b'x' | b'X', _) => hexadecimal_text(number, precision, form),
        (b'f' | b'F', Some(precision)) => {
            let text = format!("{number:.*}", precision.min(MOST_DIGITS));
            text + &"0".repeat(precision.saturating_sub(MOST_DIGITS))
        }
        (b'f' | b'F', None) => fixed(&shortest(&format!("{number:e}")), None),
        (b'e' | b'E', Some(precision)) => scientific(&rounded(number, precision + 1), Some(precision), form),
        (b'e' | b'E', None) => scientific(&shortest(&format!("{number:e}")), None, form),
        (_, Some(precision)) => general(&rounded(number, precision.max(1)), Some(precision.max(1)), form),
        (_, None) => general(&shortest(&format!("{number:e}")), None, form),
    }
}

/// Mantissa and exponent: `number = mantissa × 2^exponent`, the mantissa a whole number below 2^53.
fn parts(number: f64) -> (u64, i64) {
    let bits = number.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match i64::try_from(bits >> 52 & 0x7ff).unwrap_or_default() {
        0 => (fraction, -1074),
        biased => (fraction | 1 << 52, biased - 1075),
    }
}

/// `4503599627370496p-52`
fn binary(number: f64) -> String {
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let (mantissa, exponent) = parts(number);
    format!("{sign}{mantissa}p{exponent:+}")
}

/// `0x1.8p+00`
fn hexadecimal_text(number: f64, precision: Option<usize>, form: u8) -> String {
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let (mut mantissa, mut exponent) = parts(number);
    if mantissa == 0 {
        exponent = 0;
    } else {
        // One bit before the point, sixty after it.
        let shift = mantissa.leading_zeros() - 3;
        mantissa <<= shift;
        exponent += 60 - i64::from(shift);
    }
    if let Some(kept) = precision.filter(|kept| *kept < 15).map(|kept| kept * 4) {
        let dropped = mantissa & ((1 << (60 - kept)) - 1);
        let half = 1 << (59 - kept);
        mantissa >>= 60 - kept;
        mantissa += u64::from(dropped > half || dropped == half && mantissa & 1 == 1);
        mantissa <<= 60 - kept;
        if mantissa >> 61 == 1 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let whole = mantissa >> 60;
    let digits = format!("{:015x}", mantissa & ((1 << 60) - 1));
    let digits = match precision {
        None => digits.trim_end_matches('0').to_owned(),
        Some(precision) => digits.chars().chain(repeat('0')).take(precision).collect(),
    };
    let point = if digits.is_empty() { "" } else { "." };
    let direction = if exponent < 0 { '-' } else { '+' };
    let text = format!("{sign}0x{whole}{point}{digits}p{direction}{:02}", exponent.abs());
    if form == b'X' { text.to_uppercase() } else { text }
}

/// `strconv.FormatFloat(float64(number), 'g', -1, 32)`.
#[must_use]
pub fn format_float32(number: f32) -> String {
    match special(f64::from(number)) {
        Some(name) => name.to_owned(),
        None => general(&shortest(&format!("{number:e}")), None, b'g'),
    }
}

/// `%v` of a complex128.
#[must_use]
pub fn format_complex(re: f64, im: f64) -> String {
    let im = format_float(im, b'g', None);
    let sign = if im.starts_with(['+', '-']) { "" } else { "+" };
    format!("({}{sign}{im}i)", format_float(re, b'g', None))
}

fn special(number: f64) -> Option<&'static str> {
    match number {
        _ if number.is_nan() => Some("NaN"),
        f64::INFINITY => Some("+Inf"),
        f64::NEG_INFINITY => Some("-Inf"),
        _ => None,
    }
}

/// From Rust's exponent form, which has the shortest digits.
fn shortest(text: &str) -> Decimal {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    let point = if digits.is_empty() { 0 } else { exponent + 1 };
    Decimal {
        is_negative: mantissa.starts_with('-'),
        digits,
        point,
    }
}

fn rounded(number: f64, count: usize) -> Decimal {
    let after_first = count.saturating_sub(1).min(MOST_DIGITS);
    shortest(&format!("{number:.after_first$e}"))
}

fn digit(decimal: &Decimal, index: usize) -> char {
    decimal.digits.get(index).map_or('0', |digit| *digit as char)
}

fn scientific(decimal: &Decimal, precision: Option<usize>, form: u8) -> String {
    let mut text = String::new();
    if decimal.is_negative {
        text.push('-');
    }
    text.push(digit(decimal, 0));
    let precision = precision.unwrap_or(decimal.digits.len().saturating_sub(1));
    if precision > 0 {
        text.push('.');
        text.extend((1..=precision).map(|index| digit(decimal, index)));
    }
    let exponent = if decimal.digits.is_empty() {
        0
    } else {
        decimal.point - 1
    };
    text.push(if form.is_ascii_uppercase() { 'E' } else { 'e' });
    text.push(if exponent < 0 { '-' } else { '+' });
    text + &format!("{:02}", exponent.abs())
}

fn fixed(decimal: &Decimal, precision: Option<usize>) -> String {
    let point = usize::try_from(decimal.point).unwrap_or_default();
    let mut text = String::new();
    if decimal.is_negative {
        text.push('-');
    }
    if point == 0 {
        text.push('0');
    }
    text.extend((0..point).map(|index| digit(decimal, index)));
    let count = i32::try_from(decimal.digits.len()).unwrap_or(i32::MAX);
    let needed = usize::try_from(count - decimal.point).unwrap_or_default();
    let precision = precision.unwrap_or(needed);
    if precision > 0 {
        text.push('.');
        let after = |place: usize| i32::try_from(place).unwrap_or(i32::MAX) + decimal.point;
        text.extend((0..precision).map(|place| match usize::try_from(after(place)) {
            Ok(index) => digit(decimal, index),
            Err(_) => '0',
        }));
    }
    text
}

fn general(decimal: &Decimal, precision: Option<usize>, form: u8) -> String {
    let count = i32::try_from(decimal.digits.len()).unwrap_or(i32::MAX);
    let threshold = match precision {
        None => 6,
        Some(precision) => {
            let precision = i32::try_from(precision).unwrap_or(i32::MAX);
            let fits = precision > count && count >= decimal.point;
            if fits { count } else { precision }
        }
    };
    // The number of the digits left of the point minus one; zero has the exponent −1 here, as in Go.
    let exponent = decimal.point - 1;
    if exponent < -4 || exponent >= threshold {
        return scientific(decimal, None, form - (b'g' - b'e'));
    }
    fixed(decimal, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_go_prints_them() {
        let cases: &[(f64, u8, Option<usize>, &str)] = &[
            (0.0, b'g', None, "0"),
            (-0.0, b'g', None, "-0"),
            (8080.0, b'g', None, "8080"),
            (999_999.0, b'g', None, "999999"),
            (1e6, b'g', None, "1e+06"),
            (1_234_567.8, b'g', None, "1.2345678e+06"),
            (1e20, b'g', None, "1e+20"),
            (0.0001, b'g', None, "0.0001"),
            (0.00001, b'g', None, "1e-05"),
            (1e100, b'G', None, "1E+100"),
            (0.1, b'f', None, "0.1"),
            (1e21, b'f', None, "1000000000000000000000"),
            (12_345_678_901_234_567_890.0, b'f', None, "12345678901234567000"),
            (12.345, b'f', Some(2), "12.35"),
            (2.5, b'f', Some(0), "2"),
            (12345.678, b'e', Some(2), "1.23e+04"),
            (0.0, b'e', None, "0e+00"),
            (1.5, b'e', Some(6), "1.500000e+00"),
            (3.14259, b'g', Some(3), "3.14"),
            (100_000.0, b'g', Some(3), "1e+05"),
            (1e6, b'g', Some(10), "1000000"),
            (1.5, b'b', None, "6755399441055744p-52"),
            (-1e-7, b'x', None, "-0x1.ad7f29abcaf48p-24"),
            (1e6, b'X', Some(2), "0X1.E8P+19"),
            (0.0, b'x', Some(1), "0x0.0p+00"),
            (f64::INFINITY, b'g', None, "+Inf"),
            (f64::NAN, b'f', Some(2), "NaN"),
        ];
        for (number, form, precision, expected) in cases {
            assert_eq!(format_float(*number, *form, *precision), *expected, "{number}");
        }
        assert_eq!(format_float32(1.234_567_9), "1.2345679");
        assert_eq!(format_complex(1.0, 2.0), "(1+2i)");
    }
}
