//! Go's `fmt` (go1.23): what `print`, `printf` and `{{ x }}` make of a value.
//!
//! One call writes at most [`MAX_TEXT`] bytes; the rest is cut. Templates can build values whose text would
//! fill any memory (a list that holds itself, a list of two lists of two lists …, `%999999d` many times over).

mod flags;
mod format;
mod print;

use super::value::{Str, Value};
use print::Printer;

/// The most bytes that one call writes.
pub use super::env::MAX_TEXT;

/// `fmt.Sprint`.
#[must_use]
pub fn sprint(args: &[Value]) -> Str {
    let mut printer = Printer::default();
    let mut was_string = true;
    for (index, arg) in args.iter().enumerate() {
        let is_string = matches!(arg, Value::Str(_));
        if index > 0 && !is_string && !was_string {
            printer.push(b" ");
        }
        printer.print(arg, 'v');
        was_string = is_string;
    }
    printer.finish()
}

/// `fmt.Sprintln`.
#[must_use]
pub fn sprintln(args: &[Value]) -> Str {
    let mut printer = Printer::default();
    for (index, arg) in args.iter().enumerate() {
        if index > 0 {
            printer.push(b" ");
        }
        printer.print(arg, 'v');
    }
    printer.push(b"\n");
    printer.finish()
}

/// `fmt.Sprintf`.
#[must_use]
pub fn sprintf(format: &[u8], args: &[Value]) -> Str {
    format::run(format, args)
}

/// What a bare `{{ x }}` prints (text/template `printValue`).
#[must_use]
pub fn printed(value: &Value) -> Str {
    match value {
        Value::Str(text) => text.clone(),
        Value::Nil => "<no value>".into(),
        Value::Object(object) => match object.printed() {
            Some(text) => text,
            None => {
                let mut printer = Printer::default();
                printer.print_fields(object.as_ref(), 'v', 0);
                printer.finish()
            }
        },
        _ => sprint(std::slice::from_ref(value)),
    }
}

#[cfg(test)]
mod tests;
