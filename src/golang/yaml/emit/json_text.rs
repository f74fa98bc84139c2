//! What becomes of strings on sigs yaml's way through JSON text, which yaml.v2 reads as YAML.

/// yaml.v2 looks no further than this for the colon behind a key.
const LONGEST_KEY: usize = 1024;

/// What is left of a string once yaml.v2 has read it out of JSON text.
pub(super) fn survivor(text: &str) -> Result<String, String> {
    check_characters(text)?;
    Ok(fold_next_line(text))
}

/// Keys must end on the line and within the reach of yaml.v2's simple keys.
pub(super) fn check_key(text: &str) -> Result<(), String> {
    check_characters(text)?;
    if text.len() > LONGEST_KEY || text.contains('\u{85}') {
        return Err("yaml: did not find expected ',' or '}'".into());
    }
    Ok(())
}

fn check_characters(text: &str) -> Result<(), String> {
    let is_control =
        |letter: char| matches!(letter, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(is_control) {
        return Err("yaml: control characters are not allowed".into());
    }
    Ok(())
}

/// U+0085 breaks lines in YAML, and JSON does not escape it: a run of them with the blanks around folds to one space,
/// or to one line break fewer than there were.
fn fold_next_line(text: &str) -> String {
    if !text.contains('\u{85}') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split('\u{85}').peekable();
    let mut breaks = 0;
    while let Some(piece) = pieces.next() {
        let is_first = out.is_empty() && breaks == 0;
        let piece = if is_first {
            piece
        } else {
            piece.trim_start_matches([' ', '\t'])
        };
        let is_last = pieces.peek().is_none();
        let piece = if is_last {
            piece
        } else {
            piece.trim_end_matches([' ', '\t'])
        };
        if !piece.is_empty() || is_last {
            match breaks {
                0 => {}
                1 => out.push(' '),
                _ => out.extend(std::iter::repeat_n('\n', breaks - 1)),
            }
            breaks = 0;
            out.push_str(piece);
        }
        breaks += usize::from(!is_last);
    }
    out
}
