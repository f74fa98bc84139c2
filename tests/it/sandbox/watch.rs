//! Watches: what they send, from where they resume, when they are told that they are too late.

use futures::StreamExt as _;
use serde_json::{Value, json};

use super::support::{CONFIG_MAPS, Lab, config_map};

/// The next events of a watch, as (type, name).
async fn events(lab: &Lab, query: &str, count: usize) -> Vec<(String, String)> {
    let path = format!(
        "{CONFIG_MAPS}?watch=true&timeoutSeconds=5&fieldSelector=metadata.name!%3Dkube-root-ca.crt{query}"
    );
    let mut stream = lab.get_as(&path, "application/json").await.bytes_stream();
    let (mut text, mut found) = (String::new(), Vec::new());
    while found.len() < count {
        let Some(chunk) = stream.next().await else { break };
        text += std::str::from_utf8(&chunk.unwrap()).unwrap();
        while let Some((line, rest)) = text.split_once('\n') {
            let event: Value = serde_json::from_str(line).unwrap();
            let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            found.push((word(&event["type"]), word(&event["object"]["metadata"]["name"])));
            text = rest.to_owned();
        }
    }
    found
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter()
        .map(|(kind, name)| ((*kind).to_owned(), (*name).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_watch_resumes_where_a_list_ended() {
    let lab = Lab::new().await;
    lab.post(CONFIG_MAPS, config_map("old", json!({}))).await;
    let version = lab.get(CONFIG_MAPS).await.1["metadata"]["resourceVersion"].clone();
    lab.post(CONFIG_MAPS, config_map("new", json!({}))).await;
    lab.patch(
        &format!("{CONFIG_MAPS}/old"),
        "merge",
        json!({"data": {"a": "1"}}),
    )
    .await;
    lab.delete(&format!("{CONFIG_MAPS}/new"), json!({})).await;
    let query = format!("&resourceVersion={}", version.as_str().unwrap());
    let expected = pairs(&[("ADDED", "new"), ("MODIFIED", "old"), ("DELETED", "new")]);
    assert_eq!(events(&lab, &query, 3).await, expected);
}

#[tokio::test]
async fn a_watch_without_a_version_starts_with_what_is_there() {
    let lab = Lab::new().await;
    lab.post(CONFIG_MAPS, config_map("a", json!({}))).await;
    let query = "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
    let expected = pairs(&[("ADDED", "a"), ("BOOKMARK", "")]);
    assert_eq!(events(&lab, query, 2).await, expected);
    assert_eq!(events(&lab, "", 1).await, pairs(&[("ADDED", "a")]));
}

#[tokio::test]
async fn objects_enter_and_leave_the_view_of_a_selector() {
    let lab = Lab::new().await;
    let (_, object) = lab.post(CONFIG_MAPS, config_map("a", json!({}))).await;
    let label = |value: Value| json!({"metadata": {"labels": {"on": value}}});
    let path = format!("{CONFIG_MAPS}/a");
    lab.patch(&path, "merge", label("yes".into())).await;
    lab.patch(&path, "merge", label(Value::Null)).await;
    let query = format!(
        "&labelSelector=on&resourceVersion={}",
        object["metadata"]["resourceVersion"].as_str().unwrap()
    );
    assert_eq!(
        events(&lab, &query, 2).await,
        pairs(&[("ADDED", "a"), ("DELETED", "a")])
    );
}

#[tokio::test]
async fn too_old_versions_are_gone() {
    let lab = Lab::new().await;
    let (_, object) = lab.post(CONFIG_MAPS, config_map("a", json!({}))).await;
    lab.sandbox.forget_history();
    lab.post(CONFIG_MAPS, config_map("b", json!({}))).await;
    let version = object["metadata"]["resourceVersion"].as_str().unwrap();
    let (code, status) = lab
        .get(&format!("{CONFIG_MAPS}?watch=true&resourceVersion={version}"))
        .await;
    assert_eq!((code, status["reason"].as_str()), (410, Some("Expired")));
}

#[tokio::test]
async fn a_watch_ends_in_time_and_with_the_server() {
    let lab = Lab::new().await;
    let path = format!("{CONFIG_MAPS}?watch=true&timeoutSeconds=1&resourceVersion=100000");
    assert_eq!(lab.get_as(&path, "").await.bytes().await.unwrap().len(), 0);
    let endless = lab
        .get_as(&format!("{CONFIG_MAPS}?watch=true&resourceVersion=100000"), "")
        .await;
    lab.sandbox.stop().await;
    assert_eq!(endless.bytes().await.unwrap().len(), 0);
}
