//! The table behind [`super::schema_of`]: facts read from the `patchMergeKey` and `patchStrategy` tags of the Go types
//! in k8s.io/api v0.33.0 and k8s.io/apiextensions-apiserver v0.33.0. Types of equal shape share one entry; fields
//! without tags, and without tagged fields below them, are left out. Both tables are sorted for binary search.

use super::{Field, Schema, Strategy};

const fn nested(name: &'static str, schema: &'static str) -> Field {
    list(name, "", schema, Strategy::Default, false)
}
const fn merge(name: &'static str, merge_key: &'static str, schema: &'static str) -> Field {
    list(name, merge_key, schema, Strategy::Merge, false)
}
const fn merge_retain(name: &'static str, merge_key: &'static str, schema: &'static str) -> Field {
    list(name, merge_key, schema, Strategy::Merge, true)
}
const fn list(
    name: &'static str,
    merge_key: &'static str,
    schema: &'static str,
    strategy: Strategy,
    retain_keys: bool,
) -> Field {
    Field {
        name,
        schema: Schema(schema),
        strategy,
        retain_keys,
        merge_key,
    }
}

/// Type → its fields that matter to patches.
pub(super) const TYPES: &[(&str, &[Field])] = &[
    (
        "CSINode",
        &[nested("metadata", "ObjectMeta"), nested("spec", "CSINodeSpec")],
    ),
    ("CSINodeSpec", &[merge("drivers", "name", "")]),
    (
        "ComponentStatus",
        &[merge("conditions", "type", ""), nested("metadata", "ObjectMeta")],
    ),
    ("Conditions", &[merge("conditions", "type", "")]),
    (
        "Container",
        &[
            merge("env", "name", ""),
            merge("ports", "containerPort", ""),
            merge("volumeDevices", "devicePath", ""),
            merge("volumeMounts", "mountPath", ""),
        ],
    ),
    (
        "ContainerStatus",
        &[
            merge("allocatedResourcesStatus", "name", ""),
            merge("volumeMounts", "mountPath", ""),
        ],
    ),
    (
        "CronJob",
        &[nested("metadata", "ObjectMeta"), nested("spec", "CronJobSpec")],
    ),
    ("CronJobSpec", &[nested("jobTemplate", "JobTemplateSpec")]),
    (
        "CustomResourceDefinition",
        &[
            nested("metadata", "ObjectMeta"),
            nested("spec", "CustomResourceDefinitionSpec"),
        ],
    ),
    (
        "CustomResourceDefinitionSpec",
        &[nested("versions", "CustomResourceDefinitionVersion")],
    ),
    (
        "CustomResourceDefinitionVersion",
        &[nested("schema", "CustomResourceValidation")],
    ),
    (
        "CustomResourceValidation",
        &[nested("openAPIV3Schema", "JSONSchemaProps")],
    ),
    (
        "Deployment",
        &[
            nested("metadata", "ObjectMeta"),
            nested("spec", "DeploymentSpec"),
            nested("status", "Conditions"),
        ],
    ),
    (
        "DeploymentSpec",
        &[
            list("strategy", "", "", Strategy::Default, true),
            nested("template", "PodTemplateSpec"),
        ],
    ),
    ("EphemeralVolumeSource", &[nested("volumeClaimTemplate", "Plain")]),
    (
        "JSONSchemaProps",
        &[
            nested("additionalItems", "JSONSchemaProps"),
            nested("additionalProperties", "JSONSchemaProps"),
            nested("items", "JSONSchemaProps"),
            nested("not", "JSONSchemaProps"),
            nested("patternProperties", "JSONSchemaPropsByName"),
            nested("properties", "JSONSchemaPropsByName"),
            merge("x-kubernetes-validations", "rule", ""),
        ],
    ),
    ("JSONSchemaPropsByName", &[nested("*", "JSONSchemaProps")]),
    (
        "JobTemplateSpec",
        &[
            nested("metadata", "ObjectMeta"),
            nested("spec", "PodTemplateHolder"),
        ],
    ),
    (
        "MutatingAdmissionPolicy",
        &[nested("metadata", "ObjectMeta"), nested("spec", "Webhook")],
    ),
    (
        "Node",
        &[
            nested("metadata", "ObjectMeta"),
            nested("spec", "NodeSpec"),
            nested("status", "NodeStatus"),
        ],
    ),
    ("NodeSpec", &[merge("podCIDRs", "", "")]),
    (
        "NodeStatus",
        &[merge("addresses", "type", ""), merge("conditions", "type", "")],
    ),
    (
        "ObjectMeta",
        &[merge("finalizers", "", ""), merge("ownerReferences", "uid", "")],
    ),
    ("Plain", &[nested("metadata", "ObjectMeta")]),
    (
        "Pod",
        &[
            nested("metadata", "ObjectMeta"),
            nested("spec", "PodSpec"),
            nested("status", "PodStatus"),
        ],
    ),
    (
        "PodDisruptionBudget",
        &[
            nested("metadata", "ObjectMeta"),
            nested("spec", "PodDisruptionBudgetSpec"),
            nested("status", "Conditions"),
        ],
    ),
    (
        "PodDisruptionBudgetSpec",
        &[list("selector", "", "", Strategy::Replace, false)],
    ),
    (
        "PodSpec",
        &[
            merge("containers", "name", "Container"),
            merge("ephemeralContainers", "name", "Container"),
            merge("hostAliases", "ip", ""),
            merge("imagePullSecrets", "name", ""),
            merge("initContainers", "name", "Container"),
            merge_retain("resourceClaims", "name", ""),
            merge("schedulingGates", "name", ""),
            merge("topologySpreadConstraints", "topologyKey", ""),
            merge_retain("volumes", "name", "Volume"),
        ],
    ),
    (
        "PodStatus",
        &[
            merge("conditions", "type", ""),
            nested("containerStatuses", "ContainerStatus"),
            nested("ephemeralContainerStatuses", "ContainerStatus"),
            merge("hostIPs", "ip", ""),
            nested("initContainerStatuses", "ContainerStatus"),
            merge("podIPs", "ip", ""),
            merge_retain("resourceClaimStatuses", "name", ""),
        ],
    ),
    (
        "PodStatusResult",
        &[nested("metadata", "ObjectMeta"), nested("status", "PodStatus")],
    ),
    (
        "PodTemplate",
        &[
            nested("metadata", "ObjectMeta"),
            nested("template", "PodTemplateSpec"),
        ],
    ),
    ("PodTemplateHolder", &[nested("template", "PodTemplateSpec")]),
    (
        "PodTemplateSpec",
        &[nested("metadata", "ObjectMeta"), nested("spec", "PodSpec")],
    ),
    (
        "ResourceClaim",
        &[
            nested("metadata", "ObjectMeta"),
            nested("status", "ResourceClaimStatus"),
        ],
    ),
    ("ResourceClaimStatus", &[merge("reservedFor", "uid", "")]),
    (
        "ResourceClaimTemplate",
        &[nested("metadata", "ObjectMeta"), nested("spec", "Plain")],
    ),
    (
        "Service",
        &[
            nested("metadata", "ObjectMeta"),
            nested("spec", "ServiceSpec"),
            nested("status", "Conditions"),
        ],
    ),
    (
        "ServiceAccount",
        &[nested("metadata", "ObjectMeta"), merge("secrets", "name", "")],
    ),
    ("ServiceSpec", &[merge("ports", "port", "")]),
    (
        "StatefulSet",
        &[
            nested("metadata", "ObjectMeta"),
            nested("spec", "StatefulSetSpec"),
            nested("status", "Conditions"),
        ],
    ),
    (
        "StatefulSetSpec",
        &[
            nested("template", "PodTemplateSpec"),
            nested("volumeClaimTemplates", "WithConditions"),
        ],
    ),
    (
        "ValidatingAdmissionPolicy",
        &[
            nested("metadata", "ObjectMeta"),
            nested("spec", "ValidatingAdmissionPolicySpec"),
        ],
    ),
    (
        "ValidatingAdmissionPolicySpec",
        &[
            merge("matchConditions", "name", ""),
            merge("variables", "name", ""),
        ],
    ),
    ("Volume", &[nested("ephemeral", "EphemeralVolumeSource")]),
    ("Webhook", &[merge("matchConditions", "name", "")]),
    (
        "WebhookConfiguration",
        &[
            nested("metadata", "ObjectMeta"),
            merge("webhooks", "name", "Webhook"),
        ],
    ),
    (
        "WithConditions",
        &[nested("metadata", "ObjectMeta"), nested("status", "Conditions")],
    ),
    (
        "WithPodTemplate",
        &[
            nested("metadata", "ObjectMeta"),
            nested("spec", "PodTemplateHolder"),
            nested("status", "Conditions"),
        ],
    ),
];

