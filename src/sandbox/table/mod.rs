//! `Table` responses: the columns that `kubectl get` shows.
//! Source: kubernetes `pkg/printers/internalversion/printers.go`, v1.33.

mod cells;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::kinds::Kind;
use super::object::{at, int, text};

/// A table of these objects. `includes`: `None`, `Metadata` (default), `Object`.
pub(super) fn table(kind: &Kind, objects: &[Json], metadata: &Json, includes: &str) -> Json {
    let rows: Vec<Json> = objects.iter().map(|object| row(kind, object, includes)).collect();
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
        "columnDefinitions": definitions(kind), "rows": rows,
    })
}

fn definitions(kind: &Kind) -> Vec<Json> {
    let define = |name: &str, wide: bool| {
        let format = if name == "Name" { "name" } else { "" };
        let priority = i32::from(wide);
        json!({"name": name, "type": "string", "format": format, "description": name, "priority": priority})
    };
    if kind.is_custom {
        let mut columns = vec![define("Name", false)];
        let own = kind.columns.iter().map(|column| {
            json!({
                "name": column["name"], "type": column["type"], "format": text(column, "/format"),
                "description": text(column, "/description"), "priority": int(column, "/priority", 0),
            })
        });
        columns.extend(own);
        if kind.columns.is_empty() {
            columns.push(define("Age", false));
        }
        return columns;
    }
    columns(&kind.store)
        .into_iter()
        .map(|(name, wide)| define(name, wide))
        .collect()
}

fn row(kind: &Kind, object: &Json, includes: &str) -> Json {
    let cells = if kind.is_custom {
        custom_cells(kind, object)
    } else {
        cells::cells(&kind.store, object)
    };
    match includes {
        "None" => json!({"cells": cells}),
        "Object" => json!({"cells": cells, "object": object}),
        _ => json!({"cells": cells, "object": super::read::partial(object)}),
    }
}

/// Store → its columns: names by comma; those behind `|` only with `-o wide`.
const COLUMNS: &[(&str, &str)] = &[
    (
        "/pods",
        "Name,Ready,Status,Restarts,Age|IP,Node,Nominated Node,Readiness Gates",
    ),
    (
        "apps/deployments",
        "Name,Ready,Up-to-date,Available,Age|Containers,Images,Selector",
    ),
    ("apps/statefulsets", "Name,Ready,Age|Containers,Images"),
    (
        "apps/replicasets",
        "Name,Desired,Current,Ready,Age|Containers,Images,Selector",
    ),
    (
        "apps/daemonsets",
        "Name,Desired,Current,Ready,Up-to-date,Available,Node Selector,Age|Containers,Images",
    ),
    (
        "batch/jobs",
        "Name,Status,Completions,Duration,Age|Containers,Images",
    ),
    (
        "batch/cronjobs",
        "Name,Schedule,Timezone,Suspend,Active,Last Schedule,Age",
    ),
    (
        "/services",
        "Name,Type,Cluster-IP,External-IP,Port(s),Age|Selector",
    ),
    ("/secrets", "Name,Type,Data,Age"),
    ("/configmaps", "Name,Data,Age"),
    ("/events", "Last Seen,Type,Reason,Object,Message|Count,Name"),
    ("/nodes", "Name,Status,Roles,Age,Version"),
    ("/namespaces", "Name,Status,Age"),
    (
        "/persistentvolumeclaims",
        "Name,Status,Volume,Capacity,Access Modes,StorageClass,Age",
    ),
    (
        "networking.k8s.io/ingresses",
        "Name,Class,Hosts,Address,Ports,Age",
    ),
    ("coordination.k8s.io/leases", "Name,Holder,Age"),
    (
        "apiextensions.k8s.io/customresourcedefinitions",
        "Name,Created At",
    ),
];

/// (name, only wide?) of each column.
fn columns(store: &str) -> Vec<(&'static str, bool)> {
    let found = COLUMNS.iter().find(|(name, _)| *name == store);
    let columns = found.map_or("Name,Age", |(_, columns)| columns);
    let (narrow, wide) = columns.split_once('|').unwrap_or((columns, ""));
    let named = |list: &'static str, is_wide| {
        list.split(',')
            .filter(|name| !name.is_empty())
            .map(move |name| (name, is_wide))
    };
    named(narrow, false).chain(named(wide, true)).collect()
}

fn custom_cells(kind: &Kind, object: &Json) -> Vec<Json> {
    let mut cells = vec![json!(text(object, "/metadata/name"))];
    if kind.columns.is_empty() {
        cells.push(json!(age(text(object, "/metadata/creationTimestamp"))));
    }
    for column in &kind.columns {
        let pointer = text(column, "/jsonPath").replace('.', "/");
        let value = at(object, &pointer);
        let is_date = text(column, "/type") == "date";
        cells.push(match value.as_str() {
            Some(time) if is_date => json!(age(time)),
            _ => value.clone(),
        });
    }
    cells
}

fn seconds(time: &str) -> Option<i64> {
    time.parse::<Timestamp>().ok().map(Timestamp::as_second)
}

fn age(time: &str) -> String {
    seconds(time).map_or_else(
        || "<unknown>".to_owned(),
        |then| human(Timestamp::now().as_second() - then),
    )
}

/// A duration as kubectl shows it. Source: apimachinery `pkg/util/duration/duration.go`, v0.33.
fn human(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let pair = |big: i64, unit: &str, small: i64, small_unit: &str| match small {
        0 => format!("{big}{unit}"),
        small => format!("{big}{unit}{small}{small_unit}"),
    };
    match seconds {
        0..120 => format!("{seconds}s"),
        120..600 => pair(minutes, "m", seconds % 60, "s"),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => pair(hours, "h", minutes % 60, "m"),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => pair(days, "d", hours % 24, "h"),
        691_200..63_072_000 => format!("{days}d"),
        63_072_000..252_288_000 => pair(days / 365, "y", days % 365, "d"),
        _ => format!("{}y", days / 365),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::object::list;

    #[test]
    fn durations_read_as_in_kubectl() {
        for (seconds, expected) in [
            (-5, "0s"),
            (119, "119s"),
            (120, "2m"),
            (125, "2m5s"),
            (600, "10m"),
            (10_799, "179m"),
            (10_860, "3h1m"),
            (28_800, "8h"),
            (172_800, "2d"),
            (176_400, "2d1h"),
            (691_200, "8d"),
        ] {
            assert_eq!(human(seconds), expected);
        }
    }

    #[test]
    fn every_row_has_a_cell_for_every_column() {
        for kind in crate::sandbox::kinds::Kinds::new().iter() {
            let table = table(kind, &[json!({"metadata": {"name": "x"}})], &json!({}), "None");
            let (columns, cells) = (list(&table, "/columnDefinitions"), list(&table, "/rows/0/cells"));
            assert_eq!(columns.len(), cells.len(), "{}", kind.plural);
        }
    }
}
