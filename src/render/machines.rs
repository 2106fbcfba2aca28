//! Feeds and JSON files → their inputs and bytes.

use jiff::Zoned;

use super::{Inputs, Renderer, Task};
use crate::config::{FeedFormat, Podcast};
use crate::content::ArticleId;
use crate::content::markdown::{ReferenceKind, Target};
use crate::diagnostic::Diagnostic;
use crate::edition::Edition;
use crate::formats::feed::{self, Entry, Feed, Labels, Notice, Show};
use crate::formats::ninjs::{self, StoryList};
use crate::formats::{Site, Story};
use crate::manifest::Fingerprint;
use crate::plan::{
    Destination, FeedStories, List, Page, PageKind, Route, Sitemap, feed_name, feed_stories, podcast,
};
use crate::view::{authority, rfc3339, zoned};

/// A file for machines. Comparing the fingerprints of its stories is cheaper than rendering it.
#[derive(Debug)]
pub(super) enum MachineFile<'a> {
    Feed(Option<List>, FeedFormat, FeedStories),
    Sitemap(&'a Sitemap),
    Article(ArticleId),
    List(Option<List>, Vec<ArticleId>),
}

impl Renderer {
    pub(super) fn article_json(&self, id: ArticleId) -> (Task<'_>, Inputs) {
        let inputs = Inputs {
            facts: self.queries.card_fingerprint(id),
            template: self.theme.strings_fingerprint(),
            ..self.text_inputs(&[id])
        };
        (Task::Machine(MachineFile::Article(id)), inputs)
    }

    pub(super) fn machine_bytes(&self, page: &Page, file: &MachineFile<'_>) -> Result<Vec<u8>, Diagnostic> {
        let edition = self.edition();
        match file {
            MachineFile::Feed(list, format, stories) => self.feed_bytes(page, *list, *format, stories),
            MachineFile::Sitemap(sitemap) => Ok(self.sitemap_bytes(sitemap)),
            MachineFile::Article(id) => {
                let site = Site::new(edition);
                let Some(story) = Story::new(edition, *id) else { return Ok(Vec::new()) };
                let html =
                    if story.is_withdrawn { String::new() } else { self.portable_text(*id, &story.url)? };
                Ok(ninjs::story(&site, &story, &html))
            }
            MachineFile::List(list, stories) => Ok(self.list_json_bytes(page, *list, stories)),
        }
    }

    /// The inputs of a file with the full text of these articles.
    fn text_inputs(&self, ids: &[ArticleId]) -> Inputs {
        let content = &self.edition().content;
        let hashes: Vec<Fingerprint> = ids.iter().map(|id| content.get(*id).hash).collect();
        let links: Vec<Target> = ids.iter().flat_map(|id| self.targets(*id)).collect();
        Inputs {
            settings: self.settings_fingerprint,
            source: Fingerprint::of(&hashes),
            links: Fingerprint::of(&links),
            ..Inputs::default()
        }
    }

    /// The fingerprint of the cards of several articles.
    pub(super) fn card_fingerprints(&self, ids: &[ArticleId]) -> Fingerprint {
        Fingerprint::of(&ids.iter().map(|id| self.queries.card_fingerprint(*id)).collect::<Vec<_>>())
    }

    /// The text of an article as HTML that works outside its page.
    fn portable_text(&self, id: ArticleId, url: &str) -> Result<String, Diagnostic> {
        let Edition { content, plan, .. } = self.edition();
        let article = content.get(id);
        let target = |reference: &str, kind: ReferenceKind| match self.target(id, reference, kind) {
            Target::Url(url, size) if kind == ReferenceKind::Image => {
                Target::Picture(Box::new(self.portable_picture(id, reference, &url, size)))
            }
            Target::Url(url, size) => Target::Url(plan.urls().whole(&url), size),
            Target::Player(player) => Target::Player(Box::new(player.map_urls(|url| plan.urls().whole(url)))),
            other => other,
        };
        let html = self.body(id, &target)?;
        Ok(if article.outline.is_portable { html } else { self.portable.html(&html, url) })
    }

