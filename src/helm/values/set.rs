//! The grammars of `--set`, `--set-string`, `--set-json`, `--set-file` and `--set-literal`.
//! Source: helm `pkg/strvals/parser.go`, `literal_parser.go`, v3.17.

use serde_json::Map as JsonMap;
use serde_json::Value as Json;

use crate::golang::json;
use crate::helm::engines::Engine;

/// The highest list index. Source: `strvals.MaxIndex`.
const MAX_INDEX: i64 = 65536;
/// How deep names may nest. Source: `strvals.MaxNestedNameLevel`.
const MAX_NESTING: usize = 30;

/// What the text after `=` means.
#[derive(Clone, Copy)]
pub(super) enum Grammar<'a> {
    /// `--set`: numbers, booleans and null have their types.
    Typed,
    /// `--set-string`: always text.
    Text,
    /// `--set-json`.
    Json,
    /// `--set-file`: the text stands for what this gives.
    File(&'a dyn Fn(&str) -> Result<Json, String>),
    /// `--set-literal`: the rest of the flag, as it is.
    Literal,
}

/// Reads a flag's text into the values.
pub(super) fn apply(
    text: &str,
    grammar: Grammar<'_>,
    engine: &Engine,
    into: &mut JsonMap<String, Json>,
) -> Result<(), String> {
    let mut parser = Parser {
        rest: text,
        grammar,
        forgives_open_index: engine.forgives_open_index,
    };
    loop {
        match parser.key(into, 0) {
            Ok(()) => {}
            Err(Stop::End) => return Ok(()),
            Err(Stop::Failed(message)) => return Err(message),
        }
    }
}

/// Why a key could not be read on.
enum Stop {
    /// The text has ended.
    End,
    /// It is wrong.
    Failed(String),
}

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Stop::Failed(message)
    }
}

/// The list that is being filled, and how filling it ended: what was filled stays even at the text's end.
type Filled = (Vec<Json>, Result<(), Stop>);

struct Parser<'a> {
    rest: &'a str,
    grammar: Grammar<'a>,
    forgives_open_index: bool,
}

