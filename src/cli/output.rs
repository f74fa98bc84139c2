//! Writing for people and for scripts: results on standard output, the rest on standard error.

use std::io::Write;

use super::Exit;
use crate::base::report::{Hint, advised};
use crate::{k8s, release};

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

/// Writes an error with its causes and advice, and says that the command failed.
pub fn error(error: &anyhow::Error) -> Exit {
    let _ = writeln!(std::io::stderr().lock(), "Error: {}", told(error));
    Exit::Error
}

/// An error with its causes, each once: some errors of ours and of libraries tell their cause themselves. Then the advice
/// of the first one that has any.
#[must_use]
pub fn told(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    match error
        .chain()
        .filter_map(advice)
        .find(|advice| !advice.hints().is_empty())
    {
        Some(advice) => advised(&text, advice),
        None => text,
    }
}

fn advice<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a dyn Hint> {
    let of_server = cause.downcast_ref::<k8s::Error>().map(|error| error as &dyn Hint);
    of_server.or_else(|| {
        cause
            .downcast_ref::<release::Error>()
            .map(|error| error as &dyn Hint)
    })
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
    fn causes_are_told_once_and_advice_comes_last() {
        let source = k8s::Error::UnknownKind {
            api_version: "v9".into(),
            kind: "Thing".into(),
        };
        let error = release::Error::Cluster {
            doing: "creating Thing x".into(),
            source,
        };
        let error = anyhow::Error::new(error).context("installing");
        let expected = "installing: creating Thing x: no matches for kind \"Thing\" in version \"v9\"\n  hint: install the \
            CustomResourceDefinition first, or use an apiVersion that this server serves";
        assert_eq!(told(&error), expected);
    }

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
