//! The objects, and what happened to them lately.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;

use serde_json::Value as Json;

use super::kinds::{Kind, Kinds};
use super::object;

/// How many changes a watch can look back on; then it is told 410 Gone. Bounds memory.
pub(super) const HISTORY: usize = 10_000;

/// The store of CustomResourceDefinitions.
pub(super) const DEFINITIONS: &str = "apiextensions.k8s.io/customresourcedefinitions";

/// Where an object is kept: store, namespace (empty for cluster-scoped ones), name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub(super) store: Arc<str>,
    pub(super) namespace: String,
    pub(super) name: String,
}

impl Key {
    pub(super) fn new(store: &str, namespace: &str, name: &str) -> Key {
        Key {
            store: store.into(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }
}

/// One change: at this resource version, `before` became `after`.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) version: u64,
    pub(super) key: Key,
    pub(super) before: Option<Arc<Json>>,
    pub(super) after: Option<Arc<Json>>,
}

/// Everything the server holds.
#[derive(Debug)]
pub(super) struct State {
    pub(super) kinds: Kinds,
    objects: BTreeMap<Key, Arc<Json>>,
    history: VecDeque<Change>,
    /// The first change that is remembered, once some are forgotten.
    oldest: u64,
    /// The newest resource version.
    pub(super) version: u64,
    /// (object, manager) → what that manager applied last.
    pub(super) applied: HashMap<(Key, String), Json>,
    /// Addresses given out to pods, Services and load balancers.
    addresses: u32,
}

impl State {
    pub(super) fn new() -> State {
        State {
            kinds: Kinds::new(),
            objects: BTreeMap::new(),
            history: VecDeque::new(),
            oldest: 0,
            version: 1,
            applied: HashMap::new(),
            addresses: 0,
        }
    }
    pub(super) fn get(&self, key: &Key) -> Option<&Arc<Json>> {
        self.objects.get(key)
    }
    pub(super) fn find(&self, store: &str, namespace: &str, name: &str) -> Option<&Arc<Json>> {
        self.get(&Key::new(store, namespace, name))
    }
    /// The objects of a store, in one namespace or in all, by namespace and name.
    pub(super) fn list<'a>(
        &'a self,
        store: &'a str,
        namespace: Option<&'a str>,
    ) -> impl Iterator<Item = (&'a Key, &'a Arc<Json>)> {
        let first = Key::new(store, namespace.unwrap_or_default(), "");
        let range = self.objects.range((Bound::Included(first), Bound::Unbounded));
        range.take_while(move |(key, _)| {
            &*key.store == store && namespace.is_none_or(|namespace| key.namespace == namespace)
        })
    }
    pub(super) fn all(&self) -> impl Iterator<Item = (&Key, &Arc<Json>)> {
        self.objects.iter()
    }
    /// Stores an object under a new resource version.
    pub(super) fn put(&mut self, key: Key, mut object: Json) -> Arc<Json> {
        self.version += 1;
        object::set(&mut object, "/metadata/resourceVersion", self.version.to_string());
        let object = Arc::new(object);
        let before = self.objects.insert(key.clone(), Arc::clone(&object));
        self.remember(key, before, Some(Arc::clone(&object)));
        object
    }
    /// Corrects the newest state of an object in place: the same resource version, no new change.
    pub(super) fn amend(&mut self, key: &Key, object: Json) -> Arc<Json> {
        let object = Arc::new(object);
        self.objects.insert(key.clone(), Arc::clone(&object));
        if let Some(change) = self.history.back_mut().filter(|change| change.key == *key) {
            change.after = Some(Arc::clone(&object));
        }
        object
    }
    /// Takes an object out; gives its last state.
    pub(super) fn take(&mut self, key: &Key) -> Option<Arc<Json>> {
        let before = self.objects.remove(key)?;
        self.version += 1;
        self.applied.retain(|(other, _), _| other != key);
        self.remember(key.clone(), Some(Arc::clone(&before)), None);
        Some(before)
    }
    fn remember(&mut self, key: Key, before: Option<Arc<Json>>, after: Option<Arc<Json>>) {
        if &*key.store == DEFINITIONS {
            self.serve_definition(before.as_deref(), after.as_deref());
        }
        self.history.push_back(Change {
            version: self.version,
            key,
            before,
            after,
        });
        if self.history.len() > HISTORY {
            self.oldest = self
                .history
                .pop_front()
                .map_or(self.oldest, |change| change.version + 1);
        }
    }
    /// A CustomResourceDefinition came, changed or went: its kinds are served, or its objects go with it.
    fn serve_definition(&mut self, before: Option<&Json>, after: Option<&Json>) {
        let Some(definition) = after.or(before) else {
            return;
        };
        let (group, plural) = ("/spec/group", "/spec/names/plural");
        let store = format!(
            "{}/{}",
            object::text(definition, group),
            object::text(definition, plural)
        );
        self.kinds
            .set_custom(&store, after.map(super::kinds::custom_kinds).unwrap_or_default());
        if after.is_none() {
            let orphans: Vec<Key> = self.list(&store, None).map(|(key, _)| key.clone()).collect();
            for key in orphans {
                self.take(&key);
            }
        }
    }
    /// The oldest resource version from which a watch misses nothing.
    pub(super) fn oldest_version(&self) -> u64 {
        self.oldest
    }
    /// Forgets all changes; even the newest version so far is too old, as if something had happened since.
    pub(super) fn forget_history(&mut self) {
        self.version += 2;
        self.oldest = self.version;
        self.history.clear();
    }
    /// The changes after a resource version.
    pub(super) fn changes_since(&self, version: u64) -> impl Iterator<Item = &Change> {
        let start = self.history.partition_point(|change| change.version <= version);
        self.history.range(start..)
    }
    /// The key of an object of this kind.
    pub(super) fn key(kind: &Kind, namespace: &str, name: &str) -> Key {
        let namespace = if kind.is_namespaced { namespace } else { "" };
        Key {
            store: Arc::clone(&kind.store),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }
    /// A fresh address in a network (its first two numbers).
    pub(super) fn new_address(&mut self, network: &str) -> String {
        self.addresses = self.addresses % 65_000 + 1;
        format!("{network}.{}.{}", self.addresses / 250, self.addresses % 250 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_ranges_of_one_store() {
        let mut state = State::new();
        for (store, namespace, name) in [
            ("/pods", "a", "1"),
            ("/pods", "b", "1"),
            ("/podtemplates", "a", "1"),
            ("/pods", "a", "2"),
        ] {
            state.put(Key::new(store, namespace, name), json!({}));
        }
        assert_eq!(state.list("/pods", Some("a")).count(), 2);
        assert_eq!(state.list("/pods", None).count(), 3);
    }

    #[test]
    fn old_changes_are_forgotten() {
        let mut state = State::new();
        let key = Key::new("/configmaps", "a", "x");
        for number in 0..HISTORY + 5 {
            state.put(key.clone(), json!({"n": number}));
        }
        assert!(state.oldest_version() > 1);
        assert_eq!(state.changes_since(0).count(), HISTORY);
        assert_eq!(state.changes_since(state.version - 3).count(), 3);
        assert_eq!(state.changes_since(state.version).count(), 0);
    }
}
