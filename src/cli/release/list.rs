//! `release list` and `release history`. Source: helm `cmd/helm/{list,history}.go` and `pkg/action/list.go`, v3.17, and the
//! same below `pkg/` of v4.3.

use std::collections::BTreeMap;

use anyhow::{anyhow, bail};
use serde_json::{Value as Json, json};

use super::line::Line;
use super::show::{self, Format};
use super::{connect, verbs};
use crate::cli::{Exit, output};
use crate::golang::json::encode_serde;
use crate::golang::regexp;
use crate::helm::record::{Release, Stored, status};
use crate::release;

/// Rows of a page.
const PAGE: i64 = 256;

/// `release list`.
///
/// # Errors
/// Helm's text.
pub(super) async fn list(line: &Line) -> anyhow::Result<Exit> {
    let states = states(line);
    let filter = line.text("filter").filter(|text| !text.is_empty());
    let filter = filter.map(|text| regexp::compile(text.as_bytes(), line.engine.class_names));
    let filter = filter.transpose().map_err(|error| anyhow!(error))?;
    let selector = Selector::parse(line.text("selector").unwrap_or_default())?;
    let ctx = connect::context(line).await?;
    let wants_old = states.contains(&status::SUPERSEDED);
    let mut found = match line.is_set("all-namespaces") {
        true => release::everywhere(&ctx, wants_old).await?,
        false => release::all(&ctx, wants_old).await?,
    };
    found.retain(|stored| {
        let name = stored.release.name.as_bytes();
        filter.as_ref().is_none_or(|filter| filter.is_match(name))
    });
    if states != [status::SUPERSEDED] {
        found = newest(found);
    }
    found.retain(|stored| states.contains(&stored.release.info.status.as_str()));
    found.retain(|stored| selector.matches(stored));
    sort(&mut found, line);
    let rows = page(found, line);
    output::result(&shown(&rows, line)?);
    Ok(Exit::Done)
}

/// The statuses that are asked for.
fn states(line: &Line) -> Vec<&'static str> {
    const ALL: [&str; 8] = [
        status::DEPLOYED,
        status::UNINSTALLED,
        status::UNINSTALLING,
        status::PENDING_INSTALL,
        status::PENDING_UPGRADE,
        status::PENDING_ROLLBACK,
        status::SUPERSEDED,
        status::FAILED,
    ];
    if line.is_set("all") {
        return ALL.to_vec();
    }
    let is_asked = |state: &str| match state {
        status if status::is_pending(status) => line.is_set("pending"),
        status => line.is_set(status),
    };
    let asked: Vec<&str> = ALL.into_iter().filter(|state| is_asked(state)).collect();
    match (asked.is_empty(), line.engine.is_v4) {
        (true, true) => ALL.to_vec(),
        (true, false) => vec![status::DEPLOYED, status::FAILED],
        (false, _) => asked,
    }
}

fn newest(found: Vec<Stored>) -> Vec<Stored> {
    let mut newest: BTreeMap<(String, String), Stored> = BTreeMap::new();
    for stored in found {
        let key = (stored.release.name.clone(), stored.release.namespace.clone());
        match newest.get(&key) {
            Some(known) if known.release.version > stored.release.version => {}
            _ => {
                newest.insert(key, stored);
            }
        }
    }
    newest.into_values().collect()
}

fn sort(found: &mut [Stored], line: &Line) {
    let date = |stored: &Stored| {
        let time = show::time(stored.release.info.last_deployed.as_deref());
        time.map(|time| (time.unix(), time.nanosecond()))
    };
    if line.is_set("date") {
        found.sort_by_key(date);
    } else {
        found.sort_by(|a, b| a.release.name.cmp(&b.release.name));
    }
    if line.is_set("reverse") {
        found.reverse();
    }
}

fn page(found: Vec<Stored>, line: &Line) -> Vec<Release> {
    let number = |name: &str, default: i64| line.number(name).unwrap_or(default);
    let offset = usize::try_from(number("offset", 0)).unwrap_or(0);
    let limit = match number("max", PAGE) {
        limit if limit > 0 => usize::try_from(limit).unwrap_or(usize::MAX),
        _ => usize::MAX,
    };
    found
        .into_iter()
        .skip(offset)
        .take(limit)
        .map(|stored| stored.release)
        .collect()
}

