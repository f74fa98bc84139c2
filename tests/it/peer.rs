//! The real programs that tests compare with.

use std::path::{Path, PathBuf};

/// Where `helm3`, `helm4` or `kubectl` is: `$DEPLOY_MANAGER_HELM3` and so on, else `target/peers/`, where `tests/peers` puts
/// them. A missing one is said aloud, and fails the test where `$DEPLOY_MANAGER_PEERS` is `required`.
pub fn find(program: &str) -> Option<PathBuf> {
    let variable = format!("DEPLOY_MANAGER_{}", program.to_uppercase());
    let brought = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/peers")
        .join(program);
    let path = std::env::var_os(&variable).map_or(brought, PathBuf::from);
    if path.exists() {
        return Some(path);
    }
    let advice = format!("no {program}: `tests/peers` brings it, or name it in ${variable}");
    assert!(!is_required(), "{advice}");
    eprintln!("NOT COMPARED: {advice}");
    None
}

/// Must all peers be there?
fn is_required() -> bool {
    std::env::var("DEPLOY_MANAGER_PEERS").is_ok_and(|value| value == "required")
}

/// `tests/run --fast`: long comparisons use what real programs said before (the goldens) alone.
pub fn is_fast() -> bool {
    std::env::var_os("DEPLOY_MANAGER_FAST").is_some()
}
