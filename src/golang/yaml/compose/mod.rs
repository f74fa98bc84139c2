//! From tokens to a tree of nodes (yaml.v2 `parserc.go`, and `decode.go`, type `parser`).

mod collections;

use std::collections::HashMap;
use std::rc::Rc;

use super::node::{Content, Node};
use super::scan::{Kind, Place, Scanner, Token};
use super::text::{Letters, letters};
use super::{MAX_DEPTH, SyntaxError};

/// The first document of the text; none if there is none.
pub(super) fn first_document(text: &[u8]) -> Result<Option<Rc<Node>>, SyntaxError> {
    Composer::new(&letters(text)?).document(true)
}

/// All documents of the text; one that is empty is an empty scalar.
pub(super) fn documents(text: &[u8]) -> Result<Vec<Rc<Node>>, SyntaxError> {
    let letters = letters(text)?;
    let mut composer = Composer::new(&letters);
    let mut found = Vec::new();
    while let Some(node) = composer.document(found.is_empty())? {
        found.push(node);
    }
    Ok(found)
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
    /// The first alias inside of what it names. yaml.v2 finds it only when the whole document has been read.
    looping: Option<SyntaxError>,
    /// Behind the last indicator (`-`, `?`, `:`): where what is not written would stand.
    after: Place,
}

/// A parser error counts lines from 0; line 0 is not named, but that of its context would be.
fn fail<T>(place: Place, context: Place, problem: &str) -> Result<T, SyntaxError> {
    let shown = if place.line == 0 { context.line } else { place.line };
    Err(SyntaxError::at(place, shown, problem))
}

/// An error of yaml.v2's own making, which names no line.
fn fail_unplaced<T>(place: Place, problem: &str) -> Result<T, SyntaxError> {
    Err(SyntaxError::at(place, 0, problem))
}

impl<'t> Composer<'t> {
    fn new(letters: &'t Letters<'_>) -> Self {
        Composer {
            scanner: Scanner::new(letters),
            prefixes: HashMap::new(),
            anchors: HashMap::new(),
            depth: 0,
            looping: None,
            after: Place::default(),
        }
    }

    fn place(&mut self) -> Result<Place, SyntaxError> {
        self.scanner.peek().map(|token| token.place)
    }

    fn peek(&mut self) -> Result<Token, SyntaxError> {
        self.scanner.peek().cloned()
    }

    fn kind(&mut self) -> Result<&Kind, SyntaxError> {
        self.scanner.peek().map(|token| &token.kind)
    }

    /// Takes the next token if it is of this kind.
    fn accept(&mut self, kind: &Kind) -> Result<bool, SyntaxError> {
        let token = self.scanner.peek()?;
        if token.kind != *kind {
            return Ok(false);
        }
        let Place { line, column } = token.place;
        self.after = Place {
            line,
            column: column + 1,
        };
        self.scanner.take();
        Ok(true)
    }

    /// `may_be_bare`: the first document needs no `---`.
    fn document(&mut self, may_be_bare: bool) -> Result<Option<Rc<Node>>, SyntaxError> {
        self.prefixes.clear();
        self.anchors.clear();
        while !may_be_bare && self.accept(&Kind::DocumentEnd)? {}
        let is_bare = match self.kind()? {
            Kind::StreamEnd => return Ok(None),
            Kind::Version(..) | Kind::TagPrefix { .. } | Kind::DocumentStart => false,
            _ => may_be_bare,
        };
        self.directives()?;
        let place = self.place()?;
        if !is_bare && !self.accept(&Kind::DocumentStart)? {
            return fail(place, Place::default(), "did not find expected <document start>");
        }
        let node = match self.kind()? {
            Kind::Version(..)
            | Kind::TagPrefix { .. }
            | Kind::DocumentStart
            | Kind::DocumentEnd
            | Kind::StreamEnd
                if !is_bare =>
            {
                Node::empty(place)
            }
            _ => self.node(true, false)?,
        };
        // yaml.v2 looks one token further, and fails if that cannot be read.
        self.scanner.peek()?;
        self.looping.take().map_or(Ok(Some(node)), Err)
    }

