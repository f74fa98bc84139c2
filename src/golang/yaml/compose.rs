//! From tokens to a tree of nodes (yaml.v2 `parserc.go`, and `decode.go`, type `parser`).

use std::collections::HashMap;
use std::rc::Rc;

use super::scan::{Kind, Scanner, Token};
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
    let letters: Vec<char> = utf8(text)?.chars().collect();
    let mut composer = Composer {
        scanner: Scanner::new(&letters),
        prefixes: HashMap::new(),
        anchors: HashMap::new(),
        depth: 0,
    };
    composer.document()
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
            Err(error) => {
                let (valid, rest) = text.split_at(error.valid_up_to());
                utf8(valid)?;
                return Err(reader_error(rest));
            }
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

/// What an anchor names.
enum Anchor {
    /// A node that is not complete yet.
    Open,
    Node(Rc<Node>),
}

/// Anchor and tag before a node.
#[derive(Default)]
struct Properties {
    anchor: Option<String>,
    tag: Option<String>,
}

struct Composer<'t> {
    scanner: Scanner<'t>,
    /// Tag handles.
    prefixes: HashMap<String, String>,
    anchors: HashMap<String, Anchor>,
    depth: usize,
}

/// A parser error counts lines from 0; line 0 is not named, but that of its context would be.
fn fail<T>(token: &Token, context_line: usize, problem: &str) -> Result<T, ReadError> {
    let shown = if token.line == 0 { context_line } else { token.line };
    Err(ReadError::at(token.line, shown, problem))
}

/// An error of yaml.v2's own making, which names no line.
fn fail_unplaced<T>(line: usize, problem: &str) -> Result<T, ReadError> {
    Err(ReadError::at(line, 0, problem))
}

