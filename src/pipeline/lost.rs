//! URLs that the site had → those where nothing is now, and nobody has said where their readers go.

use std::collections::HashSet;

use super::urls::Line;
use crate::archive::{Taxonomy, Visibility, slugs_named};
use crate::diagnostic::{Diagnostic, Place};
use crate::edition::Edition;
use crate::freshness::Lost;
use crate::plan::Route;

/// A URL that the site had.
pub(super) struct Had {
    lost: Lost,
    since: Since,
}

/// Who knows that it had it.
enum Since {
    /// A line of `urls.txt`.
    File(Place),
    /// The last build.
    LastBuild,
    /// An earlier one; it is open since.
    Earlier,
}

impl Had {
    /// Of the last build.
    pub(super) fn by_last_build(lost: Lost) -> Self {
        Self { lost, since: Since::LastBuild }
    }

    /// Missing since an earlier build.
    pub(super) fn earlier(lost: Lost) -> Self {
        Self { lost, since: Since::Earlier }
    }

    /// By a line of `urls.txt`.
    pub(super) fn written(line: Line) -> Self {
        let url = line.route.as_str();
        let is_list = ["/tags/", "/authors/", "/series/"].iter().any(|folder| url.starts_with(folder));
        Self { lost: Lost { url: url.to_owned(), is_list }, since: Since::File(line.place) }
    }
}

/// Tells of those where nothing is, but for what is only hidden for now: its desk knows. Gives what stays to be told of by builds to
/// come.
pub(super) fn tell(edition: &Edition, had: Vec<Had>) -> (Vec<Diagnostic>, Vec<Lost>) {
    let plan = &edition.plan;
    let routes = had.into_iter().filter_map(|had| Some((Route::parse(&had.lost.url).ok()?, had)));
    let mut open: Vec<(Route, Had)> =
        routes.filter(|(route, _)| plan.page(route).is_none() && plan.redirect(route).is_none()).collect();
    if open.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let rank = |had: &Had| match had.since {
        Since::File(_) => 0,
        Since::LastBuild => 1,
        Since::Earlier => 2,
    };
    open.sort_by(|(a, one), (b, other)| a.cmp(b).then(rank(one).cmp(&rank(other))));
    open.dedup_by(|(later, _), (first, _)| later == first);
    let hidden = hidden(edition);
    let told =
        open.iter().filter(|(route, _)| !hidden.contains(route)).map(|(_, had)| problem(had)).collect();
    let stays = open.into_iter().filter(|(_, had)| !matches!(had.since, Since::File(_)));
    (told, stays.map(|(_, had)| had.lost).collect())
}

/// Where articles are once readers see them, and the lists that these would be in.
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

fn problem(had: &Had) -> Diagnostic {
    let Lost { url, is_list } = &had.lost;
    let what = if *is_list { "a list" } else { "a story" };
    let message = match had.since {
        Since::File(_) => format!("the site had {what} at {url}, and now nothing is there: links to it die"),
        Since::LastBuild => {
            format!("the last build had {what} at {url}, and now nothing is there: links to it die")
        }
        Since::Earlier => {
            format!("an earlier build had {what} at {url}, and now nothing is there: links to it die")
        }
    };
    let redirect = format!("add `{url}: /where/its/readers/go/` to `redirects` in `bulletin.yaml`");
    let mut help = if url.starts_with("/tags/") {
        format!(
            "if the tag has another name now, add the old one to `tags.aliases` in `bulletin.yaml`, for example `tags: {{aliases: {{Kiev: Kyiv}}}}`; else {redirect}"
        )
    } else if url.starts_with("/authors/") {
        format!(
            "if the author has another name now, add the old one to `aliases` of their profile under `authors` in `bulletin.yaml`; else {redirect}"
        )
    } else if *is_list {
        redirect
    } else {
        format!(
            "if the story has another URL now, add `aliases: [{url}]` to its front matter; if it must go, keep its file \
             with `status: withdrawn`, and readers are told"
        )
    };
    if matches!(had.since, Since::File(_)) {
        help += "; if nobody needs the URL any more, delete this line";
    }
    let problem = Diagnostic::warning("route/lost", message).help(help);
    match &had.since {
        Since::File(place) => problem.at(place.clone()),
        Since::LastBuild | Since::Earlier => problem,
    }
}
