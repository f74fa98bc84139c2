//! The `deploy-manager` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    deploy_manager::daemon::memory::take_larger_steps();
    deploy_manager::cli::main(std::env::args_os())
}
