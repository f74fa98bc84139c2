//! From RE2 syntax, checked as Go checks it (`regexp/syntax`, go1.23), to the syntax of the `regex` crate.
//!
//! What differs: `\d \w \s \b` are ASCII only in Go; inside brackets the crate knows nested sets and `&&`; a brace that
//! is no repetition is a literal in Go; Go refuses nested repetitions and counts above 1000.

mod class;
mod escape;

use super::names::ClassNames;

/// What is wrong, in Go's words, and the part of the pattern that Go quotes.
pub(super) struct Fault<'p> {
    pub reason: &'static str,
    pub part: &'p str,
}

/// What a named group is called in the crate's syntax.
pub(super) fn group_name(name: &str) -> String {
    format!("n{name}")
}

const MAX_REPEAT: u32 = 1000;
/// Groups may nest so deep (`maxHeight`).
const MAX_DEPTH: usize = 1000;

pub(super) fn translate(pattern: &str, class_names: ClassNames) -> Result<String, Fault<'_>> {
    let mut translator = Translator {
        pattern,
        rest: pattern,
        out: String::with_capacity(pattern.len() * 2),
        names: Vec::new(),
        class_names,
        levels: vec![Level::default()],
    };
    translator.pattern()?;
    Ok(translator.out)
}

/// How often what stands inside of counted repetitions is repeated in all.
#[derive(Clone, Copy)]
struct Level {
    /// The last atom.
    last: u32,
    /// The largest of the level.
    most: u32,
}

impl Default for Level {
    fn default() -> Self {
        Level { last: 1, most: 1 }
    }
}

struct Translator<'p> {
    pattern: &'p str,
    rest: &'p str,
    out: String,
    names: Vec<&'p str>,
    class_names: ClassNames,
    /// The whole pattern, and each group that is open.
    levels: Vec<Level>,
}

fn fault<'p, T>(reason: &'static str, part: &'p str) -> Result<T, Fault<'p>> {
    Err(Fault { reason, part })
}

impl<'p> Translator<'p> {
    fn next(&mut self) -> Option<char> {
        let mut letters = self.rest.chars();
        let letter = letters.next()?;
        self.rest = letters.as_str();
        Some(letter)
    }

    /// From this point of the pattern up to what has been read.
    fn since(&self, start: &'p str) -> &'p str {
        &start[..start.len() - self.rest.len()]
    }

    fn literal(&mut self, letter: char) {
        if letter.is_ascii_punctuation() {
            self.out.push('\\');
        }
        self.out.push(letter);
    }

    fn pattern(&mut self) -> Result<(), Fault<'p>> {
        // Where the last repetition began, while nothing else has come since.
        let mut repeated: Option<&'p str> = None;
        let mut has_operand = false;
        loop {
            let start = self.rest;
            let Some(letter) = self.next() else { break };
            let operator = match letter {
                '*' | '+' | '?' => true,
                '{' => self.counts()?,
                _ => false,
            };
            if operator {
                self.repeat(start, letter, has_operand, repeated)?;
                repeated = Some(repeated.unwrap_or(start));
                continue;
            }
            repeated = None;
            has_operand = self.atom(start, letter)?;
        }
        if self.levels.len() > 1 {
            return fault("missing closing )", self.pattern);
        }
        Ok(())
    }

    /// Everything but repetitions. Gives whether a repetition may follow.
    fn atom(&mut self, start: &'p str, letter: char) -> Result<bool, Fault<'p>> {
        match letter {
            '(' => {
                self.levels.push(Level::default());
                if self.levels.len() > MAX_DEPTH {
                    return fault("expression nests too deeply", self.pattern);
                }
                return self.group(start);
            }
            ')' => {
                let inside = self.levels.pop().unwrap_or_default();
                let Some(level) = self.levels.last_mut() else {
                    return fault("unexpected )", self.pattern);
                };
                level.last = inside.most;
                level.most = level.most.max(inside.most);
                self.out.push(')');
                return Ok(true);
            }
            '|' => {
                self.out.push('|');
                return Ok(false);
            }
            '[' => self.class(start)?,
            '\\' => self.escape(start)?,
            '^' | '$' | '.' => self.out.push(letter),
            _ => self.literal(letter),
        }
        if let Some(level) = self.levels.last_mut() {
            level.last = 1;
        }
        Ok(true)
    }

    fn repeat(
        &mut self,
        start: &'p str,
        letter: char,
        has_operand: bool,
        repeated: Option<&'p str>,
    ) -> Result<(), Fault<'p>> {
        if letter != '{' {
            self.out.push(letter);
        }
        let is_lazy = self.rest.starts_with('?');
        if is_lazy {
            self.rest = &self.rest[1..];
            self.out.push('?');
        }
        if let Some(first) = repeated {
            return fault("invalid nested repetition operator", self.since(first));
        }
        if !has_operand {
            return fault("missing argument to repetition operator", self.since(start));
        }
        Ok(())
    }

