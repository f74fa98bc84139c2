use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{apply, three_way, two_way};
use crate::patch::keys::{Schema, schema_of};

fn pod() -> Schema {
    schema_of("v1", "Pod").unwrap()
}
fn deployment() -> Schema {
    schema_of("apps/v1", "Deployment").unwrap()
}
#[expect(clippy::needless_pass_by_value, reason = "reads better at the calls")]
fn containers(list: Json) -> Json {
    json!({"spec": {"containers": list}})
}

#[test]
fn apply_carries_out_every_directive() {
    let cases = [
        (
            "objects merge",
            json!({"metadata": {"labels": {"a": "1"}}}),
            json!({"metadata": {"labels": {"b": "2"}}}),
            json!({"metadata": {"labels": {"a": "1", "b": "2"}}}),
        ),
        (
            "null removes",
            json!({"metadata": {"labels": {"a": "1"}}}),
            json!({"metadata": {"labels": {"a": null, "x": null}}}),
            json!({"metadata": {"labels": {}}}),
        ),
        (
            "lists merge by key",
            containers(json!([{"name": "a", "image": "1"}, {"name": "b"}])),
            containers(json!([{"name": "a", "image": "2"}, {"name": "c"}])),
            containers(json!([{"name": "a", "image": "2"}, {"name": "c"}, {"name": "b"}])),
        ),
        (
            "an element is deleted",
            containers(json!([{"name": "a"}, {"name": "b"}])),
            containers(json!([{"name": "a", "$patch": "delete"}])),
            containers(json!([{"name": "b"}])),
        ),
        (
            "a list is replaced",
            containers(json!([{"name": "a"}])),
            containers(json!([{"name": "b"}, {"$patch": "replace"}])),
            containers(json!([{"name": "b"}])),
        ),
        (
            "an object is replaced",
            json!({"metadata": {"labels": {"a": "1"}}}),
            json!({"metadata": {"labels": {"$patch": "replace", "b": "2"}}}),
            json!({"metadata": {"labels": {"b": "2"}}}),
        ),
        (
            "an object is emptied",
            json!({"metadata": {"labels": {"a": "1"}}}),
            json!({"metadata": {"labels": {"$patch": "delete"}}}),
            json!({"metadata": {"labels": {}}}),
        ),
        (
            "atomic lists are replaced",
            json!({"spec": {"tolerations": [{"key": "a"}]}}),
            json!({"spec": {"tolerations": [{"key": "b"}]}}),
            json!({"spec": {"tolerations": [{"key": "b"}]}}),
        ),
        (
            "scalars merge and go",
            json!({"metadata": {"finalizers": ["a", "b"]}}),
            json!({"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"], "finalizers": ["c"],
                "$setElementOrder/finalizers": ["c", "b"]}}),
            json!({"metadata": {"finalizers": ["c", "b"]}}),
        ),
        (
            "the order is set, live-only elements keep their place",
            containers(json!([{"name": "a"}, {"name": "live"}, {"name": "b"}])),
            json!({"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}}),
            containers(json!([{"name": "live"}, {"name": "b"}, {"name": "a"}])),
        ),
        (
            "retained keys clear the others",
            json!({"spec": {"volumes": [{"name": "v", "emptyDir": {}}]}}),
            json!({"spec": {"volumes": [{"name": "v", "$retainKeys": ["name", "secret"], "secret": {"x": null}}]}}),
            json!({"spec": {"volumes": [{"name": "v", "secret": {}}]}}),
        ),
        (
            "directives leave no trace in new parts",
            json!({}),
            json!({"spec": {"$setElementOrder/containers": [{"name": "a"}], "containers": [{"name": "a"}, {"name": "b", "$patch": "delete"}]}}),
            containers(json!([{"name": "a"}])),
        ),
    ];
    for (name, target, patch, expected) in cases {
        assert_eq!(apply(&target, &patch, pod()).unwrap(), expected, "{name}");
    }
}

