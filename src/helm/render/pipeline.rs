//! The steps of a render. Source: helm `pkg/action/install.go` and `action.go` (`renderResources`), v3.17.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;

use super::ahead::{self, Parsing};
use super::context::{self, Shared, Template};
use super::host::{Host, tree_bytes, without_no_value};
use super::objects::capabilities::{KubeVersion, capabilities};
use super::objects::values;
use super::request::{Capabilities, ReleaseFacts, Rendered, Request};
use super::{RenderError, World, failure};
use crate::base::entropy::{CertificateRequest, Entropy, KeyKind, KeyMaker};
use crate::golang::env::Limits;
use crate::golang::regexp::ClassNames;
use crate::golang::strconv::quote;
use crate::golang::{Env, Fuel, Map, Value};
use crate::gotmpl::{self, Context, Functions, MissingKey, Options, Templates};
use crate::helm::chart::Chart;
use crate::helm::engines::Engine;
use crate::helm::manifest::sort::{Files, Read};
use crate::helm::manifest::{self, Sorted};
use crate::helm::values::{Composed, compose_from, prepare};

const NOTES: &str = "NOTES.txt";

/// Documents of one render. A release of as many would be far too large to be stored.
const MAX_DOCUMENTS: usize = 100_000;

/// What a render no longer needs. Freeing it takes longer than printing the result.
pub(super) struct Remains {
    _host: Rc<Host>,
    _templates: Vec<Template>,
    _env: Env,
}

/// Renders on the current thread. `stack` is (bytes that may be used, an address at their start).
pub(super) fn run(
    request: &Request,
    world: &World,
    stack: (usize, usize),
) -> Result<(Rendered, Remains), RenderError> {
    let kube_version = KubeVersion::of(&request.capabilities, request.engine).map_err(RenderError::before)?;
    let config = prepare(request).map_err(failure::composing)?;
    check_name(&request.release.name, request.engine)?;
    check_templates(&request.chart, request.limits.held)?;
    let host = Host::new(request, options(request, stack));
    let parsing = Parsing::new(&request.chart, request.engine, host.functions().names(), world);
    let compose = || compose_from(request, config, world.held).map_err(failure::composing);
    let (composed, values) = parsing.beside(compose)?;
    let warnings = composed.warnings.clone();
    with_values(
        request,
        world,
        (host, &parsing),
        (composed, values),
        &kube_version,
    )
    .map_err(|error| RenderError { warnings, ..error })
}

