//! Charts that mean harm: each must end with an ordinary error, soon, and in little memory. The real program runs each in a
//! process of its own, whose processor time and peak memory are read from the kernel.

mod archives;
mod inputs;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use crate::peer;

/// What a hostile chart may take, in MiB.
const MAX_MEMORY: u64 = 256;
/// Processor time that one may take in a debug build on a slow machine. The limits are counted work: this only has to end;
/// release builds take a tenth.
const MAX_TIME: Duration = Duration::from_secs(60);
/// Between two looks at a process.
const LOOK: Duration = Duration::from_millis(2);

/// A chart and what must be said of it.
pub struct Case {
    pub name: String,
    /// Part of standard error; `-` where it may end either way.
    pub expected: String,
    pub args: Vec<String>,
    pub files: Vec<(String, Vec<u8>)>,
}

impl Case {
    /// A chart with these files besides Chart.yaml.
    pub fn chart(name: &str, expected: &str, files: &[(&str, &[u8])]) -> Case {
        let mut all = vec![(
            "Chart.yaml".to_owned(),
            b"apiVersion: v2\nname: c\nversion: 0.1.0\n".to_vec(),
        )];
        all.extend(
            files
                .iter()
                .map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())),
        );
        Case {
            name: name.to_owned(),
            expected: expected.to_owned(),
            args: Vec::new(),
            files: all,
        }
    }
    pub fn with(mut self, args: &[&str]) -> Case {
        self.args = args.iter().map(|arg| (*arg).to_owned()).collect();
        self
    }
}

/// How a process ended.
struct End {
    code: Option<i32>,
    stderr: String,
    peak_kib: u64,
    time: Duration,
}

fn templates() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/hostile/templates.txt");
    let text = fs::read_to_string(path).unwrap();
    let case = |block: &str| {
        let (head, template) = block.split_once('\n').unwrap();
        let (name, expected) = head.split_once(": ").unwrap();
        let files = [
            ("values.yaml", &b"a: 1\n"[..]),
            ("lines.txt", &b"a\n".repeat(1000)),
            ("templates/x.yaml", template.as_bytes()),
        ];
        Case::chart(name, expected, &files)
    };
    text.split("\n=== ").skip(1).map(case).collect()
}

fn run(case: &Case, version: &str) -> End {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in &case.files {
        let path = folder.path().join("c").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let chart = case.args.iter().any(|arg| arg == "CHART.tgz");
    let args = case.args.iter().map(|arg| match arg.as_str() {
        "CHART.tgz" => "c/chart.tgz".to_owned(),
        other => other.to_owned(),
    });
    let stderr = fs::File::create(folder.path().join("stderr")).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_deploy-manager"))
        .args(["template", "r"])
        .args((!chart).then_some("c"))
        .args(args)
        .args(["--helm-version", version])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(stderr)
        .spawn()
        .unwrap();
    let (mut peak_kib, mut time) = (0, Duration::ZERO);
    let status = loop {
        peak_kib = peak(child.id()).unwrap_or(peak_kib);
        time = processor_time(child.id()).unwrap_or(time);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if time > MAX_TIME || peak_kib > 4 * MAX_MEMORY * 1024 {
            let _ = child.kill();
        }
        std::thread::sleep(LOOK);
    };
    End {
        code: status.code(),
        stderr: String::from_utf8_lossy(&fs::read(folder.path().join("stderr")).unwrap()).into_owned(),
        peak_kib,
        time,
    }
}

/// The most memory that a process has had, in KiB.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// User and system time, counted in hundredths of a second on every Linux.
fn processor_time(process: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    let times: Vec<u64> = fields.split(' ').skip(11).take(2).flat_map(str::parse).collect();
    Some(Duration::from_millis(times.iter().sum::<u64>() * 10))
}

/// What is wrong with an end.
fn complaint(case: &Case, version: &str, end: &End) -> Option<String> {
    let mut wrong = Vec::new();
    match end.code {
        Some(1) => {}
        Some(0) if case.expected == "-" => {}
        code => wrong.push(format!("ended with {code:?}")),
    }
    if case.expected != "-" && !end.stderr.contains(&case.expected) {
        wrong.push(format!("does not say `{}`", case.expected));
    }
    if end.code == Some(1) && !end.stderr.contains("Error: ") {
        wrong.push("is no ordinary error".to_owned());
    }
    if end.peak_kib > MAX_MEMORY * 1024 {
        wrong.push(format!("took {} MiB", end.peak_kib / 1024));
    }
    if end.time > MAX_TIME {
        wrong.push(format!("took {:?} of processor time", end.time));
    }
    let said: String = end.stderr.chars().take(300).collect();
    (!wrong.is_empty()).then(|| format!("{} ({version}): {}: {said}", case.name, wrong.join(", ")))
}

/// Runs all, some at once; complains about all that are wrong.
fn check(cases: &[Case], versions: &[&str]) {
    let chosen = std::env::var("DEPLOY_MANAGER_HOSTILE").unwrap_or_default();
    let waiting: Vec<(&Case, &str)> = versions
        .iter()
        .flat_map(|version| cases.iter().map(move |case| (case, *version)))
        .filter(|(case, _)| case.name.contains(&chosen))
        .collect();
    let next = Mutex::new(waiting.iter());
    let wrong = Mutex::new(Vec::new());
    let worst = Mutex::new((0, String::new()));
    let work = || loop {
        let Some((case, version)) = next.lock().unwrap().next() else {
            return;
        };
        let end = run(case, version);
        if !chosen.is_empty() {
            eprintln!(
                "{} ({version}): {} KiB, {:?}: {}",
                case.name, end.peak_kib, end.time, end.stderr
            );
        }
        let mut worst = worst.lock().unwrap();
        if end.peak_kib > worst.0 {
            *worst = (end.peak_kib, case.name.clone());
        }
        wrong.lock().unwrap().extend(complaint(case, version, &end));
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(work);
        }
    });
    let (peak, name) = worst.into_inner().unwrap();
    eprintln!(
        "{} runs, the most memory: {} MiB ({name})",
        waiting.len(),
        peak / 1024
    );
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Helm 4's way shares almost all code with Helm 3's: a fast run asks one of them, and every fourth template.
fn versions() -> &'static [&'static str] {
    if peer::is_fast() {
        &["3.17.2"]
    } else {
        &["3.17.2", "4.3.1"]
    }
}

#[test]
fn hostile_templates_end_soon_and_in_little_memory() {
    let step = if peer::is_fast() { 4 } else { 1 };
    let cases: Vec<Case> = templates().into_iter().step_by(step).collect();
    check(&cases, versions());
}

#[test]
fn hostile_values_and_flags_end_soon_and_in_little_memory() {
    check(&inputs::cases(), versions());
}

#[test]
fn hostile_archives_end_soon_and_in_little_memory() {
    check(&archives::cases(), versions());
}
