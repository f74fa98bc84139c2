use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::*;
use crate::helm::engines::{HELM_3_17_2, HELM_4_3_1};

/// As a Helm 3 on a machine with a local time zone writes it.
const V3: &str = r#"{"name":"shop","info":{"first_deployed":"2024-05-02T08:00:00.12Z","last_deployed":"2024-05-03T09:30:00.5+02:00","deleted":"","description":"Upgrade complete","status":"deployed","notes":"visit /"},"chart":{"metadata":{"name":"shop","version":"1.4.0","apiVersion":"v2","appVersion":"7"},"lock":null,"templates":[{"name":"templates/deploy.yaml","data":"YQo="}],"values":{"replicas":2},"schema":null,"files":null},"config":{"replicas":3},"manifest":"---\nkind: A\n","hooks":[{"name":"shop-migrate","kind":"Job","path":"shop/templates/migrate.yaml","manifest":"kind: Job\n","events":["pre-upgrade"],"last_run":{"started_at":"","completed_at":"","phase":""},"weight":-5,"delete_policies":["before-hook-creation"]}],"version":2,"namespace":"prod"}"#;

/// As Helm 4 writes the same.
const V4: &str = r#"{"name":"shop","info":{"first_deployed":"2024-05-02T08:00:00.12Z","last_deployed":"2024-05-03T07:30:00.5Z","description":"Rollback to 1","status":"deployed","rollback_revision":1},"chart":{"metadata":{"name":"shop","version":"1.4.0"},"lock":null,"templates":[],"values":{},"schema":null,"schemamodtime":"0001-01-01T00:00:00Z","files":[],"modtime":"2024-05-01T00:00:00Z"},"hooks":[{"name":"h","last_run":{"phase":""}}],"version":2,"namespace":"prod","apply_method":"ssa"}"#;

fn stored(json: &str) -> Stored {
    Stored {
        release: serde_json::from_str(json).unwrap(),
        labels: BTreeMap::from([("team".to_owned(), "shop".to_owned())]),
    }
}