/// (group/version, kind, type).
pub(super) const KINDS: &[(&str, &str, &str)] = &[
    (
        "admissionregistration.k8s.io/v1",
        "MutatingWebhookConfiguration",
        "WebhookConfiguration",
    ),
    (
        "admissionregistration.k8s.io/v1",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicy",
    ),
    (
        "admissionregistration.k8s.io/v1",
        "ValidatingAdmissionPolicyBinding",
        "Plain",
    ),
    (
        "admissionregistration.k8s.io/v1",
        "ValidatingWebhookConfiguration",
        "WebhookConfiguration",
    ),
    (
        "admissionregistration.k8s.io/v1alpha1",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicy",
    ),
    (
        "admissionregistration.k8s.io/v1alpha1",
        "MutatingAdmissionPolicyBinding",
        "Plain",
    ),
    (
        "admissionregistration.k8s.io/v1alpha1",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicy",
    ),
    (
        "admissionregistration.k8s.io/v1alpha1",
        "ValidatingAdmissionPolicyBinding",
        "Plain",
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        "MutatingWebhookConfiguration",
        "WebhookConfiguration",
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicy",
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        "ValidatingAdmissionPolicyBinding",
        "Plain",
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        "ValidatingWebhookConfiguration",
        "WebhookConfiguration",
    ),
    (
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "CustomResourceDefinition",
    ),
    ("apps/v1", "ControllerRevision", "Plain"),
    ("apps/v1", "DaemonSet", "WithPodTemplate"),
    ("apps/v1", "Deployment", "Deployment"),
    ("apps/v1", "ReplicaSet", "WithPodTemplate"),
    ("apps/v1", "StatefulSet", "StatefulSet"),
    ("apps/v1beta1", "ControllerRevision", "Plain"),
    ("apps/v1beta1", "Deployment", "Deployment"),
    ("apps/v1beta1", "Scale", "Plain"),
    ("apps/v1beta1", "StatefulSet", "StatefulSet"),
    ("apps/v1beta2", "ControllerRevision", "Plain"),
    ("apps/v1beta2", "DaemonSet", "WithPodTemplate"),
    ("apps/v1beta2", "Deployment", "Deployment"),
    ("apps/v1beta2", "ReplicaSet", "WithPodTemplate"),
    ("apps/v1beta2", "Scale", "Plain"),
    ("apps/v1beta2", "StatefulSet", "StatefulSet"),
    ("authentication.k8s.io/v1", "SelfSubjectReview", "Plain"),
    ("authentication.k8s.io/v1", "TokenRequest", "Plain"),
    ("authentication.k8s.io/v1", "TokenReview", "Plain"),
    ("authorization.k8s.io/v1", "LocalSubjectAccessReview", "Plain"),
    ("authorization.k8s.io/v1", "SelfSubjectAccessReview", "Plain"),
    ("authorization.k8s.io/v1", "SelfSubjectRulesReview", "Plain"),
    ("authorization.k8s.io/v1", "SubjectAccessReview", "Plain"),
    ("autoscaling/v1", "HorizontalPodAutoscaler", "Plain"),
    ("autoscaling/v1", "Scale", "Plain"),
    ("autoscaling/v2", "HorizontalPodAutoscaler", "WithConditions"),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler", "Plain"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", "Plain"),
    ("batch/v1", "CronJob", "CronJob"),
    ("batch/v1", "Job", "WithPodTemplate"),
    ("batch/v1beta1", "CronJob", "CronJob"),
    ("certificates.k8s.io/v1", "CertificateSigningRequest", "Plain"),
    ("certificates.k8s.io/v1alpha1", "ClusterTrustBundle", "Plain"),
    (
        "certificates.k8s.io/v1beta1",
        "CertificateSigningRequest",
        "Plain",
    ),
    ("certificates.k8s.io/v1beta1", "ClusterTrustBundle", "Plain"),
    ("coordination.k8s.io/v1", "Lease", "Plain"),
    ("coordination.k8s.io/v1beta1", "Lease", "Plain"),
    ("coordination.k8s.io/v1beta1", "LeaseCandidate", "Plain"),
    ("discovery.k8s.io/v1", "EndpointSlice", "Plain"),
    ("discovery.k8s.io/v1beta1", "EndpointSlice", "Plain"),
    ("events.k8s.io/v1", "Event", "Plain"),
    ("events.k8s.io/v1beta1", "Event", "Plain"),
    ("extensions/v1beta1", "DaemonSet", "WithPodTemplate"),
    ("extensions/v1beta1", "Deployment", "Deployment"),
    ("extensions/v1beta1", "Ingress", "Plain"),
    ("extensions/v1beta1", "NetworkPolicy", "Plain"),
    ("extensions/v1beta1", "ReplicaSet", "WithPodTemplate"),
    ("extensions/v1beta1", "Scale", "Plain"),
    ("flowcontrol.apiserver.k8s.io/v1", "FlowSchema", "WithConditions"),
    (
        "flowcontrol.apiserver.k8s.io/v1",
        "PriorityLevelConfiguration",
        "WithConditions",
    ),
    (
        "flowcontrol.apiserver.k8s.io/v1beta3",
        "FlowSchema",
        "WithConditions",
    ),
    (
        "flowcontrol.apiserver.k8s.io/v1beta3",
        "PriorityLevelConfiguration",
        "WithConditions",
    ),
    ("networking.k8s.io/v1", "IPAddress", "Plain"),
    ("networking.k8s.io/v1", "Ingress", "Plain"),
    ("networking.k8s.io/v1", "IngressClass", "Plain"),
    ("networking.k8s.io/v1", "NetworkPolicy", "Plain"),
    ("networking.k8s.io/v1", "ServiceCIDR", "WithConditions"),
    ("networking.k8s.io/v1beta1", "IPAddress", "Plain"),
    ("networking.k8s.io/v1beta1", "Ingress", "Plain"),
    ("networking.k8s.io/v1beta1", "IngressClass", "Plain"),
    ("networking.k8s.io/v1beta1", "ServiceCIDR", "WithConditions"),
    ("node.k8s.io/v1", "RuntimeClass", "Plain"),
    ("node.k8s.io/v1beta1", "RuntimeClass", "Plain"),
    ("policy/v1", "Eviction", "Plain"),
    ("policy/v1", "PodDisruptionBudget", "PodDisruptionBudget"),
    ("policy/v1beta1", "Eviction", "Plain"),
    ("policy/v1beta1", "PodDisruptionBudget", "WithConditions"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole", "Plain"),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "Plain"),
    ("rbac.authorization.k8s.io/v1", "Role", "Plain"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding", "Plain"),
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRole", "Plain"),
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding", "Plain"),
    ("rbac.authorization.k8s.io/v1beta1", "Role", "Plain"),
    ("rbac.authorization.k8s.io/v1beta1", "RoleBinding", "Plain"),
    ("resource.k8s.io/v1beta1", "DeviceClass", "Plain"),
    ("resource.k8s.io/v1beta1", "ResourceClaim", "ResourceClaim"),
    (
        "resource.k8s.io/v1beta1",
        "ResourceClaimTemplate",
        "ResourceClaimTemplate",
    ),
    ("resource.k8s.io/v1beta1", "ResourceSlice", "Plain"),
    ("resource.k8s.io/v1beta2", "DeviceClass", "Plain"),
    ("resource.k8s.io/v1beta2", "ResourceClaim", "ResourceClaim"),
    (
        "resource.k8s.io/v1beta2",
        "ResourceClaimTemplate",
        "ResourceClaimTemplate",
    ),
    ("resource.k8s.io/v1beta2", "ResourceSlice", "Plain"),
    ("scheduling.k8s.io/v1", "PriorityClass", "Plain"),
    ("scheduling.k8s.io/v1beta1", "PriorityClass", "Plain"),
    ("storage.k8s.io/v1", "CSIDriver", "Plain"),
    ("storage.k8s.io/v1", "CSINode", "CSINode"),
    ("storage.k8s.io/v1", "CSIStorageCapacity", "Plain"),
    ("storage.k8s.io/v1", "StorageClass", "Plain"),
    ("storage.k8s.io/v1", "VolumeAttachment", "Plain"),
    ("storage.k8s.io/v1beta1", "CSIDriver", "Plain"),
    ("storage.k8s.io/v1beta1", "CSINode", "CSINode"),
    ("storage.k8s.io/v1beta1", "CSIStorageCapacity", "Plain"),
    ("storage.k8s.io/v1beta1", "StorageClass", "Plain"),
    ("storage.k8s.io/v1beta1", "VolumeAttachment", "Plain"),
    ("storage.k8s.io/v1beta1", "VolumeAttributesClass", "Plain"),
    ("v1", "Binding", "Plain"),
    ("v1", "ComponentStatus", "ComponentStatus"),
    ("v1", "ConfigMap", "Plain"),
    ("v1", "Endpoints", "Plain"),
    ("v1", "Event", "Plain"),
    ("v1", "LimitRange", "Plain"),
    ("v1", "Namespace", "WithConditions"),
    ("v1", "Node", "Node"),
    ("v1", "PersistentVolume", "Plain"),
    ("v1", "PersistentVolumeClaim", "WithConditions"),
    ("v1", "Pod", "Pod"),
    ("v1", "PodStatusResult", "PodStatusResult"),
    ("v1", "PodTemplate", "PodTemplate"),
    ("v1", "RangeAllocation", "Plain"),
    ("v1", "ReplicationController", "WithPodTemplate"),
    ("v1", "ResourceQuota", "Plain"),
    ("v1", "Secret", "Plain"),
    ("v1", "Service", "Service"),
    ("v1", "ServiceAccount", "ServiceAccount"),
];
