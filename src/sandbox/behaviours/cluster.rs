//! What a cluster has from the start, and the small controllers: namespaces, volumes, load balancers, endpoints.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::kubelet::NODE;
use super::pods::{condition, create, is_ready};
use super::write;
use crate::sandbox::garbage;
use crate::sandbox::object::{at, is_being_deleted, list, name, namespace, now, remove, set, text, uid};
use crate::sandbox::selector::Selector;
use crate::sandbox::state::{Key, State};

/// How many events are kept.
const EVENTS: usize = 1_000;

/// Namespaces, the node, the storage class: what is there before anybody writes.
pub(in crate::sandbox) fn furnish(state: &mut State, namespaces: &[String]) {
    let usual = ["default", "kube-node-lease", "kube-public", "kube-system"];
    for name in usual.into_iter().chain(namespaces.iter().map(String::as_str)) {
        create(state, "v1", "Namespace", json!({"metadata": {"name": name}}));
    }
    create(
        state,
        "v1",
        "Node",
        json!({
            "metadata": {"name": NODE, "labels": {"kubernetes.io/hostname": NODE, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}},
            "spec": {},
        }),
    );
    let class = json!({
        "metadata": {"name": "standard", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
        "provisioner": "sandbox.deploy-manager/none",
    });
    create(state, "storage.k8s.io/v1", "StorageClass", class);
    let service = json!({
        "metadata": {"name": "kubernetes", "namespace": "default", "labels": {"component": "apiserver", "provider": "kubernetes"}},
        "spec": {"ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}]},
    });
    create(state, "v1", "Service", service);
    for (class, value) in [
        ("system-cluster-critical", 2_000_000_000),
        ("system-node-critical", 2_000_001_000),
    ] {
        create(
            state,
            "scheduling.k8s.io/v1",
            "PriorityClass",
            json!({"metadata": {"name": class}, "value": value}),
        );
    }
}

pub(super) fn reconcile(state: &mut State, key: &Key, object: &Json) {
    match &*key.store {
        "/namespaces" => inhabit(state, &key.name),
        "/nodes" => node(state, key, object),
        "/persistentvolumeclaims" => bind(state, key, object),
        "/services" => service(state, key, object),
        "policy/poddisruptionbudgets" => budget(state, key, object),
        "apiregistration.k8s.io/apiservices" => {
            let mut new = object.clone();
            let available = condition(object, "Available", true, "Passed", "all checks passed");
            set(&mut new, "/status/conditions", json!([available]));
            write(state, key, new);
        }
        _ => {}
    }
}

/// Services and disruption budgets look at pods.
pub(super) fn interested(state: &State, key: &Key, object: &Json) -> Vec<Key> {
    if &*key.store != "/pods" {
        return Vec::new();
    }
    let services = state.list("/services", Some(&key.namespace));
    let services = services.filter(|(_, service)| {
        let map = at(service, "/spec/selector");
        map.is_object() && Selector::of_map(map).matches(object)
    });
    let budgets = state.list("policy/poddisruptionbudgets", Some(&key.namespace));
    let budgets =
        budgets.filter(|(_, budget)| Selector::of_object(at(budget, "/spec/selector")).matches(object));
    services.chain(budgets).map(|(key, _)| key.clone()).collect()
}

fn inhabit(state: &mut State, namespace: &str) {
    if state.find("/serviceaccounts", namespace, "default").is_none() {
        create(
            state,
            "v1",
            "ServiceAccount",
            json!({"metadata": {"name": "default", "namespace": namespace}}),
        );
    }
    if state.find("/configmaps", namespace, "kube-root-ca.crt").is_none() {
        let map =
            json!({"metadata": {"name": "kube-root-ca.crt", "namespace": namespace}, "data": {"ca.crt": ""}});
        create(state, "v1", "ConfigMap", map);
    }
}

/// Deletes what is in a namespace that is being deleted, then the namespace.
pub(super) fn empty_namespace(state: &mut State, key: &Key) {
    let inside = |state: &State| -> Vec<(Key, Arc<Json>)> {
        let inside = state.all().filter(|(other, _)| other.namespace == key.name);
        inside
            .map(|(other, object)| (other.clone(), Arc::clone(object)))
            .collect()
    };
    for (other, object) in inside(state) {
        garbage::discard(state, &other, &object);
    }
    let Some(namespace) = state.get(key).filter(|_| inside(state).is_empty()) else {
        return;
    };
    if list(namespace, "/metadata/finalizers").is_empty() {
        state.take(key);
    }
}

fn node(state: &mut State, key: &Key, object: &Json) {
    let mut new = object.clone();
    let capacity = json!({"cpu": "8", "memory": "32Gi", "pods": "110", "ephemeral-storage": "100Gi"});
    set(
        &mut new,
        "/status",
        json!({
            "capacity": capacity, "allocatable": capacity, "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}],
            "conditions": [condition(object, "Ready", true, "KubeletReady", "the sandbox plays the kubelet")],
            "nodeInfo": {
                "kubeletVersion": "v1.33.1", "operatingSystem": "linux", "architecture": "amd64", "osImage": "sandbox",
                "kernelVersion": "", "containerRuntimeVersion": "sandbox://0", "kubeProxyVersion": "", "machineID": "", "systemUUID": "", "bootID": "",
            },
        }),
    );
    write(state, key, new);
}

fn bind(state: &mut State, key: &Key, claim: &Json) {
    if text(claim, "/status/phase") == "Bound" {
        return;
    }
    let volume = format!("pvc-{}", uid(claim));
    let mut new = claim.clone();
    set(&mut new, "/spec/volumeName", volume.clone());
    let size = at(claim, "/spec/resources/requests/storage").clone();
    let modes = at(claim, "/spec/accessModes").clone();
    set(
        &mut new,
        "/status",
        json!({"phase": "Bound", "accessModes": modes, "capacity": {"storage": size}}),
    );
    write(state, key, new);
    create(
        state,
        "v1",
        "PersistentVolume",
        json!({
            "metadata": {"name": volume},
            "spec": {
                "capacity": {"storage": size}, "accessModes": modes, "persistentVolumeReclaimPolicy": "Delete",
                "storageClassName": at(claim, "/spec/storageClassName"), "hostPath": {"path": "/sandbox"},
                "claimRef": {"kind": "PersistentVolumeClaim", "apiVersion": "v1", "namespace": key.namespace, "name": key.name, "uid": uid(claim)},
            },
        }),
    );
}

/// A load balancer gets an address; selected pods become endpoints.
fn service(state: &mut State, key: &Key, service: &Json) {
    let is_balancer = text(service, "/spec/type") == "LoadBalancer";
    if is_balancer && list(service, "/status/loadBalancer/ingress").is_empty() {
        let address = state.new_address("203.0");
        let mut new = service.clone();
        set(
            &mut new,
            "/status/loadBalancer/ingress",
            json!([{"ip": address, "ipMode": "VIP"}]),
        );
        write(state, key, new);
    }
    if at(service, "/spec/selector").is_object() {
        endpoints(state, key, service);
    }
}

fn endpoints(state: &mut State, key: &Key, service: &Json) {
    let selector = Selector::of_map(at(service, "/spec/selector"));
    let pods = state
        .list("/pods", Some(&key.namespace))
        .filter(|(_, pod)| selector.matches(pod) && is_ready(pod));
    let address = |pod: &Json| {
        json!({
            "ip": at(pod, "/status/podIP"), "nodeName": NODE,
            "targetRef": {"kind": "Pod", "name": name(pod), "namespace": namespace(pod), "uid": uid(pod)},
        })
    };
    let addresses: Vec<Json> = pods.map(|(_, pod)| address(pod)).collect();
    let port =
        |port: &Json| json!({"name": port["name"], "port": port["port"], "protocol": port["protocol"]});
    let ports: Vec<Json> = list(service, "/spec/ports").iter().map(port).collect();
    let subsets = if addresses.is_empty() {
        json!([])
    } else {
        json!([{"addresses": addresses, "ports": ports}])
    };
    let own = Key::new("/endpoints", &key.namespace, &key.name);
    let Some(stored) = state.get(&own).cloned() else {
        let owner = super::pods::reference(service);
        let metadata = json!({"name": key.name, "namespace": key.namespace, "ownerReferences": [owner]});
        create(
            state,
            "v1",
            "Endpoints",
            json!({"metadata": metadata, "subsets": subsets}),
        );
        return;
    };
    let mut new = (*stored).clone();
    crate::sandbox::object::prune_nulls(&mut new);
    let mut subsets = subsets;
    crate::sandbox::object::prune_nulls(&mut subsets);
    set(&mut new, "/subsets", subsets);
    write(state, &own, new);
}

fn budget(state: &mut State, key: &Key, budget: &Json) {
    let selector = Selector::of_object(at(budget, "/spec/selector"));
    let pods = state
        .list("/pods", Some(&key.namespace))
        .filter(|(_, pod)| selector.matches(pod) && !is_being_deleted(pod));
    let pods: Vec<bool> = pods.map(|(_, pod)| is_ready(pod)).collect();
    let healthy = pods.iter().filter(|ready| **ready).count();
    let mut new = budget.clone();
    set(
        &mut new,
        "/status",
        json!({
            "observedGeneration": at(budget, "/metadata/generation"), "expectedPods": pods.len(), "currentHealthy": healthy,
            "desiredHealthy": 0, "disruptionsAllowed": healthy,
            "conditions": [condition(budget, "DisruptionAllowed", true, "SufficientPods", "")],
        }),
    );
    write(state, key, new);
}

/// Writes an event about an object; of too many, the oldest go.
pub(super) fn event(state: &mut State, about: &Json, kind: &str, reason: &str, message: &str) {
    let reference = json!({
        "apiVersion": about["apiVersion"], "kind": about["kind"], "name": name(about), "namespace": namespace(about), "uid": uid(about),
    });
    let number = format!("{:x}", state.version);
    let mut event = json!({
        "metadata": {"name": format!("{}.{number}", name(about)), "namespace": namespace(about)},
        "involvedObject": reference, "type": kind, "reason": reason, "message": message,
        "source": {"component": "sandbox"}, "firstTimestamp": now(), "lastTimestamp": now(), "count": 1,
    });
    remove(&mut event, "/involvedObject/resourceVersion");
    create(state, "v1", "Event", event);
    let age = |object: &Json| {
        text(object, "/metadata/resourceVersion")
            .parse::<u64>()
            .unwrap_or_default()
    };
    if state.list("/events", None).nth(EVENTS).is_some() {
        let oldest = state
            .list("/events", None)
            .min_by_key(|(_, object)| age(object))
            .map(|(key, _)| key.clone());
        if let Some(key) = oldest {
            state.take(&key);
        }
    }
}
