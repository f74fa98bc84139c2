//! Freeing values without recursion: a template can nest a list a million levels deep, and dropping it naively would
//! overflow the stack.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::value::{Str, Value};

/// Containers inside one another that are freed by recursion; deeper ones wait for their turn.
const MAX_DEPTH: u32 = 64;

/// The content of a container that nothing refers to any more.
pub(super) enum Remains {
    /// Of a list.
    List(Vec<Value>),
    /// Of a map.
    Map(BTreeMap<Str, Value>),
}

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static WAITING: RefCell<Vec<Remains>> = const { RefCell::new(Vec::new()) };
}

/// Frees the content, now or when the containers around it are done.
pub(super) fn bury(remains: Remains) {
    // While the thread ends its storage may be gone; what is left then is freed the plain way.
    let depth = DEPTH.try_with(Cell::get).unwrap_or_default();
    if depth >= MAX_DEPTH {
        let mut remains = Some(remains);
        WAITING
            .try_with(|waiting| waiting.borrow_mut().extend(remains.take()))
            .unwrap_or_default();
        return;
    }
    free(remains, depth);
    if depth == 0 {
        while let Some(next) = WAITING
            .try_with(|waiting| waiting.borrow_mut().pop())
            .ok()
            .flatten()
        {
            free(next, 0);
        }
    }
}

fn free(remains: Remains, depth: u32) {
    let set = |depth| DEPTH.try_with(|cell| cell.set(depth)).unwrap_or_default();
    set(depth + 1);
    match remains {
        Remains::List(items) => drop(items),
        Remains::Map(entries) => drop(entries),
    }
    set(depth);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golang::Map;

    #[test]
    fn a_million_levels_are_freed_on_a_small_stack() {
        let mut value = Value::Nil;
        for level in 0..1_000_000 {
            value = if level % 2 == 0 {
                Value::list(vec![value])
            } else {
                Value::Map(Map::from_iter([("a", value)]))
            };
        }
        drop(value);
    }

    #[test]
    fn what_is_still_shared_stays() {
        let inner = Value::list(vec![Value::int(1)]);
        drop(Value::list(vec![inner.clone(), inner.clone()]));
        assert!(matches!(&inner, Value::List(list) if list.len() == 1));
    }
}
