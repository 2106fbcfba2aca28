//! Sitemaps → their inputs and bytes.

use std::collections::HashSet;

use jiff::Timestamp;

use super::machines::MachineFile;
use super::{Inputs, Renderer, Task};
use crate::content::ArticleId;
use crate::edition::Edition;
use crate::formats::sitemap::{self, Location, NewsItem};
use crate::plan::{ListPage, MOST_IMAGES, PageKind, Route, Sitemap, SitemapEntry};
use crate::view::{StoryView, modified, zoned};

impl Renderer {
    pub(super) fn sitemap<'s>(&'s self, sitemap: &'s Sitemap) -> (Task<'s>, Inputs) {
        let stories = match sitemap {
            Sitemap::Stories(ids) | Sitemap::News(ids) => self.card_fingerprints(ids),
            Sitemap::Pages(_) | Sitemap::Index => return self.bytes(self.sitemap_bytes(sitemap)),
        };
        let inputs = Inputs { settings: self.settings_fingerprint, stories, ..Inputs::default() };
        (Task::Machine(MachineFile::Sitemap(sitemap)), inputs)
    }

    pub(super) fn sitemap_bytes(&self, sitemap: &Sitemap) -> Vec<u8> {
        match sitemap {
            Sitemap::Index => self.sitemap_index(),
            Sitemap::Stories(ids) => {
                let locations: Vec<Location> = ids.iter().filter_map(|id| self.location(*id)).collect();
                sitemap::urls(&locations)
            }
            Sitemap::Pages(pages) => {
                let locations: Vec<Location> = pages.iter().filter_map(|page| self.listed(*page)).collect();
                sitemap::urls(&locations)
            }
            Sitemap::News(ids) => {
                let items: Vec<NewsItem<'_>> = ids.iter().filter_map(|id| self.news_item(*id)).collect();
                sitemap::news(&items)
            }
        }
    }

    fn news_item(&self, id: ArticleId) -> Option<NewsItem<'_>> {
        let Edition { config, plan, .. } = self.edition();
        let story = StoryView::new(self.edition(), id);
        Some(NewsItem {
            url: plan.urls().absolute(story.route()?),
            publication: &config.title,
            language: story.language(),
            published: zoned(config, story.published()?.instant),
            title: story.title(),
        })
    }

    /// The entry of a story or standing page.
    fn location(&self, id: ArticleId) -> Option<Location> {
        let edition = self.edition();
        let Edition { config, plan, .. } = edition;
        let story = StoryView::new(edition, id);
        Some(Location {
            url: plan.urls().absolute(story.route()?),
            modified: story.modified().map(|instant| zoned(config, instant)),
            images: pictures(edition, &story),
        })
    }

    /// The entry of another page.
    fn listed(&self, page: SitemapEntry) -> Option<Location> {
        let Edition { config, plan, archive, .. } = self.edition();
        let kind = match page {
            SitemapEntry::List(list) => PageKind::List(list, ListPage::Newest),
            SitemapEntry::Front | SitemapEntry::Standing(_) => PageKind::Front,
        };
        let (route, shown) = match page {
            SitemapEntry::Standing(id) => return self.location(id),
            SitemapEntry::Front => {
                let newest = archive.stories().len().min(2 * config.lists.per_page);
                (Route::root(), &archive.stories()[..newest])
            }
            SitemapEntry::List(list) => (plan.list(archive, list)?, plan.shown_on(archive, &kind)),
        };
        let modified = self.latest(shown).map(|instant| zoned(config, instant));
        Some(Location { url: plan.urls().absolute(&route), modified, images: Vec::new() })
    }

    /// The latest time of change of some stories.
    fn latest(&self, ids: &[ArticleId]) -> Option<Timestamp> {
        let Edition { content, archive, .. } = self.edition();
        ids.iter().filter_map(|id| modified(content.get(*id), archive.as_of())).max()
    }

    fn sitemap_index(&self) -> Vec<u8> {
        let Edition { config, plan, .. } = self.edition();
        let files = plan.pages().iter().filter_map(|page| {
            let PageKind::Sitemap(sitemap) = &page.kind else { return None };
            let latest = match sitemap {
                Sitemap::Index => return None,
                Sitemap::Stories(ids) | Sitemap::News(ids) => self.latest(ids).map(|at| zoned(config, at)),
                Sitemap::Pages(pages) => {
                    let times = pages.iter().filter_map(|page| self.listed(*page)?.modified);
                    times.max_by_key(jiff::Zoned::timestamp)
                }
            };
            Some((plan.urls().absolute(&page.route), latest))
        });
        sitemap::index(&files.collect::<Vec<_>>())
    }
}

/// The URLs of the lead picture and of the gallery, each once.
fn pictures(edition: &Edition, story: &StoryView<'_>) -> Vec<String> {
    let mut known = HashSet::new();
    let pictures = story.picture().into_iter().chain(story.gallery());
    let urls = pictures.filter_map(|picture| picture.url(edition));
    urls.filter(|url| known.insert(url.clone())).take(MOST_IMAGES).collect()
}