fn shown(releases: &[Release], line: &Line) -> anyhow::Result<String> {
    let format = Format::of(line);
    if line.is_set("short") {
        let names: Vec<&str> = releases.iter().map(|release| release.name.as_str()).collect();
        return Ok(match format {
            Format::Table => names.iter().map(|name| format!("{name}\n")).collect(),
            Format::Json => format!("{}\n", encode_serde(&json!(names))),
            Format::Yaml => show::yaml(&json!(names))?,
        });
    }
    let rows: Vec<[String; 7]> = releases.iter().map(|release| row(release, line)).collect();
    let names = [
        "name",
        "namespace",
        "revision",
        "updated",
        "status",
        "chart",
        "app_version",
    ];
    let fields = |row: &[String; 7]| -> Vec<(&str, Json)> {
        names
            .into_iter()
            .zip(row)
            .map(|(name, text)| (name, json!(text)))
            .collect()
    };
    Ok(match format {
        Format::Table => {
            let head = [
                "NAME",
                "NAMESPACE",
                "REVISION",
                "UPDATED",
                "STATUS",
                "CHART",
                "APP VERSION",
            ];
            let head = (!line.is_set("no-headers")).then(|| head.map(str::to_owned));
            show::table(&head.into_iter().chain(rows).collect::<Vec<_>>())
        }
        Format::Json => {
            let items: Vec<String> = rows.iter().map(|row| show::object(&fields(row))).collect();
            format!("[{}]\n", items.join(","))
        }
        Format::Yaml => show::yaml(&rows.iter().map(|row| tree(fields(row))).collect())?,
    })
}

