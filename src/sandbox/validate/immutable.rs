//! Fields that cannot change.

use serde_json::Value as Json;

use crate::sandbox::failure::Cause;
use crate::sandbox::object::{at, remove, text};

const STATEFUL_SET_FIELDS: &[&str] = &[
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

/// What a change of an object of this store must leave alone, and does not.
pub(super) fn changes(store: &str, old: &Json, new: &Json) -> Vec<Cause> {
    let changed = |pointer: &str| at(old, pointer) != at(new, pointer);
    let fixed = |pointers: &[&str]| -> Vec<Cause> {
        let changed = pointers.iter().filter(|pointer| changed(pointer));
        changed
            .map(|pointer| Cause::immutable(&pointer[1..].replace('/', ".")))
            .collect()
    };
    match store {
        "apps/deployments" | "apps/daemonsets" | "apps/replicasets" => fixed(&["/spec/selector"]),
        "apps/statefulsets" if stateful_set_changed(old, new) => {
            let names = "'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', \
                         'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds'";
            let detail = format!("updates to statefulset spec for fields other than {names} are forbidden");
            vec![Cause::forbidden("spec", &detail)]
        }
        "batch/jobs" => fixed(&[
            "/spec/template",
            "/spec/selector",
            "/spec/completionMode",
            "/spec/completions",
        ]),
        "/services" => service_address(old, new),
        "/persistentvolumeclaims" if claim_changed(old, new) => {
            let detail = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
            vec![Cause::forbidden("spec", detail)]
        }
        "/configmaps" | "/secrets" => {
            let mut causes = Vec::new();
            if old["immutable"] == true
                && (changed("/data") || changed("/binaryData") || new["immutable"] != true)
            {
                causes.push(Cause::forbidden(
                    "data",
                    "field is immutable when `immutable` is set",
                ));
            }
            causes.extend(if store == "/secrets" {
                fixed(&["/type"])
            } else {
                Vec::new()
            });
            causes
        }
        "/pods" if pod_changed(old, new) => {
            let detail = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";
            vec![Cause::forbidden("spec", detail)]
        }
        "storage.k8s.io/storageclasses" => fixed(&[
            "/parameters",
            "/provisioner",
            "/reclaimPolicy",
            "/volumeBindingMode",
        ]),
        "rbac.authorization.k8s.io/rolebindings" | "rbac.authorization.k8s.io/clusterrolebindings"
            if changed("/roleRef") =>
        {
            vec![Cause::invalid(
                "roleRef",
                at(new, "/roleRef"),
                "cannot change roleRef",
            )]
        }
        _ => Vec::new(),
    }
}

fn stateful_set_changed(old: &Json, new: &Json) -> bool {
    let fixed = |object: &Json| {
        let mut spec = at(object, "/spec").clone();
        if let Some(map) = spec.as_object_mut() {
            map.retain(|key, _| !STATEFUL_SET_FIELDS.contains(&key.as_str()));
        }
        spec
    };
    fixed(old) != fixed(new)
}

/// A cluster address can be neither changed nor dropped, except on the way to `ExternalName`.
fn service_address(old: &Json, new: &Json) -> Vec<Cause> {
    let (before, after) = (text(old, "/spec/clusterIP"), text(new, "/spec/clusterIP"));
    if before.is_empty() || before == after || text(new, "/spec/type") == "ExternalName" {
        return Vec::new();
    }
    let detail = "may not change once set";
    vec![Cause::invalid("spec.clusterIPs[0]", &Json::from(after), detail)]
}

fn claim_changed(old: &Json, new: &Json) -> bool {
    let fixed = |object: &Json| {
        let mut spec = at(object, "/spec").clone();
        if let Some(map) = spec.as_object_mut() {
            for key in ["resources", "volumeName", "volumeAttributesClassName"] {
                map.remove(key);
            }
        }
        spec
    };
    fixed(old) != fixed(new)
}

fn pod_changed(old: &Json, new: &Json) -> bool {
    let fixed = |object: &Json| {
        let mut spec = at(object, "/spec").clone();
        if let Some(map) = spec.as_object_mut() {
            for key in [
                "activeDeadlineSeconds",
                "tolerations",
                "terminationGracePeriodSeconds",
                "nodeName",
            ] {
                map.remove(key);
            }
        }
        for name in ["containers", "initContainers"] {
            let containers = spec.get_mut(name).and_then(Json::as_array_mut);
            for container in containers.into_iter().flatten() {
                remove(container, "/image");
            }
        }
        spec
    };
    fixed(old) != fixed(new)
}
