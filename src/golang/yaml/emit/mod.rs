//! YAML text (what yaml.v2's and yaml.v3's `emitterc.go` write for plain data).

mod json_text;
mod scalars;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use json_text::{check_key, survivor};

use super::order::{is_before, sorted};
use super::style::{Style, choose, is_break};
use super::{MAX_BYTES, MAX_DEPTH};
use crate::golang::json;
use crate::golang::strconv::format_float;
use crate::golang::value::{List, Str, Value};

/// Which library's habits to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// yaml.v2: lists stand under the key's column, long lines are folded.
    Plain,
    /// yaml.v3 with `SetIndent(2)`: lists are indented, lines stay whole.
    Pretty,
}

/// A key with more bytes gets a line of its own (`? key`).
const LONGEST_SIMPLE_KEY: usize = 128;

/// What sigs yaml writes for this JSON: yaml.v2 reads it as YAML and writes what it read.
pub(super) fn from_json(text: &[u8]) -> Result<Str, String> {
    let value = json::decode_exact(text)?;
    document(&value, Dialect::Plain)
}

/// One document, with a newline at the end.
pub(super) fn document(value: &Value, dialect: Dialect) -> Result<Str, String> {
    let mut writer = Writer {
        out: String::new(),
        dialect,
        column: 0,
        is_after_space: true,
        is_indenting: true,
        depth: 0,
    };
    writer.node(value, None, Place::Root)?;
    writer.start_line(0);
    Ok(writer.out.into())
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Root,
    Item,
    Key,
    Value,
}

struct Writer {
    out: String,
    dialect: Dialect,
    /// In characters.
    column: usize,
    /// Was the last thing written a space (or the start of a line)?
    is_after_space: bool,
    /// Is there only indentation and indicators on this line?
    is_indenting: bool,
    depth: usize,
}

impl Writer {
    fn put(&mut self, letter: char) {
        self.out.push(letter);
        self.column += 1;
    }

    fn put_break(&mut self, letter: char) {
        self.out.push(letter);
        self.column = 0;
    }

    /// Goes to this column, on a new line unless the current one holds nothing but indentation.
    fn start_line(&mut self, indent: usize) {
        let is_usable =
            self.is_indenting && (self.column < indent || self.column == indent && self.is_after_space);
        if !is_usable {
            self.put_break('\n');
        }
        while self.column < indent {
            self.put(' ');
        }
        self.is_after_space = true;
        self.is_indenting = true;
    }

    fn indicator(&mut self, text: &str, needs_space: bool, is_indentation: bool) {
        if needs_space && !self.is_after_space {
            self.put(' ');
        }
        text.chars().for_each(|letter| self.put(letter));
        self.is_after_space = false;
        self.is_indenting &= is_indentation;
    }

    /// `indent` is the column of the collection around; none at the root.
    fn node(&mut self, value: &Value, indent: Option<usize>, place: Place) -> Result<(), String> {
        if self.out.len() > MAX_BYTES {
            return Err(format!("yaml: more than {MAX_BYTES} bytes of YAML"));
        }
        match value {
            Value::Nil => self.plain("null", indent),
            Value::Bool(flag) => self.plain(if *flag { "true" } else { "false" }, indent),
            Value::Int(_, number) => self.plain(&number.to_string(), indent),
            Value::Uint(_, number) => self.plain(&number.to_string(), indent),
            Value::Float(number) => self.plain(&float_text(*number), indent),
            Value::Complex(..) => return Err("cannot marshal type: complex128".into()),
            Value::Str(text) => self.string(text, indent, place)?,
            Value::Bytes(bytes) => {
                let number = |byte: &u8| Value::int((*byte).into());
                let list = List::any(bytes.iter().map(number).collect());
                self.nested(|writer| writer.list(&list, indent, place))?;
            }
            Value::List(list) => self.nested(|writer| writer.list(list, indent, place))?,
            Value::Map(map) => {
                let entries = map.snapshot();
                self.nested(|writer| writer.map(entries, true, indent))?;
            }
            Value::Object(object) => match object.json() {
                // A time is a scalar of YAML; what else has a text form is a string.
                Some(Value::Str(text)) if &*object.type_name() == "time.Time" => {
                    self.plain(&text.to_text(), indent);
                }
                Some(tree) => self.nested(|writer| writer.node(&tree, indent, place))?,
                None => {
                    let field = |(name, item): (&str, Value)| (Str::from(name.to_lowercase()), item);
                    let entries = object.fields().into_iter().map(field).collect();
                    self.nested(|writer| writer.map(entries, false, indent))?;
                }
            },
        }
        Ok(())
    }

