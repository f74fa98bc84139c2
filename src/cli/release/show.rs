//! `-o`: tables as Helm's library draws them, JSON and YAML as Go writes them.

use serde_json::Value as Json;

use super::line::Line;
use crate::golang::time::{self, Time, Zone};
use crate::golang::{json, yaml};

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Table,
    Json,
    Yaml,
}

impl Format {
    pub(super) fn of(line: &Line) -> Format {
        match line.text("output") {
            Some("json") => Format::Json,
            Some("yaml") => Format::Yaml,
            _ => Format::Table,
        }
    }
}

/// Rows as they are drawn: cells as wide as the widest line of their column, tabs between them. A cell of several lines
/// whose letters together are more than that is cut.
/// Source: gosuri/uitable `table.go` and `util/strutil/strutil.go`, v0.0.4.
pub(super) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (column, cell) in widths.iter_mut().zip(row) {
            *column = (*column).max(cell.split('\n').map(width).max().unwrap_or(0));
        }
    }
    let lines: Vec<String> = rows.iter().flat_map(|row| lines(row, widths)).collect();
    format!("{}\n", lines.join("\n"))
}

/// A cell of several lines makes several lines of the table.
fn lines<const N: usize>(row: &[String; N], widths: [usize; N]) -> Vec<String> {
    let cells = row.iter().zip(widths).map(|(cell, width)| resized(cell, width));
    let cells: Vec<String> = cells.collect();
    let height = cells
        .iter()
        .map(|cell| cell.split('\n').count())
        .max()
        .unwrap_or(1);
    let line = |number: usize| {
        let padded = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| match cell.split('\n').nth(number) {
                Some(text) => resized(text, width),
                None => " ".repeat(width.max(1)),
            });
        padded.collect::<Vec<_>>().join("\t")
    };
    (0..height).map(line).collect()
}

/// Columns that a text takes.
fn width(text: &str) -> usize {
    text.chars().filter(|letter| !letter.is_control()).count()
}

fn resized(text: &str, wanted: usize) -> String {
    let found = width(text);
    if wanted == 0 || found <= wanted {
        return format!("{text}{}", " ".repeat(wanted.saturating_sub(found)));
    }
    let mut taken = String::new();
    for letter in text.chars() {
        taken.push(letter);
        if width(&taken) >= wanted.saturating_sub(3) {
            break;
        }
    }
    taken + "..."
}

/// A tree in JSON, keys in the order given (those of nested maps sorted).
pub(super) fn object(fields: &[(&str, Json)]) -> String {
    let field = |(name, value): &(&str, Json)| {
        format!(
            "{}:{}",
            json::encode_serde(&Json::from(*name)),
            json::encode_serde(value)
        )
    };
    format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(","))
}

/// A tree in YAML.
///
/// # Errors
/// Go's text.
pub(super) fn yaml(tree: &Json) -> anyhow::Result<String> {
    yaml::encode_serde(tree).map_err(|error| anyhow::anyhow!("unable to write YAML output: {error}"))
}

/// A recorded time; `None` for none and for zero.
pub(super) fn time(text: Option<&str>) -> Option<Time> {
    let text = text.filter(|text| !text.is_empty())?;
    let time = time::parse(time::RFC3339_NANO, text, &Zone::Utc).ok()?;
    (!time.is_zero()).then_some(time)
}

/// Go's `time.ANSIC`; zero for none.
pub(super) fn ansic(text: Option<&str>) -> String {
    const ANSIC: &str = "Mon Jan _2 15:04:05 2006";
    time(text).unwrap_or_else(Time::zero).format(ANSIC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_tabs_between_padded_columns() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        assert_eq!(table(&[row("NAME", "X"), row("a", "b")]), "NAME\tX\na   \tb\n");
        assert_eq!(
            table(&[row("NAME", "X"), row("a", "first line\ntwo")]),
            "NAME\tX         \na   \tfirst l...\n"
        );
        assert_eq!(table(&[row("a", ""), row("a", "")]), "a\t\na\t\n");
    }

    #[test]
    fn times_are_shown_as_go_shows_them() {
        for (text, expected) in [
            (Some("2026-01-02T03:04:05.123456789Z"), "Fri Jan  2 03:04:05 2026"),
            (Some("2026-01-02T03:04:05.5+02:00"), "Fri Jan  2 03:04:05 2026"),
            (Some(""), "Mon Jan  1 00:00:00 0001"),
            (None, "Mon Jan  1 00:00:00 0001"),
        ] {
            assert_eq!(ansic(text), expected);
        }
    }
}
