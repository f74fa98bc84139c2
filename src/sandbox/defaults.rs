//! The defaults that deployers meet: those that readiness, patches and immutability depend on.
//! Source: kubernetes `pkg/apis/*/v1/defaults.go`, v1.33.

use serde_json::{Value as Json, json};

use super::kinds::Kind;
use super::object::{at, int, list, set, set_default, text};

const PROBE_DEFAULTS: &[(&str, i64)] = &[
    ("/timeoutSeconds", 1),
    ("/periodSeconds", 10),
    ("/successThreshold", 1),
    ("/failureThreshold", 3),
];

/// Fills in what the API server would; `old` is the stored object on updates: what the server gave it once, it keeps.
pub(super) fn fill(kind: &Kind, object: &mut Json, old: Option<&Json>) {
    if kind.is_custom {
        if let Some(defaulted) = custom(&kind.schema, object) {
            *object = defaulted;
        }
        return;
    }
    match &*kind.store {
        "/pods" => pod_spec(object, "/spec", "Always"),
        "/services" => service(object, old),
        "/secrets" => secret(object),
        "/namespaces" => {
            let name = text(object, "/metadata/name").to_owned();
            set_default(object, "/spec/finalizers", json!(["kubernetes"]));
            set(object, "/metadata/labels/kubernetes.io~1metadata.name", name);
        }
        "/persistentvolumeclaims" => claim(object, old),
        "apps/deployments" => deployment(object),
        "apps/replicasets" | "/replicationcontrollers" => {
            set_default(object, "/spec/replicas", 1);
            template(object, "/spec/template");
        }
        "apps/statefulsets" => stateful_set(object),
        "apps/daemonsets" => {
            set_default(object, "/spec/updateStrategy/type", "RollingUpdate");
            if text(object, "/spec/updateStrategy/type") == "RollingUpdate" {
                set_default(object, "/spec/updateStrategy/rollingUpdate/maxSurge", 0);
                set_default(object, "/spec/updateStrategy/rollingUpdate/maxUnavailable", 1);
            }
            set_default(object, "/spec/revisionHistoryLimit", 10);
            template(object, "/spec/template");
        }
        "batch/jobs" => job(object, "/spec"),
        "batch/cronjobs" => {
            set_default(object, "/spec/concurrencyPolicy", "Allow");
            set_default(object, "/spec/suspend", false);
            set_default(object, "/spec/successfulJobsHistoryLimit", 3);
            set_default(object, "/spec/failedJobsHistoryLimit", 1);
            pod_spec(object, "/spec/jobTemplate/spec/template/spec", "Always");
        }
        "apiextensions.k8s.io/customresourcedefinitions" => definition(object),
        "networking.k8s.io/networkpolicies" => set_default(object, "/spec/policyTypes", json!(["Ingress"])),
        "storage.k8s.io/storageclasses" => {
            set_default(object, "/reclaimPolicy", "Delete");
            set_default(object, "/volumeBindingMode", "Immediate");
        }
        _ => {}
    }
}

fn service(object: &mut Json, old: Option<&Json>) {
    set_default(object, "/spec/type", "ClusterIP");
    set_default(object, "/spec/sessionAffinity", "None");
    let kind = text(object, "/spec/type").to_owned();
    if kind != "ExternalName" {
        set_default(object, "/spec/internalTrafficPolicy", "Cluster");
        set_default(object, "/spec/ipFamilyPolicy", "SingleStack");
        set_default(object, "/spec/ipFamilies", json!(["IPv4"]));
    }
    if let Some(old) = old.filter(|_| kind != "ExternalName") {
        for pointer in ["/spec/clusterIP", "/spec/clusterIPs"] {
            set_default(object, pointer, at(old, pointer).clone());
        }
    }
    if matches!(kind.as_str(), "NodePort" | "LoadBalancer") {
        set_default(object, "/spec/externalTrafficPolicy", "Cluster");
    }
    if kind == "LoadBalancer" {
        set_default(object, "/spec/allocateLoadBalancerNodePorts", true);
    }
    let ports = object.pointer_mut("/spec/ports").and_then(Json::as_array_mut);
    for port in ports.into_iter().flatten() {
        set_default(port, "/protocol", "TCP");
        let number = at(port, "/port").clone();
        set_default(port, "/targetPort", number);
    }
}

