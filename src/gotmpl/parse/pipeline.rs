//! Pipelines, commands and operands.

use std::borrow::Cow;
use std::sync::Arc;

use super::Parser;
use crate::gotmpl::ast::{Command, Fields, Pipe, Term, TermKind};
use crate::gotmpl::error::{Error, quoted};
use crate::gotmpl::lex::{Keyword, Kind, Token};
use crate::gotmpl::{number, quote};

impl Parser<'_> {
    /// A pipeline up to and with its `end` token.
    pub(super) fn pipeline(&mut self, context: &str, end: Kind) -> Result<Pipe, Error> {
        self.enter()?;
        let mut pipe = Pipe {
            pos: self.peek_non_space().pos,
            variables: Vec::new(),
            is_assignment: false,
            commands: Vec::new(),
        };
        self.declarations(context, &mut pipe)?;
        loop {
            let token = self.next_non_space();
            if token.kind == end {
                break;
            }
            if !starts_operand(token.kind) {
                return Err(self.unexpected(&token, context));
            }
            self.backup();
            let command = self.command()?;
            pipe.commands.push(command);
        }
        self.check_pipeline(&pipe, context)?;
        self.depth -= 1;
        Ok(pipe)
    }

    /// `$x :=`, `$x =`, and in `range` also `$i, $x :=`.
    fn declarations(&mut self, context: &str, pipe: &mut Pipe) -> Result<(), Error> {
        loop {
            let variable = self.peek_non_space();
            if variable.kind != Kind::Variable {
                return Ok(());
            }
            self.next();
            // A space after the variable decides whether an argument may follow, so it must not get lost.
            let after = self.peek();
            let next = self.peek_non_space();
            match next.kind {
                Kind::Assign | Kind::Declare => {
                    pipe.is_assignment = next.kind == Kind::Assign;
                    self.next_non_space();
                    self.declare(&variable, pipe);
                    return Ok(());
                }
                Kind::Char if *next.text == *b"," => {
                    self.next_non_space();
                    self.declare(&variable, pipe);
                    if context != "range" || pipe.variables.len() >= 2 {
                        return Err(self.error(format!("too many declarations in {context}")));
                    }
                    let follows = self.peek_non_space().kind;
                    if !matches!(follows, Kind::Variable | Kind::RightDelim | Kind::RightParen) {
                        return Err(self.error("range can only initialize variables"));
                    }
                }
                _ if after.kind == Kind::Space => {
                    self.backup3(variable, after);
                    return Ok(());
                }
                _ => {
                    self.backup2(variable);
                    return Ok(());
                }
            }
        }
    }

    fn declare(&mut self, variable: &Token<'_>, pipe: &mut Pipe) {
        let name: Arc<str> = Arc::from(text_of(variable));
        pipe.variables.push(Arc::clone(&name));
        self.variables.push(name);
    }

    fn check_pipeline(&self, pipe: &Pipe, context: &str) -> Result<(), Error> {
        if pipe.commands.is_empty() {
            return Err(self.error(format!("missing value for {context}")));
        }
        for (index, command) in pipe.commands.iter().enumerate().skip(1) {
            let cannot_run = matches!(
                command.words.first().map(|word| &word.kind),
                Some(
                    TermKind::Bool(_)
                        | TermKind::Dot
                        | TermKind::Nil
                        | TermKind::Number(_)
                        | TermKind::Str { .. }
                )
            );
            if cannot_run {
                let stage = index + 1;
                return Err(self.error(format!("non executable command in pipeline stage {stage}")));
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Result<Command, Error> {
        let mut command = Command {
            pos: self.peek_non_space().pos,
            words: Vec::new(),
        };
        loop {
            self.peek_non_space();
            if let Some(operand) = self.operand()? {
                command.words.push(operand);
            }
            let token = self.next();
            match token.kind {
                Kind::Space => continue,
                Kind::RightDelim | Kind::RightParen => self.backup(),
                Kind::Pipe => {}
                _ => return Err(self.unexpected(&token, "operand")),
            }
            break;
        }
        if command.words.is_empty() {
            return Err(self.error("empty command"));
        }
        Ok(command)
    }

    /// A term and the fields that follow it directly.
    fn operand(&mut self) -> Result<Option<Term>, Error> {
        let Some(term) = self.term()? else {
            return Ok(None);
        };
        if self.peek().kind != Kind::Field {
            return Ok(Some(term));
        }
        let pos = self.peek().pos;
        let mut more = String::new();
        while self.peek().kind == Kind::Field {
            let token = self.next();
            more.push_str(&String::from_utf8_lossy(token.text));
        }
        let more = |before: Fields| Fields::from(String::from(before) + &more);
        let kind = match term.kind {
            TermKind::Field(fields) => TermKind::Field(more(fields)),
            TermKind::Variable { name, fields } => TermKind::Variable {
                name,
                fields: more(fields),
            },
            TermKind::Function(_) | TermKind::Pipe(_) | TermKind::Chain { .. } => TermKind::Chain {
                start: Box::new(term),
                fields: more(Fields::default()),
            },
            _ => {
                let shown = quoted(term.to_string().as_bytes());
                return Err(self.error(format!("unexpected . after term {shown}")));
            }
        };
        Ok(Some(Term { pos, kind }))
    }

    fn term(&mut self) -> Result<Option<Term>, Error> {
        let token = self.next_non_space();
        let kind = match token.kind {
            Kind::Identifier => {
                let found = std::str::from_utf8(token.text).ok().and_then(self.knows);
                let Some(name) = found else {
                    let name = quoted(token.text);
                    return Err(self.error(format!("function {name} not defined")));
                };
                TermKind::Function(name)
            }
            Kind::Dot => TermKind::Dot,
            Kind::Keyword(Keyword::Nil) => TermKind::Nil,
            Kind::Variable => self.variable(&token)?,
            Kind::Field => TermKind::Field(Fields::from(text_of(&token).into_owned())),
            Kind::Bool => TermKind::Bool(*token.text == *b"true"),
            Kind::CharConstant | Kind::Complex | Kind::Number => {
                let text = text_of(&token);
                let read = match token.kind {
                    Kind::CharConstant => number::char_constant(&text),
                    Kind::Complex => number::complex_pair(&text),
                    _ => number::number(&text),
                };
                TermKind::Number(Box::new(read.map_err(|detail| self.error(detail))?))
            }
            Kind::LeftParen => {
                let pipe = self.pipeline("parenthesized pipeline", Kind::RightParen)?;
                return Ok(Some(Term {
                    pos: pipe.pos,
                    kind: TermKind::Pipe(Box::new(pipe)),
                }));
            }
            Kind::String | Kind::RawString => {
                let text = quote::unquote(token.text).ok_or_else(|| self.error("invalid syntax"))?;
                TermKind::Str {
                    quoted: text_of(&token).into(),
                    text: text.into(),
                }
            }
            _ => {
                self.backup();
                return Ok(None);
            }
        };
        Ok(Some(Term { pos: token.pos, kind }))
    }

    fn variable(&self, token: &Token<'_>) -> Result<TermKind, Error> {
        let name = text_of(token);
        match self.variables.iter().rev().find(|known| ***known == *name) {
            Some(known) => Ok(TermKind::Variable {
                name: Arc::clone(known),
                fields: Fields::default(),
            }),
            None => Err(self.error(format!("undefined variable {}", quoted(token.text)))),
        }
    }
}

fn starts_operand(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Bool
            | Kind::CharConstant
            | Kind::Complex
            | Kind::Dot
            | Kind::Field
            | Kind::Identifier
            | Kind::Number
            | Kind::Keyword(Keyword::Nil)
            | Kind::RawString
            | Kind::String
            | Kind::Variable
            | Kind::LeftParen
    )
}

fn text_of<'a>(token: &Token<'a>) -> Cow<'a, str> {
    String::from_utf8_lossy(token.text)
}
