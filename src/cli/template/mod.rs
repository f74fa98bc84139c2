//! `deploy-manager template`: the flags, output and exit codes of `helm template`.

pub(super) mod failure;
pub(super) mod flags;
pub(super) mod input;
pub(super) mod live;
mod output;
mod usage;

use std::ffi::OsString;
use std::io::Write as _;
use std::sync::Arc;

use anyhow::{anyhow, bail};

use super::Exit;
use crate::golang::env::Limits;
use crate::helm::chart::{Chart, File};
use crate::helm::engines::{self, Engine};
use crate::helm::render::{
    self, Capabilities, ReleaseFacts, RenderError, Rendered, Request, Switches, World,
};
use crate::helm::values;

use flags::ErrorFormat;

pub use flags::TemplateArgs as Args;

/// Renders and prints.
#[must_use]
pub fn run(args: &Args) -> Exit {
    match template(args) {
        Ok(text) => {
            print(&text);
            Exit::Done
        }
        Err(error) => {
            complain(&failure::shown(&error, args));
            Exit::Error
        }
    }
}

/// The arguments as the parser of flags takes them, once Helm has nothing against them. Helm's exit code is 1 where it has.
///
/// # Errors
/// It has been said what is wrong.
pub fn plain(args: &[OsString]) -> Result<Vec<OsString>, Exit> {
    let words = args
        .iter()
        .skip(2)
        .map(|word| word.to_string_lossy().into_owned());
    let words: Vec<String> = words.collect();
    let read = usage::read(&words);
    let warnings = read.as_ref().map(|plain| plain.warnings.as_str());
    complain(warnings.unwrap_or_default());
    let checked = read.and_then(|plain| match plain.problem {
        Some(problem) => Err(problem),
        None => Ok(plain.args),
    });
    checked.map_err(|problem| {
        complain(&format!("Error: {problem}\n"));
        Exit::Error
    })
}

/// What is printed.
///
/// # Errors
/// Helm's message; a [`RenderError`] or [`load::LoadError`](crate::helm::chart::load::LoadError) knows more of the place.
pub fn template(args: &Args) -> anyhow::Result<String> {
    if let Some(text) = args.refusal() {
        bail!("{text}");
    }
    let engine = engine(&args.helm_version)?;
    let capabilities = capabilities(args);
    render::check_capabilities(&capabilities, engine)?;
    // Helm 4 looks at the flags here, Helm 3 when it has read the chart.
    let early = engine
        .validates_on_dry_run
        .then(|| live::asked(args, engine))
        .transpose()?;
    let (release, chart) = name_and_chart(args)?;
    let place = input::locate(chart)?;
    let layers = input::layers(args, engine);
    let world = crate::daemon::world::system();
    // Helm reads the values before the chart, and tells what is wrong in that order.
    let check_layers = || values::merge_layers(&layers, engine).map_err(|error| anyhow!(error));
    let chart = load(place, engine, &world).or_else(|error| check_layers().and(Err(error)))?;
    if chart.metadata.deprecated {
        complain(if engine.is_v4 {
            "level=WARN msg=\"this chart is deprecated\"\n"
        } else {
            "WARNING: This chart is deprecated\n"
        });
    }
    let asked = early.map_or_else(|| live::asked(args, engine), Ok)?;
    if asked != live::Asked::NOTHING {
        check_layers()?;
    }
    let live = live::Live::connect(asked, args, engine)?;
    let request = Request {
        chart,
        release: ReleaseFacts {
            name: release.clone(),
            namespace: args.namespace(),
            revision: 1,
            is_upgrade: args.is_upgrade,
        },
        layers,
        engine,
        capabilities: live.capabilities(engine)?.unwrap_or(capabilities),
        switches: Switches {
            skip_schema: args.skip_schema_validation,
            subchart_notes: args.render_subchart_notes,
            enable_dns: args.enable_dns,
            include_crds: args.include_crds,
        },
        lookup: live.lookup(engine),
        seed: None,
        now: None,
        limits: Limits::default(),
    };
    live.warn_of_crds(&request.chart, args, engine);
    check_labels(args)?;
    let rendered = rendered(request, args, &world);
    if let Some(error) = live
        .misled()
        .filter(|_| rendered.as_ref().map_or_else(is_in_rendering, |_| true))
    {
        return Err(error);
    }
    rendered.and_then(|rendered| {
        live.validate(&rendered, &release, args, engine)?;
        let text = output::output(&rendered, &release, args, engine);
        // The process ends soon, and freeing takes time.
        std::mem::forget(rendered);
        text
    })
}

