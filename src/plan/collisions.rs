//! Pages that want one URL, or one file where another needs a folder.

use std::collections::HashMap;

use super::{List, Page, PageKind, Plan, Route, StaticFile};
use crate::archive::{Archive, Reason, Taxonomy, Visibility};
use crate::content::{Content, place_of};
use crate::diagnostic::{Diagnostic, Place};

/// Reports every page whose file is taken by an earlier one. Case is ignored, as some file systems do.
pub(super) fn find(
    plan: &Plan,
    content: &Content,
    archive: &Archive,
    statics: &[StaticFile],
) -> Vec<Diagnostic> {
    let mut taken: HashMap<String, usize> = HashMap::with_capacity(plan.pages.len());
    let mut diagnostics = Vec::new();
    let describe = |index: usize| describe(plan, content, archive, statics, &plan.pages[index]);
    for (index, page) in plan.pages.iter().enumerate() {
        let file = page.route.file_path().to_lowercase();
        if let Some(&first) = taken.get(&file) {
            if !is_same_file(&plan.pages[first], page) {
                diagnostics.push(collision(page.route.as_str(), describe(index), describe(first)));
            }
            continue;
        }
        taken.insert(file, index);
    }
    for (from, to) in &plan.redirects {
        // A redirect by rule alone: hosts serve the file that is there, so the rule is dead.
        if let Some(&index) = taken.get(&from.file_path().to_lowercase())
            && !matches!(plan.pages[index].kind, PageKind::Redirect(_))
        {
            let alias = Page { route: from.clone(), kind: PageKind::Redirect(to.clone()) };
            let alias = self::describe(plan, content, archive, statics, &alias);
            diagnostics.push(collision(from.as_str(), alias, describe(index)));
        }
    }
    diagnostics.extend(to_come(plan, content, archive, &taken, &describe));
    for (index, page) in plan.pages.iter().enumerate() {
        let file = page.route.file_path().to_lowercase();
        for (slash, _) in file.match_indices('/') {
            if let Some(&other) = taken.get(&file[..slash]) {
                let path = plan.pages[other].route.as_str();
                diagnostics.push(collision(path, describe(other), describe(index)));
            }
        }
    }
    diagnostics
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
    taken: &HashMap<String, usize>,
    describe: &dyn Fn(usize) -> Described,
) -> Vec<Diagnostic> {
    let mut hidden: HashMap<String, &crate::content::Article> = HashMap::new();
    let mut diagnostics = Vec::new();
    for (id, article) in content.iter() {
        let waits =
            matches!(archive.visibility(id), Visibility::Hidden(Reason::Scheduled | Reason::Embargoed));
        let Some(route) = plan.articles[id.0 as usize].as_ref().filter(|_| waits) else { continue };
        let file = route.file_path().to_lowercase();
        let other = match taken.get(&file) {
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
