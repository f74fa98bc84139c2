//! Values by verb (`fmt/print.go`).

use super::MAX_TEXT;
use super::flags::Flags;
use crate::golang::time::{duration_text, month_name, weekday_name};
use crate::golang::value::{Elem, IntKind, List, Map, Missing, Object, Str, Value};

/// Containers nested deeper than this print nothing: a map that holds itself has no end.
const MAX_DEPTH: usize = 500;

/// Go prints where a pointer points to; no chart can mean it, and a render must be reproducible.
const ADDRESS: u64 = 0xc0_0001_0000;

/// A print call in progress.
#[derive(Default)]
pub(super) struct Printer {
    out: Vec<u8>,
    pub flags: Flags,
    /// While a wrong verb is reported, methods are not asked.
    is_reporting: bool,
}

impl Printer {
    pub(super) fn push(&mut self, text: &[u8]) {
        let room = MAX_TEXT - self.out.len();
        self.out.extend_from_slice(&text[..text.len().min(room)]);
    }

    pub(super) fn push_times(&mut self, byte: u8, count: usize) {
        let room = MAX_TEXT - self.out.len();
        self.out.resize(self.out.len() + count.min(room), byte);
    }

    pub(super) fn finish(self) -> Str {
        self.out.into()
    }

    /// One argument of a call.
    pub(super) fn print(&mut self, arg: &Value, verb: char) {
        match (arg, verb) {
            (Value::Nil, 'T' | 'v') => self.pad(b"<nil>"),
            (_, 'T') => self.format_text(arg.type_name().as_bytes()),
            (Value::Map(_) | Value::List(_) | Value::Bytes(_), 'p') => self.pointer(arg, 'p'),
            (Value::Object(object), 'p') if object.is_pointer() => self.pointer(arg, 'p'),
            (Value::List(_) | Value::Map(_) | Value::Object(_), 'w') => self.bad_verb(arg, verb),
            _ => self.value(arg, verb, 0),
        }
    }

    fn is_full(&self) -> bool {
        self.out.len() == MAX_TEXT
    }

    fn value(&mut self, value: &Value, verb: char, depth: usize) {
        if self.is_full() || depth > MAX_DEPTH || self.by_method(value, verb, depth) {
            return;
        }
        match value {
            Value::Nil => self.bad_verb(value, verb),
            Value::Bool(flag) => match verb {
                't' | 'v' => self.pad(if *flag { b"true" } else { b"false" }),
                _ => self.bad_verb(value, verb),
            },
            Value::Int(_, number) => self.integer(value, number.unsigned_abs(), *number < 0, verb),
            Value::Uint(_, number) if verb == 'v' && self.flags.sharp_v => self.format_hex(*number, true),
            Value::Uint(_, number) => self.integer(value, *number, false, verb),
            Value::Float(number) => self.float(value, *number, verb),
            Value::Complex(re, im) => self.complex(value, *re, *im, verb),
            Value::Str(text) => self.text(value, text, verb),
            Value::Bytes(bytes) => self.bytes(bytes, verb, depth),
            Value::List(list) => self.list(list, verb, depth),
            Value::Map(map) => self.map(map, verb, depth),
            Value::Object(object) if object.is_pointer() && depth > 0 => self.pointer(value, verb),
            Value::Object(object) => {
                if object.is_pointer() {
                    self.push(b"&");
                }
                self.print_fields(object.as_ref(), verb, depth);
            }
        }
    }

    /// An element of a container; nil is shown as such under every verb.
    fn element(&mut self, value: &Value, verb: char, depth: usize) {
        match value {
            Value::Nil if self.flags.sharp_v => self.push(b"interface {}(nil)"),
            Value::Nil => self.push(b"<nil>"),
            _ => self.value(value, verb, depth + 1),
        }
    }

