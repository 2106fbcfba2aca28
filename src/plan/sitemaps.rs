//! The archive → the sitemaps, and what each lists.
//!
//! Stories are grouped by the month of their publication, so that a new story changes only the file of its month.
//! Limits: sitemaps.org (50,000 URLs and 50 MB per file), and Google for news (1,000 stories of the last two days per
//! file).

use std::ops::Range;
use std::sync::Arc;

use jiff::SignedDuration;

use super::{List, PageKind, Planner, Route};
use crate::archive::{Period, Taxonomy};
use crate::content::{Article, ArticleId, Genre};

/// The most URLs in one file.
const MOST: usize = 50_000;
/// The most bytes in one file: 50 MB less what surrounds the URLs.
const LARGEST: usize = 50_000_000 - 1000;
/// The most stories in one news sitemap.
const MOST_NEWS: usize = 1_000;
/// The most pictures of a URL (developers.google.com/search/docs/crawling-indexing/sitemaps/image-sitemaps).
pub const MOST_IMAGES: usize = 1_000;
/// How long a story counts as news.
pub(super) const NEWS: SignedDuration = SignedDuration::from_hours(48);

/// A sitemap, and what it lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sitemap {
    /// The other sitemaps.
    Index,
    /// The stories of a month, oldest first.
    Stories(Arc<[ArticleId]>),
    /// The front page, standing pages and the first pages of lists.
    Pages(Arc<[SitemapEntry]>),
    /// The stories of the last two days, newest first.
    News(Arc<[ArticleId]>),
}

/// An entry of a sitemap of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SitemapEntry {
    /// The front page.
    Front,
    /// A standing page.
    Standing(ArticleId),
    /// The first page of a list.
    List(List),
}

/// Where the index is.
pub const INDEX: &str = "sitemap.xml";
/// Where the news sitemap is.
pub const NEWS_FILE: &str = "sitemaps/news.xml";

impl Planner<'_> {
    /// Plans all sitemaps.
    pub(super) fn sitemaps(&mut self) {
        self.sitemap(INDEX.to_owned(), Sitemap::Index);
        self.sitemaps_of_pages();
        for (period, stories) in self.archive.periods() {
            if period.month.is_some() && period.day.is_none() {
                self.sitemaps_of_month(*period, stories);
            }
        }
        self.news_sitemaps();
    }

    fn sitemaps_of_month(&mut self, month: Period, newest_first: &[ArticleId]) {
        let ids: Vec<ArticleId> =
            newest_first.iter().rev().copied().filter(|id| is_indexable(self.content.get(*id))).collect();
        let name = format!("{:04}-{:02}", month.year, month.month.unwrap_or(1));
        let base = self.base_length();
        for (number, range) in cuts(ids.iter().map(|id| self.size(base, *id))).into_iter().enumerate() {
            self.sitemap(file(&name, number), Sitemap::Stories(ids[range].into()));
        }
    }

    fn sitemaps_of_pages(&mut self) {
        let (archive, plan) = (self.archive, self.plan);
        let mut listed = vec![SitemapEntry::Front];
        let standing = archive.standing().iter().filter(|id| is_indexable(self.content.get(**id)));
        listed.extend(standing.map(|id| SitemapEntry::Standing(*id)));
        for taxonomy in Taxonomy::ALL {
            let lists = archive.terms(taxonomy).iter().map(|(id, _)| List::Term(taxonomy, id));
            listed.extend(lists.filter(|list| plan.list(archive, *list).is_some()).map(SitemapEntry::List));
        }
        let base = self.base_length();
        let size = |listed: &SitemapEntry| match listed {
            SitemapEntry::Front => entry(base),
            SitemapEntry::Standing(id) => self.size(base, *id),
            SitemapEntry::List(list) => {
                entry(base + plan.list(archive, *list).map_or(0, |route| route.as_str().len()))
            }
        };
        let files = cuts(listed.iter().map(size));
        for (number, range) in files.into_iter().enumerate() {
            self.sitemap(file("pages", number), Sitemap::Pages(listed[range].into()));
        }
    }

    /// Plans the news sitemaps: none if nothing is new, because search engines report an empty one as an error.
    fn news_sitemaps(&mut self) {
        let as_of = self.archive.as_of();
        let is_new = |id: &&ArticleId| {
            let published = self.content.get(**id).front.published_at();
            published.is_some_and(|instant| instant.checked_add(NEWS).is_ok_and(|end| end > as_of))
        };
        let is_news = |id: &ArticleId| is_news(self.content.get(*id));
        let ids: Vec<ArticleId> =
            self.archive.stories().iter().take_while(is_new).copied().filter(is_news).collect();
        for number in 0..ids.len().div_ceil(MOST_NEWS) {
            let range = number * MOST_NEWS..ids.len().min((number + 1) * MOST_NEWS);
            self.sitemap(file("news", number), Sitemap::News(ids[range].into()));
        }
    }

    fn sitemap(&mut self, path: String, sitemap: Sitemap) {
        // These names are valid.
        if let Ok(route) = Route::root().file(&path) {
            self.add(route, PageKind::Sitemap(sitemap));
        }
    }

    /// The length of the base URL in bytes.
    fn base_length(&self) -> usize {
        self.plan.urls().absolute(&Route::root()).len()
    }

    /// An upper bound for the size of an article's entry in bytes.
    fn size(&self, base: usize, id: ArticleId) -> usize {
        let route = self.plan.articles[id.0 as usize].as_ref().map_or(0, |route| route.as_str().len());
        let images =
            self.content.get(id).front.pictures().filter_map(|image| image.src.as_ref()).take(MOST_IMAGES);
        entry(base + route) + images.map(|src| entry(base + route + src.len())).sum::<usize>()
    }
}

