//! Numbers. Source: sprig v3.3.0 `numeric.go`.

use super::args::{BAD_LENGTH, any, int, pay_items, rest, string, text, typed_list};
use super::convert::{shown, to_float, to_int};
use super::decimal;
use crate::golang::Type::{Any, Float, Int, Str};
use crate::golang::value::Elem;
use crate::golang::{Env, Fault, Func, Value, strconv};

pub(super) fn table() -> Vec<(&'static str, Func)> {
    let mut table = vec![
        (
            "int",
            Func::new(&[Any], |_, args| Ok(Value::int(to_int(&any(args, 0))))),
        ),
        (
            "int64",
            Func::new(&[Any], |_, args| Ok(Value::int64(to_int(&any(args, 0))))),
        ),
        (
            "float64",
            Func::new(&[Any], |_, args| Ok(Value::Float(to_float(&any(args, 0))))),
        ),
        (
            "atoi",
            Func::new(&[Str], |_, args| {
                Ok(Value::int(strconv::parse_int(text(args, 0), 10).unwrap_or(0)))
            }),
        ),
        (
            "toDecimal",
            Func::new(&[Any], |_, args| {
                let octal = strconv::parse_int(&shown(&any(args, 0)), 8);
                Ok(Value::int64(octal.unwrap_or(0)))
            }),
        ),
        (
            "floor",
            Func::new(&[Any], |_, args| {
                Ok(Value::Float(to_float(&any(args, 0)).floor()))
            }),
        ),
        (
            "ceil",
            Func::new(&[Any], |_, args| Ok(Value::Float(to_float(&any(args, 0)).ceil()))),
        ),
        ("round", Func::variadic(&[Any, Int], Float, round)),
        ("until", Func::new(&[Int], until)),
        (
            "untilStep",
            Func::new(&[Int, Int, Int], |env, args| {
                steps(env, int(args, 0), int(args, 1), int(args, 2)).and_then(|steps| int_list(env, &steps))
            }),
        ),
        ("seq", Func::variadic(&[], Int, seq)),
    ];
    table.extend(integers());
    table.extend(floats());
    table
}

fn integers() -> Vec<(&'static str, Func)> {
    fn folded(args: &[Value], fold: fn(i64, i64) -> i64) -> Result<Value, Fault> {
        Ok(Value::int64(args.iter().map(to_int).reduce(fold).unwrap_or(0)))
    }
    fn divided(args: &[Value], divide: fn(i64, i64) -> i64) -> Result<Value, Fault> {
        match to_int(&any(args, 1)) {
            0 => Err(Fault::new("runtime error: integer divide by zero")),
            by => Ok(Value::int64(divide(to_int(&any(args, 0)), by))),
        }
    }
    vec![
        (
            "add",
            Func::variadic(&[], Any, |_, args| folded(args, i64::wrapping_add)),
        ),
        (
            "add1",
            Func::new(&[Any], |_, args| {
                Ok(Value::int64(to_int(&any(args, 0)).wrapping_add(1)))
            }),
        ),
        (
            "sub",
            Func::new(&[Any, Any], |_, args| folded(args, i64::wrapping_sub)),
        ),
        (
            "mul",
            Func::variadic(&[Any], Any, |_, args| folded(args, i64::wrapping_mul)),
        ),
        (
            "div",
            Func::new(&[Any, Any], |_, args| divided(args, i64::wrapping_div)),
        ),
        (
            "mod",
            Func::new(&[Any, Any], |_, args| divided(args, i64::wrapping_rem)),
        ),
        (
            "max",
            Func::variadic(&[Any], Any, |_, args| folded(args, i64::max)),
        ),
        (
            "biggest",
            Func::variadic(&[Any], Any, |_, args| folded(args, i64::max)),
        ),
        (
            "min",
            Func::variadic(&[Any], Any, |_, args| folded(args, i64::min)),
        ),
    ]
}

