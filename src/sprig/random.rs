//! Randomness, from the render's own source. Source: sprig v3.3.0 `strings.go`, `functions.go`; Masterminds/goutils
//! v1.1.1; huandu/xstrings v1.5.0; google/uuid v1.6.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::args::{BAD_LENGTH, int, size, string, text};
use super::runes::runes;
use crate::golang::Type::{Int, Str};
use crate::golang::{Env, Fault, Func, Value};

pub(super) fn table() -> Vec<(&'static str, Func)> {
    vec![
        (
            "randAlphaNum",
            Func::new(&[Int], |env, args| {
                characters(env, int(args, 0), |byte| byte.is_ascii_alphanumeric())
            }),
        ),
        (
            "randAlpha",
            Func::new(&[Int], |env, args| {
                characters(env, int(args, 0), |byte| byte.is_ascii_alphabetic())
            }),
        ),
        (
            "randNumeric",
            Func::new(&[Int], |env, args| {
                characters(env, int(args, 0), |byte| byte.is_ascii_digit())
            }),
        ),
        (
            "randAscii",
            Func::new(&[Int], |env, args| {
                characters(env, int(args, 0), |byte| (b' '..=b'~').contains(&byte))
            }),
        ),
        (
            "randBytes",
            Func::new(&[Int], |env, args| {
                let count = usize::try_from(int(args, 0)).map_err(|_| Fault::new(BAD_LENGTH))?;
                string(env, STANDARD.encode(bytes(env, count)?))
            }),
        ),
        (
            "randInt",
            Func::new(&[Int, Int], |env, args| {
                let (low, high) = (int(args, 0), int(args, 1));
                let count = high.wrapping_sub(low);
                if count <= 0 {
                    return Err(Fault::new("invalid argument to Intn"));
                }
                let drawn = below(env, count.unsigned_abs());
                Ok(Value::int(low.wrapping_add(drawn.cast_signed())))
            }),
        ),
        ("shuffle", Func::new(&[Str], shuffle)),
        (
            "uuidv4",
            Func::new(&[], |env, _| {
                let random: [u8; 16] = array(env);
                let id = uuid::Builder::from_random_bytes(random).into_uuid();
                string(env, id.to_string())
            }),
        ),
    ]
}

/// This many random bytes, paid before they are made.
pub(super) fn bytes(env: &Env, count: usize) -> Result<Vec<u8>, Fault> {
    env.fuel.alloc(size(count))?;
    let mut bytes = vec![0; count];
    env.entropy.borrow_mut().fill(&mut bytes);
    Ok(bytes)
}

/// A few random bytes.
pub(super) fn array<const COUNT: usize>(env: &Env) -> [u8; COUNT] {
    let mut bytes = [0; COUNT];
    env.entropy.borrow_mut().fill(&mut bytes);
    bytes
}

/// A number from 0 to below `count`, each as likely as the other.
fn below(env: &Env, count: u64) -> u64 {
    let fair = u64::MAX - u64::MAX % count;
    loop {
        let drawn = u64::from_be_bytes(array(env));
        if drawn < fair {
            return drawn % count;
        }
    }
}

/// Random bytes that the set accepts; a negative count gives none.
fn characters(env: &Env, count: i64, accepts: fn(u8) -> bool) -> Result<Value, Fault> {
    let count = usize::try_from(count).unwrap_or(0);
    env.fuel.alloc(size(count))?;
    env.fuel.step(size(count))?;
    let mut found = Vec::with_capacity(count);
    let mut drawn = [0; 64];
    while found.len() < count {
        env.entropy.borrow_mut().fill(&mut drawn);
        let fitting = drawn.iter().map(|byte| byte & 0x7f).filter(|byte| accepts(*byte));
        found.extend(fitting.take(count - found.len()));
    }
    Ok(Value::str(found))
}

fn shuffle(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let length = size(text(args, 0).len());
    env.fuel.step(length)?;
    env.fuel
        .hold(length.saturating_mul(size_of::<char>() as u64 + 2))?;
    let mut letters = runes(text(args, 0));
    for last in (1..letters.len()).rev() {
        let other = usize::try_from(below(env, last as u64 + 1)).unwrap_or(last);
        letters.swap(last, other);
    }
    string(env, letters.into_iter().collect::<String>())
}