#[test]
fn patches_that_do_not_fit_are_refused_without_their_values() {
    for (target, patch, expected) in [
        (
            containers(json!([{"name": "a"}])),
            containers(json!([{"image": "canary"}])),
            "map with keys [image] does not contain declared merge key: name",
        ),
        (
            containers(json!([{"name": "a"}])),
            containers(json!([["a"]])),
            "lists of lists are not supported",
        ),
        (
            containers(json!([{"name": "a"}])),
            containers(json!(["a"])),
            "list element types are not identical",
        ),
        (json!({}), json!({"spec": {"$patch": "merge"}}), ""),
        (
            json!({"spec": {}}),
            json!({"spec": {"$patch": "other"}}),
            "unknown patch type: \"other\"",
        ),
        (
            json!({"spec": {}}),
            json!({"spec": {"$retainKeys": ["a"], "b": 1}}),
            "invalid patch format of retainKeys",
        ),
        (json!([]), json!({}), "invalid JSON document"),
    ] {
        let result = apply(&target, &patch, pod()).map_err(|error| error.to_string());
        assert_eq!(result.err().unwrap_or_default(), expected, "{patch}");
    }
}

#[test]
fn two_way_says_what_differs() {
    for (name, original, modified, expected) in [
        (
            "nothing",
            containers(json!([{"name": "a"}])),
            containers(json!([{"name": "a"}])),
            json!({}),
        ),
        (
            "change, addition and removal of elements",
            containers(json!([{"name": "a", "image": "1"}, {"name": "b"}])),
            containers(json!([{"name": "c"}, {"name": "a", "image": "2"}])),
            json!({"spec": {"$setElementOrder/containers": [{"name": "c"}, {"name": "a"}],
                "containers": [{"name": "c"}, {"name": "a", "image": "2"}, {"$patch": "delete", "name": "b"}]}}),
        ),
        (
            "order alone",
            containers(json!([{"name": "a"}, {"name": "b"}])),
            containers(json!([{"name": "b"}, {"name": "a"}])),
            json!({"spec": {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]}}),
        ),
        (
            "scalars",
            json!({"metadata": {"finalizers": ["a", "b"]}}),
            json!({"metadata": {"finalizers": ["b", "c"]}}),
            json!({"metadata": {"finalizers": ["c"], "$deleteFromPrimitiveList/finalizers": ["a"],
                "$setElementOrder/finalizers": ["b", "c"]}}),
        ),
        (
            "unions",
            json!({"spec": {"volumes": [{"name": "v", "emptyDir": {}}]}}),
            json!({"spec": {"volumes": [{"name": "v", "secret": {"secretName": "s"}}]}}),
            json!({"spec": {"$setElementOrder/volumes": [{"name": "v"}], "volumes": [{"name": "v", "emptyDir": null,
                "secret": {"secretName": "s"}, "$retainKeys": ["name", "secret"]}]}}),
        ),
        (
            "a list that vanishes",
            json!({"spec": {"tolerations": []}}),
            json!({"spec": {}}),
            json!({"spec": {"tolerations": null}}),
        ),
    ] {
        assert_eq!(two_way(&original, &modified, pod()).unwrap(), expected, "{name}");
    }
}

