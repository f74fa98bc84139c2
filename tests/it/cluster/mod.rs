//! A real control plane for tests: etcd, kube-apiserver, kube-controller-manager and kube-scheduler, with kwok as the nodes
//! (`tests/cluster/build`). One for the whole test process, a namespace for each test.

mod audit;
mod certificates;
mod kubeconfig;
mod plane;
mod process;
mod programs;
mod tests;

use std::path::PathBuf;
use std::sync::OnceLock;

pub use plane::{Plane, grant};

/// Where a real API server is.
pub struct Real {
    /// All rights.
    pub admin: PathBuf,
    /// The one that we started; `None`: somebody else's, given by `$KUBECONFIG_TEST`.
    pub plane: Option<Plane>,
}

/// The real API server: of `$KUBECONFIG_TEST`, else one that is started at the first call. `None` where neither can be had:
/// said aloud with the name of what does not run, and a failure where `$DEPLOY_MANAGER_CLUSTER` is `required` (as in CI).
pub fn real(what: &str) -> Option<&'static Real> {
    static REAL: OnceLock<Result<Real, String>> = OnceLock::new();
    if crate::peer::is_fast() {
        eprintln!("NOT RUN: {what}: the real control plane is left out of fast runs");
        return None;
    }
    match REAL.get_or_init(find) {
        Ok(real) => Some(real),
        Err(why) => {
            let text = format!("NOT RUN: {what}: no real API server: {why}");
            assert!(!is_required(), "{text}");
            eprintln!("{text}");
            None
        }
    }
}

fn find() -> Result<Real, String> {
    if let Some(path) = std::env::var_os("KUBECONFIG_TEST") {
        let admin = PathBuf::from(path);
        return if admin.is_file() {
            Ok(Real { admin, plane: None })
        } else {
            Err(format!("$KUBECONFIG_TEST: {} is no file", admin.display()))
        };
    }
    // Starting it takes a runtime of its own: those of the tests end with them.
    let plane = std::thread::spawn(Plane::start)
        .join()
        .map_err(|_| "the control plane does not start (see above)".to_owned())??;
    Ok(Real {
        admin: plane.admin(),
        plane: Some(plane),
    })
}

fn is_required() -> bool {
    std::env::var("DEPLOY_MANAGER_CLUSTER").is_ok_and(|value| value == "required")
}
