//! A planned publication → the reasons why it must not begin.

use std::collections::BTreeMap;

use crate::config::publish::PublishTarget;
use crate::diagnostic::Diagnostic;
use crate::plan::{FileClass, SiteFile};
use crate::publish::local_file::LocalFile;
use crate::publish::plan::Plan;
use crate::publish::record::PublishedFile;
use crate::publish::target::{Abilities, Limits};

/// So many files may be removed if the settings do not limit their share: a small site loses that many with a story.
const FEW: usize = 10;
/// The share that is not a story or two even on a small site, in percent.
const LARGE: usize = 33;
/// The share that may be removed by default, in percent.
const DEFAULT: u8 = 10;

type Verdict = Result<(), Vec<Diagnostic>>;

/// Refuses a site without a front page: it would replace one that has stories.
pub(super) fn not_empty(files: &[SiteFile]) -> Verdict {
    if files.iter().any(|file| file.class == FileClass::Front) {
        return Ok(());
    }
    let problem =
        Diagnostic::fatal("publish/empty", "the built site has no front page, so it is not published");
    Err(vec![problem.help("run `bulletin build` and look at the output folder")])
}

/// Refuses a record of another site.
pub(super) fn same_site(published: &str, site: &str, yes: bool) -> Verdict {
    if published == site || yes {
        return Ok(());
    }
    let message = format!("this target has another site: `{published}`, not `{site}`");
    let help = "check `base_url` and the target; `--yes` replaces that site by this one";
    Err(vec![Diagnostic::error("publish/other-site", message).help(help)])
}

/// Refuses to remove more of the site than the target allows.
pub(super) fn removals(
    target: &PublishTarget,
    plan: &Plan,
    files: &[LocalFile],
    published: &BTreeMap<String, PublishedFile>,
    yes: bool,
) -> Option<Diagnostic> {
    // What an unfinished publication may have left is not part of the published site.
    let removed = plan.gone(files).filter(|path| published.contains_key(*path)).count();
    let published = published.len();
    let share = removed * 100;
    let limit = target.max_removed.unwrap_or(DEFAULT);
    let is_few = target.max_removed.is_none() && removed <= FEW && share <= published * LARGE;
    if yes || is_few || share <= published * usize::from(limit) {
        return None;
    }
    let message = format!(
        "this publication would remove {removed} of {published} files ({:.1} %); the limit is {limit} %",
        share as f64 / published.max(1) as f64
    );
    let help = "check the list (`--dry-run -v` shows all of it), then publish with `--yes`, or set `max_removed` for this target";
    Some(Diagnostic::error("publish/removes-much", message).help(help))
}

/// Refuses to remove files that bulletin did not put there.
pub(super) fn foreign(paths: &[&String], yes: bool) -> Option<Diagnostic> {
    let first = paths.first().filter(|_| !yes)?;
    let others = match paths.len() {
        1 => String::new(),
        2 => " and 1 other file".to_owned(),
        more => format!(" and {} other files", more - 1),
    };
    let message = format!("the target has files that are not part of the site: `{first}`{others}");
    let help =
        "choose an empty place, or a `prefix`; `--yes` removes these files (`--dry-run -v` lists them)";
    Some(Diagnostic::error("publish/foreign", message).help(help))
}

/// Refuses a site that the host would not take whole. Reports all reasons.
pub(super) fn limits(abilities: &Abilities, place: &str, files: &[LocalFile]) -> Verdict {
    let Limits { files: most, file_size, path_length, forbidden, way_out, .. } = &abilities.limits;
    let mut reasons = Vec::new();
    if let Some(most) = most.filter(|most| files.len() > *most) {
        reasons.push(format!("the site has {} files, but {place} takes at most {most}", files.len()));
    }
    let too_large = |file: &&LocalFile| file_size.is_some_and(|most| file.size > most);
    for file in files.iter().filter(too_large).take(SHOWN) {
        let most = file_size.unwrap_or_default();
        reasons.push(format!("`{}` has {} bytes, but {place} takes at most {most}", file.path, file.size));
    }
    let too_long = |file: &&LocalFile| path_length.is_some_and(|most| file.path.len() > most);
    for file in files.iter().filter(too_long).take(SHOWN) {
        let most = path_length.unwrap_or_default();
        reasons.push(format!("the path `{}` is longer than {most} bytes", file.path));
    }
    for file in files.iter().filter(|file| file.path.contains(|c| forbidden.contains(c))).take(SHOWN) {
        reasons.push(format!("{place} does not take the name `{}`", file.path));
    }
    if reasons.is_empty() {
        return Ok(());
    }
    let problem = |reason: String| {
        let problem = Diagnostic::error("publish/limits", reason);
        if way_out.is_empty() { problem } else { problem.help(*way_out) }
    };
    Err(reasons.into_iter().map(problem).collect())
}

/// How many files a message of each kind names.
const SHOWN: usize = 10;
