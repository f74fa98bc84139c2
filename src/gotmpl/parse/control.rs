//! Actions: control structures, and pipelines whose value is printed.

use super::{Parser, Step, Stop};
use crate::gotmpl::ast::{Branch, Call, Node};
use crate::gotmpl::error::Error;
use crate::gotmpl::lex::{Keyword, Kind};

impl Parser<'_> {
    pub(super) fn action(&mut self) -> Result<Step, Error> {
        let token = self.next_non_space();
        let node = match token.kind {
            Kind::Keyword(Keyword::Block) => self.block()?,
            Kind::Keyword(Keyword::Break) => self.leave_range("{{break}}", Node::Break)?,
            Kind::Keyword(Keyword::Continue) => self.leave_range("{{continue}}", Node::Continue)?,
            Kind::Keyword(Keyword::Else) => return self.otherwise().map(Step::Stop),
            Kind::Keyword(Keyword::End) => {
                self.expect(Kind::RightDelim, "end")?;
                return Ok(Step::Stop(Stop::End));
            }
            Kind::Keyword(Keyword::If) => Node::If(self.branch("if")?),
            Kind::Keyword(Keyword::Range) => Node::Range(self.branch("range")?),
            Kind::Keyword(Keyword::With) => Node::With(self.branch("with")?),
            Kind::Keyword(Keyword::Template) => self.call()?,
            _ => {
                self.backup();
                Node::Action(self.pipeline("command", Kind::RightDelim)?)
            }
        };
        Ok(Step::Node(node))
    }

    fn leave_range(&mut self, name: &str, node: Node) -> Result<Node, Error> {
        let token = self.next_non_space();
        if token.kind != Kind::RightDelim {
            return Err(self.unexpected(&token, name));
        }
        if self.ranges == 0 {
            return Err(self.error(format!("{name} outside {{{{range}}}}")));
        }
        Ok(node)
    }

    fn otherwise(&mut self) -> Result<Stop, Error> {
        let chained = match self.peek_non_space().kind {
            Kind::Keyword(word @ (Keyword::If | Keyword::With)) => Some(word),
            _ => None,
        };
        if chained.is_none() {
            self.expect(Kind::RightDelim, "else")?;
        }
        Ok(Stop::Else { chained })
    }

    /// `if`, `with` or `range` up to its end.
    fn branch(&mut self, context: &str) -> Result<Branch, Error> {
        self.enter()?;
        let in_scope = self.variables.len();
        let pipe = self.pipeline(context, Kind::RightDelim)?;
        let is_range = usize::from(context == "range");
        self.ranges += is_range;
        let (body, stop) = self.list()?;
        self.ranges -= is_range;
        let otherwise = match stop {
            Stop::End => None,
            Stop::Else { chained } => Some(self.else_list(context, chained)?),
        };
        self.variables.truncate(in_scope);
        self.depth -= 1;
        Ok(Branch {
            pipe,
            body,
            otherwise,
        })
    }

    /// After `else`: another `if` in an `if` (`with` in a `with`) shares the end, otherwise a list up to it.
    fn else_list(&mut self, context: &str, chained: Option<Keyword>) -> Result<Vec<Node>, Error> {
        match (context, chained) {
            ("if", Some(Keyword::If)) => {
                self.next_non_space();
                Ok(vec![Node::If(self.branch("if")?)])
            }
            ("with", Some(Keyword::With)) => {
                self.next_non_space();
                Ok(vec![Node::With(self.branch("with")?)])
            }
            _ => match self.list()? {
                (nodes, Stop::End) => Ok(nodes),
                (_, stop) => Err(self.error(format!("expected end; found {}", stop.text()))),
            },
        }
    }

    /// `block "name" pipe`: a definition, and its use in place.
    fn block(&mut self) -> Result<Node, Error> {
        const CONTEXT: &str = "block clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, CONTEXT)?;
        let pipe = self.pipeline(CONTEXT, Kind::RightDelim)?;
        self.enter()?;
        self.define(name.clone(), CONTEXT)?;
        self.depth -= 1;
        Ok(Node::Template(Call {
            pos: token.pos,
            name,
            pipe: Some(pipe),
        }))
    }

    fn call(&mut self) -> Result<Node, Error> {
        const CONTEXT: &str = "template clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, CONTEXT)?;
        let pipe = if self.next_non_space().kind == Kind::RightDelim {
            None
        } else {
            self.backup();
            Some(self.pipeline(CONTEXT, Kind::RightDelim)?)
        };
        Ok(Node::Template(Call {
            pos: token.pos,
            name,
            pipe,
        }))
    }
}
