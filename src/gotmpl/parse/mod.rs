//! From tokens to trees. Source of the rules: Go `text/template/parse/parse.go`, go1.23.

mod control;
mod pipeline;

use std::sync::Arc;

use super::ast::{Node, Source, Tree};
use super::error::{Error, quoted};
use super::lex::{Keyword, Kind, Lexer, Token};

/// Nested pipelines and blocks; what lies deeper is refused, so that no template can exhaust the stack.
const MAX_DEPTH: usize = 5_000;

/// The trees of one text: the text itself, then its definitions by name.
#[derive(Debug)]
pub struct Parsed {
    /// The text under its own name.
    pub main: Arc<Tree>,
    /// The winners among the text and its `define`s and `block`s: what a template set adopts.
    pub trees: Vec<Arc<Tree>>,
}

impl Parsed {
    /// The same text parsed under another name: the trees share their nodes. `None` where the text defines a template of
    /// that very name.
    #[must_use]
    pub fn under(&self, name: &str) -> Option<Parsed> {
        let source = Arc::new(Source {
            name: Arc::from(name),
            text: Arc::clone(&self.main.source.text),
        });
        let renamed = |tree: &Tree, name: &Arc<str>| {
            Arc::new(Tree {
                name: Arc::clone(name),
                source: Arc::clone(&source),
                body: Arc::clone(&tree.body),
            })
        };
        let mut trees = Vec::with_capacity(self.trees.len());
        for tree in &self.trees {
            let is_main = Arc::ptr_eq(tree, &self.main);
            if !is_main && (*tree.name == *name || tree.name == self.main.name) {
                return None;
            }
            trees.push(renamed(tree, if is_main { &source.name } else { &tree.name }));
        }
        let main = renamed(&self.main, &source.name);
        Some(Parsed { main, trees })
    }
}

/// Finds a function name among those that exist.
pub type Knows<'a> = dyn Fn(&str) -> Option<&'static str> + 'a;

/// Parses a text.
///
/// # Errors
/// The first fault, with Go's words and line.
pub fn parse(name: &str, text: &[u8], knows: &Knows<'_>) -> Result<Parsed, Error> {
    let source = Arc::new(Source {
        name: Arc::from(name),
        text: Arc::from(text),
    });
    let mut parser = Parser {
        lexer: Lexer::new(text),
        source: Arc::clone(&source),
        knows,
        ahead: Ahead::default(),
        variables: vec![Arc::from("$")],
        ranges: 0,
        action_line: 0,
        depth: 0,
        trees: Vec::new(),
    };
    let body = parser.file()?;
    let main = Arc::new(Tree {
        name: Arc::clone(&source.name),
        source,
        body: body.into(),
    });
    parser.add(Arc::clone(&main))?;
    Ok(Parsed {
        main,
        trees: parser.trees,
    })
}

pub(super) struct Parser<'a> {
    lexer: Lexer<'a>,
    source: Arc<Source>,
    knows: &'a Knows<'a>,
    ahead: Ahead<'a>,
    /// The names in scope.
    variables: Vec<Arc<str>>,
    /// Enclosing `range`s, which make `break` and `continue` legal.
    ranges: usize,
    /// The line of the open action; 0 between actions.
    action_line: usize,
    depth: usize,
    trees: Vec<Arc<Tree>>,
}

/// Up to three tokens that were read and given back. Slot 0 also tells the line of errors, as in Go.
struct Ahead<'a> {
    tokens: [Token<'a>; 3],
    count: usize,
}

impl Default for Ahead<'_> {
    fn default() -> Self {
        let none = Token {
            kind: Kind::Eof,
            pos: 0,
            text: &[],
            line: 1,
        };
        Ahead {
            tokens: [none; 3],
            count: 0,
        }
    }
}

/// What ended a list of nodes.
enum Stop {
    End,
    Else { chained: Option<Keyword> },
}

/// A node, or what ends the list.
enum Step {
    Node(Node),
    Stop(Stop),
}

impl Stop {
    fn text(&self) -> &'static str {
        match self {
            Stop::End => "{{end}}",
            Stop::Else { .. } => "{{else}}",
        }
    }
}

impl<'a> Parser<'a> {
    // === tokens ===