impl Composer<'_> {
    fn peek(&mut self) -> Result<Token, ReadError> {
        self.scanner.peek().cloned()
    }

    fn kind(&mut self) -> Result<&Kind, ReadError> {
        self.scanner.peek().map(|token| &token.kind)
    }

    /// Takes the next token if it is of this kind.
    fn accept(&mut self, kind: &Kind) -> Result<bool, ReadError> {
        let is_it = self.kind()? == kind;
        if is_it {
            self.scanner.take();
        }
        Ok(is_it)
    }

    fn document(&mut self) -> Result<Option<Rc<Node>>, ReadError> {
        let is_explicit = match self.kind()? {
            Kind::StreamEnd => return Ok(None),
            kind => matches!(
                kind,
                Kind::Version(..) | Kind::TagPrefix { .. } | Kind::DocumentStart
            ),
        };
        self.directives()?;
        let node = if is_explicit {
            if !self.accept(&Kind::DocumentStart)? {
                return fail(&self.peek()?, 0, "did not find expected <document start>");
            }
            match self.kind()? {
                Kind::Version(..)
                | Kind::TagPrefix { .. }
                | Kind::DocumentStart
                | Kind::DocumentEnd
                | Kind::StreamEnd => empty(),
                _ => self.node(true, false)?,
            }
        } else {
            self.node(true, false)?
        };
        // yaml.v2 looks one token further, and fails if that cannot be read.
        self.scanner.peek()?;
        Ok(Some(node))
    }

    fn directives(&mut self) -> Result<(), ReadError> {
        let mut has_version = false;
        loop {
            let token = self.peek()?;
            match token.kind {
                Kind::Version(..) if has_version => {
                    return fail(&token, 0, "found duplicate %YAML directive");
                }
                Kind::Version(1, 1) => has_version = true,
                Kind::Version(..) => return fail(&token, 0, "found incompatible YAML document"),
                Kind::TagPrefix { handle, prefix } => {
                    let line = token.line;
                    if self.prefixes.insert(handle, prefix).is_some() {
                        let kind = Kind::StreamEnd;
                        return fail(&Token { kind, line }, 0, "found duplicate %TAG directive");
                    }
                }
                _ => break,
            }
            self.scanner.take();
        }
        for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
            self.prefixes
                .entry(handle.into())
                .or_insert_with(|| prefix.into());
        }
        Ok(())
    }

    /// `block`: block collections may begin here; `indentless`: also a sequence that is no deeper than its key.
    fn node(&mut self, block: bool, indentless: bool) -> Result<Rc<Node>, ReadError> {
        let start = self.peek()?.line;
        if let Kind::Alias(name) = self.kind()? {
            let name = name.clone();
            self.scanner.take();
            return self.alias(&name, start);
        }
        let properties = self.properties(start)?;
        let token = self.peek()?;
        let read: fn(&mut Self) -> Result<Node, ReadError> = match token.kind {
            Kind::BlockEntry if indentless => Self::indentless_sequence,
            Kind::FlowSequence => Self::flow_sequence,
            Kind::FlowMapping => Self::flow_mapping,
            Kind::BlockSequence if block => Self::block_sequence,
            Kind::BlockMapping if block => Self::block_mapping,
            Kind::Scalar { value, is_plain } => {
                self.scanner.take();
                return Ok(self.scalar(properties, value, is_plain));
            }
            _ if properties.anchor.is_some() || properties.tag.is_some() => {
                return Ok(self.scalar(properties, String::new(), true));
            }
            _ => return fail(&token, start, "did not find expected node content"),
        };
        self.collection(properties.anchor, token.line, read)
    }

    fn alias(&mut self, name: &str, line: usize) -> Result<Rc<Node>, ReadError> {
        match self.anchors.get(name) {
            Some(Anchor::Node(node)) => Ok(Rc::new(Node::Alias(Rc::clone(node)))),
            Some(Anchor::Open) => fail_unplaced(line, &format!("anchor '{name}' value contains itself")),
            None => fail_unplaced(line, &format!("unknown anchor '{name}' referenced")),
        }
    }

    /// An anchor and a tag, in either order.
    fn properties(&mut self, start: usize) -> Result<Properties, ReadError> {
        let mut found = Properties::default();
        let mut tag = None;
        loop {
            let token = self.peek()?;
            match &token.kind {
                Kind::Anchor(name) if found.anchor.is_none() => found.anchor = Some(name.clone()),
                Kind::Tag { .. } if tag.is_none() => tag = Some(token),
                _ => break,
            }
            self.scanner.take();
        }
        if let Some(token) = tag {
            found.tag = Some(self.tag(&token, start)?);
        }
        Ok(found)
    }

    /// The whole tag: its handle replaced by what the handle stands for.
    fn tag(&self, token: &Token, start: usize) -> Result<String, ReadError> {
        let Kind::Tag { handle, suffix } = &token.kind else {
            return Ok(String::new());
        };
        let prefix = match handle.as_str() {
            "" => Some(""),
            handle => self.prefixes.get(handle).map(String::as_str),
        };
        match prefix {
            Some(prefix) => Ok(format!("{prefix}{suffix}")),
            None => fail(token, start, "found undefined tag handle"),
        }
    }

    fn scalar(&mut self, properties: Properties, value: String, is_plain: bool) -> Rc<Node> {
        let is_implicit = match properties.tag.as_deref() {
            None => is_plain,
            Some(tag) => tag == "!",
        };
        let node = Node::Scalar {
            value,
            tag: properties.tag,
            is_implicit,
        };
        self.named(properties.anchor, node)
    }

    fn collection(
        &mut self,
        anchor: Option<String>,
        line: usize,
        read: fn(&mut Self) -> Result<Node, ReadError>,
    ) -> Result<Rc<Node>, ReadError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return fail_unplaced(line, &format!("exceeded max depth of {MAX_DEPTH}"));
        }
        if let Some(anchor) = &anchor {
            self.anchors.insert(anchor.clone(), Anchor::Open);
        }
        let node = read(self)?;
        self.depth -= 1;
        Ok(self.named(anchor, node))
    }

    fn named(&mut self, anchor: Option<String>, node: Node) -> Rc<Node> {
        let node = Rc::new(node);
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, Anchor::Node(Rc::clone(&node)));
        }
        node
    }

    // === block collections ===

    fn block_sequence(&mut self) -> Result<Node, ReadError> {
        let start = self.peek()?.line;
        self.scanner.take();
        let mut items = Vec::new();
        while self.accept(&Kind::BlockEntry)? {
            items.push(match self.kind()? {
                Kind::BlockEntry | Kind::BlockEnd => empty(),
                _ => self.node(true, false)?,
            });
        }
        if self.accept(&Kind::BlockEnd)? {
            return Ok(Node::Sequence(items));
        }
        fail(&self.peek()?, start, "did not find expected '-' indicator")
    }

    fn indentless_sequence(&mut self) -> Result<Node, ReadError> {
        let mut items = Vec::new();
        while self.accept(&Kind::BlockEntry)? {
            items.push(match self.kind()? {
                Kind::BlockEntry | Kind::Key | Kind::Value | Kind::BlockEnd => empty(),
                _ => self.node(true, false)?,
            });
        }
        Ok(Node::Sequence(items))
    }

    fn block_mapping(&mut self) -> Result<Node, ReadError> {
        let start = self.peek()?.line;
        self.scanner.take();
        let mut entries = Vec::new();
        while self.accept(&Kind::Key)? {
            let key = self.block_mapping_part()?;
            let value = if self.accept(&Kind::Value)? {
                self.block_mapping_part()?
            } else {
                empty()
            };
            entries.push((key, value));
        }
        if self.accept(&Kind::BlockEnd)? {
            return Ok(Node::Mapping(entries));
        }
        fail(&self.peek()?, start, "did not find expected key")
    }

    fn block_mapping_part(&mut self) -> Result<Rc<Node>, ReadError> {
        match self.kind()? {
            Kind::Key | Kind::Value | Kind::BlockEnd => Ok(empty()),
            _ => self.node(true, true),
        }
    }

    // === flow collections ===

    fn flow_sequence(&mut self) -> Result<Node, ReadError> {
        let start = self.peek()?.line;
        self.scanner.take();
        let mut items = Vec::new();
        loop {
            if self.accept(&Kind::FlowSequenceEnd)? {
                return Ok(Node::Sequence(items));
            }
            if !items.is_empty() {
                if !self.accept(&Kind::FlowEntry)? {
                    return fail(&self.peek()?, start, "did not find expected ',' or ']'");
                }
                if self.accept(&Kind::FlowSequenceEnd)? {
                    return Ok(Node::Sequence(items));
                }
            }
            let line = self.peek()?.line;
            items.push(if self.accept(&Kind::Key)? {
                self.collection(None, line, Self::single_pair)?
            } else {
                self.node(false, false)?
            });
        }
    }

    /// `[a: b]` holds a mapping with one entry.
    fn single_pair(&mut self) -> Result<Node, ReadError> {
        let key = match self.kind()? {
            Kind::Value | Kind::FlowEntry | Kind::FlowSequenceEnd => {
                // yaml.v2 swallows this token together with the empty key.
                self.scanner.take();
                empty()
            }
            _ => self.node(false, false)?,
        };
        let mut value = empty();
        if self.accept(&Kind::Value)? && !matches!(self.kind()?, Kind::FlowEntry | Kind::FlowSequenceEnd) {
            value = self.node(false, false)?;
        }
        Ok(Node::Mapping(vec![(key, value)]))
    }

    fn flow_mapping(&mut self) -> Result<Node, ReadError> {
        let start = self.peek()?.line;
        self.scanner.take();
        let mut entries = Vec::new();
        loop {
            if self.accept(&Kind::FlowMappingEnd)? {
                return Ok(Node::Mapping(entries));
            }
            if !entries.is_empty() {
                if !self.accept(&Kind::FlowEntry)? {
                    return fail(&self.peek()?, start, "did not find expected ',' or '}'");
                }
                if self.accept(&Kind::FlowMappingEnd)? {
                    return Ok(Node::Mapping(entries));
                }
            }
            entries.push(self.flow_pair()?);
        }
    }

    fn flow_pair(&mut self) -> Result<Entry, ReadError> {
        if !self.accept(&Kind::Key)? {
            return Ok((self.node(false, false)?, empty()));
        }
        let key = match self.kind()? {
            Kind::Value | Kind::FlowEntry | Kind::FlowMappingEnd => empty(),
            _ => self.node(false, false)?,
        };
        let mut value = empty();
        if self.accept(&Kind::Value)? && !matches!(self.kind()?, Kind::FlowEntry | Kind::FlowMappingEnd) {
            value = self.node(false, false)?;
        }
        Ok((key, value))
    }
}

/// A node that is not written.
fn empty() -> Rc<Node> {
    Rc::new(Node::Scalar {
        value: String::new(),
        tag: None,
        is_implicit: true,
    })
}