    pub(super) fn feed<'s>(
        &'s self,
        page: &Page,
        list: Option<List>,
        format: FeedFormat,
    ) -> (Task<'s>, Inputs) {
        let Edition { config, content, archive, .. } = self.edition();
        let stories = feed_stories(config, content, archive, list, format);
        let texts =
            if config.feeds.full_text { self.text_inputs(&stories.ids) } else { self.text_inputs(&[]) };
        let (title, description) = self.title_and_description(list, format);
        let inputs = Inputs {
            template: self.theme.strings_fingerprint(),
            facts: Fingerprint::of(&(
                page.route.as_str(),
                title,
                description,
                stories.left.map(|at| at.as_nanosecond()),
                self.podcast_facts(list, format),
            )),
            stories: self.card_fingerprints(&stories.ids),
            ..texts
        };
        (Task::Machine(MachineFile::Feed(list, format, stories)), inputs)
    }

    /// The feed that an old URL of a feed redirects to. Feed readers do not follow an HTML redirect, so they get a copy of the feed on
    /// hosts without redirect rules.
    pub(super) fn moved_feed(&self, page: &Page, to: &Destination) -> Option<(Option<List>, FeedFormat)> {
        let route = to.route().filter(|_| page.route.as_str().ends_with(".xml"))?;
        match self.edition().plan.page(route)?.kind {
            PageKind::Feed(list, format @ (FeedFormat::Rss | FeedFormat::Atom | FeedFormat::Podcast)) => {
                Some((list, format))
            }
            _ => None,
        }
    }

    /// The title and description of a list's feed.
    fn title_and_description(&self, list: Option<List>, format: FeedFormat) -> (String, Option<&str>) {
        let Edition { config, archive, .. } = self.edition();
        match list {
            Some(List::Term(taxonomy, id)) => {
                let term = archive.terms(taxonomy).get(id);
                match format {
                    // Directories show the author beside the title, and require a description.
                    FeedFormat::Podcast => {
                        let description = term.description.as_deref().or(config.description.as_deref());
                        (term.name.clone(), description)
                    }
                    _ => (format!("{} — {}", term.name, config.title), term.description.as_deref()),
                }
            }
            _ => (config.title.clone(), config.description.as_deref()),
        }
    }

    fn feed_bytes(
        &self,
        page: &Page,
        list: Option<List>,
        format: FeedFormat,
        stories: &FeedStories,
    ) -> Result<Vec<u8>, Diagnostic> {
        let edition = self.edition();
        let Edition { config, archive, plan, .. } = edition;
        let site = Site::new(edition);
        let (title, description) = self.title_and_description(list, format);
        let of = list.and_then(|list| plan.list(archive, list)).unwrap_or_else(Route::root);
        let say = |name: &str| self.theme.string(name).to_owned();
        let day = |day: &Zoned| {
            let day = rfc3339(day);
            self.queries.dates().format(&day, "long").unwrap_or(day)
        };
        let words = Labels { language: &config.language, say: &say, day: &day };
        let mut entries = Vec::with_capacity(stories.ids.len());
        for id in &stories.ids {
            let Some(story) = Story::new(edition, *id) else { continue };
            // Its file is missing, or is that of a hidden story.
            if format == FeedFormat::Podcast && story.recordings.is_empty() {
                continue;
            }
            let notice = Notice::new(&story, &words);
            let html = match (&notice, config.feeds.full_text) {
                // Readers who have the full text get a notice in its place.
                (Some(notice), _) => Some(notice.html(&story, &words)),
                (None, true) => {
                    let text = self.portable_text(*id, &story.url)?;
                    Some(feed::whole_text(&story, &words, &text))
                }
                (None, false) => None,
            };
            entries.push(Entry { story, html, notice });
        }
        let feed = Feed {
            site: &site,
            title,
            description,
            page: plan.urls().absolute(&of),
            // The feed's own URL, even in a copy at an old one.
            url: plan.urls().absolute(&of.file(feed_name(format)).unwrap_or_else(|_| page.route.clone())),
            hub: config.feeds.hub.as_deref(),
            entries,
            left: stories.left.map(|at| zoned(config, at)),
            show: self.show(&site, list, format),
        };
        Ok(match format {
            FeedFormat::Rss | FeedFormat::Podcast => feed::rss(&feed),
            FeedFormat::Atom => feed::atom(&feed),
            FeedFormat::Json => feed::json(&feed),
        })
    }

    /// What the settings and the plan say of the podcast that a list is.
    fn podcast_facts(&self, list: Option<List>, format: FeedFormat) -> Option<(&Podcast, Option<&str>)> {
        let Edition { config, archive, plan, .. } = self.edition();
        let list = list.filter(|_| format == FeedFormat::Podcast)?;
        let cover = plan.cover(list).map(|cover| cover.route.as_str());
        Some((podcast(config, archive, list)?, cover))
    }

    fn show<'a>(&'a self, site: &Site<'a>, list: Option<List>, format: FeedFormat) -> Option<Show<'a>> {
        let Edition { config, archive, plan, .. } = self.edition();
        let (podcast, _) = self.podcast_facts(list, format)?;
        let list = list?;
        let feed = plan.list(archive, list)?.file(feed_name(format)).ok()?;
        Some(Show {
            // The first host of the site stays in it when the site moves.
            guid: feed::guid(&format!("{}{}", authority(config), plan.urls().path(&feed))),
            author: podcast.author.as_deref().unwrap_or(site.publisher.name),
            email: podcast.email.as_deref(),
            category: podcast.category,
            is_explicit: podcast.is_explicit,
            is_serial: podcast.is_serial,
            cover: plan.cover(list).map(|cover| cover.absolute(plan.urls()).0),
        })
    }

    pub(super) fn list_json<'s>(&'s self, page: &Page, list: Option<List>) -> (Task<'s>, Inputs) {
        let Edition { archive, plan, .. } = self.edition();
        let stories = plan.shown_on(archive, &page.kind).to_vec();
        let inputs = Inputs {
            settings: self.settings_fingerprint,
            facts: Fingerprint::of(&(page.route.as_str(), self.list_facts(list))),
            stories: self.card_fingerprints(&stories),
            ..Inputs::default()
        };
        (Task::Machine(MachineFile::List(list, stories)), inputs)
    }

    /// The kind, name and URL of a list.
    fn list_facts(&self, list: Option<List>) -> (&'static str, &str, String) {
        let Edition { config, archive, plan, .. } = self.edition();
        let of = list.and_then(|list| plan.list(archive, list)).unwrap_or_else(Route::root);
        let page = plan.urls().absolute(&of);
        match list {
            Some(List::Term(taxonomy, id)) => (taxonomy.name(), &archive.terms(taxonomy).get(id).name, page),
            _ => ("front", &config.title, page),
        }
    }

    fn list_json_bytes(&self, page: &Page, list: Option<List>, stories: &[ArticleId]) -> Vec<u8> {
        let edition = self.edition();
        let (kind, title, at) = self.list_facts(list);
        let stories = stories.iter().filter_map(|id| Story::new(edition, *id)).collect();
        let url = edition.plan.urls().absolute(&page.route);
        ninjs::list(&Site::new(edition), &StoryList { title, kind, url, page: at, stories })
    }
}