    fn next(&mut self) -> Token<'a> {
        if self.ahead.count > 0 {
            self.ahead.count -= 1;
        } else {
            self.ahead.tokens[0] = self.lexer.next_token();
        }
        self.ahead.tokens[self.ahead.count]
    }

    fn backup(&mut self) {
        self.ahead.count += 1;
    }

    /// Gives back a token besides the newest one.
    fn backup2(&mut self, before: Token<'a>) {
        self.ahead.tokens[1] = before;
        self.ahead.count = 2;
    }

    /// Gives back two tokens besides the newest one; `first` stood first.
    fn backup3(&mut self, first: Token<'a>, second: Token<'a>) {
        self.ahead.tokens[1] = second;
        self.ahead.tokens[2] = first;
        self.ahead.count = 3;
    }

    fn peek(&mut self) -> Token<'a> {
        if self.ahead.count == 0 {
            self.ahead.tokens[0] = self.lexer.next_token();
            self.ahead.count = 1;
        }
        self.ahead.tokens[self.ahead.count - 1]
    }

    fn next_non_space(&mut self) -> Token<'a> {
        loop {
            let token = self.next();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    fn peek_non_space(&mut self) -> Token<'a> {
        let token = self.next_non_space();
        self.backup();
        token
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Result<Token<'a>, Error> {
        let token = self.next_non_space();
        if token.kind == kind {
            return Ok(token);
        }
        Err(self.unexpected(&token, context))
    }

    // === errors ===

    fn error(&self, detail: impl Into<String>) -> Error {
        Error::parse(&self.source.name, self.ahead.tokens[0].line, detail.into())
    }

    fn unexpected(&self, token: &Token<'_>, context: &str) -> Error {
        if token.kind != Kind::Error {
            return self.error(format!("unexpected {} in {context}", shown(token)));
        }
        let message = self.lexer.failure();
        if self.action_line == 0 || self.action_line == token.line {
            return self.error(message);
        }
        let joint = if message.ends_with(" action") {
            ""
        } else {
            " in action"
        };
        let started = format!(" started at {}:{}", self.source.name, self.action_line);
        self.error(format!("{message}{joint}{started}"))
    }

    /// One level deeper; the caller leaves it by `depth -= 1`.
    fn enter(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error("max expression depth exceeded"));
        }
        Ok(())
    }

    // === lists ===

    fn file(&mut self) -> Result<Vec<Node>, Error> {
        let mut body = Vec::new();
        loop {
            let token = self.peek();
            if token.kind == Kind::Eof {
                return Ok(body);
            }
            if token.kind == Kind::LeftDelim {
                let delim = self.next();
                if self.next_non_space().kind == Kind::Keyword(Keyword::Define) {
                    self.definition()?;
                    continue;
                }
                self.backup2(delim);
            }
            match self.text_or_action()? {
                Step::Node(node) => body.push(node),
                Step::Stop(stop) => return Err(self.error(format!("unexpected {}", stop.text()))),
            }
        }
    }

    /// Nodes up to `{{end}}` or `{{else}}`.
    fn list(&mut self) -> Result<(Vec<Node>, Stop), Error> {
        let mut nodes = Vec::new();
        while self.peek_non_space().kind != Kind::Eof {
            match self.text_or_action()? {
                Step::Node(node) => nodes.push(node),
                Step::Stop(stop) => return Ok((nodes, stop)),
            }
        }
        Err(self.error("unexpected EOF"))
    }

    fn text_or_action(&mut self) -> Result<Step, Error> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Text => Ok(Step::Node(Node::Text(token.pos..token.pos + token.text.len()))),
            Kind::LeftDelim => {
                self.action_line = token.line;
                let step = self.action()?;
                self.action_line = 0;
                Ok(step)
            }
            _ => Err(self.unexpected(&token, "input")),
        }
    }

    // === definitions ===

    fn definition(&mut self) -> Result<(), Error> {
        const CONTEXT: &str = "define clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, CONTEXT)?;
        self.expect(Kind::RightDelim, CONTEXT)?;
        self.define(name, CONTEXT)
    }

    /// The body of a `define` or `block`, up to its end, as a tree of its own.
    fn define(&mut self, name: Arc<str>, context: &str) -> Result<(), Error> {
        let variables = std::mem::replace(&mut self.variables, vec![Arc::from("$")]);
        let ranges = std::mem::take(&mut self.ranges);
        let action_line = std::mem::take(&mut self.action_line);
        let (body, stop) = self.list()?;
        if !matches!(stop, Stop::End) {
            return Err(self.error(format!("unexpected {} in {context}", stop.text())));
        }
        (self.variables, self.ranges, self.action_line) = (variables, ranges, action_line);
        let source = Arc::clone(&self.source);
        let body = body.into();
        self.add(Arc::new(Tree { name, source, body }))
    }

    /// Among equal names an empty body gives way.
    fn add(&mut self, tree: Arc<Tree>) -> Result<(), Error> {
        let Some(at) = self.trees.iter().position(|known| known.name == tree.name) else {
            self.trees.push(tree);
            return Ok(());
        };
        if self.trees[at].is_empty() {
            self.trees[at] = tree;
        } else if !tree.is_empty() {
            let name = quoted(tree.name.as_bytes());
            return Err(self.error(format!("template: multiple definition of template {name}")));
        }
        Ok(())
    }

    fn template_name(&mut self, token: &Token<'_>, context: &str) -> Result<Arc<str>, Error> {
        if !matches!(token.kind, Kind::String | Kind::RawString) {
            return Err(self.unexpected(token, context));
        }
        let name = super::quote::unquote(token.text).ok_or_else(|| self.error("invalid syntax"))?;
        Ok(Arc::from(String::from_utf8_lossy(&name)))
    }
}

/// A token as error messages show it: quoted, and cut after ten characters.
fn shown(token: &Token<'_>) -> String {
    let text = String::from_utf8_lossy(token.text);
    match token.kind {
        Kind::Eof => "EOF".to_owned(),
        Kind::Dot | Kind::Keyword(_) => format!("<{text}>"),
        _ if token.text.len() > 10 => {
            let head: String = text.chars().take(10).collect();
            format!("{}...", quoted(head.as_bytes()))
        }
        _ => quoted(token.text),
    }
}
