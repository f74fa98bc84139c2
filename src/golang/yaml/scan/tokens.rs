//! Which token begins here, and the tokens of one to three characters.

use super::{Kind, Scanner, SimpleKey, is_blank, is_break, is_space_or_end};
use crate::golang::yaml::SyntaxError;

impl Scanner<'_> {
    fn skip_to_token(&mut self) {
        loop {
            // Only a mark that follows the first one is skipped (yaml.v2 looks at the start of its buffer).
            if self.at == 0 && self.char(0) == Some('\u{feff}') {
                self.skip();
            }
            let takes_tabs = self.flow_level > 0 || !self.may_begin_key;
            while self.char(0) == Some(' ') || takes_tabs && self.char(0) == Some('\t') {
                self.skip();
            }
            self.skip_comment();
            if !is_break(self.char(0)) {
                return;
            }
            self.skip_line();
            if self.flow_level == 0 {
                self.may_begin_key = true;
            }
        }
    }

    pub(super) fn is_document_indicator(&self, letter: char) -> bool {
        self.column == 0
            && (0..3).all(|ahead| self.char(ahead) == Some(letter))
            && is_space_or_end(self.char(3))
    }

    pub(super) fn fetch(&mut self) -> Result<(), SyntaxError> {
        self.skip_to_token();
        self.unroll_indent(self.column);
        // The longest indicators have four characters: so many are read.
        if self.broken.is_some() {
            self.has_met_end
                .set(self.has_met_end.get() || self.rest().chars().nth(3).is_none());
        }
        let Some(letter) = self.char(0) else {
            return self.end();
        };
        let in_flow = self.flow_level > 0;
        let before_space = is_space_or_end(self.char(1));
        match letter {
            '%' if self.column == 0 => self.document_level(Self::directive),
            '-' if self.is_document_indicator('-') => {
                self.document_level(|scanner| scanner.indicator(Kind::DocumentStart))
            }
            '.' if self.is_document_indicator('.') => {
                self.document_level(|scanner| scanner.indicator(Kind::DocumentEnd))
            }
            '[' => self.open_flow(Kind::FlowSequence),
            '{' => self.open_flow(Kind::FlowMapping),
            ']' => self.close_flow(Kind::FlowSequenceEnd),
            '}' => self.close_flow(Kind::FlowMappingEnd),
            ',' => self.flow_entry(),
            '-' if before_space => self.block_entry(),
            '?' if in_flow || before_space => self.key(),
            ':' if in_flow || before_space => self.value(),
            '*' | '&' => self.content(|scanner| scanner.anchor(letter == '*')),
            '!' => self.content(Self::tag),
            '|' | '>' if !in_flow => {
                self.drop_key()?;
                self.may_begin_key = true;
                self.block_scalar(letter == '|')
            }
            '\'' | '"' => self.content(|scanner| scanner.quoted_scalar(letter)),
            '-' if !is_blank(self.char(1)) => self.plain_scalar(),
            '?' | ':' if !in_flow => self.plain_scalar(),
            '-' | '?' | ':' | '#' | '|' | '>' | '%' | '@' | '`' | '\t' => {
                self.fail(self.place(), "found character that cannot start any token")
            }
            _ => self.plain_scalar(),
        }
    }

    fn end(&mut self) -> Result<(), SyntaxError> {
        if self.column != 0 {
            self.column = 0;
            self.line += 1;
        }
        self.unroll_indent(-1);
        self.drop_key()?;
        self.may_begin_key = false;
        self.push(Kind::StreamEnd);
        self.is_ended = true;
        Ok(())
    }

    fn document_level(
        &mut self,
        scan: impl FnOnce(&mut Self) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        self.unroll_indent(-1);
        self.drop_key()?;
        self.may_begin_key = false;
        scan(self)
    }

    #[expect(clippy::unnecessary_wraps, reason = "one of several ways to scan")]
    fn indicator(&mut self, kind: Kind) -> Result<(), SyntaxError> {
        self.push(kind);
        (0..3).for_each(|_| self.skip());
        Ok(())
    }

    /// What may be a simple key, and cannot be followed by another on the same line.
    fn content(
        &mut self,
        scan: impl FnOnce(&mut Self) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        self.save_key()?;
        self.may_begin_key = false;
        scan(self)
    }

    fn open_flow(&mut self, kind: Kind) -> Result<(), SyntaxError> {
        self.save_key()?;
        self.keys.push(SimpleKey {
            token: self.taken + self.tokens.len(),
            ..SimpleKey::default()
        });
        self.flow_level += 1;
        self.may_begin_key = true;
        self.push(kind);
        self.skip();
        Ok(())
    }

    fn close_flow(&mut self, kind: Kind) -> Result<(), SyntaxError> {
        self.drop_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            // This forgets the opening bracket as a possible key too, as in yaml.v2.
            self.forget_last_key();
            self.keys.pop();
        }
        self.may_begin_key = false;
        self.push(kind);
        self.skip();
        Ok(())
    }

    fn flow_entry(&mut self) -> Result<(), SyntaxError> {
        self.drop_key()?;
        self.may_begin_key = true;
        self.push(Kind::FlowEntry);
        self.skip();
        Ok(())
    }

    fn block_entry(&mut self) -> Result<(), SyntaxError> {
        if self.flow_level == 0 {
            if !self.may_begin_key {
                return self.fail(
                    self.place(),
                    "block sequence entries are not allowed in this context",
                );
            }
            self.roll_indent(None, Kind::BlockSequence, self.place());
        }
        self.drop_key()?;
        self.may_begin_key = true;
        self.push(Kind::BlockEntry);
        self.skip();
        Ok(())
    }

    fn key(&mut self) -> Result<(), SyntaxError> {
        if self.flow_level == 0 {
            if !self.may_begin_key {
                return self.fail(self.place(), "mapping keys are not allowed in this context");
            }
            self.roll_indent(None, Kind::BlockMapping, self.place());
        }
        self.drop_key()?;
        self.may_begin_key = self.flow_level == 0;
        self.push(Kind::Key);
        self.skip();
        Ok(())
    }

    fn value(&mut self) -> Result<(), SyntaxError> {
        let last = self.keys.len().saturating_sub(1);
        let is_alive = self.is_key_alive(last)?;
        if let Some(key) = self.keys.last().copied().filter(|_| is_alive) {
            self.insert(Some(key.token), Kind::Key, key.place);
            self.roll_indent(Some(key.token), Kind::BlockMapping, key.place);
            self.forget_last_key();
            self.may_begin_key = false;
        } else {
            if self.flow_level == 0 {
                if !self.may_begin_key {
                    return self.fail(self.place(), "mapping values are not allowed in this context");
                }
                self.roll_indent(None, Kind::BlockMapping, self.place());
            }
            self.may_begin_key = self.flow_level == 0;
        }
        self.push(Kind::Value);
        self.skip();
        Ok(())
    }
}
