//! From the events of libyaml's parser to a tree of nodes (yaml.v2 `decode.go`, type `parser`).

use std::collections::HashMap;
use std::rc::Rc;

use libyaml_safer::{Error, ErrorKind, Event, EventData, Parser, ScalarStyle};

use super::{MAX_BYTES, MAX_DEPTH, ReadError};

/// A key and its value.
type Entry = (Rc<Node>, Rc<Node>);

/// A node of a document.
#[derive(Debug)]
pub(super) enum Node {
    Scalar {
        value: String,
        tag: Option<String>,
        /// Not quoted, and without a tag.
        is_implicit: bool,
    },
    Sequence(Vec<Rc<Node>>),
    Mapping(Vec<Entry>),
    Alias(Rc<Node>),
}

/// The first document of the text; none if there is none.
pub(super) fn first_document(text: &[u8]) -> Result<Option<Rc<Node>>, ReadError> {
    let text = utf8(text)?;
    let mut input = text.as_bytes();
    let mut parser = Parser::new();
    parser.set_input_string(&mut input);
    let mut composer = Composer {
        text: &text,
        parser,
        anchors: HashMap::new(),
        depth: 0,
    };
    composer.next()?;
    let start = composer.next()?;
    let EventData::DocumentStart {
        version_directive, ..
    } = &start.data
    else {
        return Ok(None);
    };
    if version_directive.is_some_and(|version| (version.major, version.minor) != (1, 1)) {
        let line = start.start_mark.line;
        return Err(problem(line, line, "found incompatible YAML document"));
    }
    let content = composer.next()?;
    let node = composer.node(content)?;
    composer.next()?;
    Ok(Some(node))
}