fn unpacked(payload: &str) -> String {
    use std::io::Read;
    let bytes = STANDARD.decode(payload).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn each_major_writes_its_own_empty_fields_in_its_own_order() {
    // Inside the chart, keys are sorted: readers do not care, and what is unknown is kept as it came.
    let sorted = |json: &str| serde_json::from_str::<Json>(json).unwrap();
    let v3 = unpacked(&encode(&stored(V3).release, &HELM_3_17_2));
    assert_eq!(sorted(&v3), sorted(V3));
    let v4 = unpacked(&encode(&stored(V4).release, &HELM_4_3_1));
    assert_eq!(sorted(&v4), sorted(V4));
    let start = r#"{"name":"shop","info":{"first_deployed":"2024-05-02T08:00:00.12Z","last_deployed":"2024-05-03T09:30:00.5+02:00","deleted":"","description":"Upgrade complete","status":"deployed","notes":"visit /"},"chart":{"#;
    assert!(v3.starts_with(start), "{v3}");
    assert!(v3.ends_with(r#","version":2,"namespace":"prod"}"#), "{v3}");
}

#[test]
fn a_record_changes_style_with_the_engine_that_writes_it() {
    let as_v4 = unpacked(&encode(&stored(V3).release, &HELM_4_3_1));
    assert!(
        !as_v4.contains("deleted") && !as_v4.contains("started_at"),
        "{as_v4}"
    );
    let as_v3 = unpacked(&encode(&stored(V4).release, &HELM_3_17_2));
    assert!(
        as_v3.contains(r#""deleted":"""#) && as_v3.contains(r#""apply_method":"ssa""#),
        "{as_v3}"
    );
}

#[test]
fn the_payload_has_helms_gzip_header() {
    let bytes = STANDARD
        .decode(encode(&stored(V3).release, &HELM_3_17_2))
        .unwrap();
    assert_eq!(bytes[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
}

#[test]
fn records_survive_the_storage_object() {
    for (json, engine) in [(V3, &HELM_3_17_2), (V4, &HELM_4_3_1)] {
        let before = stored(json);
        let object = secret(&before, &encode(&before.release, engine), Stamp::Created(7));
        let after = read_object(&object).unwrap();
        assert_eq!(after.labels, before.labels);
        let again = unpacked(&encode(&after.release, engine));
        assert_eq!(again, unpacked(&encode(&before.release, engine)));
    }
}

#[test]
fn the_storage_object_is_helms() {
    let object = secret(&stored(V3), "cGF5bG9hZA==", Stamp::Modified(1_700_000_000));
    let expected = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": {"name": "sh.helm.release.v1.shop.v2", "namespace": "prod", "labels": {
            "name": "shop", "owner": "helm", "status": "deployed", "version": "2", "modifiedAt": "1700000000", "team": "shop"}},
        "data": {"release": "Y0dGNWJHOWhaQT09"},
    });
    assert_eq!(object, expected);
}

#[test]
fn records_are_read_in_every_form_that_exists() {
    let plain = STANDARD.encode(V3);
    assert_eq!(decode(plain.as_bytes()).unwrap(), stored(V3).release);
    let broken_lines = format!("{}\r\n{}", &plain[..40], &plain[40..]);
    assert_eq!(decode(broken_lines.as_bytes()).unwrap(), stored(V3).release);
    let odd = r#"{"name":"x","info":{"first_deployed":null,"status":"failed","future":1},"chart":{"metadata":{"name":"x"}},"config":null,"hooks":null,"version":1,"new":{"a":[1]}}"#;
    let release = decode(STANDARD.encode(odd).as_bytes()).unwrap();
    assert_eq!(release.info.first_deployed, None);
    assert_eq!(release.info.other["future"], 1);
    assert_eq!(release.other["new"], json!({"a": [1]}));
    assert!(unpacked(&encode(&release, &HELM_3_17_2)).contains(r#""new":{"a":[1]}"#));
}

#[test]
fn a_config_map_holds_the_payload_once_encoded() {
    let payload = encode(&stored(V3).release, &HELM_3_17_2);
    let object = json!({"kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"release": payload}});
    assert_eq!(read_object(&object).unwrap().release.name, "shop");
}

#[test]
fn what_is_no_record_says_why() {
    let fail = |payload: &str| {
        let object = json!({"kind": "ConfigMap", "metadata": {"name": "sh.helm.release.v1.x.v1"}, "data": {"release": payload}});
        read_object(&object).unwrap_err().to_string()
    };
    assert!(fail("?").starts_with("sh.helm.release.v1.x.v1: the payload is not base64: "));
    assert!(fail(&STANDARD.encode("{")).contains("the record is not a release in JSON: "));
    let mut cut = STANDARD
        .decode(encode(&stored(V3).release, &HELM_3_17_2))
        .unwrap();
    cut.truncate(cut.len() / 2);
    assert!(fail(&STANDARD.encode(cut)).contains("the payload does not unpack: "));
    assert!(fail("").contains("the record is not a release in JSON"));
}

#[test]
fn an_oversize_record_names_its_largest_parts() {
    let mut release = stored(V3).release;
    assert_eq!(over_limit(&release, "small", 0), None);
    let whole = "z".repeat(1 << 20);
    assert_eq!(over_limit(&release, &whole, 0), None);
    assert!(
        over_limit(&release, &whole, 7).is_some(),
        "the key of a ConfigMap counts"
    );
    release.manifest = "x".repeat(500);
    release.chart["files"] = json!([{"name": "big.bin", "data": "y".repeat(900)}]);
    let told = over_limit(&release, &"z".repeat(2 << 20), 0).unwrap();
    assert!(
        told.contains("chart file big.bin (900 bytes unpacked), the manifest (500 bytes unpacked)"),
        "{told}"
    );
}

#[test]
fn helms_own_labels_are_reserved() {
    let label = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.to_owned())]);
    assert_eq!(
        check_labels(&label("owner", "me")).unwrap_err(),
        "user supplied labels contains system reserved label name. System labels: [name owner status version createdAt modifiedAt]"
    );
    assert_eq!(check_labels(&label("team", "me")), Ok(()));
    assert_eq!(labels_with(&label("a", "1"), &label("b", "2")).len(), 2);
    assert_eq!(
        labels_with(&label("a", "1"), &label("a", "null")),
        BTreeMap::new()
    );
}

#[test]
fn pending_states_are_known() {
    assert!(status::is_pending("pending-rollback") && !status::is_pending("uninstalling"));
}

#[test]
fn a_chart_is_stored_without_its_subcharts() {
    use crate::helm::chart::{Chart, File, Metadata};
    let mut chart = Chart {
        metadata: Metadata {
            name: "web".into(),
            version: "1.0.0".into(),
            ..Metadata::default()
        },
        templates: vec![File {
            name: "templates/a.yaml".into(),
            data: b"a: 1".as_slice().into(),
        }],
        ..Chart::default()
    };
    chart.dependencies.push(std::sync::Arc::new(Chart::default()));
    let expected = json!({"metadata": {"name": "web", "version": "1.0.0"}, "lock": null, "values": null, "schema": null,
        "templates": [{"name": "templates/a.yaml", "data": "YTogMQ=="}], "files": null});
    assert_eq!(chart_json(&chart, &HELM_3_17_2), expected);
    assert_eq!(
        chart_json(&chart, &HELM_4_3_1)["schemamodtime"],
        "0001-01-01T00:00:00Z"
    );
}
