//! The patterns of `.Files.Glob`. Source of the rules: github.com/gobwas/glob with `/` as separator, v0.2.3.

use crate::base::pattern::Pattern;

/// A compiled pattern may take this much memory.
const MAX_BYTES: usize = 4 << 20;

/// A pattern that was understood: `*` and `?` stop at `/`, `**` crosses it, `[ab]`, `[!a-z]`, `{x,y}`, `\` escapes.
pub struct Glob(Pattern);

impl Glob {
    /// Reads a pattern; `None` for one that is wrong.
    pub fn parse(pattern: &str) -> Option<Glob> {
        let mut rest: Vec<char> = pattern.chars().rev().collect();
        let mut expression = String::from("(?s)^");
        let mut open = 0usize;
        while let Some(letter) = rest.pop() {
            match letter {
                '*' if rest.last() == Some(&'*') => {
                    rest.pop();
                    expression.push_str(".*");
                }
                '*' => expression.push_str("[^/]*"),
                '?' => expression.push_str("[^/]"),
                '[' => expression.push_str(&class(&mut rest)?),
                '{' => {
                    open += 1;
                    expression.push_str("(?:");
                }
                '}' if open > 0 => {
                    open -= 1;
                    expression.push(')');
                }
                ',' if open > 0 => expression.push('|'),
                '\\' => expression.push_str(&escaped(rest.pop()?)),
                other => expression.push_str(&escaped(other)),
            }
        }
        expression.push('$');
        if open > 0 {
            return None;
        }
        Pattern::new(&expression, MAX_BYTES).ok().map(Glob)
    }

    /// The pattern that matches everything.
    pub fn everything() -> Glob {
        Glob::parse("**").unwrap_or_else(|| Glob(Pattern::constant("")))
    }

    /// Does it match the whole name?
    pub fn matches(&self, name: &str) -> bool {
        self.0.is_match(name)
    }
}

fn escaped(letter: char) -> String {
    regex::escape(letter.encode_utf8(&mut [0; 4]))
}

/// `[abc]`, `[a-z]`, and both with `!` for the opposite.
fn class(rest: &mut Vec<char>) -> Option<String> {
    let mut expression = String::from("[");
    if rest.last() == Some(&'!') {
        rest.pop();
        expression.push('^');
    }
    let mut is_empty = true;
    loop {
        match rest.pop()? {
            ']' if !is_empty => break,
            ']' => return None,
            '-' if !is_empty && rest.last() != Some(&']') => expression.push('-'),
            '\\' => expression.push_str(&escaped(rest.pop()?)),
            other => expression.push_str(&class_member(other)),
        }
        is_empty = false;
    }
    expression.push(']');
    Some(expression)
}

fn class_member(letter: char) -> String {
    match letter {
        '&' | '~' | '[' | '^' | '-' | ']' => format!("\\{letter}"),
        other => escaped(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stop_at_slashes_unless_doubled() {
        for (pattern, name, expected) in [
            ("conf/**", "conf/a/b.txt", true),
            ("conf/*", "conf/a/b.txt", false),
            ("**.txt", "a/b.txt", true),
            ("**/*.md", "README.md", false),
            ("**/*.md", "a/README.md", true),
            ("*", ".hidden", true),
            ("{a,b}.txt", "b.txt", true),
            ("[ab]?", "bx", true),
            ("[!a]", "a", false),
            ("[!a]", "b", true),
            ("[a-c]", "b", true),
            ("a.txt", "aXtxt", false),
            ("", "a", false),
            ("conf", "conf/a", false),
        ] {
            assert_eq!(
                Glob::parse(pattern).unwrap().matches(name),
                expected,
                "{pattern} {name}"
            );
        }
        assert!(Glob::parse("[a").is_none());
        assert!(Glob::parse("{a").is_none());
    }
}
