//! The `deploy-manager` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    deploy_manager::cli::main(std::env::args_os())
}
