//! What went wrong with releases → problems with help.

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::diagnostic::Diagnostic;

type Problem = Box<Diagnostic>;

/// A failure of the file system where releases lie.
pub(crate) fn of_io(path: &Path, error: &io::Error) -> Problem {
    let at = path.display();
    match error.kind() {
        ErrorKind::PermissionDenied => fatal(
            "publish/denied",
            format!("no permission to change `{at}`"),
            "give the user who publishes permission to write there",
        ),
        ErrorKind::ReadOnlyFilesystem => fatal(
            "publish/denied",
            format!("the file system of `{at}` is read-only"),
            "mount it so that it can be written",
        ),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            fatal("publish/full", format!("the disk is full: cannot write `{at}`"), FULL)
        }
        _ => fatal(
            "publish/upload",
            format!("cannot write `{at}`: {error}"),
            "publish again; readers still see the site as it was",
        ),
    }
}

/// What to do on a full disk.
pub(crate) const FULL: &str =
    "free some space, or keep fewer releases with `keep`; readers still see the site as it was";

/// A file of the build that cannot be read.
pub(super) fn unreadable(path: impl AsRef<Path>, error: &io::Error) -> Problem {
    let message = format!("cannot read `{}`: {error}", path.as_ref().display());
    fatal("publish/unreadable", message, "publish again; the build restores missing files")
}

/// A file that is not what was planned.
pub(super) fn changed(path: &str) -> Problem {
    let message = format!("`{path}` changed while it was sent");
    fatal("publish/upload", message, "publish again when no other program writes to the output folder")
}

/// The folder that should contain the folder of releases does not exist.
pub(crate) fn missing(place: &str) -> Problem {
    let message = format!("`{place}` does not exist, and neither does the folder that it would be in");
    fatal("publish/missing", message, "correct `path`, or create the folder; a mount may be missing")
}

/// Something else is where a folder of ours or the link should be.
pub(crate) fn in_the_way(place: &str, name: &str, what: &str) -> Problem {
    let message = format!("`{name}` in `{place}` is {what}");
    fatal("publish/in-the-way", message, "move it away, or choose an empty folder as `path`")
}

/// What `current` may be instead of a link to a release.
pub(crate) fn not_a_release(place: &str, leads_to: Option<&str>) -> Problem {
    let message = match leads_to {
        Some(to) => format!("`current` in `{place}` is a link to `{to}`, which is not a release of bulletin"),
        None => format!("`current` in `{place}` is not a link to a release"),
    };
    let help =
        "rename it and publish: bulletin creates the link again, and readers see the new site from then on";
    fatal("publish/in-the-way", message, help)
}

/// Another publication runs.
pub(crate) fn locked(place: &str, owner: &str, help: &str) -> Problem {
    let owner = owner.trim();
    let by = if owner.is_empty() { String::new() } else { format!(" by {owner}") };
    fatal("publish/locked", format!("`{place}` is locked{by}: another publication is running"), help)
}

/// Another publication took the lock in the meantime.
pub(crate) fn lost_race(place: &str) -> Problem {
    let message = format!("another publication has taken the lock of `{place}`");
    fatal("publish/lost-race", message, "look at the site, then publish again")
}

/// There is no such release.
pub(super) fn no_release(place: &str, wanted: Option<&str>, kept: &[String]) -> Problem {
    let message = match wanted {
        Some(name) => format!("`{place}` has no release `{name}`"),
        None => format!("`{place}` has no release before the current one"),
    };
    let help = if kept.is_empty() {
        "publish the site as it was from its sources".to_owned()
    } else {
        format!("choose one of these: {}", kept.join(", "))
    };
    fatal("publish/no-release", message, help)
}

/// A failure with help.
pub(crate) fn fatal(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Problem {
    Box::new(Diagnostic::fatal(code, message).help(help))
}
