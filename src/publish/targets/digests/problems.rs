//! The problems of a publication to a host that knows files by their digests.

use std::io;

use crate::diagnostic::Diagnostic;

/// The problem of a file of the site that cannot be read.
pub(super) fn unreadable(path: &str, error: &io::Error) -> Box<Diagnostic> {
    let message = format!("cannot read `{path}` in the output folder: {error}");
    Box::new(Diagnostic::fatal("publish/unreadable", message).help("publish again"))
}

/// The problem of a folder on this machine that cannot be written.
pub(super) fn local(error: io::Error) -> Box<Diagnostic> {
    let message = format!("cannot write the record of the publication in `.bulletin/publish/`: {error}");
    Box::new(
        Diagnostic::fatal("publish/unwritable", message)
            .help("check the permissions and free space of this folder"),
    )
}

/// The problem of a host that asks for a file that was not announced.
pub(super) fn asked_for_unknown(place: &str) -> Box<Diagnostic> {
    let message = format!("{place} asks for a file that is not part of the site");
    Box::new(
        Diagnostic::fatal("publish/upload", message)
            .help("publish again; if it happens again, update bulletin"),
    )
}

/// The problem of a takedown without knowledge of the site.
pub(super) fn unknown_site(place: &str) -> Box<Diagnostic> {
    let message =
        format!("this machine does not know the files of {place}, so it cannot remove some of them");
    let help =
        "withdraw the story in its source and run `bulletin publish`, which replaces the whole site at once";
    Box::new(Diagnostic::fatal("publish/takedown", message).help(help))
}

/// The problem of an earlier deployment that could not be deleted.
pub(super) fn still_visible(deployment: &str, place: &str, problem: &Diagnostic) -> Box<Diagnostic> {
    let message = format!(
        "the earlier deployment `{deployment}` of {place} still shows removed stories at its own URL: {}",
        problem.message
    );
    let help = "delete it at the host, or publish again: each publication tries to delete it";
    Box::new(Diagnostic::fatal("publish/old-deployment", message).help(help))
}

/// The problem of a release that is not known.
pub(super) fn no_rollback(message: String) -> Box<Diagnostic> {
    let help = "choose an earlier deployment in the dashboard of the host, or publish an earlier version of the sources";
    Box::new(Diagnostic::fatal("publish/no-rollback", message).help(help))
}
