//! Pages that want one URL, or one file where another needs a folder.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::RandomState;
use rayon::prelude::*;

use super::{List, Page, PageKind, Plan, Route, StaticFile};
use crate::archive::{Archive, Reason, Taxonomy, Visibility};
use crate::content::{Content, place_of};
use crate::diagnostic::{Diagnostic, Place};

/// File → the first page that wants it.
type Taken<'f> = HashMap<&'f str, usize, RandomState>;

/// Reports every page whose file is taken by an earlier one. Case is ignored, as some file systems do.
pub(super) fn find(
    plan: &Plan,
    content: &Content,
    archive: &Archive,
    statics: &[StaticFile],
) -> Vec<Diagnostic> {
    let files: Vec<Cow<'_, str>> = plan.pages.par_iter().map(|page| file_of(&page.route)).collect();
    let mut taken = Taken::with_capacity_and_hasher(files.len(), RandomState::default());
    let mut diagnostics = Vec::new();
    let describe = |index: usize| describe(plan, content, archive, statics, &plan.pages[index]);
    for (index, file) in files.iter().enumerate() {
        let first = *taken.entry(file).or_insert(index);
        let page = &plan.pages[index];
        if first != index && !is_same_file(&plan.pages[first], page) {
            diagnostics.push(collision(page.route.as_str(), describe(index), describe(first)));
        }
    }
    for (from, to) in &plan.redirects {
        // A redirect by rule alone: hosts serve the file that is there, so the rule is dead.
        if let Some(&index) = taken.get(&*file_of(from))
            && !matches!(plan.pages[index].kind, PageKind::Redirect(_))
        {
            let alias = Page { route: from.clone(), kind: PageKind::Redirect(to.clone()) };
            let alias = self::describe(plan, content, archive, statics, &alias);
            diagnostics.push(collision(from.as_str(), alias, describe(index)));
        }
    }
    diagnostics.extend(to_come(plan, content, archive, &taken, &describe));
    for (file, index) in in_the_way(&files, &taken) {
        let path = plan.pages[file].route.as_str();
        diagnostics.push(collision(path, describe(file), describe(index)));
    }
    diagnostics
}

/// What is the same for two routes that want one file: the route in lower case, without `index.html`.
fn file_of(route: &Route) -> Cow<'_, str> {
    let path = route.as_str();
    if path.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        return Cow::Borrowed(without_index(path));
    }
    let path = path.to_lowercase();
    Cow::Owned(without_index(&path).to_owned())
}

fn without_index(path: &str) -> &str {
    path.strip_suffix("index.html").filter(|folder| folder.ends_with('/')).unwrap_or(path)
}