    /// `Error()` and `String()`.
    fn by_method(&mut self, value: &Value, verb: char, depth: usize) -> bool {
        if self.is_reporting || !matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') {
            return false;
        }
        if self.flags.sharp_v {
            return self.by_go_string(value, depth);
        }
        let text: Option<Str> = match value {
            Value::Int(IntKind::Duration, number) => Some(duration_text(*number).into()),
            Value::Int(IntKind::Month, number) => Some(month_name(*number).into()),
            Value::Int(IntKind::Weekday, number) => Some(weekday_name(*number).into()),
            Value::Object(object) => object.string(),
            _ => None,
        };
        if let Some(text) = &text {
            self.text(value, text, verb);
        }
        text.is_some()
    }

    /// `GoString()`. A pointer inside of something else stays an address.
    fn by_go_string(&mut self, value: &Value, depth: usize) -> bool {
        let text = match value {
            Value::Object(object) if depth == 0 || !object.is_pointer() => object.go_string(),
            _ => None,
        };
        if let Some(text) = &text {
            self.push(text);
        }
        text.is_some()
    }

    /// `%!d(string=x)`
    fn bad_verb(&mut self, value: &Value, verb: char) {
        self.is_reporting = true;
        self.push(format!("%!{verb}(").as_bytes());
        if value.is_nil() {
            self.push(b"<nil>");
        } else {
            self.push(value.type_name().as_bytes());
            self.push(b"=");
            self.print(value, 'v');
        }
        self.push(b")");
        self.is_reporting = false;
    }

    fn integer(&mut self, value: &Value, magnitude: u64, is_negative: bool, verb: char) {
        let code = if is_negative {
            magnitude.wrapping_neg()
        } else {
            magnitude
        };
        match verb {
            'v' | 'd' => self.format_integer(magnitude, is_negative, 10, verb),
            'b' => self.format_integer(magnitude, is_negative, 2, verb),
            'o' | 'O' => self.format_integer(magnitude, is_negative, 8, verb),
            'x' | 'X' => self.format_integer(magnitude, is_negative, 16, verb),
            'c' => self.format_character(code),
            'q' => self.format_quoted_character(code),
            'U' => self.format_unicode(code),
            _ => self.bad_verb(value, verb),
        }
    }

    fn float(&mut self, value: &Value, number: f64, verb: char) {
        match verb {
            'v' | 'g' => self.format_float(number, b'g', None),
            'G' => self.format_float(number, b'G', None),
            'b' => self.format_float(number, b'b', None),
            'x' => self.format_float(number, b'x', None),
            'X' => self.format_float(number, b'X', None),
            'f' | 'F' => self.format_float(number, b'f', Some(6)),
            'e' => self.format_float(number, b'e', Some(6)),
            'E' => self.format_float(number, b'E', Some(6)),
            _ => self.bad_verb(value, verb),
        }
    }

    fn complex(&mut self, value: &Value, re: f64, im: f64, verb: char) {
        if !matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
            self.bad_verb(value, verb);
            return;
        }
        let plus = self.flags.plus;
        self.push(b"(");
        self.float(value, re, verb);
        self.flags.plus = true;
        self.float(value, im, verb);
        self.push(b"i)");
        self.flags.plus = plus;
    }

    fn text(&mut self, value: &Value, text: &[u8], verb: char) {
        match verb {
            'v' if self.flags.sharp_v => self.format_quoted(text),
            'v' | 's' => self.format_text(text),
            'x' | 'X' => self.format_hex_text(text, verb),
            'q' => self.format_quoted(text),
            _ => self.bad_verb(value, verb),
        }
    }

    fn bytes(&mut self, bytes: &[u8], verb: char, depth: usize) {
        match verb {
            's' => self.format_text(bytes),
            'x' | 'X' => self.format_hex_text(bytes, verb),
            'q' => self.format_quoted(bytes),
            'v' if self.flags.sharp_v => {
                self.push(if depth == 0 { b"[]byte{" } else { b"[]uint8{" });
                for (index, byte) in bytes.iter().enumerate() {
                    self.push(if index > 0 { b", " } else { b"" });
                    self.format_hex((*byte).into(), true);
                }
                self.push(b"}");
            }
            _ => {
                self.push(b"[");
                for (index, byte) in bytes.iter().enumerate() {
                    self.push(if index > 0 { b" " } else { b"" });
                    let number = Value::Uint(crate::golang::UintKind::Uint8, (*byte).into());
                    self.integer(&number, (*byte).into(), false, verb);
                }
                self.push(b"]");
            }
        }
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.push(if self.flags.sharp_v { b", " } else { b" " });
        }
    }

    fn list(&mut self, list: &List, verb: char, depth: usize) {
        let is_typed = list.elem() != Elem::Any;
        if self.flags.sharp_v {
            self.push(list.elem().list_name().as_bytes());
            if list.is_nil() {
                self.push(b"(nil)");
                return;
            }
        }
        self.push(if self.flags.sharp_v { b"{" } else { b"[" });
        for (index, item) in list.iter().enumerate() {
            self.separate(index);
            if is_typed {
                self.value(item, verb, depth + 1);
            } else {
                self.element(item, verb, depth);
            }
        }
        self.push(if self.flags.sharp_v { b"}" } else { b"]" });
    }

    fn map(&mut self, map: &Map, verb: char, depth: usize) {
        let kind = map.kind();
        if self.flags.sharp_v {
            self.push(kind.name.as_bytes());
            if map.is_nil() {
                self.push(b"(nil)");
                return;
            }
            self.push(b"{");
        } else {
            self.push(b"map[");
        }
        for (index, (key, item)) in map.borrow().iter().enumerate() {
            self.separate(index);
            self.value(&Value::Str(key.clone()), verb, depth + 1);
            self.push(b":");
            match kind.missing {
                Missing::NoValue => self.element(item, verb, depth),
                Missing::EmptyString | Missing::EmptyBytes => self.value(item, verb, depth + 1),
            }
            if self.is_full() {
                return;
            }
        }
        self.push(if self.flags.sharp_v { b"}" } else { b"]" });
    }

    /// A struct: `{a b}`, with `%+v` the names too, with `%#v` as Go syntax.
    pub(super) fn print_fields(&mut self, object: &dyn Object, verb: char, depth: usize) {
        if self.flags.sharp_v {
            self.push(object.type_name().trim_start_matches('*').as_bytes());
        }
        self.push(b"{");
        for (index, (name, item)) in object.shown_fields().iter().enumerate() {
            self.separate(index);
            if self.flags.plus_v || self.flags.sharp_v {
                self.push(name.as_bytes());
                self.push(b":");
            }
            self.element(item, verb, depth);
        }
        self.push(b"}");
    }

    fn pointer(&mut self, value: &Value, verb: char) {
        if matches!(value, Value::Object(object) if object.is_nil_pointer()) {
            self.nil_pointer(value, verb);
            return;
        }
        match verb {
            'v' if self.flags.sharp_v => {
                self.push(format!("({})(", value.type_name()).as_bytes());
                self.format_hex(ADDRESS, true);
                self.push(b")");
            }
            'v' | 'p' => self.format_hex(ADDRESS, !self.flags.sharp),
            'b' | 'o' | 'd' | 'x' | 'X' => self.integer(value, ADDRESS, false, verb),
            _ => self.bad_verb(value, verb),
        }
    }

    fn nil_pointer(&mut self, value: &Value, verb: char) {
        let type_name = value.type_name();
        match verb {
            'v' if self.flags.sharp_v => self.push(format!("({type_name})(nil)").as_bytes()),
            'v' => self.pad(b"<nil>"),
            'p' => self.format_hex(0, !self.flags.sharp),
            'b' | 'o' | 'd' | 'x' | 'X' => self.integer(value, 0, false, verb),
            _ => self.push(format!("%!{verb}({type_name}=<nil>)").as_bytes()),
        }
    }
}
