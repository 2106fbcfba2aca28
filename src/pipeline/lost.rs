//! URLs of earlier builds → warnings about those with neither a page nor a redirect.

use std::collections::HashSet;

use super::urls::UrlLine;
use crate::archive::{Taxonomy, Visibility, slugs_named};
use crate::diagnostic::{Diagnostic, Place};
use crate::edition::Edition;
use crate::freshness::LostUrl;
use crate::plan::Route;

/// A URL that the site had.
pub(super) struct FormerUrl {
    url: LostUrl,
    known_from: KnownFrom,
}

/// How a former URL is known.
enum KnownFrom {
    /// A line of `urls.txt`.
    File(Place),
    /// The last build.
    LastBuild,
    /// An earlier build, whose warning was not resolved.
    Earlier,
}

impl FormerUrl {
    /// A URL of the last build.
    pub(super) fn of_last_build(url: LostUrl) -> Self {
        Self { url, known_from: KnownFrom::LastBuild }
    }

    /// A URL that an earlier build had.
    pub(super) fn of_earlier_build(url: LostUrl) -> Self {
        Self { url, known_from: KnownFrom::Earlier }
    }

    /// A URL in `urls.txt`.
    pub(super) fn of_line(line: UrlLine) -> Self {
        let url = line.route.as_str();
        let is_list = ["/tags/", "/authors/", "/series/"].iter().any(|folder| url.starts_with(folder));
        Self { url: LostUrl { url: url.to_owned(), is_list }, known_from: KnownFrom::File(line.place) }
    }
}

/// Warns about URLs at which there is nothing now, except for those of stories that are only hidden. Returns the URLs to remember for
/// later builds.
pub(super) fn check(edition: &Edition, urls: Vec<FormerUrl>) -> (Vec<Diagnostic>, Vec<LostUrl>) {
    let plan = &edition.plan;
    let routes = urls.into_iter().filter_map(|former| Some((Route::parse(&former.url.url).ok()?, former)));
    let mut lost: Vec<(Route, FormerUrl)> =
        routes.filter(|(route, _)| plan.page(route).is_none() && plan.redirect(route).is_none()).collect();
    if lost.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let rank = |former: &FormerUrl| match former.known_from {
        KnownFrom::File(_) => 0,
        KnownFrom::LastBuild => 1,
        KnownFrom::Earlier => 2,
    };
    lost.sort_by(|(a, one), (b, other)| a.cmp(b).then(rank(one).cmp(&rank(other))));
    lost.dedup_by(|(later, _), (first, _)| later == first);
    let hidden = hidden(edition);
    let visible = lost.iter().filter(|(route, _)| !hidden.contains(route));
    let problems = visible.map(|(_, former)| problem(former)).collect();
    let remembered = lost.into_iter().filter(|(_, former)| !matches!(former.known_from, KnownFrom::File(_)));
    (problems, remembered.map(|(_, former)| former.url).collect())
}

/// The routes of all articles once they are visible, and of the lists that hidden ones belong to.
fn hidden(edition: &Edition) -> HashSet<Route> {
    let Edition { config, content, archive, plan, .. } = edition;
    let articles = content.iter().filter_map(|(id, _)| plan.route_of(id).cloned());
    let waiting = content.iter().map(|(id, _)| id).filter(|id| archive.visibility(*id) != Visibility::Shown);
    let lists = slugs_named(content, config, waiting).into_iter().map(|(taxonomy, slug)| {
        let root = Route::root();
        match taxonomy {
            Taxonomy::Section => root.folder(slug),
            Taxonomy::Tag => root.folder("tags").folder(slug),
            Taxonomy::Author => root.folder("authors").folder(slug),
            Taxonomy::Series => root.folder("series").folder(slug),
        }
    });
    articles.chain(lists).collect()
}

fn problem(former: &FormerUrl) -> Diagnostic {
    let LostUrl { url, is_list } = &former.url;
    let what = if *is_list { "a list" } else { "a story" };
    let had = match former.known_from {
        KnownFrom::File(_) => "the site",
        KnownFrom::LastBuild => "the last build",
        KnownFrom::Earlier => "an earlier build",
    };
    let message = format!("{had} had {what} at {url}, but nothing is there now: links to it are dead");
    let redirect = format!("add `{url}: /where/its/readers/go/` to `redirects` in `bulletin.yaml`");
    let mut help = if url.starts_with("/tags/") {
        format!(
            "if the tag was renamed, add the old name to `tags.aliases` in `bulletin.yaml`, as in `tags: {{aliases: {{Kiev: Kyiv}}}}`; otherwise {redirect}"
        )
    } else if url.starts_with("/authors/") {
        format!(
            "if the author was renamed, add the old name to the `aliases` of their profile under `authors` in `bulletin.yaml`; otherwise {redirect}"
        )
    } else if *is_list {
        redirect
    } else {
        format!(
            "if the story moved, add `aliases: [{url}]` to its front matter; if it must go, keep its file with \
             `status: withdrawn`, which shows readers a notice"
        )
    };
    if matches!(former.known_from, KnownFrom::File(_)) {
        help += "; if the URL is no longer needed, delete this line";
    }
    let problem = Diagnostic::warning("route/lost", message).help(help);
    match &former.known_from {
        KnownFrom::File(place) => problem.at(place.clone()),
        KnownFrom::LastBuild | KnownFrom::Earlier => problem,
    }
}
