//! The archive → every page of the site: its route, its kind, and what it is rendered from.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use foldhash::fast::RandomState;
use rayon::prelude::*;
use url::Url;

use crate::archive::{Archive, Period, Taxonomy, TermId, Visibility, ids};
use crate::config::{Config, FeedFormat, Lists};
use crate::content::{ArticleId, Content, place_of_url};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::pictures::{Picture, PublishedPicture};

mod changes;
mod collisions;
mod file_class;
mod future_dates;
mod hidden_paths;
mod link_target;
mod links;
mod machines;
mod pagination;
mod paths;
mod permalink;
mod pictures;
mod planner;
mod podcasts;
mod redirects;
mod route;
mod sitemaps;
mod static_pictures;

pub use changes::{Change, ChangeKind, instants, next_change};
pub use file_class::{FileClass, SiteFile};
pub use link_target::LinkTarget;
pub use machines::{FeedStories, HEADERS, ROBOTS, TrustFile, feed_name, feed_stories, feeds_of, json_of};
pub use pagination::Pagination;
pub use permalink::route_of;
pub use pictures::{
    MachinePictures, NamedPicture, RenditionFile, middling, under_own_name, usual_renditions,
};
pub use podcasts::{is_episode, podcast};
pub use redirects::{Destination, NGINX_MAP, RULES, Redirect};
pub(crate) use route::DOTTED;
pub use route::{Route, Urls, folder_of};
pub use sitemaps::{INDEX, MOST_IMAGES, NEWS_FILE, Sitemap, SitemapEntry, is_indexable};
pub use static_pictures::static_route;

use hidden_paths::HiddenPaths;
use planner::Planner;
use static_pictures::StaticPictures;

/// One file of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where it is.
    pub route: Route,
    /// What it is, and what it is rendered from.
    pub kind: PageKind,
}

/// What a page is, and what it is rendered from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageKind {
    /// The front page.
    Front,
    /// A story, a standing page, or the notice of a withdrawn story.
    Article(ArticleId),
    /// A page of a list.
    List(List, ListPage),
    /// The index of all tags or all authors.
    Index(Taxonomy),
    /// The page that hosts serve for unknown URLs.
    NotFound,
    /// A page that redirects readers.
    Redirect(Destination),
    /// `_redirects`, for hosts that support it (Netlify, Cloudflare Pages).
    RedirectRules,
    /// The redirects as a map for nginx.
    NginxMap,
    /// `_headers`, for the same hosts, with the files whose names contain a fingerprint.
    Headers(Arc<[Route]>),
    /// A feed of the site (`None`) or of a list.
    Feed(Option<List>, FeedFormat),
    /// A sitemap.
    Sitemap(Sitemap),
    /// `robots.txt`.
    Robots,
    /// A file that identifies the publisher.
    Trust(TrustFile),
    /// A story as JSON.
    ArticleJson(ArticleId),
    /// The newest stories of the site (`None`) or of a list, as JSON.
    ListJson(Option<List>),
    /// A static file.
    File(FileSource),
    /// A file of an article that is copied.
    Asset(ArticleId, FileSource),
    /// A picture of an article, or a rendition of one or of a picture in `static/`, which belongs to no article.
    Picture(Option<ArticleId>, Arc<PublishedPicture>),
}

/// A list of stories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// The stories of a section, tag, author or series.
    Term(Taxonomy, TermId),
    /// The stories of a year, month or day.
    Period(Period),
}

/// Which page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListPage {
    /// The first page of the list, with its newest stories.
    Newest,
    /// A full page, numbered from the oldest.
    Numbered(usize),
}

/// Where the bytes of a file come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileSource {
    /// On disk.
    Disk(PathBuf),
    /// In the program.
    Embedded(&'static [u8]),
}

/// A static file of the site or its theme.
#[derive(Clone, Debug)]
pub struct StaticFile {
    /// Path from the root of the site, without the leading `/`.
    pub path: String,
    /// Path of the file for diagnostics.
    pub shown: String,
    /// Where its bytes come from.
    pub source: FileSource,
    /// What examining it told, if it is a picture that a story names in its front matter.
    pub picture: Option<Arc<Picture>>,
}

