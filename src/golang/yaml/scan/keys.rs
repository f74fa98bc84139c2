//! Simple keys, which are known for keys only once their colon is found, and the indentation of blocks.

use super::{Kind, Place, Scanner, SimpleKey, Token};
use crate::golang::yaml::SyntaxError;

/// A key must be followed by its colon on the same line, within this many characters.
const LONGEST_SIMPLE_KEY: usize = 1024;

impl Scanner<'_> {
    pub(super) fn is_key_alive(&mut self, index: usize) -> Result<bool, SyntaxError> {
        let Some(key) = self.keys.get(index).copied().filter(|key| key.is_possible) else {
            return Ok(false);
        };
        if key.place.line == self.line && key.index + LONGEST_SIMPLE_KEY >= self.index {
            return Ok(true);
        }
        if key.is_required {
            return self.fail(key.place, "could not find expected ':'");
        }
        if let Some(key) = self.keys.get_mut(index) {
            key.is_possible = false;
        }
        Ok(false)
    }

    pub(super) fn save_key(&mut self) -> Result<(), SyntaxError> {
        if !self.may_begin_key {
            return Ok(());
        }
        self.drop_key()?;
        let key = SimpleKey {
            is_possible: true,
            is_required: self.flow_level == 0 && self.indent == self.column,
            token: self.taken + self.tokens.len(),
            index: self.index,
            place: self.place(),
        };
        self.waiting.insert(key.token, self.keys.len() - 1);
        if let Some(last) = self.keys.last_mut() {
            *last = key;
        }
        Ok(())
    }

    pub(super) fn drop_key(&mut self) -> Result<(), SyntaxError> {
        let Some(key) = self.keys.last().copied().filter(|key| key.is_possible) else {
            return Ok(());
        };
        if key.is_required {
            return self.fail(key.place, "could not find expected ':'");
        }
        self.forget_last_key();
        Ok(())
    }

    pub(super) fn forget_last_key(&mut self) {
        if let Some(key) = self.keys.last_mut() {
            key.is_possible = false;
            self.waiting.remove(&key.token);
        }
    }

    // === indentation ===

    /// Adds a token at the end, or where the token with this number stands or would have stood: a token that was taken
    /// already leaves its key at the end, which is how yaml.v2 ends a document before `[]: x`.
    pub(super) fn insert(&mut self, number: Option<usize>, kind: Kind, place: Place) {
        let index = number.and_then(|number| number.checked_sub(self.taken));
        let token = Token { kind, place };
        match index.filter(|index| *index <= self.tokens.len()) {
            Some(index) => self.tokens.insert(index, token),
            None => self.tokens.push_back(token),
        }
    }

    pub(super) fn push(&mut self, kind: Kind) {
        let place = self.place();
        self.insert(None, kind, place);
    }

    pub(super) fn roll_indent(&mut self, number: Option<usize>, kind: Kind, place: Place) {
        if self.flow_level == 0 && self.indent < place.column {
            self.indents.push(self.indent);
            self.indent = place.column;
            self.insert(number, kind, place);
        }
    }

    pub(super) fn unroll_indent(&mut self, column: i64) {
        while self.flow_level == 0 && self.indent > column {
            self.push(Kind::BlockEnd);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }
}