fn floats() -> Vec<(&'static str, Func)> {
    fn folded(args: &[Value], fold: fn(f64, f64) -> f64) -> Result<Value, Fault> {
        let fold = |a: f64, b: f64| {
            if a.is_nan() || b.is_nan() {
                f64::NAN
            } else {
                fold(a, b)
            }
        };
        Ok(Value::Float(
            args.iter().map(to_float).reduce(fold).unwrap_or(0.0),
        ))
    }
    vec![
        (
            "maxf",
            Func::variadic(&[Any], Any, |_, args| folded(args, f64::max)),
        ),
        (
            "minf",
            Func::variadic(&[Any], Any, |_, args| folded(args, f64::min)),
        ),
        (
            "addf",
            Func::variadic(&[], Any, |env, args| {
                decimal::fold(env, 0.0, args, decimal::Operation::Add)
            }),
        ),
        (
            "add1f",
            Func::new(&[Any], |env, args| {
                decimal::fold(
                    env,
                    to_float(&any(args, 0)),
                    &[Value::int(1)],
                    decimal::Operation::Add,
                )
            }),
        ),
        (
            "subf",
            Func::variadic(&[Any], Any, |env, args| {
                decimal::fold(
                    env,
                    to_float(&any(args, 0)),
                    rest(args, 1),
                    decimal::Operation::Subtract,
                )
            }),
        ),
        (
            "mulf",
            Func::variadic(&[Any], Any, |env, args| {
                decimal::fold(
                    env,
                    to_float(&any(args, 0)),
                    rest(args, 1),
                    decimal::Operation::Multiply,
                )
            }),
        ),
        (
            "divf",
            Func::variadic(&[Any], Any, |env, args| {
                decimal::fold(
                    env,
                    to_float(&any(args, 0)),
                    rest(args, 1),
                    decimal::Operation::Divide,
                )
            }),
        ),
    ]
}

/// A fraction of at least `on` (a half) goes up, anything less down, also below zero.
fn round(_: &Env, args: &[Value]) -> Result<Value, Fault> {
    let on = args.get(2).map_or(0.5, to_float);
    let places = i32::try_from(int(args, 1)).unwrap_or(i32::MAX);
    let power = 10f64.powi(places);
    let digit = power * to_float(&any(args, 0));
    let rounded = if digit.fract() >= on {
        digit.ceil()
    } else {
        digit.floor()
    };
    Ok(Value::Float(rounded / power))
}

fn until(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let end = int(args, 0);
    let steps = steps(env, 0, end, if end < 0 { -1 } else { 1 })?;
    int_list(env, &steps)
}

fn int_list(env: &Env, numbers: &[i64]) -> Result<Value, Fault> {
    typed_list(
        env,
        Elem::Int,
        numbers.iter().map(|number| Value::int(*number)).collect(),
    )
}

/// From `start` up or down to before `stop`; nothing where the step has the wrong sign. Paid before it is made.
fn steps(env: &Env, start: i64, stop: i64, step: i64) -> Result<Vec<i64>, Fault> {
    let distance = i128::from(stop) - i128::from(start);
    let step = i128::from(step);
    if distance == 0 || step == 0 || (distance < 0) != (step < 0) {
        return Ok(Vec::new());
    }
    let count = (distance.abs() + step.abs() - 1) / step.abs();
    let count = usize::try_from(count).map_err(|_| Fault::new(BAD_LENGTH))?;
    pay_items(env, count)?;
    env.fuel.step(count as u64)?;
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    Ok(
        std::iter::successors(Some(start), |number| number.checked_add(step))
            .take(count)
            .collect(),
    )
}

/// `seq 5`, `seq 2 5`, `seq 0 2 10`: numbers in one text, the end included.
fn seq(env: &Env, args: &[Value]) -> Result<Value, Fault> {
    let number = |index: usize| int(args, index);
    let (start, end, step) = match args.len() {
        1 => (1, number(0), if number(0) < 1 { -1 } else { 1 }),
        2 => (number(0), number(1), if number(1) < number(0) { -1 } else { 1 }),
        3 if number(2) < number(0) && number(1) > 0 => return string(env, ""),
        3 => (number(0), number(2), number(1)),
        _ => return string(env, ""),
    };
    let beyond = if end < start { -1 } else { 1 };
    let steps = steps(env, start, end.wrapping_add(beyond), step)?;
    let texts: Vec<String> = steps.iter().map(i64::to_string).collect();
    string(env, texts.join(" "))
}