/// Pages that are a file where others need a folder, each with one of those.
fn in_the_way(files: &[Cow<'_, str>], taken: &Taken<'_>) -> Vec<(usize, usize)> {
    // Most pages are the index of a folder, and only those few that are not can be in the way of others.
    let bare: Taken<'_> =
        taken.iter().filter(|(file, _)| !file.ends_with('/')).map(|(file, index)| (*file, *index)).collect();
    let find = |folder: &str| match without_index(folder) {
        file if file.len() < folder.len() => taken.get(file).copied(),
        file => bare.get(file).copied(),
    };
    let above = |(index, file): (usize, &Cow<'_, str>)| {
        let folders = file.match_indices('/').skip(1).map(|(slash, _)| &file[..slash]);
        folders.filter_map(find).map(|file| (file, index)).collect::<Vec<_>>()
    };
    files.par_iter().enumerate().flat_map_iter(above).collect()
}

/// Two articles may share a picture: it is put beside both, and where both are in one folder, once.
fn is_same_file(a: &Page, b: &Page) -> bool {
    matches!((&a.kind, &b.kind), (PageKind::Asset(_, a), PageKind::Asset(_, b)) if a == b)
}

/// What a page is, and the file that a person can change.
struct Described {
    what: String,
    place: Option<Place>,
}

fn describe(
    plan: &Plan,
    content: &Content,
    archive: &Archive,
    statics: &[StaticFile],
    page: &Page,
) -> Described {
    let named = |what: String| Described { what, place: None };
    match &page.kind {
        PageKind::Front => named("the front page".to_owned()),
        PageKind::Article(id) => {
            let article = content.get(*id);
            Described {
                what: format!("the article `content/{}`", article.path),
                place: Some(place_of(article)),
            }
        }
        PageKind::List(List::Term(taxonomy, id), _) => {
            let kind = match taxonomy {
                Taxonomy::Section => "section",
                Taxonomy::Tag => "tag",
                Taxonomy::Author => "author",
                Taxonomy::Series => "series",
            };
            named(format!("the page of the {kind} “{}”", archive.terms(*taxonomy).get(*id).name))
        }
        PageKind::List(..) => named("an archive of dates".to_owned()),
        PageKind::Index(_) => named("the index of tags or authors".to_owned()),
        PageKind::NotFound => named("the page for what is not found".to_owned()),
        PageKind::RedirectRules => named("the redirect rules".to_owned()),
        PageKind::Redirect(to) => match article_at(plan, content, archive, to) {
            Some(article) => {
                let what = format!("an alias of the article `content/{}`", article.path);
                Described { what, place: Some(place_of(article)) }
            }
            None => named("a numbered page of a list".to_owned()),
        },
        PageKind::File(source) => match statics.iter().find(|file| file.source == *source) {
            Some(file) => Described {
                what: format!("the file `{}`", file.shown),
                place: Some(Place::file(file.shown.as_str())),
            },
            None => named("a static file".to_owned()),
        },
        PageKind::Asset(id, _) => {
            let article = content.get(*id);
            let what = format!("a file of the article `content/{}`", article.path);
            Described { what, place: Some(place_of(article)) }
        }
    }
}

fn article_at<'c>(
    plan: &Plan,
    content: &'c Content,
    archive: &Archive,
    route: &Route,
) -> Option<&'c crate::content::Article> {
    content.iter().find(|(id, _)| plan.article(archive, *id) == Some(route)).map(|(_, article)| article)
}

/// Warns of articles that readers do not see yet and whose URL is taken: the build that brings them would fail.
fn to_come(
    plan: &Plan,
    content: &Content,
    archive: &Archive,
    taken: &Taken<'_>,
    describe: &dyn Fn(usize) -> Described,
) -> Vec<Diagnostic> {
    let mut hidden: HashMap<Cow<'_, str>, &crate::content::Article> = HashMap::new();
    let mut diagnostics = Vec::new();
    for (id, article) in content.iter() {
        let waits =
            matches!(archive.visibility(id), Visibility::Hidden(Reason::Scheduled | Reason::Embargoed));
        let Some(route) = plan.articles[id.0 as usize].as_ref().filter(|_| waits) else { continue };
        let file = file_of(route);
        let other = match taken.get(&*file) {
            Some(index) => Some(describe(*index)),
            None => hidden.get(&file).map(|other| Described {
                what: format!("the article `content/{}`", other.path),
                place: Some(place_of(other)),
            }),
        };
        hidden.insert(file, article);
        let Some(other) = other else { continue };
        let message =
            format!("when this article is due, its URL {} is taken by {}", route.as_str(), other.what);
        let problem = Diagnostic::warning("route/collision-to-come", message).at(place_of(article)).help(
            "give one of them another `slug` or `permalink` before then, or the build of that time fails",
        );
        diagnostics.push(match other.place {
            Some(place) => problem.also("the other one", place),
            None => problem,
        });
    }
    diagnostics
}

fn collision(path: &str, second: Described, first: Described) -> Diagnostic {
    let message = format!("two pages want the URL {path}: {} and {}", first.what, second.what);
    let diagnostic = Diagnostic::error("route/collision", message)
        .help("give one of them another `slug` or `permalink`, or take the alias out");
    match (second.place, first.place) {
        (Some(second), Some(first)) => diagnostic.at(second).also("the other one", first),
        (Some(place), None) | (None, Some(place)) => diagnostic.at(place),
        (None, None) => diagnostic,
    }
}
