//! How `template` tells an error: as helm does, with more for people, or as JSON.

use std::io::IsTerminal as _;

use serde_json::{Value as Json, json};

use super::flags::{ErrorFormat, TemplateArgs};
use crate::golang::strconv::quote;
use crate::helm::chart::load::LoadError;
use crate::helm::engines::Engine;
use crate::helm::render::{Place, RenderError};

/// What helm adds to errors of its rendering step.
const HINT: &str = "Use --debug flag to render out invalid YAML";

/// Where Helm 3.17.2 logs a message that begins so: its log lines name their place in Helm's source.
const PLACES: [(&str, &str); 13] = [
    ("warning: skipping globals because destination", "coalesce.go:138"),
    ("warning: skipping globals because source", "coalesce.go:145"),
    ("Conflict: cannot merge map", "coalesce.go:161"),
    ("key ", "coalesce.go:175"),
    ("warning: skipped value for", "coalesce.go:237"),
    ("warning: cannot overwrite table", "coalesce.go:298"),
    ("warning: destination for", "coalesce.go:301"),
    ("Warning: Condition path", "dependencies.go:63"),
    ("Warning: PathValue returned error", "dependencies.go:66"),
    ("Warning: Tag ", "dependencies.go:94"),
    (
        "Warning: ImportValues missing table from chart",
        "dependencies.go:269",
    ),
    ("Warning: ImportValues missing table:", "dependencies.go:286"),
    ("info: skipping unknown hook", "manifest_sorter.go:190"),
];

/// Writes what helm logs, as it logs it.
pub(in crate::cli) fn log(warnings: &[String], engine: &Engine) {
    for warning in warnings {
        super::complain(&format!("{}\n", logged(warning, engine)));
    }
}

fn logged(warning: &str, engine: &Engine) -> String {
    let place = PLACES.iter().find(|(start, _)| warning.starts_with(start));
    match place {
        _ if warning.starts_with("level=") => warning.to_owned(),
        _ if engine.is_v4 => format!("level=INFO msg={}", quote(warning.as_bytes())),
        Some((_, place)) => format!("{place}: {warning}"),
        None => warning.to_owned(),
    }
}

/// What goes to standard error, the last line break included.
pub(super) fn shown(error: &anyhow::Error, args: &TemplateArgs) -> String {
    match chosen(args, std::io::stderr().is_terminal()) {
        ErrorFormat::Json => format!("{}\n", as_json(error)),
        format => text(error, format == ErrorFormat::Full, args.is_debugging()),
    }
}

fn chosen(args: &TemplateArgs, is_terminal: bool) -> ErrorFormat {
    match args.error_format {
        ErrorFormat::Auto if is_terminal || args.is_debugging() => ErrorFormat::Full,
        ErrorFormat::Auto => ErrorFormat::Helm,
        format => format,
    }
}

/// Helm's text and hint; between them the excerpt, if it is wanted.
fn text(error: &anyhow::Error, is_full: bool, debug: bool) -> String {
    let mut text = format!("Error: {error:#}");
    let render: Option<&RenderError> = error.downcast_ref();
    if let Some(excerpt) = render.and_then(|error| error.excerpt.as_ref().filter(|_| is_full)) {
        text = format!("{text}\n\n{excerpt}");
    }
    if render.is_some_and(|error| error.is_in_rendering) && !debug {
        text = format!("{text}\n\n{HINT}");
    }
    text + "\n"
}

/// `{"error": {message, template or file, line, column, action, chain, excerpt, isLimit}}`; what is not known is left out. The file, `line` and
/// `column` are the innermost place, where the error is; `chain` has the calls that led there, outermost first.
fn as_json(error: &anyhow::Error) -> Json {
    let mut told = json!({ "message": format!("{error:#}") });
    if let Some(error) = error.downcast_ref::<RenderError>() {
        if let Some((innermost, outer)) = error.trail.split_last() {
            add(&mut told, innermost);
            told["chain"] = outer.iter().map(place).collect();
        }
        if let Some(excerpt) = &error.excerpt {
            told["excerpt"] = Json::from(excerpt.as_str());
        }
        told["isLimit"] = Json::from(error.is_limit);
    }
    if let Some(error) = error.downcast_ref::<LoadError>() {
        let at = Place {
            file: error.file.clone().unwrap_or_default(),
            line: error.line.unwrap_or(0),
            ..Place::default()
        };
        add(&mut told, &at);
    }
    json!({ "error": told })
}

fn place(place: &Place) -> Json {
    let mut told = json!({});
    add(&mut told, place);
    told
}

fn add(told: &mut Json, place: &Place) {
    let key = if place.is_template() { "template" } else { "file" };
    for (key, text) in [(key, &place.file), ("action", &place.action)] {
        if !text.is_empty() {
            told[key] = Json::from(text.as_str());
        }
    }
    if place.line > 0 {
        told["line"] = Json::from(place.line);
        told["column"] = Json::from(place.column);
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: TemplateArgs,
    }

    #[test]
    fn people_at_a_terminal_get_more() {
        use ErrorFormat::{Full, Helm, Json};
        for (flags, is_terminal, expected) in [
            (&[][..], true, Full),
            (&[], false, Helm),
            (&["--debug"], false, Full),
            (&["--error-format", "helm"], true, Helm),
            (&["--error-format", "full"], false, Full),
            (&["--error-format=json", "--debug"], true, Json),
        ] {
            let line = ["template", "chart"].iter().chain(flags);
            let cli = Cli::try_parse_from(line).unwrap();
            assert_eq!(chosen(&cli.args, is_terminal), expected, "{flags:?}");
        }
    }
}
