//! Writing for people and for scripts: results on standard output, the rest on standard error.

use std::io::Write;

use super::Exit;

/// Writes a result. A reader that went away (`| head`) is no error.
pub fn result(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

/// Writes a line of news.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Writes an error with its causes, and says that the command failed.
pub fn error(error: &anyhow::Error) -> Exit {
    let _ = writeln!(std::io::stderr().lock(), "Error: {error:#}");
    Exit::Error
}

/// A table with aligned columns; trailing blanks are cut.
#[must_use]
pub fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = head.map(|title| title.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: [&str; N]| {
        let padded = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        let line = padded.collect::<Vec<_>>().join("  ");
        format!("{}\n", line.trim_end())
    };
    let rows = rows.iter().map(|row| line(row.each_ref().map(String::as_str)));
    std::iter::once(line(head)).chain(rows).collect()
}

/// `-o`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// For scripts.
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [
            ["keystone".to_owned(), "3".to_owned(), String::new()],
            ["db".to_owned(), "10".to_owned(), "größer".to_owned()],
        ];
        let expected = "\
NAME      REV  NOTE
keystone  3
db        10   größer
";
        assert_eq!(table(["NAME", "REV", "NOTE"], &rows), expected);
    }
}
