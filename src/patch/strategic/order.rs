//! The order of elements in merged lists: the patch's own order first, live-only elements keep their place.

use serde_json::Value as Json;

use super::{DELETE, DIRECTIVE};

/// How an element is recognised: by the value of its merge key, or, in lists of scalars, by itself.
#[derive(Clone, Copy)]
pub(super) struct Identity<'a>(pub(super) &'a str);

impl Identity<'_> {
    pub(super) fn of<'a>(&self, item: &'a Json) -> Option<&'a Json> {
        if self.0.is_empty() {
            return Some(item);
        }
        item.get(self.0)
    }
    pub(super) fn position(&self, list: &[Json], item: &Json) -> Option<usize> {
        let wanted = self.of(item)?;
        list.iter().position(|other| self.of(other) == Some(wanted))
    }
}

pub(super) fn is_deletion(item: &Json) -> bool {
    item.get(DIRECTIVE).and_then(Json::as_str) == Some(DELETE)
}

/// Sorts by place in `order`, elements to delete last.
pub(super) fn sort_by(mut list: Vec<Json>, order: &[Json], identity: Identity<'_>) -> Vec<Json> {
    let place = |item: &Json| {
        let deletion = is_deletion(item);
        let index = identity.position(order, item).unwrap_or(usize::MAX);
        (deletion, if deletion { 0 } else { index })
    };
    list.sort_by_key(place);
    list
}

/// Splits a merged list into what `wanted` names and the rest, orders both, and weaves the rest in: an element of
/// the rest goes before the first named one that it preceded in `live`.
pub(super) fn arrange(
    merged: Vec<Json>,
    wanted: &[Json],
    live: &[Json],
    identity: Identity<'_>,
) -> Vec<Json> {
    let is_named = |item: &Json| identity.position(wanted, item).is_some();
    let (named, rest): (Vec<Json>, Vec<Json>) = merged.into_iter().partition(is_named);
    let named = sort_by(named, wanted, identity);
    let rest = sort_by(rest, live, identity);
    weave(rest, named, live, identity)
}

fn weave(rest: Vec<Json>, named: Vec<Json>, live: &[Json], identity: Identity<'_>) -> Vec<Json> {
    let precedes = |left: &Json, right: &Json| {
        let places = identity.position(live, left).zip(identity.position(live, right));
        places.is_some_and(|(left, right)| left < right)
    };
    let mut result = Vec::with_capacity(rest.len() + named.len());
    let mut rest = rest.into_iter().peekable();
    for item in named {
        while let Some(earlier) = rest.next_if(|other| precedes(other, &item)) {
            result.push(earlier);
        }
        result.push(item);
    }
    result.extend(rest);
    result
}
