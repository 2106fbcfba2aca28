//! Pages that have the same URL, or a file where another page needs a folder → errors.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use rayon::prelude::*;

use super::{HEADERS, NGINX_MAP, Page, PageKind, Plan, RULES, Route, StaticFile, json_of, redirects};
use crate::archive::{Archive, Reason, Visibility, ids};
use crate::config::Config;
use crate::content::{ArticleId, Content};
use crate::diagnostic::Diagnostic;

mod describe;

use describe::PageDescription;

/// The files of the planned pages, followed by those of some more pages.
struct Files<'p> {
    /// By page: its file, see [`file_of`].
    of_page: Vec<Cow<'p, str>>,
    /// The hash of each file and its page, sorted. Built on all cores, unlike a table, and smaller than one.
    hashed: Vec<(u64, usize)>,
    hasher: RandomState,
}

impl<'p> Files<'p> {
    fn new(pages: &'p [Page], more: &'p [Page]) -> Self {
        let hasher = RandomState::default();
        let pages = pages.par_iter().chain(more);
        let of_page: Vec<Cow<'_, str>> = pages.map(|page| file_of(&page.route)).collect();
        let mut hashed: Vec<(u64, usize)> =
            of_page.par_iter().enumerate().map(|(page, file)| (hasher.hash_one(&**file), page)).collect();
        hashed.par_sort_unstable();
        Self { of_page, hashed, hasher }
    }

    /// The first page that has a file.
    fn first(&self, file: &str) -> Option<usize> {
        let hash = self.hasher.hash_one(file);
        let from = self.hashed.partition_point(|(other, _)| *other < hash);
        let same = self.hashed[from..].iter().take_while(|(other, _)| *other == hash);
        same.map(|(_, page)| *page).find(|page| self.of_page[*page] == file)
    }

    /// Every page whose file an earlier page has, with the first such page.
    fn repeated(&self) -> Vec<(usize, usize)> {
        let alike = self.hashed.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1);
        let mut repeated: Vec<(usize, usize)> = alike
            .filter_map(|page| Some((page, self.first(&self.of_page[page])?)))
            .filter(|(page, first)| page != first)
            .collect();
        repeated.sort_unstable();
        repeated
    }

    /// Of the first `pages` pages those with a path segment that Windows reserves, each segment once.
    fn unfit_for_windows(&self, pages: usize) -> Vec<(usize, &str)> {
        let parts = self.of_page[..pages].par_iter().enumerate();
        let found: Vec<(usize, std::ops::Range<usize>)> =
            parts.filter_map(|(page, file)| Some((page, reserved_name(file)?))).collect();
        let mut seen = HashSet::new();
        let found = found.into_iter().map(|(page, part)| (page, &self.of_page[page][..part.end], part));
        found
            .filter(|(_, above, _)| seen.insert(*above))
            .map(|(page, _, part)| (page, &self.of_page[page][part]))
            .collect()
    }

    /// Pages that are a file where others need a folder, each with one of those.
    fn in_the_way(&self) -> Vec<(usize, usize)> {
        // Most pages are the index of a folder; only the few others can be in the way.
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

/// The file of a route as collisions compare it: in lower case, without `index.html`.
fn file_of(route: &Route) -> Cow<'_, str> {
    let path = route.as_str();
    // A fold without an early exit is vectorized.
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

/// Reports every page whose file an earlier page has. Case is ignored, as some file systems do.
pub(super) fn find(
    plan: &Plan,
    content: &Content,
    archive: &Archive,
    config: &Config,
    statics: &[StaticFile],
) -> Vec<Diagnostic> {
    let more: Vec<Page> = reserved().chain(scheduled(plan, content, archive, config)).collect();
    let finder = Finder { plan, content, archive, config, statics, more: &more };
    let files = Files::new(&plan.pages, &more);
    let mut diagnostics = Vec::new();
    for (index, first) in files.repeated() {
        if !finder.is_no_collision(first, index) {
            diagnostics.push(finder.problem(index, index, first));
        }
    }
    for redirect in plan.redirects.iter().filter(|redirect| !redirects::has_page(&redirect.from)) {
        // Hosts serve the file that is there, so a redirect by rule alone never takes effect.
        if let Some(index) = files.first(&file_of(&redirect.from)) {
            let described = PageDescription::redirect(redirect, content, config);
            diagnostics.push(match finder.is_scheduled(index) {
                true => when_due(redirect.from.as_str(), finder.describe(index), described),
                false => collision(redirect.from.as_str(), described, finder.describe(index)),
            });
        }
    }
    for (page, name) in files.unfit_for_windows(plan.pages.len()) {
        diagnostics.push(no_windows_name(finder.page(page).route.as_str(), name, finder.describe(page)));
    }
    for (file, index) in files.in_the_way() {
        diagnostics.push(finder.problem(file, file, index));
    }
    diagnostics
}

/// Files that are generated once all pages are known. No page may take their place, even while the site has none of
/// them.
fn reserved() -> impl Iterator<Item = Page> {
    let kinds = [
        (HEADERS, PageKind::Headers([].into())),
        (RULES, PageKind::RedirectRules),
        (NGINX_MAP, PageKind::NginxMap),
    ];
    kinds.into_iter().filter_map(|(name, kind)| Some(Page { route: Route::root().file(name).ok()?, kind }))
}

/// The pages of scheduled articles: the build that publishes them would fail if their URL is taken.
fn scheduled(plan: &Plan, content: &Content, archive: &Archive, config: &Config) -> Vec<Page> {
    let waits = |id: &ArticleId| {
        matches!(archive.visibility(*id), Visibility::Hidden(Reason::Scheduled | Reason::Embargoed))
    };
    let pages = |id: ArticleId| {
        let route = plan.route_of(id);
        let has_json = config.api && !content.get(id).is_standing();
        let json = route.filter(|_| has_json).and_then(json_of);
        let page = route.cloned().map(|route| Page { route, kind: PageKind::Article(id) });
        page.into_iter().chain(json.map(|route| Page { route, kind: PageKind::ArticleJson(id) }))
    };
    ids(content).filter(waits).flat_map_iter(pages).collect()
}

/// Finds and describes collisions.
struct Finder<'a> {
    plan: &'a Plan,
    content: &'a Content,
    archive: &'a Archive,
    config: &'a Config,
    statics: &'a [StaticFile],
    /// Pages that are not in the plan, beginning with the [`reserved`] ones.
    more: &'a [Page],
}

