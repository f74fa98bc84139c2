//! Format strings (`fmt/print.go` `doPrintf`).

use super::print::Printer;
use crate::golang::value::{Str, Value};

/// Numbers in a format beyond this are not numbers (`tooLarge`).
const TOO_LARGE: i64 = 1_000_000;

/// `fmt.Sprintf`.
pub(super) fn run(format: &[u8], args: &[Value]) -> Str {
    let mut reader = Reader {
        format,
        at: 0,
        args,
        next: 0,
        is_reordered: false,
        is_good_index: true,
        after_index: false,
    };
    let mut printer = Printer::default();
    while reader.at < format.len() {
        let rest = &format[reader.at..];
        let text = rest.iter().position(|byte| *byte == b'%').unwrap_or(rest.len());
        printer.push(&rest[..text]);
        reader.at += text + 1;
        if text < rest.len() {
            reader.directive(&mut printer);
        }
    }
    reader.extra(&mut printer);
    printer.finish()
}

struct Reader<'a> {
    format: &'a [u8],
    at: usize,
    args: &'a [Value],
    /// The argument that comes next.
    next: usize,
    is_reordered: bool,
    is_good_index: bool,
    /// Did an index `[n]` come directly before?
    after_index: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    /// What follows a `%`.
    fn directive(&mut self, printer: &mut Printer) {
        printer.flags = super::flags::Flags::default();
        self.is_good_index = true;
        self.flags(printer);
        self.index();
        self.width(printer);
        self.precision(printer);
        if !self.after_index {
            self.index();
        }
        self.after_index = false;
        self.verb(printer);
    }

    fn flags(&mut self, printer: &mut Printer) {
        while let Some(byte) = self.peek() {
            match byte {
                b'#' => printer.flags.sharp = true,
                b'0' => printer.flags.zero = true,
                b'+' => printer.flags.plus = true,
                b'-' => printer.flags.minus = true,
                b' ' => printer.flags.space = true,
                _ => return,
            }
            self.at += 1;
        }
    }

    fn width(&mut self, printer: &mut Printer) {
        if self.peek() == Some(b'*') {
            self.at += 1;
            match self.argument() {
                None => printer.push(b"%!(BADWIDTH)"),
                Some(width) => {
                    printer.flags.width = usize::try_from(width.unsigned_abs()).ok();
                    if width < 0 {
                        printer.flags.minus = true;
                        printer.flags.zero = false;
                    }
                }
            }
            self.after_index = false;
            return;
        }
        printer.flags.width = self.number();
        if self.after_index && printer.flags.width.is_some() {
            self.is_good_index = false;
        }
    }

    fn precision(&mut self, printer: &mut Printer) {
        // A dot that ends the format is its verb.
        if self.peek() != Some(b'.') || self.at + 1 == self.format.len() {
            return;
        }
        self.at += 1;
        if self.after_index {
            self.is_good_index = false;
        }
        self.index();
        if self.peek() == Some(b'*') {
            self.at += 1;
            printer.flags.precision = self.argument().and_then(|number| usize::try_from(number).ok());
            if printer.flags.precision.is_none() {
                printer.push(b"%!(BADPREC)");
            }
            self.after_index = false;
        } else {
            printer.flags.precision = Some(self.number().unwrap_or_default());
        }
    }

    fn verb(&mut self, printer: &mut Printer) {
        let Some(verb) = self.rune() else {
            printer.push(b"%!(NOVERB)");
            return;
        };
        if verb == '%' {
            printer.push(b"%");
        } else if !self.is_good_index {
            printer.push(format!("%!{verb}(BADINDEX)").as_bytes());
        } else if let Some(arg) = self.args.get(self.next) {
            if matches!(verb, 'v' | 'w') {
                let flags = &mut printer.flags;
                flags.sharp_v = std::mem::take(&mut flags.sharp);
                flags.plus_v = std::mem::take(&mut flags.plus);
            }
            printer.print(arg, verb);
            self.next += 1;
        } else {
            printer.push(format!("%!{verb}(MISSING)").as_bytes());
        }
    }

    fn rune(&mut self) -> Option<char> {
        let rest = self.format.get(self.at..).filter(|rest| !rest.is_empty())?;
        let head = &rest[..rest.len().min(4)];
        let valid = head.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let letter = valid.chars().next();
        self.at += letter.map_or(1, char::len_utf8);
        Some(letter.unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// Digits; a number that is too large swallows the rest of the format.
    fn number(&mut self) -> Option<usize> {
        let mut number: Option<i64> = None;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let before = number.unwrap_or_default();
            if before > TOO_LARGE {
                self.at = self.format.len();
                return None;
            }
            number = Some(before * 10 + i64::from(digit - b'0'));
            self.at += 1;
        }
        number.and_then(|number| usize::try_from(number).ok())
    }

    /// A width or precision given as an argument.
    fn argument(&mut self) -> Option<i64> {
        let arg = self.args.get(self.next)?;
        self.next += 1;
        let number = match arg {
            Value::Int(_, number) => Some(*number),
            Value::Uint(_, number) => i64::try_from(*number).ok(),
            _ => None,
        };
        number.filter(|number| number.unsigned_abs() <= TOO_LARGE.unsigned_abs())
    }

    /// `[n]`
    fn index(&mut self) {
        self.after_index = false;
        if self.peek() != Some(b'[') {
            return;
        }
        self.is_reordered = true;
        // Go looks for the end only where there is room for a number.
        let inside = &self.format[self.at + 1..];
        let close = inside.iter().position(|byte| *byte == b']');
        let Some(close) = close.filter(|_| inside.len() > 1) else {
            self.is_good_index = false;
            self.at += 1;
            return;
        };
        let start = self.at + 1;
        self.at = start;
        let number = self.number();
        let is_whole = self.at == start + close;
        self.at = start + close + 1;
        match number.filter(|number| is_whole && (1..=self.args.len()).contains(number)) {
            Some(number) => {
                self.next = number - 1;
                self.after_index = true;
            }
            None => {
                self.is_good_index = false;
                self.after_index = number.is_some() && is_whole;
            }
        }
    }

    fn extra(&self, printer: &mut Printer) {
        if self.is_reordered || self.next >= self.args.len() {
            return;
        }
        printer.flags = super::flags::Flags::default();
        printer.push(b"%!(EXTRA ");
        for (index, arg) in self.args[self.next..].iter().enumerate() {
            printer.push(if index > 0 { b", " } else { b"" });
            if arg.is_nil() {
                printer.push(b"<nil>");
            } else {
                printer.push(arg.type_name().as_bytes());
                printer.push(b"=");
                printer.print(arg, 'v');
            }
        }
        printer.push(b")");
    }
}