impl Parser<'_> {
    /// One `key=value`, or the rest of a key after a dot.
    fn key(&mut self, data: &mut JsonMap<String, Json>, level: usize) -> Result<(), Stop> {
        let stops: &[char] = if self.is_literal() {
            &['=', '[', '.']
        } else {
            &['=', '[', ',', '.']
        };
        let (key, stop) = self.until(stops);
        match stop {
            None if key.is_empty() => Err(Stop::End),
            None => Err(Stop::Failed(format!("key {key:?} has no value"))),
            Some('[') => self.indexed(data, &key, level),
            Some('.') => self.nested(data, &key, level),
            Some(',') => Err(Stop::Failed(format!(
                "key {key:?} has no value (cannot end with ,)"
            ))),
            Some(_) => {
                let (value, outcome) = self.value()?;
                set(data, key, value);
                outcome
            }
        }
    }

    fn indexed(&mut self, data: &mut JsonMap<String, Json>, key: &str, level: usize) -> Result<(), Stop> {
        let index = self.index()?;
        let list = match data.remove(key) {
            None => Vec::new(),
            Some(Json::Array(list)) => list,
            Some(other) => return Err(not_a(&other, "[]interface {}")),
        };
        let (list, outcome) = self.item(list, index, level);
        set(data, key.to_owned(), Json::Array(list));
        outcome
    }

    fn nested(&mut self, data: &mut JsonMap<String, Json>, key: &str, level: usize) -> Result<(), Stop> {
        let level = level + 1;
        if level > MAX_NESTING {
            return Err(Stop::Failed(format!(
                "value name nested level is greater than maximum supported nested level of {MAX_NESTING}"
            )));
        }
        let (was_there, mut inner) = match data.remove(key) {
            None => (false, JsonMap::new()),
            Some(Json::Object(inner)) => (true, inner),
            Some(other) => return Err(not_a(&other, "map[string]interface {}")),
        };
        let outcome = self.key(&mut inner, level);
        if outcome.is_ok() && inner.is_empty() {
            return Err(Stop::Failed(format!("key map {key:?} has no value")));
        }
        if was_there || !inner.is_empty() {
            set(data, key.to_owned(), Json::Object(inner));
        }
        outcome
    }

    /// The number before `]`.
    fn index(&mut self) -> Result<i64, Stop> {
        let (digits, stop) = self.until(&[']']);
        if stop.is_none() && self.forgives_open_index {
            return Err(Stop::End);
        }
        if stop.is_none() {
            return Err(Stop::Failed("error parsing index: EOF".to_owned()));
        }
        atoi(&digits).map_err(|error| Stop::Failed(format!("error parsing index: {error}")))
    }

    /// What follows `]`: a value, a further index, or a key of the element.
    fn item(&mut self, mut list: Vec<Json>, index: i64, level: usize) -> Filled {
        if let Err(message) = check_index(index) {
            return (list, Err(message.into()));
        }
        let (junk, stop) = self.until(&['[', '.', '=']);
        if !junk.is_empty() {
            let runes: Vec<String> = junk.chars().map(|rune| format!("{rune:?}")).collect();
            let message = format!("unexpected data at end of array index: [{}]", runes.join(" "));
            return (list, Err(message.into()));
        }
        let position = usize::try_from(index).unwrap_or(usize::MAX);
        match stop {
            None => (list, Err(Stop::End)),
            Some('[') => self.item_of_item(list, position, level),
            Some('.') => self.key_of_item(list, position, level),
            Some(_) => match self.value() {
                Ok((value, outcome)) => {
                    if let Err(message) = set_index(&mut list, position, value) {
                        return (list, Err(message.into()));
                    }
                    // The end of the text is met again by the next key.
                    let outcome = match outcome {
                        Err(Stop::End) => Ok(()),
                        other => other,
                    };
                    (list, outcome)
                }
                Err(stop) => (list, Err(stop)),
            },
        }
    }

    fn item_of_item(&mut self, mut list: Vec<Json>, position: usize, level: usize) -> Filled {
        let inner = match self.index() {
            Ok(index) => index,
            Err(stop) => return (list, Err(stop)),
        };
        let nested = match list.get_mut(position).map(Json::take) {
            None | Some(Json::Null) => Vec::new(),
            Some(Json::Array(nested)) => nested,
            Some(other) => return (list, Err(not_a(&other, "[]interface {}"))),
        };
        match self.item(nested, inner, level) {
            (nested, Ok(())) => {
                let set = set_index(&mut list, position, Json::Array(nested));
                (list, set.map_err(Stop::from))
            }
            (_, failed) => (list, failed),
        }
    }

    fn key_of_item(&mut self, mut list: Vec<Json>, position: usize, level: usize) -> Filled {
        let mut inner = match list.get_mut(position).map(Json::take) {
            Some(Json::Object(inner)) => inner,
            _ => JsonMap::new(),
        };
        let outcome = self.key(&mut inner, level);
        let is_new = position >= list.len();
        if is_new && outcome.is_err() {
            return (list, outcome);
        }
        match set_index(&mut list, position, Json::Object(inner)) {
            Ok(()) => (list, outcome),
            Err(message) => (list, Err(message.into())),
        }
    }

    /// The value after `=`; the outcome says whether the text has ended with it.
    fn value(&mut self) -> Result<(Json, Result<(), Stop>), Stop> {
        match self.grammar {
            Grammar::Json => Ok((self.json()?, Ok(()))),
            Grammar::Literal => {
                let text = std::mem::take(&mut self.rest);
                Ok((Json::from(text), Ok(())))
            }
            _ if self.rest.is_empty() => Ok((Json::from(""), Err(Stop::End))),
            _ => match self.rest.strip_prefix('{') {
                Some(rest) => {
                    self.rest = rest;
                    Ok((self.list()?, Ok(())))
                }
                None => {
                    let (text, _) = self.until(&[',']);
                    Ok((self.scalar(text)?, Ok(())))
                }
            },
        }
    }

    /// The rest of `{a,b}`.
    fn list(&mut self) -> Result<Json, Stop> {
        let mut items = Vec::new();
        loop {
            let (text, stop) = self.until(&[',', '}']);
            if stop.is_none() {
                return Err(Stop::Failed("list must terminate with '}'".to_owned()));
            }
            items.push(self.scalar(text)?);
            if stop == Some('}') {
                self.rest = self.rest.strip_prefix(',').unwrap_or(self.rest);
                return Ok(Json::Array(items));
            }
        }
    }

    fn scalar(&self, text: String) -> Result<Json, Stop> {
        match self.grammar {
            Grammar::Typed => Ok(typed(text)),
            Grammar::File(read) => Ok(read(&text)?),
            _ => Ok(Json::from(text)),
        }
    }

    /// One JSON value, and the blanks and comma after it.
    fn json(&mut self) -> Result<Json, Stop> {
        if self.skip_blanks() {
            return Ok(Json::Null);
        }
        let (value, end) = json::decode_first(self.rest.as_bytes())?;
        self.rest = self.rest.get(end..).unwrap_or_default();
        self.skip_blanks();
        Ok(json::to_serde(&value)?)
    }

    /// Skips white space and one comma after it; true where a comma or the end was met.
    fn skip_blanks(&mut self) -> bool {
        self.rest = self.rest.trim_start();
        if let Some(rest) = self.rest.strip_prefix(',') {
            self.rest = rest;
            return true;
        }
        self.rest.is_empty()
    }

    /// The text up to one of the stops, escapes taken out; no stop at the end of the text.
    fn until(&mut self, stops: &[char]) -> (String, Option<char>) {
        let mut text = String::new();
        let mut letters = self.rest.chars();
        while let Some(letter) = letters.next() {
            if stops.contains(&letter) {
                self.rest = letters.as_str();
                return (text, Some(letter));
            }
            if letter == '\\' && !self.is_literal() {
                text.extend(letters.next());
            } else {
                text.push(letter);
            }
        }
        self.rest = "";
        (text, None)
    }

    fn is_literal(&self) -> bool {
        matches!(self.grammar, Grammar::Literal)
    }
}

