//! `deploy-manager template`: the flags and the output of `helm template`.

use super::Exit;

/// The flags of `helm template`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Release name and chart, or the chart alone.
    #[arg(required = true, num_args = 1..=2)]
    positional: Vec<String>,
}

/// Renders and prints.
#[must_use]
pub fn run(args: &Args) -> Exit {
    todo!("{:?}", args.positional)
}