impl StaticFile {
    /// Reads the file as text. `None` if it cannot be read.
    pub fn text(&self) -> Option<String> {
        let bytes = match &self.source {
            FileSource::Disk(path) => std::fs::read(path).ok()?,
            FileSource::Embedded(bytes) => bytes.to_vec(),
        };
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// Every page of the site.
#[derive(Debug)]
pub struct Plan {
    pages: Vec<Page>,
    /// By article: its route, whether readers see it or not.
    articles: Vec<Option<Route>>,
    redirects: Vec<Redirect>,
    /// The covers of the lists that are podcasts.
    covers: BTreeMap<List, RenditionFile>,
    lists: Lists,
    urls: Urls,
    /// The base URL of the site.
    base: Url,
    /// Paths that no link may lead to.
    hidden_paths: HiddenPaths,
    static_pictures: StaticPictures,
    /// Whether two pages have the same URL, so that not all files can be written.
    collides: bool,
    /// The position of each page by its route, computed on first use.
    places: OnceLock<HashMap<Route, usize, RandomState>>,
}

impl Plan {
    /// Plans the site; reports pages with the same route and articles without one.
    pub fn new(
        content: &Content,
        archive: &Archive,
        config: &Config,
        statics: &[StaticFile],
    ) -> (Self, Diagnostics) {
        let mut plan = Self {
            pages: Vec::new(),
            articles: ids(content).map(|id| permalink::route(content.get(id), config).ok()).collect(),
            redirects: Vec::new(),
            covers: BTreeMap::new(),
            lists: config.lists.clone(),
            urls: Urls::new(&config.base_url),
            base: config.base_url.clone(),
            hidden_paths: HiddenPaths::default(),
            static_pictures: StaticPictures::new(statics),
            collides: false,
            places: OnceLock::new(),
        };
        plan.hidden_paths = HiddenPaths::new(&plan, content, archive, config);
        let mut planner = Planner::new(&plan, content, archive, config);
        planner.diagnostics.extend(without_route(&plan, content, config));
        planner.pages(statics);
        planner.machines(config, statics);
        planner.sitemaps();
        let redirects = redirects::plan(&mut planner, config, statics);
        let Planner { pages, covers, mut diagnostics, .. } = planner;
        (plan.pages, plan.redirects, plan.covers) = (pages, redirects, covers);
        let (taken, dead) = rayon::join(
            || collisions::find(&plan, content, archive, config, statics),
            || links::check(&plan, content, archive, ids(content)),
        );
        plan.collides = taken.iter().any(Diagnostic::is_error);
        diagnostics.extend(taken);
        diagnostics.extend(dead);
        diagnostics.extend(future_dates::check(content, archive));
        (plan, diagnostics)
    }

    /// Every page, in a fixed order.
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// The page at a route; the first, if several pages have it.
    pub fn page(&self, route: &Route) -> Option<&Page> {
        self.page_at(route.as_str())
    }

    /// The page or file that a static host serves at a decoded path, with or without a trailing `/` or `index.html`.
    pub fn served(&self, path: &str) -> Option<&Page> {
        let as_folder = format!("{}/", path.trim_end_matches('/'));
        let page = |path: &str| self.page(&Route::parse(path).ok()?);
        // The name of a file need not have a dot: `_redirects`.
        let file = |path: &str| self.page(&Route::root().file(path.strip_prefix('/')?).ok()?);
        file(path)
            .or_else(|| page(path))
            .or_else(|| page(&as_folder))
            .or_else(|| file(&format!("{as_folder}index.html")))
    }

    /// The redirect from a route.
    pub fn redirect(&self, from: &Route) -> Option<&Redirect> {
        let at = self.redirects.binary_search_by(|redirect| redirect.from.cmp(from));
        at.ok().map(|at| &self.redirects[at])
    }

    /// The page at the path of a route.
    fn page_at(&self, path: &str) -> Option<&Page> {
        let places = self.places.get_or_init(|| {
            let places = self.pages.iter().enumerate().rev();
            places.map(|(place, page)| (page.route.clone(), place)).collect()
        });
        places.get(path).map(|place| &self.pages[*place])
    }

    /// Reports the problems with the links of some articles.
    pub fn check_links(&self, content: &Content, archive: &Archive, of: &[ArticleId]) -> Vec<Diagnostic> {
        links::check(self, content, archive, of.par_iter().copied())
    }

    /// Reports the extra pages whose route a planned page already has.
    pub fn taken(&self, more: &[Page]) -> Vec<Diagnostic> {
        let wanted: HashSet<&Route> = more.iter().map(|page| &page.route).collect();
        let taken = self.pages.iter().filter(|page| wanted.contains(&page.route));
        taken
            .map(|page| {
                let path = page.route.as_str();
                Diagnostic::error(
                    "route/collision",
                    format!("a file in `static/` has the name of a file that bulletin generates: `{path}`"),
                )
                .help("rename the file in `static/`")
            })
            .collect()
    }

    /// Whether two pages have the same URL. It has been reported, and not all of their files can be written.
    pub fn collides(&self) -> bool {
        self.collides
    }

    /// The route of an article. `None` if readers do not see it.
    pub fn article(&self, archive: &Archive, id: ArticleId) -> Option<&Route> {
        let hidden = matches!(archive.visibility(id), Visibility::Hidden(_));
        self.articles[id.0 as usize].as_ref().filter(|_| !hidden)
    }

    /// The route of an article, visible or hidden: for the desk only. `None` if it has no URL.
    pub fn route_of(&self, id: ArticleId) -> Option<&Route> {
        self.articles[id.0 as usize].as_ref()
    }

    /// The route of a list. `None` if the site does not have it.
    pub fn list(&self, archive: &Archive, list: List) -> Option<Route> {
        let root = Route::root();
        let Lists { per_page: _, sections, tags, authors, series, archives } = self.lists;
        match list {
            List::Term(taxonomy, id) => {
                let term = archive.terms(taxonomy).get(id);
                let (on, folder) = match taxonomy {
                    Taxonomy::Section => (sections, root),
                    Taxonomy::Tag => (tags, root.folder("tags")),
                    Taxonomy::Author => (authors, root.folder("authors")),
                    Taxonomy::Series => (series, root.folder("series")),
                };
                let shown = on && (taxonomy == Taxonomy::Section || !term.stories.is_empty());
                shown.then(|| folder.folder(&term.slug))
            }
            List::Period(period) => archives.then(|| period_folder(period)),
        }
    }

    /// The route of the index of a taxonomy. `None` if the site does not have it or it would be empty.
    pub fn index(&self, archive: &Archive, taxonomy: Taxonomy) -> Option<Route> {
        let route = match taxonomy {
            Taxonomy::Tag => self.lists.tags.then(|| Route::root().folder("tags")),
            Taxonomy::Author => self.lists.authors.then(|| Route::root().folder("authors")),
            Taxonomy::Section | Taxonomy::Series => None,
        };
        route.filter(|_| archive.terms(taxonomy).iter().any(|(_, term)| !term.stories.is_empty()))
    }

    /// The articles that a page shows: its own article, or the stories of a list, newest first.
    pub fn shown_on<'a>(&self, archive: &'a Archive, page: &'a PageKind) -> &'a [ArticleId] {
        match page {
            PageKind::Article(id) | PageKind::ArticleJson(id) => std::slice::from_ref(id),
            PageKind::ListJson(None) => machines::newest(archive, self.lists.per_page),
            PageKind::ListJson(Some(list)) => self.shown_in(archive, *list, ListPage::Newest),
            PageKind::List(list, part) => self.shown_in(archive, *list, *part),
            _ => &[],
        }
    }

    fn shown_in<'a>(&self, archive: &'a Archive, list: List, part: ListPage) -> &'a [ArticleId] {
        let stories = stories_of(archive, list);
        let pagination = self.pagination(stories.len());
        match part {
            ListPage::Newest => &stories[pagination.newest()],
            ListPage::Numbered(number) => &stories[pagination.page(number)],
        }
    }

