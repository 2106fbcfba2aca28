//! The archive → the files that machines read: feeds, pages as JSON, what crawlers and partners are told.

use std::cmp::Reverse;

use jiff::Timestamp;

use super::{List, ListPage, Page, PageKind, Planner, Route, StaticFile, stories_of};
use crate::archive::{Archive, Departure, Taxonomy, Visibility};
use crate::config::{Config, FeedFormat, FeedOf};
use crate::content::{ArticleId, Content};

/// A file by which others can tell whom they deal with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustFile {
    /// `/.well-known/security.txt`
    Security,
    /// `/trust.txt`
    Trust,
    /// `/humans.txt`
    Humans,
    /// `/ads.txt`
    Ads,
}

impl TrustFile {
    /// Every file with its path from the root of the site.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Security, ".well-known/security.txt"),
        (Self::Trust, "trust.txt"),
        (Self::Humans, "humans.txt"),
        (Self::Ads, "ads.txt"),
    ];

    /// The setting that it is made from.
    pub fn setting(self) -> &'static str {
        match self {
            Self::Security => "security_txt",
            Self::Trust => "trust_txt",
            Self::Humans => "humans_txt",
            Self::Ads => "ads_txt",
        }
    }

    fn is_set(self, config: &Config) -> bool {
        let trust = &config.trust;
        match self {
            Self::Security => trust.security.is_some(),
            Self::Trust => trust.trust.is_some(),
            Self::Humans => trust.humans.is_some(),
            Self::Ads => trust.ads.is_some(),
        }
    }
}

/// Where hosts look for headers.
pub const HEADERS: &str = "_headers";
/// Where crawlers look for what they are asked.
pub const ROBOTS: &str = "robots.txt";

/// The name of a feed beside the page of its list.
pub fn feed_name(format: FeedFormat) -> &'static str {
    match format {
        FeedFormat::Rss => "rss.xml",
        FeedFormat::Atom => "atom.xml",
        FeedFormat::Json => "feed.json",
    }
}

/// The feeds of the site (`None`) or of a list, with where they are. None if the site does not have the list.
pub fn feeds_of(config: &Config, list: Option<(List, &Route)>) -> Vec<(FeedFormat, Route)> {
    let root = Route::root();
    let (formats, folder) = match list {
        None => (&config.feeds.site, &root),
        Some((list, route)) if has_feeds(config, list) => (&config.feeds.lists, route),
        Some(_) => return Vec::new(),
    };
    formats.iter().filter_map(|format| Some((*format, folder.file(feed_name(*format)).ok()?))).collect()
}

fn has_feeds(config: &Config, list: List) -> bool {
    let List::Term(taxonomy, _) = list else { return false };
    config.feeds.of.contains(&match taxonomy {
        Taxonomy::Section => FeedOf::Section,
        Taxonomy::Tag => FeedOf::Tag,
        Taxonomy::Author => FeedOf::Author,
        Taxonomy::Series => FeedOf::Series,
    })
}

/// What a feed has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedStories {
    /// Its newest stories and the notices of withdrawn ones, in the order in which they were published, newest first.
    pub ids: Vec<ArticleId>,
    /// When a story last left it that readers do not see any more.
    pub left: Option<Timestamp>,
}

