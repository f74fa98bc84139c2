//! Go's `path` package (and `path/filepath` on Linux, which is the same): slash-separated paths as bytes.
//! Source: go1.23 `path/path.go`, `path/match.go`.

/// A pattern that cannot be matched (`path.ErrBadPattern`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("syntax error in pattern")]
pub struct BadPattern;

/// `path.Clean`: the shortest equivalent path.
#[must_use]
pub fn clean(path: &[u8]) -> Vec<u8> {
    let is_rooted = path.first() == Some(&b'/');
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match parts.last() {
                Some(&last) if last != b".." => {
                    parts.pop();
                }
                _ if is_rooted => {}
                _ => parts.push(part),
            },
            name => parts.push(name),
        }
    }
    let joined = parts.join(&b'/');
    match (is_rooted, joined.is_empty()) {
        (true, _) => [b"/", joined.as_slice()].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}

/// `path.Base`: the last element.
#[must_use]
pub fn base(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    let end = path
        .iter()
        .rposition(|byte| *byte != b'/')
        .map_or(0, |last| last + 1);
    let trimmed = &path[..end];
    let start = trimmed
        .iter()
        .rposition(|byte| *byte == b'/')
        .map_or(0, |slash| slash + 1);
    if trimmed.is_empty() {
        b"/"
    } else {
        &trimmed[start..]
    }
}

/// `path.Dir`: all but the last element, cleaned.
#[must_use]
pub fn dir(path: &[u8]) -> Vec<u8> {
    let end = path
        .iter()
        .rposition(|byte| *byte == b'/')
        .map_or(0, |slash| slash + 1);
    clean(&path[..end])
}

/// `path.Ext`: from the last dot of the last element.
#[must_use]
pub fn ext(path: &[u8]) -> &[u8] {
    for (index, byte) in path.iter().enumerate().rev() {
        match byte {
            b'/' => return b"",
            b'.' => return &path[index..],
            _ => {}
        }
    }
    b""
}

/// `path.IsAbs`.
#[must_use]
pub fn is_abs(path: &[u8]) -> bool {
    path.first() == Some(&b'/')
}

/// `path.Match`: shell pattern against the whole name; `*` and `?` stop at `/`.
///
/// # Errors
/// A bad pattern, even where the name could be refused before its end.
pub fn matches(pattern: &str, name: &str) -> Result<bool, BadPattern> {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut pattern, mut name) = (pattern.as_slice(), name.as_slice());
    while !pattern.is_empty() {
        let (has_star, chunk, rest) = scan_chunk(pattern);
        pattern = rest;
        if has_star && chunk.is_empty() {
            return Ok(!name.contains(&'/'));
        }
        match match_after_star(chunk, name, has_star, pattern.is_empty())? {
            Some(remaining) => name = remaining,
            None => {
                check_rest(pattern)?;
                return Ok(false);
            }
        }
    }
    Ok(name.is_empty())
}

/// The next chunk, up to a star outside brackets, and whether stars came before it.
fn scan_chunk(pattern: &[char]) -> (bool, &[char], &[char]) {
    let stars = pattern.iter().take_while(|letter| **letter == '*').count();
    let pattern = &pattern[stars..];
    let mut in_range = false;
    let mut index = 0;
    while let Some(letter) = pattern.get(index) {
        match letter {
            '\\' => index += 1,
            '[' => in_range = true,
            ']' => in_range = false,
            '*' if !in_range => break,
            _ => {}
        }
        index += 1;
    }
    let (chunk, rest) = pattern.split_at(index.min(pattern.len()));
    (stars > 0, chunk, rest)
}

/// What is left of the name after the chunk, tried at each place that a star before it allows.
fn match_after_star<'a>(
    chunk: &[char],
    name: &'a [char],
    has_star: bool,
    is_last: bool,
) -> Result<Option<&'a [char]>, BadPattern> {
    let accepts = |rest: &&[char]| !is_last || rest.is_empty();
    let here = match_chunk(chunk, name)?;
    if here.as_ref().is_some_and(accepts) || !has_star {
        return Ok(here.filter(|rest| !is_last || rest.is_empty()));
    }
    for (index, _) in name.iter().enumerate().take_while(|(_, letter)| **letter != '/') {
        let found = match_chunk(chunk, &name[index + 1..])?;
        if found.as_ref().is_some_and(accepts) {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The rest of the pattern must be well formed even where the name is refused.
fn check_rest(mut pattern: &[char]) -> Result<(), BadPattern> {
    while !pattern.is_empty() {
        let (_, chunk, rest) = scan_chunk(pattern);
        match_chunk(chunk, &[])?;
        pattern = rest;
    }
    Ok(())
}

/// Matches a chunk without stars; reads the chunk to its end in any case, to find syntax errors.
fn match_chunk<'a>(mut chunk: &[char], mut name: &'a [char]) -> Result<Option<&'a [char]>, BadPattern> {
    let mut failed = false;
    while let Some((letter, rest)) = chunk.split_first() {
        failed = failed || name.is_empty();
        let first = name.first().copied().filter(|_| !failed);
        match letter {
            '[' => {
                let (accepted, after) = match_bracket(rest, first)?;
                failed = failed || !accepted;
                chunk = after;
            }
            '?' => {
                failed = failed || first == Some('/');
                chunk = rest;
            }
            '\\' => {
                let (literal, after) = rest.split_first().ok_or(BadPattern)?;
                failed = failed || first != Some(*literal);
                chunk = after;
            }
            literal => {
                failed = failed || first != Some(*literal);
                chunk = rest;
            }
        }
        name = name.get(1..).unwrap_or_default();
    }
    Ok(if failed { None } else { Some(name) })
}