fn is_in_rendering(error: &anyhow::Error) -> bool {
    let render: Option<&RenderError> = error.downcast_ref();
    render.is_some_and(|error| error.is_in_rendering)
}

/// Source: helm `pkg/storage/driver/util.go` (`GetSystemLabels`), v3.17.
fn check_labels(args: &Args) -> anyhow::Result<()> {
    const SYSTEM: [&str; 6] = ["name", "owner", "status", "version", "createdAt", "modifiedAt"];
    let names = args.labels.iter().filter_map(|label| label.split('=').next());
    if names.into_iter().any(|name| SYSTEM.contains(&name)) {
        let system = SYSTEM.join(" ");
        bail!("user supplied labels contains system reserved label name. System labels: [{system}]");
    }
    Ok(())
}

/// The chart; its templates are parsed while the rest of it is read.
fn load(place: &str, engine: &'static Engine, world: &World) -> anyhow::Result<Arc<Chart>> {
    let mut parser = render::Parser::new(engine, world);
    let mut seen = |file: &File| {
        if file.name.contains("templates/") {
            parser.take(&file.data);
        }
    };
    input::chart(place, engine, &mut seen)
}

/// Renders, and logs what Helm logs.
fn rendered(request: Request, args: &Args, world: &World) -> anyhow::Result<Rendered> {
    let engine = request.engine;
    match render::render(request, world) {
        Ok(rendered) => {
            failure::log(&rendered.warnings, engine);
            Ok(rendered)
        }
        Err(error) => {
            if args.error_format != ErrorFormat::Json {
                failure::log(&error.warnings, engine);
            }
            if args.is_debugging() {
                let files = error.files.iter();
                let text: String = files.map(|(name, text)| render::sourced(name, text)).collect();
                print(&text);
            }
            Err(error.into())
        }
    }
}

fn capabilities(args: &Args) -> Capabilities {
    Capabilities {
        kube_version: args.kube_version.clone().filter(|text| !text.is_empty()),
        extra_versions: args.api_versions.clone(),
        ..Capabilities::default()
    }
}

fn engine(version: &str) -> anyhow::Result<&'static Engine> {
    let known = || {
        let versions: Vec<&str> = engines::CERTIFIED.iter().map(|engine| engine.version).collect();
        versions.join(", ")
    };
    engines::find(version)
        .ok_or_else(|| anyhow!("unknown Helm version `{version}`; certified are {}", known()))
}

/// Source: helm `pkg/action/install.go` (`NameAndChart`), v3.17, with the name that `template` starts from.
fn name_and_chart(args: &Args) -> anyhow::Result<(String, &str)> {
    match (&args.positional[..], &args.name_template) {
        ([_, _], _) if args.generate_name => bail!("cannot set --generate-name and also specify a name"),
        ([_, _], Some(_)) => bail!("cannot set --name-template and also specify a name"),
        ([name, chart], None) => Ok((name.clone(), chart)),
        ([chart], None) => Ok(("release-name".to_owned(), chart)),
        ([chart], Some(text)) => Ok((render::name(text, &crate::daemon::world::system())?, chart)),
        (more, _) => bail!(
            "expected at most two arguments, unexpected arguments: {}",
            more[2..].join(", ")
        ),
    }
}

/// A closed pipe is the reader's choice, not an error.
fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

fn complain(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
