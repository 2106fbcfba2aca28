//! Pages that want one URL, or one file where another needs a folder.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use rayon::prelude::*;

use super::{List, Page, PageKind, Plan, Route, StaticFile, redirects};
use crate::archive::{Archive, Reason, Visibility};
use crate::config::Config;
use crate::content::{Content, place_of};
use crate::diagnostic::{Diagnostic, Place};

/// The files that pages want.
struct Files<'p> {
    /// For each page its file, as [`file_of`] has it.
    of_page: Vec<Cow<'p, str>>,
    /// The hash of each file and its page, sorted. This is made on all cores, unlike a table, and is smaller than one.
    hashed: Vec<(u64, usize)>,
    hasher: RandomState,
}

impl<'p> Files<'p> {
    fn new(pages: &'p [Page]) -> Self {
        let hasher = RandomState::default();
        let of_page: Vec<Cow<'_, str>> = pages.par_iter().map(|page| file_of(&page.route)).collect();
        let mut hashed: Vec<(u64, usize)> =
            of_page.par_iter().enumerate().map(|(page, file)| (hasher.hash_one(&**file), page)).collect();
        hashed.par_sort_unstable();
        Self { of_page, hashed, hasher }
    }

    /// The first page that wants a file.
    fn first(&self, file: &str) -> Option<usize> {
        let hash = self.hasher.hash_one(file);
        let from = self.hashed.partition_point(|(other, _)| *other < hash);
        let same = self.hashed[from..].iter().take_while(|(other, _)| *other == hash);
        same.map(|(_, page)| *page).find(|page| self.of_page[*page] == file)
    }

    /// Every page whose file an earlier one wants too, with the first of those.
    fn repeated(&self) -> Vec<(usize, usize)> {
        let alike = self.hashed.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1);
        let mut repeated: Vec<(usize, usize)> = alike
            .filter_map(|page| Some((page, self.first(&self.of_page[page])?)))
            .filter(|(page, first)| page != first)
            .collect();
        repeated.sort_unstable();
        repeated
    }

    /// Pages that are a file where others need a folder, each with one of those.
    fn in_the_way(&self) -> Vec<(usize, usize)> {
        // Most pages are the index of a folder, and only those few that are not can be in the way of others.
        let bare: HashSet<&str, RandomState> =
            self.of_page.iter().map(|file| &**file).filter(|file| !file.ends_with('/')).collect();
        let find = |folder: &str| match without_index(folder) {
            file if file.len() < folder.len() || bare.contains(file) => self.first(file),
            _ => None,
        };
        let above = |(page, file): (usize, &Cow<'_, str>)| {
            let slashes = file.bytes().enumerate().skip(1).filter(|(_, b)| *b == b'/');
            let found = slashes.filter_map(|(slash, _)| find(&file[..slash]));
            found.map(|file| (file, page)).collect::<Vec<_>>()
        };
        self.of_page.par_iter().enumerate().flat_map_iter(above).collect()
    }
}

/// What is the same for two routes that want one file: the route in lower case, without `index.html`.
fn file_of(route: &Route) -> Cow<'_, str> {
    let path = route.as_str();
    // Without an early end, the compiler looks at many bytes at a time.
    let has_capital = path.bytes().fold(false, |found, b| found | b.is_ascii_uppercase());
    if path.is_ascii() && !has_capital {
        return Cow::Borrowed(without_index(path));
    }
    let path = path.to_lowercase();
    Cow::Owned(without_index(&path).to_owned())
}

fn without_index(path: &str) -> &str {
    path.strip_suffix("index.html").filter(|folder| folder.ends_with('/')).unwrap_or(path)
}

