//! Whole charts, side by side with real helm: installed, upgraded with changed values, rolled back and uninstalled by each in
//! a namespace of its own. After each step the live objects and the decoded records are the same, field by field.
//!
//! The charts are those of the folder `$DEPLOY_MANAGER_CHARTS` (archives or folders; a `cases.json` in it may name values),
//! all or those named in `$DEPLOY_MANAGER_CHARTS_ONLY`, else a few of the project's own. What differs is written to
//! `$DEPLOY_MANAGER_CHARTS_REPORT` if that is set.

mod catalogue;
mod compare;
mod normal;
mod side;
mod values;

use std::fmt::Write as _;
use std::time::Instant;

use catalogue::Case;
use deploy_manager::helm::engines::{Engine, HELM_3_17_2};
use side::{Side, Story};

use super::ground::Ground;

/// The life of one chart with one of the two: what it left after each step.
async fn live<'a>(ground: Ground, case: &'a Case, engine: &'static Engine, side: Side) -> Option<Story<'a>> {
    let story = Story::begin(ground, case, engine, side).await;
    story.tell().await
}

/// One line for the report, and whether all is the same.
async fn judge(ground: Ground, case: &Case, engine: &'static Engine, report: &mut String) -> Option<bool> {
    let start = Instant::now();
    let theirs = live(ground, case, engine, Side::Helm).await?;
    let between = Instant::now();
    let ours = live(ground, case, engine, Side::Ours).await?;
    let differences = compare::stories(&theirs, &ours);
    let verdict = if differences.is_empty() {
        "same"
    } else {
        "DIFFERENT"
    };
    let (helm, us) = (between - start, between.elapsed());
    writeln!(
        report,
        "{verdict}: {} with {}: {} objects; {}; helm {helm:.1?}, ours {us:.1?}",
        case.name,
        engine.version,
        theirs.objects(),
        theirs.steps()
    )
    .unwrap();
    for difference in &differences {
        writeln!(report, "    {difference}").unwrap();
    }
    Some(differences.is_empty())
}

async fn all(ground: Ground, engine: &'static Engine) {
    let (mut same, mut different, mut report) = (0, 0, String::new());
    for case in catalogue::cases() {
        let from = report.len();
        match judge(ground, &case, engine, &mut report).await {
            Some(true) => same += 1,
            Some(false) => different += 1,
            None => return,
        }
        eprint!("{}", &report[from..]);
        if let Some(path) = std::env::var_os("DEPLOY_MANAGER_CHARTS_REPORT") {
            std::fs::write(path, &report).unwrap();
        }
    }
    eprintln!("{same} charts the same, {different} different");
    assert_eq!(different, 0, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn charts_live_as_with_helm_3() {
    if let Some(ground) = Ground::real("charts side by side with helm 3") {
        all(ground, &HELM_3_17_2).await;
    }
}
