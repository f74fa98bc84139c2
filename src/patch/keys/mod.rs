//! Which lists merge by which key: from Kubernetes' `patchMergeKey` and `patchStrategy` tags.

mod table;

/// The schema of one type, for strategic merge. Cheap to copy. The empty name is the schema of anything below which
/// no field has tags: objects merge by field, lists are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema(pub &'static str);

/// What a patch does with a field that both sides have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Objects merge, lists are replaced.
    Default,
    /// Lists merge: objects by their merge key, scalars as a set.
    Merge,
    /// Objects are replaced.
    Replace,
}

/// One field of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its JSON name.
    pub name: &'static str,
    /// The type of its value, of its list's elements, or of its map's values.
    pub schema: Schema,
    /// How it merges.
    pub strategy: Strategy,
    /// A patch says with `$retainKeys` which keys of the object stay (unions).
    pub retain_keys: bool,
    /// The key of a list that merges; empty for lists of scalars.
    pub merge_key: &'static str,
}

impl Schema {
    /// Nothing has tags here.
    pub const UNTAGGED: Schema = Schema("");
    /// The shape of every object without tags of its own: `metadata` alone.
    pub const METADATA: Schema = Schema("Plain");

    /// A field's rules; the default ones for a field without tags.
    ///
    /// ```
    /// use deploy_manager::patch::keys::schema_of;
    /// let pod = schema_of("v1", "Pod").unwrap();
    /// assert_eq!(pod.field("spec").schema.field("containers").merge_key, "name");
    /// ```
    #[must_use]
    pub fn field(self, name: &str) -> Field {
        let untagged = Field {
            name: "",
            schema: Schema::UNTAGGED,
            strategy: Strategy::Default,
            retain_keys: false,
            merge_key: "",
        };
        let is_it = |field: &&Field| field.name == name || field.name == "*";
        self.fields().iter().find(is_it).copied().unwrap_or(untagged)
    }
    /// The fields that have rules; the name `*` stands for each key of a map.
    #[must_use]
    pub fn fields(self) -> &'static [Field] {
        match table::TYPES.binary_search_by_key(&self.0, |(name, _)| *name) {
            Ok(index) => table::TYPES[index].1,
            Err(_) => &[],
        }
    }
}

/// The schema of a kind that has one (built-in types); `None` for custom resources: they take JSON merge patches.
/// Built-in is what Helm's client knows: the types of k8s.io/api, and apiextensions v1 (not apiregistration).
#[must_use]
pub fn schema_of(api_version: &str, kind: &str) -> Option<Schema> {
    let found =
        table::KINDS.binary_search_by_key(&(api_version, kind), |(version, kind, _)| (*version, *kind));
    found.ok().map(|index| Schema(table::KINDS[index].2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Follows a dotted path from a kind and gives (strategy, merge key, retain keys) of its last field.
    fn rule(api_version: &str, kind: &str, path: &str) -> (Strategy, &'static str, bool) {
        let mut schema = schema_of(api_version, kind).unwrap();
        let mut field = schema.field("");
        for name in path.split('.') {
            field = schema.field(name);
            schema = field.schema;
        }
        (field.strategy, field.merge_key, field.retain_keys)
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "one table")]
    fn fields_merge_as_their_tags_say() {
        use Strategy::{Default, Merge, Replace};
        let template = "spec.template.spec";
        for (version, kind, path, expected) in [
            (
                "apps/v1",
                "Deployment",
                &format!("{template}.containers")[..],
                (Merge, "name", false),
            ),
            ("apps/v1", "Deployment", "spec.strategy", (Default, "", true)),
            (
                "apps/v1",
                "DaemonSet",
                "spec.updateStrategy",
                (Default, "", false),
            ),
            (
                "apps/v1",
                "StatefulSet",
                "spec.volumeClaimTemplates",
                (Default, "", false),
            ),
            (
                "batch/v1",
                "Job",
                &format!("{template}.volumes"),
                (Merge, "name", true),
            ),
            (
                "batch/v1",
                "CronJob",
                "spec.jobTemplate.spec.template.spec.containers.env",
                (Merge, "name", false),
            ),
            (
                "v1",
                "Pod",
                "spec.initContainers.ports",
                (Merge, "containerPort", false),
            ),
            (
                "v1",
                "Pod",
                "spec.containers.volumeMounts",
                (Merge, "mountPath", false),
            ),
            ("v1", "Pod", "spec.tolerations", (Default, "", false)),
            (
                "v1",
                "Pod",
                "spec.volumes.projected.sources",
                (Default, "", false),
            ),
            ("v1", "Pod", "spec.containers.envFrom", (Default, "", false)),
            ("v1", "Service", "spec.ports", (Merge, "port", false)),
            ("v1", "ServiceAccount", "secrets", (Merge, "name", false)),
            ("v1", "ServiceAccount", "imagePullSecrets", (Default, "", false)),
            ("v1", "ConfigMap", "metadata.finalizers", (Merge, "", false)),
            (
                "v1",
                "ConfigMap",
                "metadata.ownerReferences",
                (Merge, "uid", false),
            ),
            (
                "policy/v1",
                "PodDisruptionBudget",
                "spec.selector",
                (Replace, "", false),
            ),
            (
                "policy/v1beta1",
                "PodDisruptionBudget",
                "spec.selector",
                (Default, "", false),
            ),
            (
                "networking.k8s.io/v1",
                "Ingress",
                "spec.rules",
                (Default, "", false),
            ),
            (
                "extensions/v1beta1",
                "Deployment",
                "status.conditions",
                (Merge, "type", false),
            ),
            (
                "admissionregistration.k8s.io/v1",
                "ValidatingWebhookConfiguration",
                "webhooks",
                (Merge, "name", false),
            ),
            (
                "apiextensions.k8s.io/v1",
                "CustomResourceDefinition",
                "spec.versions.schema.openAPIV3Schema.properties.spec.properties.a.x-kubernetes-validations",
                (Merge, "rule", false),
            ),
        ] {
            assert_eq!(rule(version, kind, path), expected, "{kind} {path}");
        }
    }

    #[test]
    fn only_types_that_helm_knows_have_a_schema() {
        assert!(schema_of("example.org/v1", "Widget").is_none());
        assert!(schema_of("apiregistration.k8s.io/v1", "APIService").is_none());
        assert!(schema_of("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition").is_none());
        assert!(schema_of("v1", "Deployment").is_none());
    }

    #[test]
    fn the_tables_are_sorted_and_closed() {
        assert!(table::TYPES.is_sorted_by_key(|(name, _)| *name));
        assert!(table::KINDS.is_sorted_by_key(|(version, kind, _)| (*version, *kind)));
        let is_known = |name: &str| name.is_empty() || table::TYPES.iter().any(|(known, _)| *known == name);
        for (name, fields) in table::TYPES {
            let dangling = fields.iter().find(|field| !is_known(field.schema.0));
            assert_eq!(dangling, None, "{name}");
        }
        assert!(table::KINDS.iter().all(|(_, _, name)| is_known(name)));
    }
}
