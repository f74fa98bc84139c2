//! The order in which Helm installs kinds.

/// Kinds in install order; what is not here comes last, by the name of its kind.
/// Source: helm `pkg/releaseutil/kind_sorter.go`, v3.17 (the last two: v4.0).
const INSTALL_ORDER: &[&str] = &[
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
];
const WEBHOOKS: &[&str] = &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/// The sort key of a kind: its rank, and for kinds without one the kind itself.
#[must_use]
pub fn install_key(kind: &str, ranks_webhooks: bool) -> (usize, &str) {
    let webhooks = if ranks_webhooks { WEBHOOKS } else { &[] };
    let rank = INSTALL_ORDER
        .iter()
        .chain(webhooks)
        .position(|known| *known == kind);
    match rank {
        Some(rank) => (rank, ""),
        None => (usize::MAX, kind),
    }
}

/// The sort key of a kind for deletion: known kinds in about the reverse of the install order, the rest last.
/// Source: helm `pkg/releaseutil/kind_sorter.go` (`UninstallOrder`), v3.17.
#[must_use]
pub fn uninstall_key(kind: &str, ranks_webhooks: bool) -> (usize, &str) {
    let webhooks = if ranks_webhooks { WEBHOOKS } else { &[] };
    let known = webhooks
        .iter()
        .chain(UNINSTALL_ORDER)
        .position(|known| *known == kind);
    match known {
        Some(rank) => (rank, ""),
        None => (usize::MAX, kind),
    }
}

const UNINSTALL_ORDER: &[&str] = &[
    "APIService",
    "Ingress",
    "IngressClass",
    "Service",
    "CronJob",
    "Job",
    "StatefulSet",
    "HorizontalPodAutoscaler",
    "Deployment",
    "ReplicaSet",
    "ReplicationController",
    "Pod",
    "DaemonSet",
    "RoleBindingList",
    "RoleBinding",
    "RoleList",
    "Role",
    "ClusterRoleBindingList",
    "ClusterRoleBinding",
    "ClusterRoleList",
    "ClusterRole",
    "CustomResourceDefinition",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "StorageClass",
    "ConfigMap",
    "SecretList",
    "Secret",
    "ServiceAccount",
    "PodDisruptionBudget",
    "PodSecurityPolicy",
    "LimitRange",
    "ResourceQuota",
    "NetworkPolicy",
    "Namespace",
    "PriorityClass",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_kinds_by_rank_and_the_rest_by_name() {
        let mut kinds = [
            "ValidatingWebhookConfiguration",
            "configmap",
            "Widget",
            "Ingress",
            "Secret",
            "Namespace",
            "",
        ];
        kinds.sort_by_key(|kind| install_key(kind, false));
        let expected = [
            "Namespace",
            "Secret",
            "Ingress",
            "",
            "ValidatingWebhookConfiguration",
            "Widget",
            "configmap",
        ];
        assert_eq!(kinds, expected);
        kinds.sort_by_key(|kind| install_key(kind, true));
        assert_eq!(kinds[3], "ValidatingWebhookConfiguration");
    }

    #[test]
    fn deletion_knows_the_same_kinds() {
        let mut install: Vec<&str> = INSTALL_ORDER.to_vec();
        let mut uninstall: Vec<&str> = UNINSTALL_ORDER.to_vec();
        install.sort_unstable();
        uninstall.sort_unstable();
        assert_eq!(install, uninstall);
        assert!(uninstall_key("Service", false) < uninstall_key("Secret", false));
    }
}
