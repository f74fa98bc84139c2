//! The dependency graph of a cluster, and a walk down it. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::names::ComponentName;
use crate::spec;

/// Who needs whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    needs: BTreeMap<ComponentName, BTreeSet<ComponentName>>,
}

impl Graph {
    /// The graph of what shall be there in a checked cluster (`spec::load` refuses cycles, names that are no components,
    /// and needing what shall be absent).
    #[must_use]
    pub fn of(cluster: &spec::Cluster) -> Graph {
        let is_wanted = |name: &&ComponentName| {
            let component = cluster.components.get(*name);
            component.is_some_and(|component| !component.is_absent)
        };
        let needs_of =
            |component: &spec::Component| component.depends_on.iter().filter(is_wanted).cloned().collect();
        let components = cluster.components.iter().filter(|(name, _)| is_wanted(name));
        Graph {
            needs: components
                .map(|(name, component)| (name.clone(), needs_of(component)))
                .collect(),
        }
    }
    /// The components in the order of their turns: each wave needs only what is in earlier ones; names are sorted
    /// within a wave.
    #[must_use]
    pub fn waves(&self) -> Vec<Vec<ComponentName>> {
        let mut walk = Walk::down(self);
        let mut waves = Vec::new();
        loop {
            let wave = walk.take_ready(usize::MAX);
            if wave.is_empty() {
                return waves;
            }
            wave.iter().for_each(|name| walk.finish(name));
            waves.push(wave);
        }
    }
    /// Everything that needs this component, directly or through others.
    #[must_use]
    pub fn dependents(&self, of: &ComponentName) -> BTreeSet<ComponentName> {
        let mut found = BTreeSet::new();
        let mut next = vec![of];
        while let Some(needed) = next.pop() {
            for (name, needs) in &self.needs {
                if needs.contains(needed) && found.insert(name.clone()) {
                    next.push(name);
                }
            }
        }
        found
    }
    /// The components that this one needs directly.
    pub fn needs(&self, name: &ComponentName) -> impl Iterator<Item = &ComponentName> {
        self.needs.get(name).into_iter().flatten()
    }
}

/// A walk: a component's turn comes when all that it needs is finished.
#[derive(Clone, Debug)]
pub struct Walk {
    waiting: BTreeMap<ComponentName, BTreeSet<ComponentName>>,
}

impl Walk {
    /// From the top.
    #[must_use]
    pub fn down(graph: &Graph) -> Walk {
        Walk {
            waiting: graph.needs.clone(),
        }
    }
    /// Takes at most `limit` components whose turn it is, in name order.
    pub fn take_ready(&mut self, limit: usize) -> Vec<ComponentName> {
        let ready = self.waiting.iter().filter(|(_, needs)| needs.is_empty());
        let ready: Vec<ComponentName> = ready.map(|(name, _)| name.clone()).take(limit).collect();
        for name in &ready {
            self.waiting.remove(name);
        }
        ready
    }
    /// This component is done: what waits for it may come nearer. A component that is never finished holds back its
    /// dependents for good.
    pub fn finish(&mut self, name: &ComponentName) {
        for needs in self.waiting.values_mut() {
            needs.remove(name);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// `graph(&[("keystone", "mariadb rabbitmq")])`
    pub fn graph(edges: &[(&str, &str)]) -> Graph {
        let name = |text: &str| text.parse::<ComponentName>().unwrap();
        let needs_of = |needs: &str| needs.split_whitespace().map(name).collect();
        Graph {
            needs: edges
                .iter()
                .map(|(of, needs)| (name(of), needs_of(needs)))
                .collect(),
        }
    }

    fn openstack() -> Graph {
        graph(&[
            ("glance", "keystone"),
            ("keystone", "mariadb rabbitmq"),
            ("mariadb", ""),
            ("rabbitmq", ""),
            ("memcached", ""),
        ])
    }

    fn texts<'a>(names: impl IntoIterator<Item = &'a ComponentName>) -> Vec<String> {
        names.into_iter().map(ToString::to_string).collect()
    }

    #[test]
    fn waves_follow_dependencies_and_names() {
        let waves: Vec<String> = openstack()
            .waves()
            .iter()
            .map(|wave| texts(wave).join(" "))
            .collect();
        assert_eq!(waves, ["mariadb memcached rabbitmq", "keystone", "glance"]);
    }

    #[test]
    fn dependents_are_found_through_others() {
        let rabbitmq = "rabbitmq".parse().unwrap();
        assert_eq!(texts(&openstack().dependents(&rabbitmq)), ["glance", "keystone"]);
        let glance = "glance".parse().unwrap();
        assert!(openstack().dependents(&glance).is_empty());
    }

    #[test]
    fn a_walk_is_bounded_and_waits_for_all_needs() {
        let mut walk = Walk::down(&openstack());
        assert_eq!(texts(&walk.take_ready(2)), ["mariadb", "memcached"]);
        assert_eq!(texts(&walk.take_ready(2)), ["rabbitmq"]);
        walk.finish(&"mariadb".parse().unwrap());
        assert!(walk.take_ready(9).is_empty(), "rabbitmq is not done");
        walk.finish(&"rabbitmq".parse().unwrap());
        assert_eq!(texts(&walk.take_ready(9)), ["keystone"]);
    }
}