/// An upper bound for the size of an entry or picture with a URL of this length: each byte may be escaped, as `&` is
/// with five.
fn entry(url: usize) -> usize {
    5 * url + 200
}

/// Whether search engines may list an article: it does not say `noindex`, and it did not first run elsewhere.
pub fn is_indexable(article: &Article) -> bool {
    !article.front.noindex && article.front.canonical_url.is_none()
}

/// Whether a story counts as news while it is new. Sponsored stories never do.
pub(super) fn is_news(article: &Article) -> bool {
    is_indexable(article) && article.front.genre != Genre::Sponsored
}

fn file(name: &str, number: usize) -> String {
    match number {
        0 => format!("sitemaps/{name}.xml"),
        _ => format!("sitemaps/{name}-{}.xml", number + 1),
    }
}

/// Divides entries, given by their sizes from the oldest, into files. A file is full when the next entry would exceed a
/// limit, so that a list that grows at its end leaves full files as they are.
fn cuts(sizes: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut files: Vec<Range<usize>> = Vec::new();
    let mut bytes = 0;
    for (at, size) in sizes.enumerate() {
        bytes += size;
        match files.last_mut() {
            Some(file) if bytes <= LARGEST && file.len() < MOST => file.end = at + 1,
            _ => {
                bytes = size;
                files.push(at..at + 1);
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn files_are_limited_by_number_and_size() {
        assert!(cuts(std::iter::empty()).is_empty());
        assert_eq!(cuts(std::iter::repeat_n(1, 50_000)).len(), 1);
        assert_eq!(cuts(std::iter::repeat_n(1, 100_001)), [0..50_000, 50_000..100_000, 100_000..100_001]);
        assert_eq!(cuts(std::iter::repeat_n(20_000_000, 5)), [0..2, 2..4, 4..5]);
        assert_eq!(cuts([99_000_000, 1, 99_000_000].into_iter()), [0..1, 1..2, 2..3]);
    }

    proptest! {
        #[test]
        fn full_files_stay_when_a_list_grows(sizes in prop::collection::vec(1..30_000_000_usize, 0..40), more in 0..10_usize) {
            let before = cuts(sizes.iter().copied().take(sizes.len().saturating_sub(more)));
            let after = cuts(sizes.iter().copied());
            let full = before.len().saturating_sub(1);
            prop_assert_eq!(&before[..full], &after[..full]);
            prop_assert_eq!(after.iter().map(ExactSizeIterator::len).sum::<usize>(), sizes.len());
            for file in after {
                prop_assert!(sizes[file].iter().sum::<usize>() <= LARGEST);
            }
        }
    }
}
