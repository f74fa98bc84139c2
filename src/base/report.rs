//! Problems as people read them: which file and line, what was found, what to do next.

use std::fmt;

/// One problem in something a user wrote.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// The file, relative to the repository's root.
    pub file: String,
    /// 1-based line, where it is known.
    pub line: Option<u32>,
    /// 1-based column in characters, where it is known.
    pub column: Option<u32>,
    /// What is wrong: found and expected; lower case, no full stop.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// The line itself, for showing it with a caret. Never set for files that may hold secrets.
    pub excerpt: Option<String>,
}

impl Problem {
    /// A problem with a whole file.
    pub fn in_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Problem {
            file: file.into(),
            line: None,
            column: None,
            message: message.into(),
            hint: None,
            excerpt: None,
        }
    }
    /// The same at a line and column, both counted from 1.
    #[must_use]
    pub fn at(mut self, line: u32, column: u32) -> Self {
        (self.line, self.column) = (Some(line), Some(column));
        self
    }
    /// The same with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
    /// The same with the text of its line.
    #[must_use]
    pub fn excerpt(mut self, line: impl Into<String>) -> Self {
        self.excerpt = Some(line.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(excerpt) = &self.excerpt {
            let margin = self.line.unwrap_or(0).to_string();
            write!(f, "\n  {margin} | {excerpt}")?;
            if let Some(column) = self.column {
                let blank = " ".repeat(margin.len());
                write!(
                    f,
                    "\n  {blank} | {}^",
                    " ".repeat(column.saturating_sub(1) as usize)
                )?;
            }
        }
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// All problems found at once, never only the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}
impl std::error::Error for Problems {}

/// Advice that an error carries as data; the doors print it.
pub trait Hint {
    /// What to do next, most likely first.
    fn hints(&self) -> Vec<String>;
}

/// A message with the advice of what it tells of, a line each.
#[must_use]
pub fn advised(message: &str, advice: &dyn Hint) -> String {
    let hints = advice.hints().into_iter().map(|hint| format!("\n  hint: {hint}"));
    message.to_owned() + &hints.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_shows_place_excerpt_and_advice() {
        let problem = Problem::in_file("cluster.yaml", "unknown key `vesion`")
            .at(7, 5)
            .excerpt("    vesion: 1")
            .hint("did you mean `version`?");
        let expected = "cluster.yaml:7:5: unknown key `vesion`\n  7 |     vesion: 1\n    |     ^\n  hint: did you mean `version`?";
        assert_eq!(problem.to_string(), expected);
    }
}