    fn nested(&mut self, write: impl FnOnce(&mut Self) -> Result<(), String>) -> Result<(), String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("yaml: nested more than {MAX_DEPTH} levels"));
        }
        write(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn list(&mut self, list: &[Value], indent: Option<usize>, place: Place) -> Result<(), String> {
        if list.is_empty() {
            self.indicator("[]", true, false);
            return Ok(());
        }
        let is_flush = place == Place::Value && !self.is_indenting && self.dialect == Dialect::Plain;
        let inner = match indent {
            None => 0,
            Some(indent) if is_flush => indent,
            Some(indent) => indent + 2,
        };
        for item in list {
            self.start_line(inner);
            self.indicator("-", true, true);
            self.node(item, Some(inner), Place::Item)?;
        }
        Ok(())
    }

    fn map(&mut self, entries: Vec<(Str, Value)>, sorts: bool, indent: Option<usize>) -> Result<(), String> {
        if entries.is_empty() {
            self.indicator("{}", true, false);
            return Ok(());
        }
        let inner = indent.map_or(0, |indent| indent + 2);
        let with_letters = |(key, item): (Str, Value)| {
            let letters: Vec<char> = key.to_text().chars().collect();
            (letters, key, item)
        };
        let mut entries: Vec<_> = entries.into_iter().map(with_letters).collect();
        if sorts {
            let dialect = self.dialect;
            entries = sorted(entries, &|a, b| is_before(&a.0, &b.0, dialect));
        }
        for (letters, key, item) in &entries {
            self.start_line(inner);
            if self.dialect == Dialect::Plain {
                check_key(&key.to_text())?;
            }
            if key.len() > LONGEST_SIMPLE_KEY || letters.iter().copied().any(is_break) {
                self.indicator("?", true, true);
                self.string(key, Some(inner), Place::Value)?;
                self.start_line(inner);
                self.indicator(":", true, true);
            } else {
                self.string(key, Some(inner), Place::Key)?;
                self.indicator(":", false, false);
            }
            self.node(item, Some(inner), Place::Value)?;
        }
        Ok(())
    }

    fn string(&mut self, text: &[u8], indent: Option<usize>, place: Place) -> Result<(), String> {
        let text = match (std::str::from_utf8(text), self.dialect) {
            (Ok(text), Dialect::Plain) => survivor(text)?,
            (Ok(text), Dialect::Pretty) => text.to_owned(),
            (Err(_), _) => {
                self.indicator("!!binary", true, false);
                STANDARD.encode(text)
            }
        };
        let is_key = place == Place::Key;
        match choose(&text, is_key, self.dialect) {
            Style::Plain => self.folded_plain(&text, indent, is_key),
            Style::Single => self.single(&text, indent, is_key),
            Style::Double => self.double(&text, indent, is_key),
            Style::Literal => self.literal(&text, indent),
        }
        Ok(())
    }

    fn plain(&mut self, text: &str, indent: Option<usize>) {
        self.folded_plain(text, indent, false);
    }
}

fn float_text(number: f64) -> String {
    match format_float(number, b'g', None).as_str() {
        "+Inf" => ".inf".into(),
        "-Inf" => "-.inf".into(),
        "NaN" => ".nan".into(),
        text => text.to_owned(),
    }
}
