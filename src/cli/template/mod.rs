//! `deploy-manager template`: the flags, output and exit codes of `helm template`.

mod failure;
mod flags;
mod input;
mod kubeconfig;
mod output;

use std::io::Write as _;

use anyhow::{anyhow, bail};

use super::Exit;
use crate::golang::env::Limits;
use crate::helm::engines::{self, Engine};
use crate::helm::render::{self, Capabilities, ReleaseFacts, Request, Switches};
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

/// Says in helm's words that the command line is wrong. Helm's exit code for it is 1.
#[must_use]
pub fn wrong_usage(error: &clap::Error) -> Exit {
    use clap::error::{ContextKind, ContextValue, ErrorKind};
    match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (ErrorKind::UnknownArgument, Some(ContextValue::String(flag))) => {
            let kind = if flag.starts_with("--") {
                "flag"
            } else {
                "shorthand flag"
            };
            complain(&format!("Error: unknown {kind}: {flag}\n"));
        }
        _ => complain(&error.to_string().replacen("error:", "Error:", 1)),
    }
    Exit::Error
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
    let (release, chart) = name_and_chart(args)?;
    let place = input::locate(chart)?;
    let layers = input::layers(args, engine);
    // Helm reads the values before the chart, and tells what is wrong in that order.
    let chart = input::chart(place, engine).or_else(|error| {
        values::merge_layers(&layers, engine)
            .map_err(|error| anyhow!(error))
            .and(Err(error))
    })?;
    if chart.metadata.deprecated {
        complain(if engine.is_v4 {
            "level=WARN msg=\"this chart is deprecated\"\n"
        } else {
            "WARNING: This chart is deprecated\n"
        });
    }
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
        capabilities,
        switches: Switches {
            skip_schema: args.skip_schema_validation,
            subchart_notes: args.render_subchart_notes,
            enable_dns: args.enable_dns,
            include_crds: args.include_crds && !args.skip_crds,
        },
        lookup: None,
        seed: None,
        now: None,
        limits: Limits::default(),
    };
    match render::render(&request, &crate::daemon::world::system()) {
        Ok(rendered) => {
            failure::log(&rendered.warnings, engine);
            output::output(&rendered, &release, args, engine)
        }
        Err(error) => {
            if args.error_format != ErrorFormat::Json {
                failure::log(&error.warnings, engine);
            }
            if args.debug {
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
        server_versions: None,
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