/// Reports every page whose file is taken by an earlier one. Case is ignored, as some file systems do.
pub(super) fn find(
    plan: &Plan,
    content: &Content,
    archive: &Archive,
    config: &Config,
    statics: &[StaticFile],
) -> Vec<Diagnostic> {
    let files = Files::new(&plan.pages);
    let mut diagnostics = Vec::new();
    let describe = |index: usize| describe(plan, content, archive, config, statics, &plan.pages[index]);
    for (index, first) in files.repeated() {
        let page = &plan.pages[index];
        if !is_same_file(&plan.pages[first], page) {
            diagnostics.push(collision(page.route.as_str(), describe(index), describe(first)));
        }
    }
    for redirect in plan.redirects.iter().filter(|redirect| !redirects::has_page(&redirect.from)) {
        // A redirect by rule alone: hosts serve the file that is there, so the rule is dead.
        if let Some(index) = files.first(&file_of(&redirect.from)) {
            let (what, place) = redirect.by.describe(content, config);
            let described = Described { what, place: Some(place) };
            diagnostics.push(collision(redirect.from.as_str(), described, describe(index)));
        }
    }
    diagnostics.extend(to_come(plan, content, archive, &files, &describe));
    for (file, index) in files.in_the_way() {
        let path = plan.pages[file].route.as_str();
        diagnostics.push(collision(path, describe(file), describe(index)));
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
    config: &Config,
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
            let kind = taxonomy.name();
            named(format!("the page of the {kind} “{}”", archive.terms(*taxonomy).get(*id).name))
        }
        PageKind::List(..) => named("an archive of dates".to_owned()),
        PageKind::Index(_) => named("the index of tags or authors".to_owned()),
        PageKind::NotFound => named("the page for what is not found".to_owned()),
        PageKind::Headers(_) => named("the headers for hosts".to_owned()),
        PageKind::RedirectRules | PageKind::NginxMap => named("the redirect rules".to_owned()),
        PageKind::Feed(..) => named("a feed".to_owned()),
        PageKind::Sitemap(_) => named("a sitemap".to_owned()),
        PageKind::Robots => of_setting("the rules for crawlers", "robots"),
        PageKind::Trust(file) => of_setting("the file of trust", file.setting()),
        PageKind::ArticleJson(_) | PageKind::ListJson(_) => {
            named("a page as JSON (`api` in `bulletin.yaml`)".to_owned())
        }
        PageKind::Redirect(_) => {
            let found = plan.redirects.binary_search_by(|redirect| redirect.from.cmp(&page.route));
            match found.ok().and_then(|at| plan.redirects.get(at)) {
                Some(redirect) => {
                    let (what, place) = redirect.by.describe(content, config);
                    Described { what, place: Some(place) }
                }
                None => named("a numbered page of a list".to_owned()),
            }
        }
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

/// What is made from a setting, which can be taken out.
fn of_setting(what: &str, setting: &str) -> Described {
    Described {
        what: format!("{what} (`{setting}` in `bulletin.yaml`)"),
        place: Some(Place::file("bulletin.yaml")),
    }
}

/// Warns of articles that readers do not see yet and whose URL is taken: the build that brings them would fail.
fn to_come(
    plan: &Plan,
    content: &Content,
    archive: &Archive,
    files: &Files<'_>,
    describe: &dyn Fn(usize) -> Described,
) -> Vec<Diagnostic> {
    let mut hidden: HashMap<Cow<'_, str>, &crate::content::Article> = HashMap::new();
    let mut diagnostics = Vec::new();
    for (id, article) in content.iter() {
        let waits =
            matches!(archive.visibility(id), Visibility::Hidden(Reason::Scheduled | Reason::Embargoed));
        let Some(route) = plan.articles[id.0 as usize].as_ref().filter(|_| waits) else { continue };
        let file = file_of(route);
        let other = match files.first(&file) {
            Some(index) => Some(describe(index)),
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
        .help("give one of them another `slug` or `permalink`, or take the redirect out");
    match (second.place, first.place) {
        (Some(second), Some(first)) => diagnostic.at(second).also("the other one", first),
        (Some(place), None) | (None, Some(place)) => diagnostic.at(place),
        (None, None) => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str) -> Page {
        let route = Route::root().file(path.trim_start_matches('/')).or_else(|_| Route::parse(path));
        Page { route: route.unwrap(), kind: PageKind::Front }
    }

    #[test]
    fn two_routes_want_one_file_whatever_their_case_and_with_or_without_its_name() {
        let pages = ["/a/", "/b/", "/A/Index.HTML", "/a/", "/b", "/Ä.txt", "/ä.txt"].map(page);
        assert_eq!(Files::new(&pages).repeated(), [(2, 0), (3, 0), (6, 5)]);
    }

    #[test]
    fn a_file_is_in_the_way_of_a_folder_of_its_name() {
        let pages = ["/a", "/A/b/", "/c/", "/c/index.html/d/", "/e/"].map(page);
        assert_eq!(Files::new(&pages).in_the_way(), [(0, 1), (2, 3)]);
    }
}
