//! The aliases of tags and authors in the settings → redirects from the pages and feeds that they had.

use super::{Destination, Redirect, RedirectSource};
use crate::archive::Taxonomy;
use crate::config::Config;
use crate::plan::{List, Planner, Route, feeds_of, json_of};

/// Returns redirects from where a tag or author would be under an alias to where it is. Those that readers do not see
/// get none.
pub(super) fn renamed(planner: &Planner<'_>, config: &Config) -> Vec<Redirect> {
    let slugs = config.slugs;
    let tags = config.tag_aliases.iter().enumerate();
    let tags = tags
        .map(|(at, (alias, name))| (RedirectSource::TagAlias(at), Taxonomy::Tag, alias, slugs.of_name(name)));
    let authors = config.authors.iter().enumerate().flat_map(|(at, profile)| {
        let to =
            move |alias| (RedirectSource::AuthorAlias(at), Taxonomy::Author, alias, profile.slug.clone());
        profile.aliases.iter().map(to)
    });
    let all = tags.chain(authors);
    all.flat_map(|(source, kind, alias, to)| {
        of_name(planner, config, source, kind, &slugs.of_name(alias), &to)
    })
    .collect()
}

fn of_name(
    planner: &Planner<'_>,
    config: &Config,
    source: RedirectSource,
    taxonomy: Taxonomy,
    old: &str,
    new: &str,
) -> Vec<Redirect> {
    let terms = planner.archive.terms(taxonomy);
    let term = terms.by_slug(new).filter(|_| !old.is_empty() && terms.by_slug(old).is_none());
    let list = term.map(|id| List::Term(taxonomy, id));
    let Some((list, to)) = list.and_then(|list| Some((list, planner.plan.list(planner.archive, list)?)))
    else {
        return Vec::new();
    };
    let name_of = |route: &Route| route.as_str().rsplit('/').next().unwrap_or_default().to_owned();
    let json = json_of(&to).filter(|_| config.api);
    let files =
        feeds_of(config, planner.archive, Some((list, &to))).into_iter().map(|(_, route)| route).chain(json);
    let files: Vec<Route> = files.collect();
    let from = Route::root().folder(if taxonomy == Taxonomy::Tag { "tags" } else { "authors" }).folder(old);
    let of_files = files.into_iter().filter_map(|to| Some((from.file(&name_of(&to)).ok()?, to)));
    let all = std::iter::once((from.clone(), to.clone())).chain(of_files);
    all.map(|(from, to)| Redirect { from, to: Destination::Route(to), source }).collect()
}
