//! Exact decimal arithmetic on the shortest digits of floats. Source: sprig v3.3.0 `numeric.go` (execDecimalOp),
//! shopspring/decimal v1.4.0.

use std::cmp::Ordering;

use super::convert::to_float;
use crate::golang::{Env, Fault, Value};

/// Decimal places that a division keeps.
const DIVISION_PLACES: i64 = 16;

#[derive(Clone, Copy)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// ±digits × 10^exponent, digits from the most significant on, without leading zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Decimal {
    is_negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

/// Applies the operation from left to right.
pub(super) fn fold(env: &Env, first: f64, others: &[Value], operation: Operation) -> Result<Value, Fault> {
    let mut total = Decimal::from_float(first)?;
    for other in others {
        let other = Decimal::from_float(to_float(other))?;
        let work = (total.digits.len() + 1) * (other.digits.len() + 1);
        env.fuel.step(work as u64)?;
        total = match operation {
            Operation::Add => total.add(&other),
            Operation::Subtract => total.add(&other.negated()),
            Operation::Multiply => total.multiply(&other),
            Operation::Divide => total.divide(&other)?,
        };
    }
    Ok(Value::Float(total.to_float()))
}

impl Decimal {
    fn from_float(number: f64) -> Result<Decimal, Fault> {
        if !number.is_finite() {
            let shown = if number.is_nan() {
                "NaN"
            } else if number > 0.0 {
                "+Inf"
            } else {
                "-Inf"
            };
            return Err(Fault::new(format!("Cannot create a Decimal from {shown}")));
        }
        let text = format!("{:e}", number.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let places = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let digits: Vec<u8> = mantissa
            .bytes()
            .filter(u8::is_ascii_digit)
            .map(|byte| byte - b'0')
            .collect();
        let exponent = exponent.parse::<i64>().unwrap_or(0) - i64::try_from(places).unwrap_or(0);
        Ok(Decimal {
            is_negative: number < 0.0,
            digits: trimmed(digits),
            exponent,
        })
    }

    fn to_float(&self) -> f64 {
        if self.digits.is_empty() {
            return 0.0;
        }
        let digits: String = self.digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        let sign = if self.is_negative { "-" } else { "" };
        format!("{sign}{digits}e{}", self.exponent).parse().unwrap_or(0.0)
    }

    fn negated(mut self) -> Decimal {
        self.is_negative = !self.is_negative;
        self
    }

    /// The digits as they stand at a lower exponent.
    fn digits_at(&self, exponent: i64) -> Vec<u8> {
        let mut digits = self.digits.clone();
        let zeros = usize::try_from(self.exponent - exponent).unwrap_or(0);
        if !digits.is_empty() {
            digits.resize(digits.len() + zeros, 0);
        }
        digits
    }

    fn add(&self, other: &Decimal) -> Decimal {
        let exponent = self.exponent.min(other.exponent);
        let (mine, theirs) = (self.digits_at(exponent), other.digits_at(exponent));
        let (is_negative, digits) = if self.is_negative == other.is_negative {
            (self.is_negative, sum(&mine, &theirs))
        } else if compare(&mine, &theirs) == Ordering::Less {
            (other.is_negative, difference(&theirs, &mine))
        } else {
            (self.is_negative, difference(&mine, &theirs))
        };
        Decimal {
            is_negative,
            digits,
            exponent,
        }
    }

    fn multiply(&self, other: &Decimal) -> Decimal {
        Decimal {
            is_negative: self.is_negative != other.is_negative,
            digits: product(&self.digits, &other.digits),
            exponent: self.exponent + other.exponent,
        }
    }

    /// Rounded half away from zero at sixteen places.
    fn divide(&self, by: &Decimal) -> Result<Decimal, Fault> {
        if by.digits.is_empty() {
            return Err(Fault::new("decimal division by 0"));
        }
        let shift = self.exponent - by.exponent + DIVISION_PLACES;
        let dividend = self.digits_at(self.exponent - shift.max(0));
        let divisor = by.digits_at(by.exponent + shift.min(0));
        let (mut quotient, remainder) = divided(&dividend, &divisor);
        let doubled = sum(&remainder, &remainder);
        if compare(&doubled, &divisor) != Ordering::Less {
            quotient = sum(&quotient, &[1]);
        }
        Ok(Decimal {
            is_negative: self.is_negative != by.is_negative,
            digits: quotient,
            exponent: -DIVISION_PLACES,
        })
    }
}

fn trimmed(mut digits: Vec<u8>) -> Vec<u8> {
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    digits.drain(..zeros);
    digits
}

/// Both without leading zeros.
fn compare(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn sum(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut digits = Vec::with_capacity(a.len().max(b.len()) + 1);
    let (mut a, mut b) = (a.iter().rev(), b.iter().rev());
    let mut carry = 0;
    loop {
        let (x, y) = (a.next(), b.next());
        if x.is_none() && y.is_none() {
            break;
        }
        let total = x.unwrap_or(&0) + y.unwrap_or(&0) + carry;
        digits.push(total % 10);
        carry = total / 10;
    }
    digits.push(carry);
    digits.reverse();
    trimmed(digits)
}

/// `a - b` for `a >= b`.
fn difference(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut digits = Vec::with_capacity(a.len());
    let mut b = b.iter().rev();
    let mut borrow = 0;
    for digit in a.iter().rev() {
        let take = b.next().unwrap_or(&0) + borrow;
        borrow = u8::from(*digit < take);
        digits.push(digit + borrow * 10 - take);
    }
    digits.reverse();
    trimmed(digits)
}

fn product(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut digits = vec![0u32; a.len() + b.len()];
    for (i, x) in a.iter().rev().enumerate() {
        let mut carry = 0;
        for (j, y) in b.iter().rev().enumerate() {
            let total = digits[i + j] + u32::from(*x) * u32::from(*y) + carry;
            digits[i + j] = total % 10;
            carry = total / 10;
        }
        digits[i + b.len()] += carry;
    }
    trimmed(
        digits
            .iter()
            .rev()
            .map(|digit| u8::try_from(*digit).unwrap_or(0))
            .collect(),
    )
}

/// Quotient and remainder by long division.
fn divided(dividend: &[u8], divisor: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut quotient = Vec::with_capacity(dividend.len());
    let mut remainder: Vec<u8> = Vec::new();
    for digit in dividend {
        remainder.push(*digit);
        remainder = trimmed(remainder);
        let mut count = 0;
        while compare(&remainder, divisor) != Ordering::Less {
            remainder = difference(&remainder, divisor);
            count += 1;
        }
        quotient.push(count);
    }
    (trimmed(quotient), remainder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(a: f64, b: f64, operation: fn(&Decimal, &Decimal) -> Decimal) -> f64 {
        operation(&Decimal::from_float(a).unwrap(), &Decimal::from_float(b).unwrap()).to_float()
    }

    #[test]
    fn arithmetic_is_exact_in_decimals() {
        assert_eq!(apply(0.1, 0.2, Decimal::add), 0.3);
        assert_eq!(apply(1e20, -1.0, Decimal::add), 99_999_999_999_999_999_999.0);
        assert_eq!(apply(0.1, 3.0, Decimal::multiply), 0.3);
        assert_eq!(apply(-1.5, 2.0, Decimal::multiply), -3.0);
        assert_eq!(apply(5.0, -5.0, Decimal::add), 0.0);
        let divide = |a: &Decimal, b: &Decimal| a.divide(b).unwrap();
        assert_eq!(apply(1.0, 3.0, divide), 0.333_333_333_333_333_3);
        assert_eq!(apply(1.0, 7.0, divide), 0.142_857_142_857_142_9);
        assert_eq!(apply(-1.0, 8.0, divide), -0.125);
        assert_eq!(apply(2e-20, 1.0, divide), 0.0);
    }
}