/// An empty key sets nothing.
fn set(data: &mut JsonMap<String, Json>, key: String, value: Json) {
    if !key.is_empty() {
        data.insert(key, value);
    }
}

fn check_index(index: i64) -> Result<(), String> {
    match index {
        index if index < 0 => Err(format!("negative {index} index not allowed")),
        _ => Ok(()),
    }
}

fn set_index(list: &mut Vec<Json>, position: usize, value: Json) -> Result<(), String> {
    if position as u64 > MAX_INDEX.unsigned_abs() {
        return Err(format!(
            "index of {position} is greater than maximum supported index of {MAX_INDEX}"
        ));
    }
    if list.len() <= position {
        list.resize(position + 1, Json::Null);
    }
    list[position] = value;
    Ok(())
}

/// Go's panic text when a value is not what a path needs; the parser turns it into an error.
fn not_a(found: &Json, wanted: &str) -> Stop {
    let found = match found {
        Json::Null => "nil",
        Json::Bool(_) => "bool",
        Json::Number(number) if number.is_f64() => "float64",
        Json::Number(_) => "int64",
        Json::String(_) => "string",
        Json::Array(_) => "[]interface {}",
        Json::Object(_) => "map[string]interface {}",
    };
    Stop::Failed(format!(
        "unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}"
    ))
}

/// `strconv.Atoi`.
fn atoi(text: &str) -> Result<i64, String> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let what = match text.parse() {
        Ok(number) if is_number => return Ok(number),
        _ if is_number => "value out of range",
        _ => "invalid syntax",
    };
    Err(format!("strconv.Atoi: parsing {text:?}: {what}"))
}

/// Booleans and null in any letter case, integers without a leading zero; all else is text.
fn typed(text: String) -> Json {
    if text.eq_ignore_ascii_case("true") {
        return Json::Bool(true);
    }
    if text.eq_ignore_ascii_case("false") {
        return Json::Bool(false);
    }
    if text.eq_ignore_ascii_case("null") {
        return Json::Null;
    }
    if text == "0" {
        return Json::from(0);
    }
    if text.starts_with('0') {
        return Json::from(text);
    }
    atoi(&text).map_or_else(|_| Json::from(text), Json::from)
}

#[cfg(test)]
mod tests;
