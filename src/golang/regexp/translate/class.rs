//! What stands in brackets.

use super::{Fault, Translator, fault};

impl<'p> Translator<'p> {
    /// After `[`.
    pub(super) fn class(&mut self, start: &'p str) -> Result<(), Fault<'p>> {
        self.out.push('[');
        if self.rest.starts_with('^') {
            self.next();
            self.out.push('^');
        }
        let mut is_first = true;
        loop {
            if self.rest.is_empty() {
                return fault("missing closing ]", start);
            }
            if self.rest.starts_with(']') && !is_first {
                self.next();
                self.out.push(']');
                return Ok(());
            }
            is_first = false;
            if !self.named_class()? {
                self.range(start)?;
            }
        }
    }

    /// `[:alpha:]`
    fn named_class(&mut self) -> Result<bool, Fault<'p>> {
        const NAMES: &[&str] = &[
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
            "space", "upper", "word", "xdigit",
        ];
        let start = self.rest;
        let Some(end) = start.strip_prefix("[:").and_then(|inside| inside.find(":]")) else {
            return Ok(false);
        };
        let whole = &start[..end + 4];
        let name = &start[2..2 + end];
        if !NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return fault("invalid character class range", whole);
        }
        self.out.push_str(whole);
        self.rest = &start[whole.len()..];
        Ok(true)
    }

    /// One character, a range, or a class such as `\d`.
    fn range(&mut self, class: &'p str) -> Result<(), Fault<'p>> {
        let start = self.rest;
        let is_class = |text: &str| {
            text.strip_prefix('\\')
                .is_some_and(|rest| rest.starts_with(['d', 'D', 's', 'S', 'w', 'W', 'p', 'P']))
        };
        if is_class(start) {
            self.next();
            return self.class_escape(start);
        }
        let low = self.class_character(class)?;
        self.literal(low);
        let is_range = self.rest.starts_with('-') && !self.rest.starts_with("-]") && self.rest.len() > 1;
        if !is_range {
            return Ok(());
        }
        self.next();
        let high = self.class_character(class)?;
        if high < low {
            return fault("invalid character class range", self.since(start));
        }
        self.out.push('-');
        self.literal(high);
        Ok(())
    }

    fn class_character(&mut self, class: &'p str) -> Result<char, Fault<'p>> {
        let start = self.rest;
        match self.next() {
            None => fault("missing closing ]", class),
            Some('\\') => self.character(start),
            Some(letter) => Ok(letter),
        }
    }
}