    /// After `{`: reads and writes `n}`, `n,}` or `n,m}`; anything else makes the brace a literal.
    fn counts(&mut self) -> Result<bool, Fault<'p>> {
        let Some(inside) = self.rest.split_once('}').map(|(inside, _)| inside) else {
            return Ok(false);
        };
        let (least, most) = match inside.split_once(',') {
            Some((least, most)) => (least, Some(most)),
            None => (inside, None),
        };
        let is_number = |text: &str| {
            let is_canonical = text.len() == 1 || !text.starts_with('0');
            !text.is_empty() && is_canonical && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !is_number(least) || most.is_some_and(|most| !most.is_empty() && !is_number(most)) {
            return Ok(false);
        }
        let count = |text: &str| text.parse::<u32>().ok().filter(|count| *count <= MAX_REPEAT);
        let bounds = match most {
            Some("") | None => count(least).map(|least| (least, least)),
            Some(most) => count(least).zip(count(most)),
        };
        let start = &self.pattern[self.pattern.len() - self.rest.len() - 1..];
        self.rest = &self.rest[inside.len() + 1..];
        if bounds.is_none_or(|(least, most)| least > most) {
            return fault("invalid repeat count", self.since(start));
        }
        let (least, most) = bounds.unwrap_or_default();
        if !self.multiply(least.max(most)) {
            return fault("invalid repeat count", self.since(start));
        }
        self.out.push_str(self.since(start));
        Ok(true)
    }

    /// Notes that the last atom is repeated; nested counts may come to no more than a single one (`repeatIsValid`).
    fn multiply(&mut self, times: u32) -> bool {
        let Some(level) = self.levels.last_mut() else {
            return true;
        };
        level.last = level.last.saturating_mul(times.max(1));
        level.most = level.most.max(level.last);
        level.last <= MAX_REPEAT
    }

    /// After `(`: a plain group, `?:`, `?P<name>`, or flags.
    fn group(&mut self, start: &'p str) -> Result<bool, Fault<'p>> {
        self.out.push('(');
        let Some(after) = self.rest.strip_prefix('?') else {
            return Ok(false);
        };
        if let Some(named) = after.strip_prefix("P<").or_else(|| after.strip_prefix('<')) {
            return self.named(start, named);
        }
        self.rest = after;
        self.out.push('?');
        let (mut is_negative, mut has_flag) = (false, false);
        while let Some(letter) = self.next() {
            match letter {
                'i' | 'm' | 's' | 'U' => has_flag = true,
                '-' if !is_negative => {
                    is_negative = true;
                    has_flag = false;
                }
                ':' if !is_negative || has_flag => {
                    self.out.push(':');
                    return Ok(false);
                }
                ')' if !is_negative || has_flag => {
                    self.levels.pop();
                    // The crate wants at least one flag.
                    if self.out.ends_with('?') {
                        self.out.push_str("-x");
                    }
                    self.out.push(')');
                    return Ok(false);
                }
                _ => return fault("invalid or unsupported Perl syntax", self.since(start)),
            }
            self.out.push(letter);
        }
        fault("invalid or unsupported Perl syntax", start)
    }

    fn named(&mut self, start: &'p str, named: &'p str) -> Result<bool, Fault<'p>> {
        let Some((name, rest)) = named.split_once('>') else {
            return fault("invalid named capture", start);
        };
        self.rest = rest;
        let is_word = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_word {
            return fault("invalid named capture", self.since(start));
        }
        // Go takes a name twice, and takes digits in front; the crate does neither.
        if !self.names.contains(&name) {
            self.names.push(name);
            self.out.push_str("?P<");
            self.out.push_str(&group_name(name));
            self.out.push('>');
        }
        Ok(false)
    }
}