impl Finder<'_> {
    fn page(&self, index: usize) -> &Page {
        let pages = &self.plan.pages;
        pages.get(index).unwrap_or_else(|| &self.more[index - pages.len()])
    }

    fn is_scheduled(&self, index: usize) -> bool {
        index >= self.plan.pages.len()
            && matches!(self.page(index).kind, PageKind::Article(_) | PageKind::ArticleJson(_))
    }

    /// Whether two pages may have the same file, or are reported as another collision.
    fn is_no_collision(&self, first: usize, second: usize) -> bool {
        let (a, b) = (self.page(first), self.page(second));
        match (&a.kind, &b.kind) {
            // Two articles may share a picture. It is copied next to both, and only once if both are in the same
            // folder.
            (PageKind::Asset(_, a), PageKind::Asset(_, b)) => a == b,
            (PageKind::Picture(_, a), PageKind::Picture(_, b)) => a.file == b.file,
            // The generated file and the site's own in its place.
            (PageKind::File(_), PageKind::Headers(_) | PageKind::NginxMap) => a.route == b.route,
            (PageKind::RedirectRules, PageKind::RedirectRules) | (PageKind::NginxMap, PageKind::NginxMap) => {
                true
            }
            _ => match (self.beside(&a.kind), self.beside(&b.kind)) {
                (Some(a), Some(b)) => file_of(&a) == file_of(&b),
                _ => false,
            },
        }
    }

    /// The page that a data file belongs to.
    fn beside(&self, kind: &PageKind) -> Option<Route> {
        match kind {
            PageKind::ArticleJson(id) => self.plan.route_of(*id).cloned(),
            PageKind::ListJson(list) | PageKind::Feed(list, _) => match list {
                Some(list) => self.plan.list(self.archive, *list),
                None => Some(Route::root()),
            },
            _ => None,
        }
    }

    /// The collision of two pages at the URL of the page `at`.
    fn problem(&self, at: usize, second: usize, first: usize) -> Diagnostic {
        let path = self.page(at).route.as_str();
        let (waits, other) = if self.is_scheduled(second) { (second, first) } else { (first, second) };
        if self.is_scheduled(waits) {
            return when_due(path, self.describe(waits), self.describe(other));
        }
        collision(path, self.describe(second), self.describe(first))
    }
}