    fn directives(&mut self) -> Result<(), SyntaxError> {
        let mut has_version = false;
        loop {
            let Token { kind, place } = self.peek()?;
            let problem = match kind {
                Kind::Version(..) if has_version => Some("found duplicate %YAML directive"),
                Kind::Version(1, 1) => {
                    has_version = true;
                    None
                }
                Kind::Version(..) => Some("found incompatible YAML document"),
                Kind::TagPrefix { handle, prefix } => self
                    .prefixes
                    .insert(handle, prefix)
                    .map(|_| "found duplicate %TAG directive"),
                _ => break,
            };
            if let Some(problem) = problem {
                return fail(place, Place::default(), problem);
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
    fn node(&mut self, block: bool, indentless: bool) -> Result<Rc<Node>, SyntaxError> {
        let start = self.place()?;
        if let Kind::Alias(name) = self.kind()? {
            let name = name.clone();
            self.scanner.take();
            return self.alias(&name, start);
        }
        let properties = self.properties(start)?;
        let read: fn(&mut Self) -> Result<Content, SyntaxError> = match self.kind()? {
            Kind::BlockEntry if indentless => Self::indentless_sequence,
            Kind::FlowSequence => Self::flow_sequence,
            Kind::FlowMapping => Self::flow_mapping,
            Kind::BlockSequence if block => Self::block_sequence,
            Kind::BlockMapping if block => Self::block_mapping,
            Kind::Scalar { .. } => {
                let Some(Kind::Scalar { value, is_plain }) = self.scanner.take().map(|token| token.kind)
                else {
                    return fail(start, start, "did not find expected node content");
                };
                return Ok(self.scalar(start, properties, value, is_plain));
            }
            _ if properties.anchor.is_some() || properties.tag.is_some() => {
                return Ok(self.scalar(start, properties, String::new(), true));
            }
            _ => return fail(self.place()?, start, "did not find expected node content"),
        };
        self.collection(start, properties.anchor, read)
    }

    fn alias(&mut self, name: &str, place: Place) -> Result<Rc<Node>, SyntaxError> {
        match self.anchors.get(name) {
            Some(Anchor::Node(node)) => {
                let content = Content::Alias(Rc::clone(node));
                Ok(Rc::new(Node {
                    mark: place.into(),
                    content,
                }))
            }
            Some(Anchor::Open) => {
                let problem = format!("anchor '{name}' value contains itself");
                self.looping
                    .get_or_insert_with(|| SyntaxError::at(place, 0, &problem));
                Ok(Node::empty(place))
            }
            None => fail_unplaced(place, &format!("unknown anchor '{name}' referenced")),
        }
    }

    /// An anchor and a tag, in either order.
    fn properties(&mut self, start: Place) -> Result<Properties, SyntaxError> {
        let mut found = Properties::default();
        let mut tag = None;
        loop {
            match self.kind()? {
                Kind::Anchor(name) if found.anchor.is_none() => found.anchor = Some(name.clone()),
                Kind::Tag { .. } if tag.is_none() => tag = Some(self.peek()?),
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
    fn tag(&self, token: &Token, start: Place) -> Result<String, SyntaxError> {
        let Kind::Tag { handle, suffix } = &token.kind else {
            return Ok(String::new());
        };
        let prefix = match handle.as_str() {
            "" => Some(""),
            handle => self.prefixes.get(handle).map(String::as_str),
        };
        match prefix {
            Some(prefix) => Ok(format!("{prefix}{suffix}")),
            None => fail(token.place, start, "found undefined tag handle"),
        }
    }

    fn scalar(&mut self, start: Place, properties: Properties, value: String, is_plain: bool) -> Rc<Node> {
        let is_implicit = match properties.tag.as_deref() {
            None => is_plain,
            Some(tag) => tag == "!",
        };
        let content = Content::Scalar {
            value,
            tag: properties.tag,
            is_implicit,
        };
        self.named(start, properties.anchor, content)
    }

    fn collection(
        &mut self,
        place: Place,
        anchor: Option<String>,
        read: fn(&mut Self) -> Result<Content, SyntaxError>,
    ) -> Result<Rc<Node>, SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return fail_unplaced(place, &format!("exceeded max depth of {MAX_DEPTH}"));
        }
        if let Some(anchor) = &anchor {
            self.anchors.insert(anchor.clone(), Anchor::Open);
        }
        let content = read(self)?;
        self.depth -= 1;
        Ok(self.named(place, anchor, content))
    }

    fn named(&mut self, place: Place, anchor: Option<String>, content: Content) -> Rc<Node> {
        let mark = place.into();
        let node = Rc::new(Node { mark, content });
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, Anchor::Node(Rc::clone(&node)));
        }
        node
    }
}
