//! Lists and maps, block and flow.

use std::rc::Rc;

use super::{Composer, fail};
use crate::golang::yaml::SyntaxError;
use crate::golang::yaml::node::{Content, Entry, Node};
use crate::golang::yaml::scan::Kind;

impl Composer<'_> {
    // === block collections ===

    pub(super) fn block_sequence(&mut self) -> Result<Content, SyntaxError> {
        let start = self.place()?;
        self.scanner.take();
        let mut items = Vec::new();
        while self.accept(&Kind::BlockEntry)? {
            items.push(match self.kind()? {
                Kind::BlockEntry | Kind::BlockEnd => Node::empty(self.after),
                _ => self.node(true, false)?,
            });
        }
        if self.accept(&Kind::BlockEnd)? {
            return Ok(Content::Sequence(items));
        }
        fail(self.place()?, start, "did not find expected '-' indicator")
    }

    pub(super) fn indentless_sequence(&mut self) -> Result<Content, SyntaxError> {
        let mut items = Vec::new();
        while self.accept(&Kind::BlockEntry)? {
            items.push(match self.kind()? {
                Kind::BlockEntry | Kind::Key | Kind::Value | Kind::BlockEnd => Node::empty(self.after),
                _ => self.node(true, false)?,
            });
        }
        Ok(Content::Sequence(items))
    }

    pub(super) fn block_mapping(&mut self) -> Result<Content, SyntaxError> {
        let start = self.place()?;
        self.scanner.take();
        let mut entries = Vec::new();
        while self.accept(&Kind::Key)? {
            let key = self.block_mapping_part()?;
            let value = if self.accept(&Kind::Value)? {
                self.block_mapping_part()?
            } else {
                Node::empty(self.place()?)
            };
            entries.push((key, value));
        }
        if self.accept(&Kind::BlockEnd)? {
            return Ok(Content::Mapping(entries));
        }
        fail(self.place()?, start, "did not find expected key")
    }

    fn block_mapping_part(&mut self) -> Result<Rc<Node>, SyntaxError> {
        match self.kind()? {
            Kind::Key | Kind::Value | Kind::BlockEnd => Ok(Node::empty(self.after)),
            _ => self.node(true, true),
        }
    }

    // === flow collections ===

    pub(super) fn flow_sequence(&mut self) -> Result<Content, SyntaxError> {
        self.flow(
            &Kind::FlowSequenceEnd,
            "did not find expected ',' or ']'",
            Self::flow_item,
        )
        .map(Content::Sequence)
    }

    pub(super) fn flow_mapping(&mut self) -> Result<Content, SyntaxError> {
        self.flow(
            &Kind::FlowMappingEnd,
            "did not find expected ',' or '}'",
            Self::flow_pair,
        )
        .map(Content::Mapping)
    }

    /// Parts with commas between them, and perhaps one more behind the last.
    fn flow<T>(
        &mut self,
        end: &Kind,
        unended: &str,
        part: fn(&mut Self) -> Result<T, SyntaxError>,
    ) -> Result<Vec<T>, SyntaxError> {
        let start = self.place()?;
        self.scanner.take();
        let mut parts = Vec::new();
        loop {
            if self.accept(end)? {
                return Ok(parts);
            }
            if !parts.is_empty() {
                if !self.accept(&Kind::FlowEntry)? {
                    return fail(self.place()?, start, unended);
                }
                if self.accept(end)? {
                    return Ok(parts);
                }
            }
            parts.push(part(self)?);
        }
    }

    fn flow_item(&mut self) -> Result<Rc<Node>, SyntaxError> {
        let place = self.place()?;
        if self.accept(&Kind::Key)? {
            return self.collection(place, None, Self::single_pair);
        }
        self.node(false, false)
    }

    /// `[a: b]` holds a mapping with one entry.
    fn single_pair(&mut self) -> Result<Content, SyntaxError> {
        let key = match self.kind()? {
            Kind::Value | Kind::FlowEntry | Kind::FlowSequenceEnd => {
                // yaml.v2 swallows this token together with the empty key.
                self.scanner.take();
                Node::empty(self.after)
            }
            _ => self.node(false, false)?,
        };
        let value = self.flow_value(&Kind::FlowSequenceEnd)?;
        Ok(Content::Mapping(vec![(key, value)]))
    }

    fn flow_pair(&mut self) -> Result<Entry, SyntaxError> {
        if !self.accept(&Kind::Key)? {
            return Ok((self.node(false, false)?, Node::empty(self.place()?)));
        }
        let key = match self.kind()? {
            Kind::Value | Kind::FlowEntry | Kind::FlowMappingEnd => Node::empty(self.after),
            _ => self.node(false, false)?,
        };
        Ok((key, self.flow_value(&Kind::FlowMappingEnd)?))
    }

    fn flow_value(&mut self, end: &Kind) -> Result<Rc<Node>, SyntaxError> {
        if !self.accept(&Kind::Value)? {
            return Ok(Node::empty(self.place()?));
        }
        let kind = self.kind()?;
        if matches!(kind, Kind::FlowEntry) || kind == end {
            return Ok(Node::empty(self.after));
        }
        self.node(false, false)
    }
}
