//! A read-only root: the daemon writes to its cache folder and nowhere else.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use deploy_manager::sandbox::{Sandbox, Settings};

use super::sample;
use crate::daemon::process::write;
use crate::git::repository::Bare;

const NAMESPACE: &str = "openstack";
/// Makes every mount but the cache read-only, proves it, and becomes the daemon.
const READ_ONLY: &str = r#"
set -e
cache=$1; probe=$2; shift 2
mount --make-rprivate /
mount --bind "$cache" "$cache"
awk '{print $2}' /proc/self/mounts | while read -r at; do
  [ "$at" = "$cache" ] || mount -o remount,bind,ro "$at" 2>/dev/null || true
done
for folder in / /tmp "$probe" "${HOME:-/}"; do
  if ( : > "$folder/deploy-manager-probe" ) 2>/dev/null; then echo "$folder is still writable" >&2; exit 77; fi
done
exec "$@"
"#;

struct Scene {
    runtime: tokio::runtime::Runtime,
    sandbox: Sandbox,
    folder: tempfile::TempDir,
    bare: Bare,
}

fn scene() -> Scene {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let settings = Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        delay: Duration::from_millis(20),
        namespaces: vec![NAMESPACE.to_owned()],
    };
    let sandbox = runtime.block_on(Sandbox::start(settings)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "kubeconfig", &sandbox.kubeconfig(NAMESPACE));
    std::fs::create_dir(folder.path().join("cache")).unwrap();
    Scene {
        runtime,
        sandbox,
        folder,
        bare: sample().0,
    }
}

impl Scene {
    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// The daemon, started by another program, until the whole sample is synced; what was logged.
    fn sync_under(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        let log = self.folder.path().join("log");
        let mut command = Command::new(program);
        command.args(arguments).arg(env!("CARGO_BIN_EXE_deploy-manager"));
        command.args([
            "run",
            "--listen",
            "127.0.0.1:0",
            "--poll-interval",
            "off",
            "--lease-duration",
            "1s",
        ]);
        command.arg("--repo").arg(self.bare.url());
        command
            .arg("--kubeconfig")
            .arg(self.folder.path().join("kubeconfig"));
        command.arg("--cache-dir").arg(self.cache().join("git"));
        command
            .env_remove("TMPDIR")
            .env("DEPLOY_MANAGER_IDENTITY", "pod-of-the-manifest");
        command.stderr(std::fs::File::create(&log).unwrap());
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let log = || std::fs::read_to_string(&log).unwrap();
        let mut ended = None;
        for _ in 0..1200 {
            ended = child.try_wait().unwrap();
            if ended.is_some() || log().contains("sync ended") {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        if let Some(status) = ended {
            return Err(format!("{status}: {}", log()));
        }
        let _ = Command::new("kill").arg(child.id().to_string()).status();
        let _ = child.wait();
        Ok(log())
    }

    fn assert_synced(&self, log: &str) {
        let object = |kind: &str, api: &str, name: &str| self.sandbox.object(api, kind, NAMESPACE, name);
        assert!(log.contains("Succeeded"), "{log}");
        assert!(
            object("Secret", "v1", "sh.helm.release.v1.keystone.v1").is_some(),
            "{log}"
        );
        assert!(self.cache().join("git").is_dir(), "the cache was used");
        let lease = object("Lease", "coordination.k8s.io/v1", "deploy-manager").unwrap();
        let seen = lease.to_string() + log;
        assert!(seen.contains("pod-of-the-manifest"), "{seen}");
        drop(self.runtime.enter());
    }
}

#[test]
fn the_daemon_syncs_on_a_read_only_root() {
    let scene = scene();
    let (cache, probe) = (
        scene.cache().display().to_string(),
        scene.folder.path().display().to_string(),
    );
    let arguments = ["--mount", "--", "sh", "-c", READ_ONLY, "sh", &cache, &probe];
    if !can_remount() {
        eprintln!(
            "SKIPPED: mounts cannot be made read-only here: that takes root, and unshare of util-linux"
        );
        return;
    }
    let log = scene.sync_under("unshare", &arguments).unwrap();
    scene.assert_synced(&log);
}

fn can_remount() -> bool {
    let script = "mount --make-rprivate / && mount -o remount,bind,ro /";
    let tried = Command::new("unshare")
        .args(["--mount", "--", "sh", "-c", script])
        .output();
    tried.is_ok_and(|output| output.status.success())
}