/// The stories of a feed: as many of the newest as the settings say, and no more notices of those that were withdrawn.
pub fn feed_stories(
    config: &Config,
    content: &Content,
    archive: &Archive,
    list: Option<List>,
) -> FeedStories {
    let stories = list.map_or(archive.stories(), |list| stories_of(archive, list));
    let wanted = stories.iter().copied().filter(|id| !content.get(*id).front.not_in_feeds);
    let limit = config.feeds.limit;
    let mut ids: Vec<ArticleId> = wanted.take(limit).collect();
    let published = |id: ArticleId| content.get(id).front.published_at();
    // What is older was not in the feed, unless its notice was.
    let oldest = ids.last().filter(|_| ids.len() == limit).and_then(|id| published(*id));
    let (mut notices, mut left) = (Vec::new(), None);
    let term = match list {
        Some(List::Term(taxonomy, id)) => Some((taxonomy, id)),
        _ => None,
    };
    for departed in archive.departed(term) {
        let is_among = published(departed.id) >= oldest;
        match departed.departure {
            Departure::NoticeUntil(_) => notices.push(departed.id),
            Departure::OpenNotice if is_among => notices.push(departed.id),
            Departure::NoticeEnded(at) => left = left.max(Some(at)),
            Departure::Expired(at) if is_among => left = left.max(Some(at)),
            Departure::OpenNotice | Departure::Expired(_) => {}
        }
    }
    notices.truncate(limit);
    ids.extend(notices);
    ids.sort_by_key(|id| (Reverse(published(*id)), *id));
    FeedStories { ids, left }
}

/// Where a page is as JSON: `index.json` beside `index.html`, `strike.json` beside `strike.html`.
pub fn json_of(route: &Route) -> Option<Route> {
    if route.is_folder() {
        return route.file("index.json").ok();
    }
    let path = route.as_str();
    let stem = path.strip_suffix(".html").or_else(|| path.strip_suffix(".htm")).unwrap_or(path);
    Route::root().file(&format!("{}.json", stem.trim_start_matches('/'))).ok()
}

impl Planner<'_> {
    /// Plans what machines read, besides sitemaps and redirects.
    pub(super) fn machines(&mut self, config: &Config, statics: &[StaticFile]) {
        self.feeds(config);
        if config.api {
            self.api();
        }
        let is_theirs = |path: &str| statics.iter().any(|file| file.path == path);
        // A file of the site's own says all there is to say, unless the settings say something too.
        if !is_theirs(ROBOTS) || !config.robots.is_empty() {
            self.file_at(ROBOTS, PageKind::Robots);
        }
        for (file, path) in TrustFile::ALL {
            if file.is_set(config) {
                self.file_at(path, PageKind::Trust(file));
            }
        }
    }

    fn file_at(&mut self, path: &str, kind: PageKind) {
        // The names are ours.
        if let Ok(route) = Route::root().file(path) {
            self.add(route, kind);
        }
    }

    fn feeds(&mut self, config: &Config) {
        for (format, route) in feeds_of(config, None) {
            self.add(route, PageKind::Feed(None, format));
        }
        for taxonomy in Taxonomy::ALL {
            for (id, _) in self.archive.terms(taxonomy).iter() {
                let list = List::Term(taxonomy, id);
                let Some(of) = self.plan.list(self.archive, list) else { continue };
                for (format, route) in feeds_of(config, Some((list, &of))) {
                    self.add(route, PageKind::Feed(Some(list), format));
                }
            }
        }
    }

    /// Stories, withdrawn ones too, and the newest of each list; whoever wants all of the past finds it in the sitemaps.
    fn api(&mut self) {
        let as_json = |page: &Page| {
            let kind = match page.kind {
                PageKind::Article(id) if self.is_story(id) => PageKind::ArticleJson(id),
                PageKind::List(list @ List::Term(..), ListPage::Newest) => PageKind::ListJson(Some(list)),
                PageKind::Front => PageKind::ListJson(None),
                _ => return None,
            };
            Some(Page { route: json_of(&page.route)?, kind })
        };
        let pages: Vec<Page> = self.pages.iter().filter_map(as_json).collect();
        self.pages.extend(pages);
    }

    fn is_story(&self, id: ArticleId) -> bool {
        let is_seen = !matches!(self.archive.visibility(id), Visibility::Hidden(_));
        is_seen && !self.content.get(id).is_standing()
    }
}

/// The stories of the JSON beside the front page: as many as a full page of a list has, newest first.
pub(super) fn newest(archive: &Archive, per_page: usize) -> &[ArticleId] {
    &archive.stories()[..archive.stories().len().min(per_page)]
}