/// `stringData` becomes `data`, and is never shown again.
fn secret(object: &mut Json) {
    use base64::Engine as _;
    set_default(object, "/type", "Opaque");
    let plain = super::object::remove(object, "/stringData");
    for (key, value) in plain.as_ref().and_then(Json::as_object).into_iter().flatten() {
        let encoded = base64::engine::general_purpose::STANDARD.encode(value.as_str().unwrap_or_default());
        set(object, &format!("/data/{}", super::object::escape(key)), encoded);
    }
}

fn claim(object: &mut Json, old: Option<&Json>) {
    set_default(object, "/spec/volumeMode", "Filesystem");
    set_default(object, "/spec/storageClassName", "standard");
    if let Some(old) = old {
        set_default(object, "/spec/volumeName", at(old, "/spec/volumeName").clone());
    }
}

fn deployment(object: &mut Json) {
    set_default(object, "/spec/replicas", 1);
    set_default(object, "/spec/strategy/type", "RollingUpdate");
    if text(object, "/spec/strategy/type") == "RollingUpdate" {
        set_default(object, "/spec/strategy/rollingUpdate/maxSurge", "25%");
        set_default(object, "/spec/strategy/rollingUpdate/maxUnavailable", "25%");
    }
    set_default(object, "/spec/revisionHistoryLimit", 10);
    set_default(object, "/spec/progressDeadlineSeconds", 600);
    template(object, "/spec/template");
}

fn stateful_set(object: &mut Json) {
    set_default(object, "/spec/replicas", 1);
    set_default(object, "/spec/podManagementPolicy", "OrderedReady");
    set_default(object, "/spec/updateStrategy/type", "RollingUpdate");
    if text(object, "/spec/updateStrategy/type") == "RollingUpdate" {
        set_default(object, "/spec/updateStrategy/rollingUpdate/partition", 0);
    }
    set_default(object, "/spec/revisionHistoryLimit", 10);
    for when in ["whenDeleted", "whenScaled"] {
        let pointer = format!("/spec/persistentVolumeClaimRetentionPolicy/{when}");
        set_default(object, &pointer, "Retain");
    }
    let claims = object
        .pointer_mut("/spec/volumeClaimTemplates")
        .and_then(Json::as_array_mut);
    for claim in claims.into_iter().flatten() {
        set_default(claim, "/apiVersion", "v1");
        set_default(claim, "/kind", "PersistentVolumeClaim");
        set_default(claim, "/spec/volumeMode", "Filesystem");
        set_default(claim, "/status/phase", "Pending");
    }
    template(object, "/spec/template");
}

fn job(object: &mut Json, spec: &str) {
    set_default(object, &format!("{spec}/backoffLimit"), 6);
    if at(object, &format!("{spec}/completions")).is_null()
        && at(object, &format!("{spec}/parallelism")).is_null()
    {
        set(object, &format!("{spec}/completions"), 1);
    }
    set_default(object, &format!("{spec}/parallelism"), 1);
    set_default(object, &format!("{spec}/completionMode"), "NonIndexed");
    set_default(object, &format!("{spec}/suspend"), false);
    template(object, &format!("{spec}/template"));
}

fn template(object: &mut Json, pointer: &str) {
    pod_spec(object, &format!("{pointer}/spec"), "Always");
}

