//! The archive → machine-readable files: feeds, pages as JSON, `robots.txt`, and files that identify the publisher.

use std::cmp::Reverse;

use jiff::Timestamp;

use super::podcasts::{episodes, podcast};
use super::{List, ListPage, Page, PageKind, Planner, Route, StaticFile, stories_of};
use crate::archive::{Archive, Departure, Taxonomy, Visibility};
use crate::config::{Config, FeedFormat, FeedOf};
use crate::content::{ArticleId, Content};

/// A file that identifies the publisher.
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

    /// The setting that it is generated from.
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
/// Where crawlers look for their rules.
pub const ROBOTS: &str = "robots.txt";

/// The file name of a feed, next to the page of its list.
pub fn feed_name(format: FeedFormat) -> &'static str {
    match format {
        FeedFormat::Rss => "rss.xml",
        FeedFormat::Atom => "atom.xml",
        FeedFormat::Json => "feed.json",
        FeedFormat::Podcast => "podcast.xml",
    }
}

/// The feeds of the site (`None`) or of a list, with their routes. Empty if the site does not have the list.
pub fn feeds_of(
    config: &Config,
    archive: &Archive,
    list: Option<(List, &Route)>,
) -> Vec<(FeedFormat, Route)> {
    let root = Route::root();
    let (formats, folder) = match list {
        None => (&config.feeds.site[..], &root),
        Some((list, route)) if has_feeds(config, list) => (&config.feeds.lists[..], route),
        Some((_, route)) => (&[][..], route),
    };
    let podcast = list.and_then(|(list, _)| podcast(config, archive, list)).map(|_| FeedFormat::Podcast);
    let formats = formats.iter().copied().chain(podcast);
    formats.filter_map(|format| Some((format, folder.file(feed_name(format)).ok()?))).collect()
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

/// The stories of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedStories {
    /// Its newest stories and the notices of withdrawn ones, newest first.
    pub ids: Vec<ArticleId>,
    /// When a story last left it that is not replaced by a notice.
    pub left: Option<Timestamp>,
}

/// Returns the stories of a feed: at most as many as the settings say, and at most as many notices again. Those of a podcast are all of its episodes.
pub fn feed_stories(
    config: &Config,
    content: &Content,
    archive: &Archive,
    list: Option<List>,
    format: FeedFormat,
) -> FeedStories {
    if let (FeedFormat::Podcast, Some(list)) = (format, list) {
        return episodes(content, archive, list);
    }
    let stories = list.map_or(archive.stories(), |list| stories_of(archive, list));
    let wanted = stories.iter().copied().filter(|id| !content.get(*id).front.not_in_feeds);
    let limit = config.feeds.limit;
    let mut ids: Vec<ArticleId> = wanted.take(limit).collect();
    let published = |id: ArticleId| content.get(id).front.published_at();
    // An older story was not in the feed, unless its notice was.
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

/// The route of a page as JSON: `index.json` for `index.html`, `strike.json` for `strike.html`.
pub fn json_of(route: &Route) -> Option<Route> {
    if route.is_folder() {
        return route.file("index.json").ok();
    }
    let path = route.as_str();
    let stem = path.strip_suffix(".html").or_else(|| path.strip_suffix(".htm")).unwrap_or(path);
    Route::root().file(&format!("{}.json", stem.trim_start_matches('/'))).ok()
}

impl Planner<'_> {
    /// Plans the machine-readable files except sitemaps and redirects.
    pub(super) fn machines(&mut self, config: &Config, statics: &[StaticFile]) {
        self.feeds(config);
        if config.api {
            self.api();
        }
        let is_theirs = |path: &str| statics.iter().any(|file| file.path == path);
        // The site's own file wins, unless the settings have rules too.
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
        // These names are valid.
        if let Ok(route) = Route::root().file(path) {
            self.add(route, kind);
        }
    }

    fn feeds(&mut self, config: &Config) {
        for (format, route) in feeds_of(config, self.archive, None) {
            self.add(route, PageKind::Feed(None, format));
        }
        for taxonomy in Taxonomy::ALL {
            for (id, _) in self.archive.terms(taxonomy).iter() {
                let list = List::Term(taxonomy, id);
                let Some(of) = self.plan.list(self.archive, list) else { continue };
                for (format, route) in feeds_of(config, self.archive, Some((list, &of))) {
                    self.add(route, PageKind::Feed(Some(list), format));
                }
                if let Some(podcast) = podcast(config, self.archive, list) {
                    self.cover(list, podcast);
                }
            }
        }
    }

    /// Plans JSON for stories, withdrawn ones included, and for the newest stories of each list. Older stories are in
    /// the sitemaps.
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

/// The stories of the front page's JSON: as many as a full page of a list has, newest first.
pub(super) fn newest(archive: &Archive, per_page: usize) -> &[ArticleId] {
    &archive.stories()[..archive.stories().len().min(per_page)]
}
