//! Services, claims and definitions.

use super::{Object, Readiness, condition, text, unless};

pub(super) fn service(service: &Object) -> Readiness {
    let kind = text(service, "/spec/type");
    if kind == "ExternalName" {
        return Readiness::Ready;
    }
    if text(service, "/spec/clusterIP").is_empty() {
        return Readiness::Waiting("it has no cluster IP yet".to_owned());
    }
    let is_waiting = kind == "LoadBalancer"
        && is_empty(service, "/spec/externalIPs")
        && is_empty(service, "/status/loadBalancer/ingress");
    unless(is_waiting, || "the load balancer has no address yet".to_owned())
}

fn is_empty(object: &Object, pointer: &str) -> bool {
    let list = object.pointer(pointer).and_then(Object::as_array);
    list.is_none_or(Vec::is_empty)
}

pub(super) fn claim(claim: &Object) -> Readiness {
    let phase = text(claim, "/status/phase");
    unless(phase != "Bound", || {
        format!("the claim is {}, not Bound", phase_name(phase))
    })
}

pub(super) fn phase_name(phase: &str) -> &str {
    if phase.is_empty() {
        "without a phase"
    } else {
        phase
    }
}

/// A naming conflict counts as ready, as in Helm: it is not the wait's job to fail on it.
pub(super) fn definition(definition: &Object) -> Readiness {
    let is_ready =
        condition(definition, "Established") == "True" || condition(definition, "NamesAccepted") == "False";
    unless(!is_ready, || "the definition is not established yet".to_owned())
}