fn with_values(
    request: &Request,
    world: &World,
    (host, trees): (Rc<Host>, &Parsing<'_>),
    (composed, values): (Composed, Map),
    kube_version: &KubeVersion,
) -> Result<(Rendered, Remains), RenderError> {
    check_kube_version(&composed.chart, kube_version, request)?;
    let env = Env {
        class_names: request.engine.class_names,
        ..environment(request.limits, request.seed, request.now, world)
    };
    let shared = Shared {
        values,
        release: release(&request.release),
        capabilities: capabilities(&request.capabilities, kube_version, request.engine),
        engine: request.engine,
    };
    let templates = context::templates(&composed.chart, &shared);
    let (mut files, read) = execute(&templates, (&host, trees), &env, (request, world.begin))?;
    let notes = take_notes(&mut files, &composed.chart, request.switches.subchart_notes);
    let mut sorted = manifest::sort(&files, read, request.engine).map_err(|error| RenderError {
        files: printable(&files),
        ..failure::sorting(error, &files, request.engine)
    })?;
    let crds = crds(&composed.chart, &composed.chart.metadata.name);
    let mut warnings = composed.warnings;
    warnings.append(&mut sorted.warnings);
    let rendered = Rendered {
        manifest: manifest_text(&sorted, &crds, request.switches.include_crds),
        documents: documents(&sorted),
        hooks: sorted.hooks,
        notes,
        crds,
        config: composed.config,
        chart: composed.chart,
        warnings,
        is_repeatable: !env.is_changing.get(),
        lookups: host.lookups(),
    };
    let remains = Remains {
        _host: host,
        _templates: templates,
        _env: env,
    };
    Ok((rendered, remains))
}

/// The Kubernetes version can be read.
pub(super) fn check_capabilities(capabilities: &Capabilities, engine: &Engine) -> Result<(), RenderError> {
    KubeVersion::of(capabilities, engine)
        .map(|_| ())
        .map_err(RenderError::before)
}

/// Source: helm `pkg/action/install.go` (`TemplateName`), v3.17.
pub(super) fn name(template: &str, world: &World) -> Result<String, RenderError> {
    let fail = |error: gotmpl::Error| RenderError::before(error.to_string());
    let functions: Functions = crate::sprig::functions().into_iter().collect();
    let mut templates = Templates::new();
    let tree = templates
        .parse("name-template", template.as_bytes(), &functions)
        .map_err(fail)?;
    let env = environment(Limits::default(), None, None, world);
    let context = Context {
        templates: &templates,
        functions: &functions,
        env: &env,
        options: Options {
            missing_key: MissingKey::Zero,
            ranges_integers: false,
            names_compared_types: false,
            stack_bytes: 1 << 20,
            stack_base: std::ptr::from_ref(&env).addr(),
        },
    };
    let mut out = Vec::new();
    gotmpl::execute(&tree, Value::Nil, context, &mut out).map_err(fail)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

// === checks ===

/// Source: helm `pkg/chartutil/validate_name.go`, v3.17.
fn check_name(name: &str, engine: &Engine) -> Result<(), RenderError> {
    if name.parse::<crate::base::names::ReleaseName>().is_ok() {
        return Ok(());
    }
    let text = if name.is_empty() {
        "no name provided".to_owned()
    } else {
        let rule = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
        format!("invalid release name, must match regex {rule} and the length must not be longer than 53")
    };
    let doing = if engine.is_v4 {
        "release name check failed: "
    } else {
        ""
    };
    let problem = format!("release name {name:?}: {text}");
    let logged = format!(
        "level=ERROR msg=\"release name check failed\" error={}",
        quote(problem.as_bytes())
    );
    Err(RenderError {
        warnings: engine.is_v4.then_some(logged).into_iter().collect(),
        ..RenderError::before(format!("{doing}{problem}"))
    })
}

fn check_kube_version(chart: &Chart, version: &KubeVersion, request: &Request) -> Result<(), RenderError> {
    let wanted = &chart.metadata.kube_version;
    if wanted.is_empty() || version.satisfies(wanted, request.engine) {
        return Ok(());
    }
    let found = &version.version;
    Err(RenderError::rendering(format!(
        "chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {found}"
    )))
}

/// Templates of a chart and its subcharts are parsed on several threads, of which none knows what all of them hold: `room`
/// bytes are for the largest of them, and twice as many for all.
fn check_templates(chart: &Chart, room: u64) -> Result<(), RenderError> {
    fn sum(chart: &Chart, room: u64) -> Result<u64, RenderError> {
        let mut total: u64 = 0;
        for template in &chart.templates {
            let bytes = tree_bytes(&template.data);
            if bytes > room {
                return Err(failure::limit(&template.name, room));
            }
            total = total.saturating_add(bytes);
        }
        for subchart in &chart.dependencies {
            total = total.saturating_add(sum(subchart, room)?);
        }
        Ok(total)
    }
    if sum(chart, room)? <= room.saturating_mul(2) {
        return Ok(());
    }
    Err(failure::limit(&chart.metadata.name, room.saturating_mul(2)))
}

// === environment ===

fn options(request: &Request, (stack_bytes, stack_base): (usize, usize)) -> Options {
    Options {
        missing_key: MissingKey::Zero,
        ranges_integers: request.engine.ranges_integers,
        names_compared_types: request.engine.names_compared_types,
        stack_bytes,
        stack_base,
    }
}

fn environment(limits: Limits, seed: Option<u64>, now: Option<Timestamp>, world: &World) -> Env {
    let is_changing = Rc::new(Cell::new(false));
    Env {
        fuel: Fuel::new(limits, world.held),
        entropy: RefCell::new(Box::new(Noted {
            source: (world.entropy)(seed),
            is_used: Rc::clone(&is_changing),
        })),
        keys: Rc::new(SharedKeys {
            maker: Arc::clone(&world.keys),
            is_used: Rc::clone(&is_changing),
        }),
        is_changing,
        now: now.unwrap_or_else(world.now),
        local_zone: world.local_zone,
        zone: world.zone,
        class_names: ClassNames::default(),
    }
}

/// Randomness of which is known whether it was used.
struct Noted {
    source: Box<dyn Entropy>,
    is_used: Rc<Cell<bool>>,
}

impl Entropy for Noted {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.is_used.set(true);
        self.source.fill(buffer);
    }
}

/// The key maker of the world, held by one render.
struct SharedKeys {
    maker: Arc<dyn KeyMaker + Send + Sync>,
    is_used: Rc<Cell<bool>>,
}

impl KeyMaker for SharedKeys {
    fn private_key(&self, kind: KeyKind) -> Result<String, String> {
        self.is_used.set(true);
        self.maker.private_key(kind)
    }
    fn normalized(&self, key_pem: &str) -> Result<String, String> {
        self.maker.normalized(key_pem)
    }
    fn certificate(
        &self,
        request: &CertificateRequest,
        key_pem: &str,
        issuer: Option<(&str, &str)>,
    ) -> Result<String, String> {
        self.is_used.set(true);
        self.maker.certificate(request, key_pem, issuer)
    }
}

fn release(facts: &ReleaseFacts) -> Value {
    let map: Map = [
        ("Name", Value::str(facts.name.as_str())),
        ("Namespace", Value::str(facts.namespace.as_str())),
        ("IsUpgrade", Value::Bool(facts.is_upgrade)),
        ("IsInstall", Value::Bool(!facts.is_upgrade)),
        ("Revision", Value::int(facts.revision)),
        ("Service", Value::str("Helm")),
    ]
    .into_iter()
    .collect();
    Value::Map(map)
}

// === templates ===

fn execute(
    templates: &[Template],
    (host, trees): (&Host, &Parsing<'_>),
    env: &Env,
    (request, begin): (&Request, fn()),
) -> Result<(Files, Read), RenderError> {
    let texts = |name: &str| {
        let found = templates.iter().find(|template| template.name == name);
        found.map(|template| template.text.to_vec())
    };
    host.push(Arc::new(parsed(templates, trees, host.functions(), &texts)?));
    let values_type = values::map_type(request.engine.values_package);
    let mut rendered = BTreeMap::new();
    let mut documents = 0;
    let read = ahead::reading((request.engine, begin), ahead::is_much(templates), |reader| {
        for template in templates {
            if manifest::sort::is_partial(&template.name) {
                continue;
            }
            let about = Map::from_iter([
                ("Name", template.name.as_str()),
                ("BasePath", template.base_path.as_str()),
            ]);
            template
                .dot
                .insert("Template", Value::Map(about.retyped(values_type)));
            let dot = Value::Map(template.dot.clone());
            let text = host
                .execute(&template.name, dot, env)
                .map_err(|error| failure::executing(&error, request.engine.error_style, &texts))?;
            let text: Arc<[u8]> = without_no_value(text).into();
            documents += memchr::memmem::find_iter(&text, b"\n---").count();
            if documents > MAX_DOCUMENTS {
                return Err(failure::too_many_documents(&template.name, MAX_DOCUMENTS));
            }
            if !template.name.ends_with(NOTES) {
                reader.read(&template.name, &text);
            }
            rendered.insert(template.name.clone(), text);
        }
        Ok(())
    })?;
    Ok((rendered, read))
}

/// The set of all templates; the first that cannot be parsed is the error.
fn parsed(
    templates: &[Template],
    trees: &Parsing<'_>,
    functions: &Functions,
    texts: &dyn Fn(&str) -> Option<Vec<u8>>,
) -> Result<Templates, RenderError> {
    let mut set = Templates::new();
    for template in templates {
        match trees.of(template) {
            Some(parsed) => parsed.trees.into_iter().for_each(|tree| set.adopt(tree)),
            None => set
                .parse(&template.name, &template.text, functions)
                .map(|_| ())
                .map_err(|error| failure::parsing(&error, texts))?,
        }
    }
    Ok(set)
}

// === output ===

/// Takes the notes out of the rendered files; Helm shows the top chart's, or all of them on request.
fn take_notes(files: &mut Files, chart: &Chart, with_subcharts: bool) -> String {
    let own = format!("{}/templates/{NOTES}", chart.metadata.name);
    let mut notes: Vec<String> = Vec::new();
    files.retain(|name, text| {
        let is_notes = name.ends_with(NOTES);
        if is_notes && (with_subcharts || *name == own) {
            notes.push(String::from_utf8_lossy(text).into_owned());
        }
        !is_notes
    });
    notes.join("\n")
}

/// The files under `crds/` of a chart, then of its subcharts. Source: helm `pkg/chart/chart.go` (`CRDObjects`), v3.17.
fn crds(chart: &Chart, path: &str) -> Vec<(String, String)> {
    let is_crd = |name: &str| {
        let ending = name.rsplit('.').next().unwrap_or_default();
        let is_manifest = ["yaml", "yml", "json"]
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known));
        name.starts_with("crds/") && is_manifest && name.contains('.')
    };
    let own = chart.files.iter().filter(|file| is_crd(&file.name));
    let mut found: Vec<(String, String)> = own
        .map(|file| {
            let text = String::from_utf8_lossy(&file.data).into_owned();
            (format!("{path}/{}", file.name), text)
        })
        .collect();
    for child in &chart.dependencies {
        found.extend(crds(child, &context::path_below(path, child)));
    }
    found
}

fn manifest_text(sorted: &Sorted, crds: &[(String, String)], include_crds: bool) -> String {
    let mut out = String::new();
    let crds = crds.iter().filter(|_| include_crds);
    let manifests = sorted
        .manifests
        .iter()
        .map(|manifest| (&manifest.name, &manifest.content));
    for (name, text) in crds.map(|(name, text)| (name, text)).chain(manifests) {
        out.push_str(&sourced(name, text));
    }
    out
}

/// A document as Helm prints it.
#[must_use]
pub fn sourced(name: &str, text: &str) -> String {
    format!("---\n# Source: {name}\n{text}\n")
}

fn documents(sorted: &Sorted) -> Vec<(String, String)> {
    let pair = |manifest: &manifest::sort::Manifest| (manifest.name.clone(), manifest.content.clone());
    sorted.manifests.iter().map(pair).collect()
}

fn printable(files: &Files) -> Vec<(String, String)> {
    files
        .iter()
        .map(|(name, text)| (name.clone(), String::from_utf8_lossy(text).into_owned()))
        .collect()
}
