//! `.helmignore`. Source: helm `pkg/ignore/rules.go`, v3.17.

use crate::golang::path;

/// The rules of one `.helmignore`, Helm's own last rule included.
pub(super) struct Rules(Vec<Rule>);

struct Rule {
    pattern: String,
    is_negated: bool,
    only_folders: bool,
    /// The whole path decides, not only its last part.
    whole_path: bool,
}

impl Rules {
    /// Reads the rules.
    pub(super) fn parse(text: &[u8]) -> Result<Rules, String> {
        let text = String::from_utf8_lossy(text);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let lines = text.lines().chain(["templates/.?*"]);
        let rules = lines
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(Rule::parse);
        Ok(Rules(rules.collect::<Result<_, _>>()?))
    }

    /// Is the file ignored, by itself or with a folder above it?
    pub(super) fn ignore(&self, file: &str) -> bool {
        let folders = file.match_indices('/').map(|(end, _)| &file[..end]);
        folders.into_iter().any(|folder| self.decide(folder, true)) || self.decide(file, false)
    }

    /// The first rule that says something decides.
    fn decide(&self, path: &str, is_folder: bool) -> bool {
        self.0.iter().any(|rule| {
            let applies = is_folder || !rule.only_folders;
            // A negated rule ignores whatever it does not match: Helm's way.
            (applies && rule.matches(path)) != rule.is_negated
        })
    }
}

impl Rule {
    fn parse(line: &str) -> Result<Rule, String> {
        if line.contains("**") {
            return Err("double-star (**) syntax is not supported".to_owned());
        }
        path::matches(line, "abc").map_err(|error| error.to_string())?;
        let (is_negated, line) = match line.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let (only_folders, line) = match line.strip_suffix('/') {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        Ok(Rule {
            pattern: line.strip_prefix('/').unwrap_or(line).to_owned(),
            is_negated,
            only_folders,
            whole_path: line.contains('/'),
        })
    }

    fn matches(&self, path: &str) -> bool {
        let last = path.rsplit('/').next().unwrap_or(path);
        let subject = if self.whole_path { path } else { last };
        path::matches(&self.pattern, subject).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_decide_as_in_helm() {
        for (rules, path, expected) in [
            ("*.txt", "a.txt", true),
            ("*.txt", "d/e/a.txt", true),
            ("d", "d/a", true),
            ("d/a.txt", "d/a.txt", true),
            ("d/a.txt", "x/d/a.txt", false),
            ("d/*/a.txt", "d/x/a.txt", true),
            ("d/*/a.txt", "d/x/y/a.txt", false),
            ("/a.txt", "a.txt", true),
            ("/a.txt", "d/a.txt", false),
            ("d/", "d/a", true),
            ("d/", "d", false),
            ("!a.txt", "Chart.yaml", true),
            ("!a.txt", "a.txt", false),
            ("# comment\n\n  *.bak  ", "x.bak", true),
            ("\u{feff}*.bak", "x.bak", true),
            ("", "templates/.hidden", true),
            ("", "templates/d/.hidden", false),
            ("", ".helmignore", false),
        ] {
            let found = Rules::parse(rules.as_bytes()).unwrap().ignore(path);
            assert_eq!(found, expected, "{rules:?} on {path}");
        }
    }

    #[test]
    fn bad_rules_are_errors() {
        let error = |text: &str| Rules::parse(text.as_bytes()).err();
        assert_eq!(
            error("a/**"),
            Some("double-star (**) syntax is not supported".to_owned())
        );
        assert_eq!(error("[a"), Some("syntax error in pattern".to_owned()));
    }
}
