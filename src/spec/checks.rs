//! What must hold between the parts of `cluster.yaml`, and between it and the files it names.

use std::collections::{BTreeMap, BTreeSet};

use super::cluster::{Draft, Named};
use super::model::Component;
use super::nearest::advice;
use super::node::Mark;
use super::reader::Reader;
use crate::base::files::{FileSet, resolve};
use crate::base::names::{ComponentName, ReleaseName};

/// Two components may not be one release.
pub fn releases(reader: &mut Reader<'_>, draft: &Draft) {
    let mut owners: BTreeMap<&ReleaseName, &ComponentName> = BTreeMap::new();
    // In the order of the file, so that the later one is told of the earlier.
    let mut components: Vec<&Component> = draft.cluster.components.values().collect();
    components.sort_by_key(|component| component.line);
    for component in components {
        let Some(first) = owners.insert(&component.release, &component.name) else {
            continue;
        };
        let message = format!(
            "components `{first}` and `{}` have the same release `{}`",
            component.name, component.release
        );
        let mark = draft.places.get(&component.name).map(|places| places.release);
        reader.problem(mark.unwrap_or_default(), message).hint =
            Some("give one of them a `release` of its own".to_owned());
    }
}

/// `dependsOn` names components that are there, and never in a circle.
pub fn dependencies(reader: &mut Reader<'_>, draft: &Draft, declared: &BTreeSet<String>) {
    for (name, places) in &draft.places {
        for (text, mark) in &places.depends_on {
            check_dependency(reader, draft, declared, name, (text, *mark));
        }
    }
    if let Some(cycle) = find_cycle(&draft.cluster.components) {
        let mark = edge_mark(draft, &cycle);
        let words: Vec<&str> = cycle.iter().map(|name| name.as_str()).collect();
        reader.problem(
            mark,
            format!("`dependsOn` goes in a circle: {}", words.join(" -> ")),
        );
    }
}

fn check_dependency(
    reader: &mut Reader<'_>,
    draft: &Draft,
    declared: &BTreeSet<String>,
    of: &ComponentName,
    (text, mark): (&str, Mark),
) {
    if !declared.contains(text) {
        let near = advice(text, declared.iter().map(String::as_str));
        let message = format!("component `{of}` depends on `{text}`, which is no component");
        reader.problem(mark, message).hint = near;
        return;
    }
    let target = draft
        .cluster
        .components
        .values()
        .find(|component| component.name.as_str() == text);
    let is_needed = draft
        .cluster
        .components
        .get(of)
        .is_some_and(|component| !component.is_absent);
    if is_needed && target.is_some_and(|component| component.is_absent) {
        let message = format!("component `{of}` depends on `{text}`, which has `state: absent`");
        reader.problem(mark, message);
    }
}

/// Where the cycle's first edge is written.
fn edge_mark(draft: &Draft, cycle: &[&ComponentName]) -> Mark {
    let (Some(from), Some(to)) = (cycle.first(), cycle.get(1)) else {
        return Mark::default();
    };
    draft
        .places
        .get(*from)
        .and_then(|places| places.depends_on.iter().find(|(text, _)| text == to.as_str()))
        .map_or(Mark::default(), |(_, mark)| *mark)
}

/// A cycle, its first member repeated at the end; the one found first in order of names.
#[must_use]
pub fn find_cycle(components: &BTreeMap<ComponentName, Component>) -> Option<Vec<&ComponentName>> {
    let mut done: BTreeSet<&ComponentName> = BTreeSet::new();
    for start in components.keys() {
        // Depth first without recursion: the way so far, with the next dependency of each step.
        let mut way: Vec<(&ComponentName, usize)> = vec![(start, 0)];
        while let Some((name, next)) = way.last_mut() {
            let depends_on = components
                .get(*name)
                .map_or(&[][..], |component| &component.depends_on);
            let Some(target) = depends_on.get(*next).filter(|_| !done.contains(*name)) else {
                done.insert(*name);
                way.pop();
                continue;
            };
            *next += 1;
            if let Some(begin) = way.iter().position(|(name, _)| *name == target) {
                let mut cycle: Vec<&ComponentName> = way[begin..].iter().map(|(name, _)| *name).collect();
                cycle.push(target);
                return Some(cycle);
            }
            way.push((target, 0));
        }
    }
    None
}

/// The path of a file that is there, without `.` and `..` parts; notes what is wrong with it.
pub fn file(reader: &mut Reader<'_>, files: &FileSet, named: &Named) -> Option<String> {
    let path = inside(reader, named)?;
    if files.get(&path).is_some() {
        return Some(path);
    }
    let what = if files.folder(&path).is_empty() {
        "there is no such file in the repository"
    } else {
        "it is a folder"
    };
    let message = format!("`{}`: {what}", named.path);
    let near = advice(&path, files.iter().map(|(path, _)| path));
    reader.problem(named.mark, message).hint = near;
    None
}

/// The path without `.` and `..` parts; notes where it leaves the repository.
pub fn inside(reader: &mut Reader<'_>, named: &Named) -> Option<String> {
    let path = resolve("", &named.path);
    if path.is_none() {
        let message = format!("`{}` is outside the repository", named.path);
        reader.problem(named.mark, message).hint =
            Some("name a path relative to cluster.yaml, below its folder".to_owned());
    }
    path
}
