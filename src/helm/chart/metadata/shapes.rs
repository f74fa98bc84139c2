//! The Go types that Chart.yaml, requirements.yaml and the lock files are read into, as YAML sees them.
//! Source: helm `pkg/chart/metadata.go`, `dependency.go`, v3.17.

use crate::golang::yaml::Shape::{self, Any, List, Map, Struct, Text};

const DEPENDENCIES: Shape = List(&Struct(&[
    ("name", Text),
    ("version", Text),
    ("repository", Text),
    ("condition", Text),
    ("tags", List(&Text)),
    ("enabled", Any),
    ("import-values", List(&Any)),
    ("alias", Text),
]));

const MAINTAINERS: Shape = List(&Struct(&[("name", Text), ("email", Text), ("url", Text)]));

pub(super) static METADATA: Shape = Struct(&[
    ("name", Text),
    ("home", Text),
    ("sources", List(&Text)),
    ("version", Text),
    ("description", Text),
    ("keywords", List(&Text)),
    ("maintainers", MAINTAINERS),
    ("icon", Text),
    ("apiVersion", Text),
    ("condition", Text),
    ("tags", Text),
    ("appVersion", Text),
    ("deprecated", Any),
    ("annotations", Map(&Text)),
    ("kubeVersion", Text),
    ("dependencies", DEPENDENCIES),
    ("type", Text),
]);

pub(super) static LOCK: Shape = Struct(&[
    ("generated", Any),
    ("digest", Text),
    ("dependencies", DEPENDENCIES),
]);

/// All that Helm 4 wants to know at first.
pub(super) static VERSION: Shape = Struct(&[("apiVersion", Text)]);
