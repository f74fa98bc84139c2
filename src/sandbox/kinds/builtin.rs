//! The built-in kinds of a 1.33 server's usual groups, and older versions that tests can switch on.

use super::Kind;

/// Group versions that current servers no longer serve: off until switched on.
pub(super) const LEGACY: &[&str] = &[
    "admissionregistration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apps/v1beta1",
    "apps/v1beta2",
    "autoscaling/v2beta1",
    "autoscaling/v2beta2",
    "batch/v1beta1",
    "extensions/v1beta1",
    "networking.k8s.io/v1beta1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1beta1",
];

/// (plural, kind, versions, short names, what it has). Of the versions the first names the store. What it has:
/// `n`amespaced, `s`tatus, s`c`ale, in category `a`ll, `r`eview.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const ROWS: &[Row] = &[
    ("bindings", "Binding", "v1", "", "nr"),
    ("componentstatuses", "ComponentStatus", "v1", "cs", ""),
    ("configmaps", "ConfigMap", "v1", "cm", "n"),
    ("endpoints", "Endpoints", "v1", "ep", "n"),
    ("events", "Event", "v1 events.k8s.io/v1", "ev", "n"),
    ("limitranges", "LimitRange", "v1", "limits", "n"),
    ("namespaces", "Namespace", "v1", "ns", "s"),
    ("nodes", "Node", "v1", "no", "s"),
    (
        "persistentvolumeclaims",
        "PersistentVolumeClaim",
        "v1",
        "pvc",
        "ns",
    ),
    ("persistentvolumes", "PersistentVolume", "v1", "pv", "s"),
    ("pods", "Pod", "v1", "po", "nsa"),
    ("podtemplates", "PodTemplate", "v1", "", "n"),
    (
        "replicationcontrollers",
        "ReplicationController",
        "v1",
        "rc",
        "nsca",
    ),
    ("resourcequotas", "ResourceQuota", "v1", "quota", "ns"),
    ("secrets", "Secret", "v1", "", "n"),
    ("serviceaccounts", "ServiceAccount", "v1", "sa", "n"),
    ("services", "Service", "v1", "svc", "nsa"),
    ("apiservices", "APIService", "apiregistration.k8s.io/v1", "", "s"),
    (
        "controllerrevisions",
        "ControllerRevision",
        "apps/v1 apps/v1beta1 apps/v1beta2",
        "",
        "n",
    ),
    (
        "daemonsets",
        "DaemonSet",
        "apps/v1 apps/v1beta2 extensions/v1beta1",
        "ds",
        "nsa",
    ),
    (
        "deployments",
        "Deployment",
        "apps/v1 apps/v1beta1 apps/v1beta2 extensions/v1beta1",
        "deploy",
        "nsca",
    ),
    (
        "replicasets",
        "ReplicaSet",
        "apps/v1 apps/v1beta2 extensions/v1beta1",
        "rs",
        "nsca",
    ),
    (
        "statefulsets",
        "StatefulSet",
        "apps/v1 apps/v1beta1 apps/v1beta2",
        "sts",
        "nsca",
    ),
    (
        "selfsubjectreviews",
        "SelfSubjectReview",
        "authentication.k8s.io/v1",
        "",
        "r",
    ),
    ("tokenreviews", "TokenReview", "authentication.k8s.io/v1", "", "r"),
    (
        "localsubjectaccessreviews",
        "LocalSubjectAccessReview",
        "authorization.k8s.io/v1",
        "",
        "nr",
    ),
    (
        "selfsubjectaccessreviews",
        "SelfSubjectAccessReview",
        "authorization.k8s.io/v1",
        "",
        "r",
    ),
    (
        "selfsubjectrulesreviews",
        "SelfSubjectRulesReview",
        "authorization.k8s.io/v1",
        "",
        "r",
    ),
    (
        "subjectaccessreviews",
        "SubjectAccessReview",
        "authorization.k8s.io/v1",
        "",
        "r",
    ),
    (
        "horizontalpodautoscalers",
        "HorizontalPodAutoscaler",
        "autoscaling/v2 autoscaling/v1 autoscaling/v2beta2 autoscaling/v2beta1",
        "hpa",
        "nsa",
    ),
    ("cronjobs", "CronJob", "batch/v1 batch/v1beta1", "cj", "nsa"),
    ("jobs", "Job", "batch/v1", "", "nsa"),
    (
        "certificatesigningrequests",
        "CertificateSigningRequest",
        "certificates.k8s.io/v1",
        "csr",
        "s",
    ),
    (
        "ingressclasses",
        "IngressClass",
        "networking.k8s.io/v1 networking.k8s.io/v1beta1",
        "",
        "",
    ),
    (
        "ingresses",
        "Ingress",
        "networking.k8s.io/v1 networking.k8s.io/v1beta1 extensions/v1beta1",
        "ing",
        "ns",
    ),
    ("ipaddresses", "IPAddress", "networking.k8s.io/v1", "ip", ""),
    (
        "networkpolicies",
        "NetworkPolicy",
        "networking.k8s.io/v1 extensions/v1beta1",
        "netpol",
        "n",
    ),
    ("servicecidrs", "ServiceCIDR", "networking.k8s.io/v1", "", "s"),
    (
        "poddisruptionbudgets",
        "PodDisruptionBudget",
        "policy/v1 policy/v1beta1",
        "pdb",
        "ns",
    ),
    (
        "clusterrolebindings",
        "ClusterRoleBinding",
        "rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1",
        "",
        "",
    ),
    (
        "clusterroles",
        "ClusterRole",
        "rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1",
        "",
        "",
    ),
    (
        "rolebindings",
        "RoleBinding",
        "rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1",
        "",
        "n",
    ),
    (
        "roles",
        "Role",
        "rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1",
        "",
        "n",
    ),
    ("csidrivers", "CSIDriver", "storage.k8s.io/v1", "", ""),
    ("csinodes", "CSINode", "storage.k8s.io/v1", "", ""),
    (
        "csistoragecapacities",
        "CSIStorageCapacity",
        "storage.k8s.io/v1",
        "",
        "n",
    ),
    ("storageclasses", "StorageClass", "storage.k8s.io/v1", "sc", ""),
    (
        "volumeattachments",
        "VolumeAttachment",
        "storage.k8s.io/v1",
        "",
        "s",
    ),
    (
        "mutatingwebhookconfigurations",
        "MutatingWebhookConfiguration",
        "admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1beta1",
        "",
        "",
    ),
    (
        "validatingadmissionpolicies",
        "ValidatingAdmissionPolicy",
        "admissionregistration.k8s.io/v1",
        "",
        "s",
    ),
    (
        "validatingadmissionpolicybindings",
        "ValidatingAdmissionPolicyBinding",
        "admissionregistration.k8s.io/v1",
        "",
        "",
    ),
    (
        "validatingwebhookconfigurations",
        "ValidatingWebhookConfiguration",
        "admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1beta1",
        "",
        "",
    ),
    (
        "customresourcedefinitions",
        "CustomResourceDefinition",
        "apiextensions.k8s.io/v1 apiextensions.k8s.io/v1beta1",
        "crd crds",
        "s",
    ),
    (
        "priorityclasses",
        "PriorityClass",
        "scheduling.k8s.io/v1",
        "pc",
        "",
    ),
    ("leases", "Lease", "coordination.k8s.io/v1", "", "n"),
    ("runtimeclasses", "RuntimeClass", "node.k8s.io/v1", "", ""),
    ("endpointslices", "EndpointSlice", "discovery.k8s.io/v1", "", "n"),
    (
        "flowschemas",
        "FlowSchema",
        "flowcontrol.apiserver.k8s.io/v1",
        "",
        "s",
    ),
    (
        "prioritylevelconfigurations",
        "PriorityLevelConfiguration",
        "flowcontrol.apiserver.k8s.io/v1",
        "",
        "s",
    ),
];

pub(super) fn kinds() -> Vec<Kind> {
    ROWS.iter().flat_map(kinds_of).collect()
}

fn kinds_of(&(plural, kind, versions, short_names, has): &Row) -> Vec<Kind> {
    let split = |api_version: &'static str| api_version.split_once('/').unwrap_or(("", api_version));
    let home = split(versions.split(' ').next().unwrap_or_default()).0;
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    let make = |api_version: &'static str| {
        let (group, version) = split(api_version);
        Kind {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
            list_kind: format!("{kind}List"),
            plural: plural.to_owned(),
            singular: kind.to_lowercase(),
            short_names: words(short_names),
            categories: words(if has.contains('a') { "all" } else { "" }),
            is_namespaced: has.contains('n'),
            has_status: has.contains('s'),
            scale: has
                .contains('c')
                .then(|| ("/spec/replicas".to_owned(), "/status/replicas".to_owned())),
            is_review: has.contains('r'),
            store: format!("{home}/{plural}").into(),
            columns: Vec::new(),
            is_custom: false,
            schema: serde_json::Value::Null,
        }
    };
    versions.split(' ').map(make).collect()
}
