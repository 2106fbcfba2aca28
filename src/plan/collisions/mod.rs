//! Pages that want one URL, or one file where another needs a folder.

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

/// The files that pages want, and some more pages behind these.
struct Files<'p> {
    /// For each page its file, as [`file_of`] has it.
    of_page: Vec<Cow<'p, str>>,
    /// The hash of each file and its page, sorted. This is made on all cores, unlike a table, and is smaller than one.
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

    /// Of the first so many pages those with a part that no file on Windows can be called, each such part once.
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
    let more: Vec<Page> = reserved().chain(to_come(plan, content, archive, config)).collect();
    let finder = Finder { plan, content, archive, config, statics, more: &more };
    let files = Files::new(&plan.pages, &more);
    let mut diagnostics = Vec::new();
    for (index, first) in files.repeated() {
        if !finder.is_no_collision(first, index) {
            diagnostics.push(finder.problem(index, index, first));
        }
    }
    for redirect in plan.redirects.iter().filter(|redirect| !redirects::has_page(&redirect.from)) {
        // A redirect by rule alone: hosts serve the file that is there, so the rule is dead.
        if let Some(index) = files.first(&file_of(&redirect.from)) {
            let described = PageDescription::redirect(redirect, content, config);
            diagnostics.push(match finder.is_to_come(index) {
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

/// Files that are made when all pages are known. A page must not be in their place even while the site has none of them.
fn reserved() -> impl Iterator<Item = Page> {
    let kinds = [
        (HEADERS, PageKind::Headers([].into())),
        (RULES, PageKind::RedirectRules),
        (NGINX_MAP, PageKind::NginxMap),
    ];
    kinds.into_iter().filter_map(|(name, kind)| Some(Page { route: Route::root().file(name).ok()?, kind }))
}

/// The pages of articles that are due later: the build that brings them would fail if their place is taken.
fn to_come(plan: &Plan, content: &Content, archive: &Archive, config: &Config) -> Vec<Page> {
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

/// What is known of pages that want one place.
struct Finder<'a> {
    plan: &'a Plan,
    content: &'a Content,
    archive: &'a Archive,
    config: &'a Config,
    statics: &'a [StaticFile],
    /// Pages that are not in the plan: first those that are [`reserved`].
    more: &'a [Page],
}

impl Finder<'_> {
    fn page(&self, index: usize) -> &Page {
        let pages = &self.plan.pages;
        pages.get(index).unwrap_or_else(|| &self.more[index - pages.len()])
    }

    fn is_to_come(&self, index: usize) -> bool {
        index >= self.plan.pages.len()
            && matches!(self.page(index).kind, PageKind::Article(_) | PageKind::ArticleJson(_))
    }

    /// Whether two pages with one file are no problem, or one that is reported for others.
    fn is_no_collision(&self, first: usize, second: usize) -> bool {
        let (a, b) = (self.page(first), self.page(second));
        match (&a.kind, &b.kind) {
            // Two articles may share a picture: it is put beside both, and where both are in one folder, once.
            (PageKind::Asset(_, a), PageKind::Asset(_, b)) => a == b,
            // What the name is reserved for, or the site's own file in its stead.
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

    /// The page that a file of data stands beside.
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

    /// Two pages that want one place: that of the page `at`.
    fn problem(&self, at: usize, second: usize, first: usize) -> Diagnostic {
        let path = self.page(at).route.as_str();
        let (waits, other) = if self.is_to_come(second) { (second, first) } else { (first, second) };
        if self.is_to_come(waits) {
            return when_due(path, self.describe(waits), self.describe(other));
        }
        collision(path, self.describe(second), self.describe(first))
    }
}

/// Where in a path, in small letters, the name of a device on Windows is, which cannot hold such a file or folder.
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
    let message = format!(
        "the URL {path} of {} has the part `{name}`, which no file on Windows can be called",
        described.what
    );
    let help = described
        .way_out
        .unwrap_or_else(|| "give it another name, unless no Windows ever holds the site".to_owned());
    let problem = Diagnostic::warning("route/windows-name", message).help(help);
    match described.place {
        Some(place) => problem.at(place),
        None => problem,
    }
}

/// The build of the time when an article is due would fail.
fn when_due(path: &str, article: PageDescription, other: PageDescription) -> Diagnostic {
    let message = format!("when this article is due, its URL {path} is taken by {}", other.what);
    let help = format!("{} before then, or the build of that time fails", ways_out(&article, &other));
    let problem = Diagnostic::warning("route/collision-to-come", message).help(help);
    let problem = match article.place {
        Some(place) => problem.at(place),
        None => problem,
    };
    match other.place {
        Some(place) => problem.also("the other one", place),
        None => problem,
    }
}

fn collision(path: &str, second: PageDescription, first: PageDescription) -> Diagnostic {
    let message = format!("two pages want the URL {path}: {} and {}", first.what, second.what);
    let diagnostic = Diagnostic::error("route/collision", message).help(ways_out(&second, &first));
    match (second.place, first.place) {
        (Some(second), Some(first)) => diagnostic.at(second).also("the other one", first),
        (Some(place), None) | (None, Some(place)) => diagnostic.at(place),
        (None, None) => diagnostic,
    }
}

/// What to do about two pages that want one place.
fn ways_out(one: &PageDescription, other: &PageDescription) -> String {
    match (&one.way_out, &other.way_out) {
        (Some(one), Some(other)) if one != other => format!("{one}, or {other}"),
        (Some(way), _) | (None, Some(way)) => way.clone(),
        (None, None) => "give one of them another name, or turn it off in `bulletin.yaml`".to_owned(),
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
        assert_eq!(Files::new(&pages, &[]).repeated(), [(2, 0), (3, 0), (6, 5)]);
    }

    #[test]
    fn windows_has_names_of_its_own() {
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
