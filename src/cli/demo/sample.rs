//! The sample cluster repository, in the program: `fixtures/cluster` of the source.

/// Files by their path in `fixtures/cluster`.
macro_rules! embedded {
    ($($path:literal,)*) => {
        &[$(($path, include_bytes!(concat!("../../../fixtures/cluster/", $path)).as_slice())),*]
    };
}

/// All of them, sorted.
pub static FILES: &[(&str, &[u8])] = embedded![
    "charts/glance/Chart.yaml",
    "charts/glance/charts/toolkit/Chart.yaml",
    "charts/glance/charts/toolkit/templates/_image.tpl",
    "charts/glance/charts/toolkit/templates/_ini.tpl",
    "charts/glance/charts/toolkit/templates/_job.tpl",
    "charts/glance/charts/toolkit/templates/_labels.tpl",
    "charts/glance/templates/cronjob-cleanup.yaml",
    "charts/glance/templates/deployment.yaml",
    "charts/glance/templates/job-db-sync.yaml",
    "charts/glance/templates/secret-etc.yaml",
    "charts/glance/templates/service.yaml",
    "charts/glance/templates/storage.yaml",
    "charts/glance/values.yaml",
    "charts/keystone/.helmignore",
    "charts/keystone/Chart.yaml",
    "charts/keystone/bin/api.sh",
    "charts/keystone/charts/toolkit/Chart.yaml",
    "charts/keystone/charts/toolkit/templates/_image.tpl",
    "charts/keystone/charts/toolkit/templates/_ini.tpl",
    "charts/keystone/charts/toolkit/templates/_job.tpl",
    "charts/keystone/charts/toolkit/templates/_labels.tpl",
    "charts/keystone/templates/NOTES.txt",
    "charts/keystone/templates/configmap-bin.yaml",
    "charts/keystone/templates/deployment.yaml",
    "charts/keystone/templates/disruptionbudget.yaml",
    "charts/keystone/templates/job-bootstrap.yaml",
    "charts/keystone/templates/job-db-sync.yaml",
    "charts/keystone/templates/secret-etc.yaml",
    "charts/keystone/templates/service.yaml",
    "charts/keystone/values.yaml",
    "charts/mariadb/Chart.yaml",
    "charts/mariadb/templates/NOTES.txt",
    "charts/mariadb/templates/_helpers.tpl",
    "charts/mariadb/templates/configmap.yaml",
    "charts/mariadb/templates/disruptionbudget.yaml",
    "charts/mariadb/templates/service.yaml",
    "charts/mariadb/templates/statefulset.yaml",
    "charts/mariadb/values.yaml",
    "charts/memcached/Chart.yaml",
    "charts/memcached/templates/all.yaml",
    "charts/memcached/values.yaml",
    "charts/rabbitmq/Chart.yaml",
    "charts/rabbitmq/templates/_helpers.tpl",
    "charts/rabbitmq/templates/configmap.yaml",
    "charts/rabbitmq/templates/service.yaml",
    "charts/rabbitmq/templates/statefulset.yaml",
    "charts/rabbitmq/values.yaml",
    "cluster.yaml",
    "hooks/backup.yaml",
    "hooks/create-database.yaml",
    "parameters/common.yaml",
    "parameters/east-1.yaml",
    "values/glance.yaml",
    "values/keystone.yaml",
    "values/mariadb.yaml",
    "values/memcached.yaml",
    "values/rabbitmq.yaml",
];

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::git;

    #[test]
    fn the_program_carries_the_whole_sample() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cluster");
        let snapshot = git::read_worktree(&folder).unwrap();
        let there: Vec<&str> = snapshot.files.iter().map(|(path, _)| path).collect();
        let carried: Vec<&str> = FILES.iter().map(|(path, _)| *path).collect();
        assert_eq!(carried, there);
    }
}
