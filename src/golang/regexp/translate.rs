//! From RE2 syntax, checked as Go checks it (`regexp/syntax`, go1.23), to the syntax of the `regex` crate.
//!
//! What differs: `\d \w \s \b` are ASCII only in Go; inside brackets the crate knows nested sets and `&&`; a brace that
//! is no repetition is a literal in Go; Go refuses nested repetitions and counts above 1000.

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
const MAX_DEPTH: usize = 250;

pub(super) fn translate(pattern: &str) -> Result<String, Fault<'_>> {
    let mut translator = Translator {
        pattern,
        rest: pattern,
        out: String::with_capacity(pattern.len() * 2),
        names: Vec::new(),
        depth: 0,
    };
    translator.pattern()?;
    Ok(translator.out)
}

struct Translator<'p> {
    pattern: &'p str,
    rest: &'p str,
    out: String,
    names: Vec<&'p str>,
    depth: usize,
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
        if self.depth > 0 {
            return fault("missing closing )", self.pattern);
        }
        Ok(())
    }

    /// Everything but repetitions. Gives whether a repetition may follow.
    fn atom(&mut self, start: &'p str, letter: char) -> Result<bool, Fault<'p>> {
        match letter {
            '(' => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return fault("expression nests too deeply", self.pattern);
                }
                return self.group(start);
            }
            ')' => {
                let Some(depth) = self.depth.checked_sub(1) else {
                    return fault("unexpected )", self.pattern);
                };
                self.depth = depth;
                self.out.push(')');
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
        self.out.push_str(self.since(start));
        Ok(true)
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
                    self.depth -= 1;
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

    /// After a backslash outside of brackets.
    fn escape(&mut self, start: &'p str) -> Result<(), Fault<'p>> {
        if let Some(quoted) = self.rest.strip_prefix('Q') {
            let (text, rest) = quoted.split_once("\\E").unwrap_or((quoted, ""));
            text.chars().for_each(|letter| self.literal(letter));
            self.rest = rest;
            return Ok(());
        }
        let simple = match self.rest.chars().next() {
            Some('A') => r"\A",
            Some('b') => r"(?-u:\b)",
            Some('B') => r"(?-u:\B)",
            Some('C') => r"(?s-u:.)",
            Some('z') => r"\z",
            Some('E') => "",
            _ => return self.class_escape(start),
        };
        self.next();
        self.out.push_str(simple);
        Ok(())
    }

    /// After a backslash, inside or outside of brackets: a class or one character.
    fn class_escape(&mut self, start: &'p str) -> Result<(), Fault<'p>> {
        let class = match self.rest.chars().next() {
            Some('d') => "[0-9]",
            Some('D') => "[^0-9]",
            Some('s') => r"[\t\n\f\r ]",
            Some('S') => r"[^\t\n\f\r ]",
            Some('w') => "[0-9A-Za-z_]",
            Some('W') => "[^0-9A-Za-z_]",
            Some('p' | 'P') => return self.unicode_class(start),
            _ => {
                let letter = self.character(start)?;
                self.literal(letter);
                return Ok(());
            }
        };
        self.next();
        self.out.push_str(class);
        Ok(())
    }

    fn unicode_class(&mut self, start: &'p str) -> Result<(), Fault<'p>> {
        self.next();
        if self.rest.starts_with('{') {
            let Some((_, rest)) = self.rest.split_once('}') else {
                return fault("invalid character class range", start);
            };
            self.rest = rest;
        } else if self.next().is_none() {
            return fault("invalid character class range", start);
        }
        let class = self.since(start);
        if regex::Regex::new(&class.replacen('^', "", 1)).is_err() {
            return fault("invalid character class range", class);
        }
        if class.contains('^') {
            let flipped = if class.starts_with("\\p") { "\\P" } else { "\\p" };
            self.out.push_str(flipped);
            self.out.push_str(&class[2..].replacen('^', "", 1));
        } else {
            self.out.push_str(class);
        }
        Ok(())
    }

    /// After a backslash: one character.
    fn character(&mut self, start: &'p str) -> Result<char, Fault<'p>> {
        let Some(letter) = self.next() else {
            return fault("trailing backslash at end of expression", "");
        };
        let found = match letter {
            'a' => Some('\u{7}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            'x' => self.hexadecimal(),
            '0'..='7' => self.octal(letter),
            _ if letter.is_ascii_punctuation() => Some(letter),
            _ => None,
        };
        match found {
            Some(letter) => Ok(letter),
            None => fault("invalid escape sequence", self.since(start)),
        }
    }

    fn hexadecimal(&mut self) -> Option<char> {
        let digits = match self.rest.strip_prefix('{') {
            Some(inside) => {
                let (digits, rest) = inside.split_once('}')?;
                self.rest = rest;
                digits
            }
            None => {
                let digits = self.rest.get(..2)?;
                self.rest = &self.rest[2..];
                digits
            }
        };
        let is_hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u32::from_str_radix(digits, 16)
            .ok()
            .filter(|_| is_hex)
            .and_then(char::from_u32)
    }

    /// `\123`; a single digit other than 0 would be a back-reference.
    fn octal(&mut self, first: char) -> Option<char> {
        let is_digit = |letter: char| matches!(letter, '0'..='7');
        if first != '0' && !self.rest.starts_with(is_digit) {
            return None;
        }
        let mut code = first.to_digit(8)?;
        for _ in 0..2 {
            match self.rest.chars().next().filter(|letter| is_digit(*letter)) {
                Some(digit) => code = code * 8 + digit.to_digit(8)?,
                None => break,
            }
            self.next();
        }
        char::from_u32(code)
    }

    /// After `[`.
    fn class(&mut self, start: &'p str) -> Result<(), Fault<'p>> {
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