/// The text as UTF-8 without a byte order mark, free of characters that YAML forbids.
fn utf8(text: &[u8]) -> Result<String, ReadError> {
    if text.len() > MAX_BYTES {
        return Err(ReadError::new(format!(
            "yaml: the document has {} bytes, more than {MAX_BYTES}",
            text.len()
        )));
    }
    let text = match text {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        _ => match std::str::from_utf8(text) {
            Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
            Err(error) => return Err(reader_error(&text[error.valid_up_to()..])),
        },
    };
    let is_allowed = |letter: char| matches!(letter, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    match text.chars().find(|letter| !is_allowed(*letter)) {
        Some(_) => Err(ReadError::new("yaml: control characters are not allowed")),
        None => Ok(text),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ReadError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(ReadError::new("yaml: incomplete UTF-16 character"));
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<String, _>>()
        .map_err(|_| ReadError::new("yaml: unexpected low surrogate area"))
}

/// yaml.v2 `readerc.go`: what is wrong with the character that these bytes begin with.
fn reader_error(bytes: &[u8]) -> ReadError {
    let first = bytes.first().copied().unwrap_or_default();
    let width = match first {
        0..=0x7f => 1,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => return ReadError::new("yaml: invalid leading UTF-8 octet"),
    };
    let trailing = bytes
        .get(1..width)
        .unwrap_or_else(|| bytes.get(1..).unwrap_or_default());
    let is_trailing = |byte: &u8| byte & 0xc0 == 0x80;
    ReadError::new(match () {
        () if bytes.len() < width => "yaml: incomplete UTF-8 octet sequence",
        () if !trailing.iter().all(is_trailing) => "yaml: invalid trailing UTF-8 octet",
        () if matches!(
            bytes,
            [0xed, 0xa0..=0xbf, ..] | [0xf4, 0x90..=0xff, ..] | [0xf5..=0xff, ..]
        ) =>
        {
            "yaml: invalid Unicode character"
        }
        () => "yaml: invalid length of a UTF-8 sequence",
    })
}

/// `shown` is the line in the text, counted as yaml.v2 counts; 0 means none.
fn problem(line: u64, shown: u64, text: &str) -> ReadError {
    let place = if shown == 0 {
        String::new()
    } else {
        format!("line {shown}: ")
    };
    ReadError {
        message: format!("yaml: {place}{text}"),
        line: u32::try_from(line + 1).ok(),
    }
}

/// yaml.v2 `parser.fail`: scanner errors count lines from 1, parser errors from 0, and line 0 is not shown.
fn from_libyaml(error: &Error) -> ReadError {
    let line = error.problem_mark().map_or(0, |mark| mark.line);
    let context = error.context_mark().map_or(0, |mark| mark.line);
    let shown = match (line, error.kind()) {
        (0, _) => context,
        (_, ErrorKind::Scanner) => line + 1,
        _ => line,
    };
    problem(line, shown, error.problem())
}

/// What an anchor names.
enum Anchor {
    /// A node that is not complete yet.
    Open,
    Node(Rc<Node>),
}

struct Composer<'a, 'b> {
    text: &'a str,
    parser: Parser<&'b mut &'a [u8]>,
    anchors: HashMap<String, Anchor>,
    depth: usize,
}

impl Composer<'_, '_> {
    fn next(&mut self) -> Result<Event, ReadError> {
        self.parser.parse().map_err(|error| from_libyaml(&error))
    }

    fn node(&mut self, event: Event) -> Result<Rc<Node>, ReadError> {
        let line = event.start_mark.line;
        match event.data {
            EventData::Alias { anchor } => match self.anchors.get(&anchor) {
                Some(Anchor::Node(node)) => Ok(Rc::new(Node::Alias(Rc::clone(node)))),
                Some(Anchor::Open) => Err(at(line, &format!("anchor '{anchor}' value contains itself"))),
                None => Err(at(line, &format!("unknown anchor '{anchor}' referenced"))),
            },
            EventData::Scalar {
                anchor,
                tag,
                value,
                plain_implicit,
                style,
                ..
            } => {
                if style == ScalarStyle::DoubleQuoted {
                    self.check_escapes(event.start_mark.index, event.end_mark.index, line)?;
                }
                let node = Node::Scalar {
                    value,
                    tag,
                    is_implicit: plain_implicit,
                };
                Ok(self.named(anchor, node))
            }
            EventData::SequenceStart { anchor, .. } => {
                self.open(anchor.as_ref(), line)?;
                let items = self.sequence()?;
                Ok(self.named(anchor, Node::Sequence(items)))
            }
            EventData::MappingStart { anchor, .. } => {
                self.open(anchor.as_ref(), line)?;
                let entries = self.mapping()?;
                Ok(self.named(anchor, Node::Mapping(entries)))
            }
            _ => Err(at(line, "the document ended inside a node")),
        }
    }

    fn open(&mut self, anchor: Option<&String>, line: u64) -> Result<(), ReadError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(at(line, &format!("exceeded max depth of {MAX_DEPTH}")));
        }
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor.clone(), Anchor::Open);
        }
        Ok(())
    }

    fn named(&mut self, anchor: Option<String>, node: Node) -> Rc<Node> {
        let node = Rc::new(node);
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, Anchor::Node(Rc::clone(&node)));
        }
        node
    }

    fn sequence(&mut self) -> Result<Vec<Rc<Node>>, ReadError> {
        let mut items = Vec::new();
        loop {
            let event = self.next()?;
            if event.data == EventData::SequenceEnd {
                self.depth -= 1;
                return Ok(items);
            }
            items.push(self.node(event)?);
        }
    }

    fn mapping(&mut self) -> Result<Vec<Entry>, ReadError> {
        let mut entries = Vec::new();
        loop {
            let event = self.next()?;
            if event.data == EventData::MappingEnd {
                self.depth -= 1;
                return Ok(entries);
            }
            let key = self.node(event)?;
            let event = self.next()?;
            entries.push((key, self.node(event)?));
        }
    }

    /// Newer libyaml reads the escape `\/`; yaml.v2 does not.
    fn check_escapes(&self, start: u64, end: u64, line: u64) -> Result<(), ReadError> {
        let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
        let raw = range
            .and_then(|(start, end)| self.text.get(start..end))
            .unwrap_or_default();
        let mut bytes = raw.bytes();
        let mut line = line;
        while let Some(byte) = bytes.next() {
            line += u64::from(byte == b'\n');
            if byte == b'\\' && bytes.next() == Some(b'/') {
                let shown = if line == 0 { 0 } else { line + 1 };
                return Err(problem(line, shown, "found unknown escape character"));
            }
        }
        Ok(())
    }
}

/// An error of yaml.v2's own making, which names no line.
fn at(line: u64, text: &str) -> ReadError {
    problem(line, 0, text)
}
