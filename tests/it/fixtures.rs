//! The sample cluster repository: what a newcomer reads first must be in order.

use std::collections::BTreeMap;
use std::path::Path;

use deploy_manager::base::files::FileSet;
use deploy_manager::base::names::ComponentName;
use deploy_manager::base::secret::Secret;
use deploy_manager::helm::render::Layer;
use deploy_manager::source::git;
use deploy_manager::spec::{self, HookKind, Outputs};

fn sample() -> FileSet {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cluster");
    let snapshot = git::read_worktree(&folder).unwrap();
    snapshot.files.as_ref().clone()
}

#[test]
fn the_sample_cluster_has_no_problems() {
    let cluster = spec::validate(&sample(), "openstack").unwrap_or_else(|problems| panic!("{problems}"));
    let names: Vec<&str> = cluster.components.keys().map(ComponentName::as_str).collect();
    assert_eq!(names, ["glance", "keystone", "mariadb", "memcached", "rabbitmq"]);
}

#[test]
fn the_sample_values_render_with_any_password() {
    let files = sample();
    let cluster = spec::load(&files).unwrap();
    for component in cluster.components.values() {
        let mut outputs = Outputs::new();
        for hook in &component.init {
            let keys = match &hook.kind {
                HookKind::Secret { data, .. } => data.keys().cloned().collect(),
                HookKind::Job { .. } => vec!["database".to_owned()],
            };
            let keys: BTreeMap<String, Secret> = keys
                .into_iter()
                .map(|key| (key, Secret::new("a: \"b\" {c}")))
                .collect();
            outputs.insert(hook.name.clone(), keys);
        }
        let layers = spec::value_layers(&cluster, &component.name, &files, "openstack", &outputs);
        let layers = layers.unwrap_or_else(|error| panic!("{}: {error}", component.name));
        assert!(matches!(layers[..], [Layer::File { .. }]), "{}", component.name);
    }
}

#[test]
fn both_copies_of_the_library_chart_are_the_same() {
    let files = sample();
    let copy = |chart: &str| files.folder(&format!("charts/{chart}/charts/toolkit"));
    assert!(!copy("keystone").is_empty());
    assert_eq!(copy("keystone"), copy("glance"));
}
