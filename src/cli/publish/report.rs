//! A planned or finished publication → what the terminal shows of it.

use std::time::Instant;

use indicatif::DecimalBytes;

use crate::cli::build::seconds;
use crate::cli::{Console, counted};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::publish::{ChangedFile, Changes, Outcome, Summary};
use crate::time::format_local;

/// How many paths of each kind are shown without `-v`.
const SHOWN: usize = 5;

/// Prints what a publication changes: the numbers and the first paths of each kind.
pub(super) fn print_plan(summary: &Summary, config: &Config, console: &Console) {
    if console.is_json() {
        let mut json = serde_json::json!({"reason": "publish-plan"});
        if let (Some(json), Ok(serde_json::Value::Object(plan))) =
            (json.as_object_mut(), serde_json::to_value(summary))
        {
            json.extend(plan);
        }
        console.data(&json.to_string());
        return;
    }
    console.say(&format!(
        "Publishing {} to {}, as of {}",
        counted(summary.files, "file", "files"),
        summary.place,
        format_local(summary.as_of, &config.timezone)
    ));
    let paths = |files: &[ChangedFile]| files.iter().map(|file| file.path.clone()).collect::<Vec<_>>();
    let Changes { added, changed, removed } = &summary.changes;
    let kinds = [
        ("taken down first", summary.taken_down.clone()),
        ("new", paths(added)),
        ("changed", paths(changed)),
        ("removed", paths(removed)),
    ];
    for (kind, paths) in kinds.iter().filter(|(_, paths)| !paths.is_empty()) {
        let shown = if console.verbose { paths.len() } else { SHOWN };
        console.say(&format!("  {} {kind}", counted(paths.len(), "", "").trim()));
        paths.iter().take(shown).for_each(|path| console.say(&format!("    {path}")));
        if paths.len() > shown {
            console.say(&format!("    … and {} more", counted(paths.len() - shown, "", "").trim()));
        }
    }
    let uploads = summary.changes.added.len() + summary.changes.changed.len();
    if uploads > 0 {
        console.say(&format!("  {} to upload", DecimalBytes(summary.bytes)));
    }
}

/// The last line of a publication.
pub(super) fn report(summary: &Summary, outcome: &Outcome, started: Instant) -> String {
    let done = &outcome.done;
    let uploads = summary.changes.added.len() + summary.changes.changed.len();
    if !done.complete {
        let takedown = match (summary.taken_down.is_empty(), done.taken_down) {
            (true, _) => "",
            (false, true) => "; what had to be taken down is gone",
            (false, false) => "; what had to be taken down may still be there",
        };
        return format!(
            "The publication stopped: {} of {} uploaded{takedown}. Run it again to continue",
            counted(done.uploaded, "", "").trim(),
            counted(uploads, "file", "files")
        );
    }
    let unchanged = summary.files.saturating_sub(uploads);
    let Changes { added, changed, removed } = &summary.changes;
    let counts = [
        (added.len(), "new"),
        (changed.len(), "changed"),
        (removed.len(), "removed"),
        (unchanged, "unchanged"),
    ];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", counted(*count, "", "").trim()))
        .collect();
    format!("Published to {} in {}: {}", summary.place, seconds(started.elapsed()), counts.join(", "))
}

pub(super) fn finished(summary: &Summary, outcome: &Outcome) -> String {
    let done = &outcome.done;
    serde_json::json!({
        "reason": "publish-finished",
        "success": done.complete && !outcome.problems.iter().any(Diagnostic::is_error),
        "target": summary.target,
        "build": summary.build,
        "uploaded": done.uploaded,
        "bytes": done.bytes,
        "removed": summary.changes.removed.len(),
    })
    .to_string()
}