fn tree(fields: Vec<(&str, Json)>) -> Json {
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn row(release: &Release, line: &Line) -> [String; 7] {
    let layout = line.text("time-format").filter(|layout| !layout.is_empty());
    let updated = show::time(release.info.last_deployed.as_deref());
    let updated = updated.map(|time| layout.map_or_else(|| time.text(), |layout| time.format(layout)));
    [
        release.name.clone(),
        release.namespace.clone(),
        release.version.to_string(),
        updated.unwrap_or_else(|| "-".to_owned()),
        release.info.status.clone(),
        release.chart_name(),
        release.chart_field("appVersion").to_owned(),
    ]
}

/// `release history`.
///
/// # Errors
/// Helm's text.
pub(super) async fn history(line: &Line) -> anyhow::Result<Exit> {
    let ctx = connect::context(line).await?;
    let name = line.arguments.first().map_or("", String::as_str);
    let name = verbs::name(name, "release name is invalid")?;
    let mut found = release::history(&ctx, &name).await?;
    if found.is_empty() {
        bail!("release: not found");
    }
    let max = usize::try_from(line.number("max").unwrap_or(PAGE)).unwrap_or(0);
    found.drain(..found.len().saturating_sub(max));
    let rows: Vec<Release> = found.into_iter().map(|stored| stored.release).collect();
    output::result(&history_text(&rows, line)?);
    Ok(Exit::Done)
}

fn history_text(releases: &[Release], line: &Line) -> anyhow::Result<String> {
    Ok(match Format::of(line) {
        Format::Table if line.is_set("show-rollback-revision") => {
            let head = [
                "REVISION",
                "UPDATED",
                "STATUS",
                "CHART",
                "APP VERSION",
                "ROLLBACK",
                "DESCRIPTION",
            ];
            let rows = releases.iter().map(|release| {
                let [revision, updated, status, chart, version, description] = history_row(release);
                let back = release.info.rollback_revision;
                let back = if back > 0 { back.to_string() } else { String::new() };
                [revision, updated, status, chart, version, back, description]
            });
            show::table(
                &std::iter::once(head.map(str::to_owned))
                    .chain(rows)
                    .collect::<Vec<_>>(),
            )
        }
        Format::Table => {
            let head = [
                "REVISION",
                "UPDATED",
                "STATUS",
                "CHART",
                "APP VERSION",
                "DESCRIPTION",
            ];
            let rows = releases.iter().map(history_row);
            show::table(
                &std::iter::once(head.map(str::to_owned))
                    .chain(rows)
                    .collect::<Vec<_>>(),
            )
        }
        Format::Json => {
            let items: Vec<String> = releases
                .iter()
                .map(|release| show::object(&history_fields(release, line)))
                .collect();
            format!("[{}]\n", items.join(","))
        }
        Format::Yaml => {
            let items = releases.iter().map(|release| tree(history_fields(release, line)));
            show::yaml(&items.collect())?
        }
    })
}

fn history_row(release: &Release) -> [String; 6] {
    [
        release.version.to_string(),
        show::ansic(release.info.last_deployed.as_deref()),
        release.info.status.clone(),
        release.chart_name(),
        release.chart_field("appVersion").to_owned(),
        release.info.description.clone(),
    ]
}

/// In the order of Helm's struct: Helm 4 has one of its own for JSON.
fn history_fields(release: &Release, line: &Line) -> Vec<(&'static str, Json)> {
    let updated = release.info.last_deployed.clone().unwrap_or_default();
    let back = release.info.rollback_revision;
    let fields = [
        ("revision", json!(release.version)),
        (
            "updated",
            match line.engine.is_v4 && updated.is_empty() {
                true => Json::Null,
                false => json!(updated),
            },
        ),
        ("status", json!(release.info.status)),
        ("chart", json!(release.chart_name())),
        ("app_version", json!(release.chart_field("appVersion"))),
        (
            "rollback_revision",
            match line.engine.is_v4 && back > 0 {
                true => json!(back),
                false => Json::Null,
            },
        ),
        ("description", json!(release.info.description)),
    ];
    fields.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

/// `--selector`: what apimachinery's `labels.Parse` takes, as far as its parts are `=`, `==` and `!=` and bare keys.
struct Selector(Vec<(String, Option<(bool, String)>)>);

impl Selector {
    fn parse(text: &str) -> anyhow::Result<Selector> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let part = |part: &str| {
            let (key, wanted) = if let Some((key, value)) = part.split_once("!=") {
                (key, Some((false, value)))
            } else if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
                (key, Some((true, value)))
            } else if let Some(key) = part.strip_prefix('!') {
                (key, None)
            } else {
                return match part.contains([' ', '(', ')']) {
                    true => Err(anyhow!(
                        "--selector takes parts with =, == and != only, not {part:?}"
                    )),
                    false => Ok((format!("+{part}"), None)),
                };
            };
            let wanted = wanted.map(|(is_equal, value)| (is_equal, value.trim().to_owned()));
            Ok((key.trim().to_owned(), wanted))
        };
        parts.map(part).collect::<anyhow::Result<_>>().map(Selector)
    }

    /// Labels of the storage object, Helm's own among them.
    fn matches(&self, stored: &Stored) -> bool {
        let release = &stored.release;
        let own = |key: &str| match key {
            "name" => Some(release.name.clone()),
            "owner" => Some("helm".to_owned()),
            "status" => Some(release.info.status.clone()),
            "version" => Some(release.version.to_string()),
            _ => None,
        };
        let value = |key: &str| own(key).or_else(|| stored.labels.get(key).cloned());
        self.0
            .iter()
            .all(|(key, wanted)| match (wanted, key.strip_prefix('+')) {
                (None, Some(key)) => value(key).is_some(),
                (None, None) => value(key).is_none(),
                (Some((is_equal, wanted)), _) => (value(key).as_ref() == Some(wanted)) == *is_equal,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_look_at_the_records_labels() {
        let stored = Stored {
            release: Release {
                name: "web".into(),
                version: 3,
                ..Release::default()
            },
            labels: [("team".to_owned(), "red".to_owned())].into(),
        };
        for (text, expected) in [
            ("", true),
            ("team=red", true),
            ("team==red,version=3", true),
            ("team!=red", false),
            ("other!=x", true),
            ("team", true),
            ("!team", false),
            ("other", false),
            ("name=db", false),
        ] {
            assert_eq!(
                Selector::parse(text).unwrap().matches(&stored),
                expected,
                "{text}"
            );
        }
        assert!(Selector::parse("a in (b)").is_err());
    }
}