fn pod_spec(object: &mut Json, pointer: &str, restart: &str) {
    let Some(spec) = object.pointer_mut(pointer).filter(|spec| spec.is_object()) else {
        return;
    };
    set_default(spec, "/restartPolicy", restart);
    set_default(spec, "/dnsPolicy", "ClusterFirst");
    set_default(spec, "/schedulerName", "default-scheduler");
    set_default(spec, "/terminationGracePeriodSeconds", 30);
    set_default(spec, "/securityContext", json!({}));
    if let Json::String(account) = at(spec, "/serviceAccountName").clone() {
        set_default(spec, "/serviceAccount", account);
    }
    for name in ["containers", "initContainers"] {
        let containers = spec.get_mut(name).and_then(Json::as_array_mut);
        for container in containers.into_iter().flatten() {
            self::container(container);
        }
    }
}

fn container(container: &mut Json) {
    let image = text(container, "/image");
    let is_latest = image.ends_with(":latest") || !image.rsplit('/').next().unwrap_or_default().contains(':');
    set_default(
        container,
        "/imagePullPolicy",
        if is_latest { "Always" } else { "IfNotPresent" },
    );
    set_default(container, "/terminationMessagePath", "/dev/termination-log");
    set_default(container, "/terminationMessagePolicy", "File");
    set_default(container, "/resources", json!({}));
    let ports = container.get_mut("ports").and_then(Json::as_array_mut);
    for port in ports.into_iter().flatten() {
        set_default(port, "/protocol", "TCP");
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = container.get_mut(probe).filter(|probe| probe.is_object()) {
            for (field, value) in PROBE_DEFAULTS {
                set_default(probe, field, *value);
            }
        }
    }
}

fn definition(object: &mut Json) {
    let kind = text(object, "/spec/names/kind").to_owned();
    set_default(object, "/spec/names/singular", kind.to_lowercase());
    set_default(object, "/spec/names/listKind", format!("{kind}List"));
    set_default(object, "/spec/conversion/strategy", "None");
}

/// Defaults and pruning by the schema of a CustomResourceDefinition; `None` where there is no schema.
fn custom(schema: &Json, object: &Json) -> Option<Json> {
    let mut result = object.clone();
    schema.get("properties")?;
    for (name, schema) in schema["properties"].as_object()? {
        if !matches!(name.as_str(), "metadata" | "apiVersion" | "kind") {
            custom_field(schema, name, &mut result);
        }
    }
    Some(result)
}

fn custom_field(schema: &Json, name: &str, parent: &mut Json) {
    let pointer = format!("/{}", super::object::escape(name));
    if at(parent, &pointer).is_null() && !schema["default"].is_null() {
        set(parent, &pointer, schema["default"].clone());
    }
    let Some(value) = parent.pointer_mut(&pointer) else {
        return;
    };
    custom_value(schema, value);
}

fn custom_value(schema: &Json, value: &mut Json) {
    if let Json::Array(items) = value {
        items
            .iter_mut()
            .for_each(|item| custom_value(&schema["items"], item));
        return;
    }
    let (Some(properties), true) = (schema["properties"].as_object(), value.is_object()) else {
        return;
    };
    for (name, schema) in properties {
        custom_field(schema, name, value);
    }
    let keeps_unknown = schema["x-kubernetes-preserve-unknown-fields"] == true
        || schema["x-kubernetes-embedded-resource"] == true
        || !schema["additionalProperties"].is_null();
    if let (Json::Object(map), false) = (value, keeps_unknown) {
        map.retain(|key, _| properties.contains_key(key));
    }
}

/// Does this Service still need a cluster address?
pub(super) fn needs_address(service: &Json) -> bool {
    text(service, "/spec/type") != "ExternalName" && text(service, "/spec/clusterIP").is_empty()
}

/// Gives node ports to a Service that needs them.
pub(super) fn node_ports(service: &mut Json, mut next: u32) {
    if !matches!(text(service, "/spec/type"), "NodePort" | "LoadBalancer") {
        return;
    }
    let count = list(service, "/spec/ports").len();
    for index in 0..count {
        let pointer = format!("/spec/ports/{index}/nodePort");
        if int(service, &pointer, 0) == 0 {
            if let Some(port) = service.pointer_mut(&format!("/spec/ports/{index}")) {
                set(port, "/nodePort", 30_000 + next % 2_767);
            }
            next += 1;
        }
    }
}
