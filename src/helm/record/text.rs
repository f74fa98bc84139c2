//! A record as JSON text, byte for byte as Go writes it: fields in the order of Helm's structs, keys of maps sorted.
//! Source: helm `pkg/release/{release,info,hook}.go`, `pkg/chart/{chart,metadata,dependency}.go`, v3.17 and v4.3.

use serde_json::Value as Json;

use super::schema::Release;
use crate::golang::json;
use crate::helm::engines::Engine;

/// The order of fields of what is a struct in Helm.
enum Shape {
    /// Free data.
    Free,
    Struct(&'static [(&'static str, Shape)]),
    /// A list of structs.
    List(&'static Shape),
}

use Shape::{Free, List, Struct};

const DEPENDENCIES: Shape = List(&Struct(&[
    ("name", Free),
    ("version", Free),
    ("repository", Free),
    ("condition", Free),
    ("tags", Free),
    ("enabled", Free),
    ("import-values", Free),
    ("alias", Free),
]));

const METADATA: Shape = Struct(&[
    ("name", Free),
    ("home", Free),
    ("sources", Free),
    ("version", Free),
    ("description", Free),
    ("keywords", Free),
    (
        "maintainers",
        List(&Struct(&[("name", Free), ("email", Free), ("url", Free)])),
    ),
    ("icon", Free),
    ("apiVersion", Free),
    ("condition", Free),
    ("tags", Free),
    ("appVersion", Free),
    ("deprecated", Free),
    ("annotations", Free),
    ("kubeVersion", Free),
    ("dependencies", DEPENDENCIES),
    ("type", Free),
]);

const FILES: Shape = List(&Struct(&[("name", Free), ("data", Free), ("modtime", Free)]));

const RELEASE: Shape = Struct(&[
    ("name", Free),
    (
        "info",
        Struct(&[
            ("first_deployed", Free),
            ("last_deployed", Free),
            ("deleted", Free),
            ("description", Free),
            ("status", Free),
            ("rollback_revision", Free),
            ("notes", Free),
            ("resources", Free),
        ]),
    ),
    (
        "chart",
        Struct(&[
            ("metadata", METADATA),
            (
                "lock",
                Struct(&[
                    ("generated", Free),
                    ("digest", Free),
                    ("dependencies", DEPENDENCIES),
                ]),
            ),
            ("templates", FILES),
            ("values", Free),
            ("schema", Free),
            ("schemamodtime", Free),
            ("files", FILES),
            ("modtime", Free),
        ]),
    ),
    ("config", Free),
    ("manifest", Free),
    (
        "hooks",
        List(&Struct(&[
            ("name", Free),
            ("kind", Free),
            ("path", Free),
            ("manifest", Free),
            ("events", Free),
            (
                "last_run",
                Struct(&[("started_at", Free), ("completed_at", Free), ("phase", Free)]),
            ),
            ("weight", Free),
            ("delete_policies", Free),
            ("output_log_policies", Free),
        ])),
    ),
    ("version", Free),
    ("namespace", Free),
    ("apply_method", Free),
]);

/// `json.Marshal` of a release, times as the engine's Helm writes them. A chart that is `null` is left out.
#[must_use]
pub fn release_text(release: &Release, engine: &Engine) -> String {
    let tree = release_json(release, engine);
    let mut out = String::new();
    write(&mut out, &tree, &RELEASE);
    out
}

/// The same as a tree.
#[must_use]
pub fn release_json(release: &Release, engine: &Engine) -> Json {
    let styled = super::codec::in_style_of(release, engine);
    let mut tree = serde_json::to_value(styled).unwrap_or_default();
    if let Some(fields) = tree.as_object_mut() {
        fields.retain(|key, value| key != "chart" || !value.is_null());
    }
    tree
}

/// `json.Marshal` of a list of chart dependencies.
#[must_use]
pub fn dependencies_text(list: &Json) -> String {
    let mut out = String::new();
    write(&mut out, list, &DEPENDENCIES);
    out
}

fn write(out: &mut String, tree: &Json, shape: &Shape) {
    match (tree, shape) {
        (Json::Object(entries), Struct(fields)) => {
            let known = |name: &str| fields.iter().any(|(field, _)| *field == name);
            let named = fields
                .iter()
                .filter_map(|(name, shape)| Some((*name, entries.get(*name)?, shape)));
            // What this program does not know comes last.
            let mut others: Vec<_> = entries.iter().filter(|(name, _)| !known(name)).collect();
            others.sort_by(|a, b| a.0.cmp(b.0));
            let others = others
                .into_iter()
                .map(|(name, value)| (name.as_str(), value, &Free));
            out.push('{');
            for (index, (name, value, shape)) in named.chain(others).enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&json::encode_serde(&Json::from(name)));
                out.push(':');
                write(out, value, shape);
            }
            out.push('}');
        }
        (Json::Array(items), List(shape)) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(out, item, shape);
            }
            out.push(']');
        }
        (tree, _) => out.push_str(&json::encode_serde(tree)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::helm::engines::{HELM_3_17_2, HELM_4_3_1};

    #[test]
    fn fields_stand_in_helms_order_and_numbers_in_gos_style() {
        let release = Release {
            name: "web".into(),
            chart: json!({"metadata": {"apiVersion": "v2", "name": "web"}, "values": {"b": 1.0, "a": "<"}, "lock": null}),
            config: serde_json::Map::from_iter([("n".to_owned(), json!(3.0))]),
            version: 1,
            ..Release::default()
        };
        assert_eq!(
            release_text(&release, &HELM_3_17_2),
            r#"{"name":"web","info":{"first_deployed":"","last_deployed":"","deleted":"","status":""},"chart":{"metadata":{"name":"web","apiVersion":"v2"},"lock":null,"values":{"a":"\u003c","b":1}},"config":{"n":3},"version":1}"#
        );
        let bare = Release {
            chart: Json::Null,
            config: serde_json::Map::new(),
            ..release
        };
        assert_eq!(
            release_text(&bare, &HELM_4_3_1),
            r#"{"name":"web","info":{"status":""},"version":1}"#
        );
    }
}