/// A bracket expression after `[`: does it accept the letter, and what follows it?
fn match_bracket(mut chunk: &[char], letter: Option<char>) -> Result<(bool, &[char]), BadPattern> {
    let is_negated = chunk.first() == Some(&'^');
    if is_negated {
        chunk = &chunk[1..];
    }
    let mut accepted = false;
    let mut ranges = 0;
    loop {
        if chunk.first() == Some(&']') && ranges > 0 {
            return Ok((accepted != is_negated, &chunk[1..]));
        }
        let (low, after) = escaped(chunk)?;
        let (high, after) = match after.split_first() {
            Some(('-', rest)) => escaped(rest)?,
            _ => (low, after),
        };
        accepted = accepted || letter.is_some_and(|letter| (low..=high).contains(&letter));
        ranges += 1;
        chunk = after;
    }
}

/// One end of a range; something must follow it.
fn escaped(chunk: &[char]) -> Result<(char, &[char]), BadPattern> {
    let (letter, rest) = match chunk.split_first() {
        None | Some(('-' | ']', _)) => return Err(BadPattern),
        Some(('\\', rest)) => rest.split_first().ok_or(BadPattern)?,
        Some(pair) => pair,
    };
    if rest.is_empty() {
        return Err(BadPattern);
    }
    Ok((*letter, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_come_apart_as_in_go() {
        for (path, cleaned, folder, last, ending) in [
            ("", ".", ".", ".", ""),
            ("a", "a", ".", "a", ""),
            ("/", "/", "/", "/", ""),
            ("//", "/", "/", "/", ""),
            ("a/b/", "a/b", "a/b", "b", ""),
            ("/a/../../b.tar.gz", "/b.tar.gz", "/", "b.tar.gz", ".gz"),
            ("../../x.y/z", "../../x.y/z", "../../x.y", "z", ""),
            ("a/./b/../c.yaml", "a/c.yaml", "a", "c.yaml", ".yaml"),
            ("a/..", ".", "a", "..", "."),
        ] {
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            let found = [
                text(&clean(path.as_bytes())),
                text(&dir(path.as_bytes())),
                text(base(path.as_bytes())),
                text(ext(path.as_bytes())),
            ];
            assert_eq!(found, [cleaned, folder, last, ending], "{path}");
        }
    }

    /// The cases of Go's own `match_test.go`.
    #[test]
    fn patterns_match_as_in_go() {
        for (pattern, name, expected) in [
            ("abc", "abc", Ok(true)),
            ("*", "abc", Ok(true)),
            ("*c", "abc", Ok(true)),
            ("a*", "a", Ok(true)),
            ("a*", "ab/c", Ok(false)),
            ("a*/b", "abc/b", Ok(true)),
            ("a*/b", "a/c/b", Ok(false)),
            ("a*b*c*d*e*/f", "axbxcxdxe/f", Ok(true)),
            ("a*b*c*d*e*/f", "axbxcxdxe/xxx/f", Ok(false)),
            ("a*b?c*x", "abxbbxdbxebxczzx", Ok(true)),
            ("a*b?c*x", "abxbbxdbxebxczzy", Ok(false)),
            ("ab[c]", "abc", Ok(true)),
            ("ab[b-d]", "abc", Ok(true)),
            ("ab[e-g]", "abc", Ok(false)),
            ("ab[^c]", "abc", Ok(false)),
            ("ab[^b-d]", "abc", Ok(false)),
            ("ab[^e-g]", "abc", Ok(true)),
            ("a\\*b", "a*b", Ok(true)),
            ("a\\*b", "ab", Ok(false)),
            ("a?b", "a☺b", Ok(true)),
            ("a[^a]b", "a☺b", Ok(true)),
            ("[a-ζ]*", "α", Ok(true)),
            ("*[a-ζ]", "A", Ok(false)),
            ("a?b", "a/b", Ok(false)),
            ("a*b", "a/b", Ok(false)),
            ("[\\]a]", "]", Ok(true)),
            ("[\\-x]", "-", Ok(true)),
            ("[]a]", "]", Err(BadPattern)),
            ("[-]", "-", Err(BadPattern)),
            ("[x-]", "x", Err(BadPattern)),
            ("[-x]", "x", Err(BadPattern)),
            ("\\", "a", Err(BadPattern)),
            ("[a-b-c]", "a", Err(BadPattern)),
            ("[", "a", Err(BadPattern)),
            ("[^", "a", Err(BadPattern)),
            ("a[", "a", Err(BadPattern)),
            ("a[", "ab", Err(BadPattern)),
            ("a[", "x", Err(BadPattern)),
            ("a/b[", "x", Err(BadPattern)),
            ("*x", "xxx", Ok(true)),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