#[test]
fn three_way_corrects_drift_and_keeps_what_others_set() {
    let with =
        |replicas: i64, extra: Json| json!({"spec": {"replicas": replicas, "template": {"spec": extra}}});
    let plain = json!({"containers": [{"name": "a", "image": "1"}]});
    let defaulted = json!({"containers": [{"name": "a", "image": "1", "imagePullPolicy": "Always"}], "dnsPolicy": "ClusterFirst"});
    let injected = json!({"containers": [{"name": "a", "image": "1"}, {"name": "sidecar"}]});
    for (name, original, modified, live, expected) in [
        (
            "defaults stay",
            with(1, plain.clone()),
            with(1, plain.clone()),
            with(1, defaulted),
            json!({}),
        ),
        (
            "drift goes back",
            with(1, plain.clone()),
            with(1, plain.clone()),
            with(3, plain.clone()),
            json!({"spec": {"replicas": 1}}),
        ),
        (
            "an injected container stays, the order is said",
            with(1, plain.clone()),
            with(1, plain.clone()),
            with(1, injected),
            json!({"spec": {"template": {"spec": {"$setElementOrder/containers": [{"name": "a"}]}}}}),
        ),
        (
            "a dropped container goes",
            with(1, json!({"containers": [{"name": "a"}, {"name": "b"}]})),
            with(1, json!({"containers": [{"name": "a"}]})),
            with(1, json!({"containers": [{"name": "a"}, {"name": "b"}]})),
            json!({"spec": {"template": {"spec": {"$setElementOrder/containers": [{"name": "a"}],
                "containers": [{"$patch": "delete", "name": "b"}]}}}}),
        ),
        (
            "a strategy without its defaults retains its keys",
            json!({"spec": {"strategy": {"type": "Recreate"}}}),
            json!({"spec": {"strategy": {"type": "Recreate"}}}),
            json!({"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}),
            json!({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}),
        ),
        (
            "a dropped field goes, even if live has another value",
            json!({"spec": {"paused": true}}),
            json!({"spec": {}}),
            json!({"spec": {"paused": false}}),
            json!({"spec": {"paused": null}}),
        ),
    ] {
        let patch = three_way(&original, &modified, &live, deployment()).unwrap();
        assert_eq!(patch, expected, "{name}");
    }
}

/// A list of objects with distinct values of a key.
fn keyed_list(key: &'static str, value: impl Strategy<Value = Json>) -> impl Strategy<Value = Json> {
    let items =
        prop::collection::btree_map("[a-d]", value, 0..4).prop_map(|map| map.into_iter().collect::<Vec<_>>());
    items.prop_shuffle().prop_map(move |items| {
        let with_key = |(name, mut item): (String, Json)| {
            item[key] = Json::String(name);
            item
        };
        Json::Array(items.into_iter().map(with_key).collect())
    })
}

fn pods() -> impl Strategy<Value = Json> {
    let small = || prop_oneof![(0..3_i64).prop_map(Json::from), "[xy]".prop_map(Json::from)];
    let env = keyed_list("name", small().prop_map(|value| json!({"value": value})));
    let container = (env, small(), prop::option::of(small())).prop_map(|(env, image, policy)| match policy {
        Some(policy) => json!({"env": env, "image": image, "imagePullPolicy": policy}),
        None => json!({"image": image, "command": env}),
    });
    let volume = prop_oneof![
        Just(json!({"emptyDir": {}})),
        small().prop_map(|name| json!({"secret": {"secretName": name}})),
    ];
    let finalizers = prop::collection::btree_set("[a-d]", 0..4)
        .prop_map(|set| set.into_iter().collect::<Vec<_>>())
        .prop_shuffle();
    let tolerations = prop::collection::vec(small().prop_map(|key| json!({"key": key})), 0..3);
    (
        keyed_list("name", container),
        keyed_list("name", volume),
        finalizers,
        tolerations,
    )
        .prop_map(|(containers, volumes, finalizers, tolerations)| {
            json!({"metadata": {"finalizers": finalizers},
                "spec": {"containers": containers, "volumes": volumes, "tolerations": tolerations}})
        })
}

/// Lists of length zero say the same as absent ones.
fn without_empty_lists(value: &Json) -> Json {
    match value {
        Json::Object(map) => {
            let kept = map
                .iter()
                .filter(|(_, value)| value.as_array().is_none_or(|list| !list.is_empty()));
            Json::Object(
                kept.map(|(key, value)| (key.clone(), without_empty_lists(value)))
                    .collect(),
            )
        }
        Json::Array(list) => Json::Array(list.iter().map(without_empty_lists).collect()),
        other => other.clone(),
    }
}

proptest! {
    #[test]
    fn a_two_way_patch_applied_gives_the_modified(a in pods(), b in pods()) {
        let patch = two_way(&a, &b, pod()).unwrap();
        let result = apply(&a, &patch, pod()).unwrap();
        prop_assert_eq!(without_empty_lists(&result), without_empty_lists(&b), "{}", patch);
    }
    #[test]
    fn three_way_of_equals_is_empty(a in pods()) {
        prop_assert_eq!(three_way(&a, &a, &a, pod()).unwrap(), json!({}));
    }
    #[test]
    fn three_way_is_done_after_one_application(a in pods(), b in pods(), live in pods()) {
        let patch = three_way(&a, &b, &live, pod()).unwrap();
        let once = apply(&live, &patch, pod()).unwrap();
        let again = three_way(&b, &b, &once, pod()).unwrap();
        let twice = apply(&once, &again, pod()).unwrap();
        prop_assert_eq!(&once, &twice, "{}", again);
    }
    #[test]
    fn three_way_from_an_unchanged_live_object_gives_the_modified(a in pods(), b in pods()) {
        let patch = three_way(&a, &b, &a, pod()).unwrap();
        let result = apply(&a, &patch, pod()).unwrap();
        prop_assert_eq!(without_empty_lists(&result), without_empty_lists(&b), "{}", patch);
    }
}