    /// Divides a list of this many stories into pages.
    pub fn pagination(&self, stories: usize) -> Pagination {
        Pagination::new(stories, self.lists.per_page)
    }

    /// The redirects, sorted by their old URLs, each once.
    pub fn redirects(&self) -> &[Redirect] {
        &self.redirects
    }

    /// The cover of the podcast that a list is. `None` if it is none, or its cover is missing.
    pub fn cover(&self, list: List) -> Option<&RenditionFile> {
        self.covers.get(&list)
    }

    /// The URLs of routes.
    pub fn urls(&self) -> &Urls {
        &self.urls
    }
}

/// The route of a numbered page of a list.
pub fn numbered(list: &Route, number: usize) -> Route {
    list.folder(format_args!("page/{number}"))
}

fn period_folder(period: Period) -> Route {
    let year = Route::root().folder(format_args!("{:04}", period.year));
    [period.month, period.day]
        .into_iter()
        .flatten()
        .fold(year, |folder, part| folder.folder(format_args!("{part:02}")))
}

/// The stories of a list, newest first.
pub fn stories_of(archive: &Archive, list: List) -> &[ArticleId] {
    match list {
        List::Term(taxonomy, id) => &archive.terms(taxonomy).get(id).stories,
        List::Period(period) => archive.periods().get(&period).map_or(&[], Vec::as_slice),
    }
}

fn without_route(plan: &Plan, content: &Content, config: &Config) -> Vec<Diagnostic> {
    let without = content.iter().zip(&plan.articles).filter(|(_, route)| route.is_none());
    without
        .filter_map(|((_, article), _)| {
            let why = permalink::route(article, config).err()?;
            Some(no_route(place_of_url(content, article), &why))
        })
        .collect()
}

fn no_route(place: Place, why: &str) -> Diagnostic {
    Diagnostic::error("route/invalid", format!("this story has no valid URL: {why}"))
        .at(place)
        .help("check `permalink` in its front matter and in `bulletin.yaml`")
}