/// The range of the first segment of a path, in lower case, that is a reserved device name on Windows.
fn reserved_name(path: &str) -> Option<std::ops::Range<usize>> {
    let mut start = 0;
    for part in path.split('/') {
        let stem = part.split('.').next().unwrap_or_default();
        let is_numbered = || {
            let device = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
            device.is_some_and(|number| matches!(number.as_bytes(), [b'1'..=b'9']))
        };
        if matches!(stem.len(), 3 | 4) && (["con", "prn", "aux", "nul"].contains(&stem) || is_numbered()) {
            return Some(start..start + part.len());
        }
        start += part.len() + 1;
    }
    None
}

fn no_windows_name(path: &str, name: &str, described: PageDescription) -> Diagnostic {
    let message =
        format!("the URL `{path}` of {} contains `{name}`, a reserved file name on Windows", described.what);
    let help =
        described.fix.unwrap_or_else(|| "rename it, unless the site is never copied to Windows".to_owned());
    let problem = Diagnostic::warning("route/windows-name", message).help(help);
    match described.place {
        Some(place) => problem.at(place),
        None => problem,
    }
}

/// Warns that a build will fail when a scheduled article is due.
fn when_due(path: &str, article: PageDescription, other: PageDescription) -> Diagnostic {
    let message = format!("the URL `{path}` of this scheduled story is already taken by {}", other.what);
    let help = format!("{} before the story is due, or the build will fail then", fixes(&article, &other));
    let problem = Diagnostic::warning("route/collision-to-come", message).help(help);
    let problem = match article.place {
        Some(place) => problem.at(place),
        None => problem,
    };
    match other.place {
        Some(place) => problem.also("the other page", place),
        None => problem,
    }
}

fn collision(path: &str, second: PageDescription, first: PageDescription) -> Diagnostic {
    let message = format!("two pages have the URL `{path}`: {} and {}", first.what, second.what);
    let diagnostic = Diagnostic::error("route/collision", message).help(fixes(&second, &first));
    match (second.place, first.place) {
        (Some(second), Some(first)) => diagnostic.at(second).also("the other page", first),
        (Some(place), None) | (None, Some(place)) => diagnostic.at(place),
        (None, None) => diagnostic,
    }
}

/// How to resolve a collision.
fn fixes(one: &PageDescription, other: &PageDescription) -> String {
    match (&one.fix, &other.fix) {
        (Some(one), Some(other)) if one != other => format!("{one}, or {other}"),
        (Some(way), _) | (None, Some(way)) => way.clone(),
        (None, None) => "rename one of them, or turn it off in `bulletin.yaml`".to_owned(),
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
    fn routes_collide_regardless_of_case_and_index_name() {
        let pages = ["/a/", "/b/", "/A/Index.HTML", "/a/", "/b", "/Ä.txt", "/ä.txt"].map(page);
        assert_eq!(Files::new(&pages, &[]).repeated(), [(2, 0), (3, 0), (6, 5)]);
    }

    #[test]
    fn names_that_windows_reserves_are_found() {
        for (path, name) in [
            ("/2026/con/", Some("con")),
            ("/a/aux.svg", Some("aux.svg")),
            ("/lpt1", Some("lpt1")),
            ("/com/", None),
            ("/com0/", None),
            ("/console/", None),
            ("/nul-1/", None),
        ] {
            assert_eq!(reserved_name(path).map(|part| &path[part]), name, "{path}");
        }
    }

    #[test]
    fn a_file_is_in_the_way_of_a_folder_of_its_name() {
        let pages = ["/a", "/A/b/", "/c/", "/c/index.html/d/", "/e/"].map(page);
        assert_eq!(Files::new(&pages, &[]).in_the_way(), [(0, 1), (2, 3)]);
    }
}
