//! A page that collides with another → how a message describes it, where it comes from, and how to resolve the
//! collision.

use super::Finder;
use crate::config::{Config, FeedFormat};
use crate::content::{ArticleId, Content, place_of_url};
use crate::diagnostic::Place;
use crate::plan::{FileSource, List, Page, PageKind, Redirect};

/// How a message describes a page, the source file or setting that it comes from, and how to resolve a collision with
/// it.
pub(super) struct PageDescription {
    pub(super) what: String,
    pub(super) place: Option<Place>,
    pub(super) fix: Option<String>,
}

impl PageDescription {
    fn named(what: impl Into<String>) -> Self {
        Self { what: what.into(), place: None, fix: None }
    }

    /// A page that comes from a setting, which can be removed.
    fn of_setting(what: &str, setting: &str) -> Self {
        Self {
            what: format!("{what} (`{setting}` in `bulletin.yaml`)"),
            place: Some(Place::file("bulletin.yaml")),
            fix: Some(format!("remove `{setting}` from `bulletin.yaml`")),
        }
    }

    /// A redirect, with where it is written.
    pub(super) fn redirect(redirect: &Redirect, content: &Content, config: &Config) -> Self {
        let (what, place) = redirect.source.describe(content, config);
        Self { what, place: Some(place), fix: Some("remove the redirect".to_owned()) }
    }
}

impl Finder<'_> {
    pub(super) fn describe(&self, index: usize) -> PageDescription {
        let page = self.page(index);
        match &page.kind {
            PageKind::Front => PageDescription::named("the front page"),
            PageKind::Article(id) => self.article(*id, "the story"),
            PageKind::ArticleJson(id) => {
                self.article(*id, "the JSON (`api` in `bulletin.yaml`) of the story")
            }
            PageKind::Asset(id, _) | PageKind::Picture(Some(id), _) => PageDescription {
                fix: Some("rename the file of the story".to_owned()),
                ..self.article(*id, "a file of the story")
            },
            PageKind::List(list @ List::Term(..), _) => {
                PageDescription::named(format!("the page of {}", self.list(*list)))
            }
            PageKind::List(list, _) => PageDescription::named(self.list(*list)),
            PageKind::Index(_) => PageDescription::named("the index of tags or authors"),
            PageKind::NotFound => PageDescription::named("the 404 page"),
            PageKind::Headers(_) => PageDescription::named("the headers file for hosts"),
            PageKind::RedirectRules | PageKind::NginxMap => PageDescription::named("the redirect rules"),
            PageKind::Feed(list, format) => {
                PageDescription::named(format!("the {} of {}", feed(*format), self.list_or_site(*list)))
            }
            PageKind::ListJson(list) => PageDescription::named(format!(
                "the JSON (`api` in `bulletin.yaml`) of {}",
                self.list_or_site(*list)
            )),
            PageKind::Sitemap(_) => PageDescription::named("a sitemap"),
            PageKind::Robots => PageDescription::of_setting("the rules for crawlers", "robots"),
            PageKind::Trust(file) => {
                PageDescription::of_setting("a file that identifies the publisher", file.setting())
            }
            PageKind::Redirect(_) => self.redirect(page),
            PageKind::Picture(None, picture) => self.file(&FileSource::Disk(picture.file.clone())),
            PageKind::File(source) => self.file(source),
        }
    }

    fn article(&self, id: ArticleId, what: &str) -> PageDescription {
        let article = self.content.get(id);
        PageDescription {
            what: format!("{what} `content/{}`", article.path),
            place: Some(place_of_url(self.content, article)),
            fix: Some("give one of the stories another `slug` or `permalink`".to_owned()),
        }
    }

    fn list(&self, list: List) -> String {
        match list {
            List::Term(taxonomy, id) => {
                let name = &self.archive.terms(taxonomy).get(id).name;
                format!("the {} `{name}`", taxonomy.name())
            }
            List::Period(_) => "an archive by date".to_owned(),
        }
    }

    fn list_or_site(&self, list: Option<List>) -> String {
        list.map_or_else(|| "the site".to_owned(), |list| self.list(list))
    }

    fn redirect(&self, page: &Page) -> PageDescription {
        let redirects = &self.plan.redirects;
        let found = redirects.binary_search_by(|redirect| redirect.from.cmp(&page.route));
        match found.ok().and_then(|at| redirects.get(at)) {
            Some(redirect) => PageDescription::redirect(redirect, self.content, self.config),
            None => PageDescription::named("a numbered page of a list"),
        }
    }

    fn file(&self, source: &FileSource) -> PageDescription {
        match self.statics.iter().find(|file| file.source == *source) {
            Some(file) => PageDescription {
                what: format!("the file `{}`", file.shown),
                place: Some(Place::file(file.shown.as_str())),
                fix: Some(format!("rename the file `{}`", file.shown)),
            },
            None => PageDescription::named("a static file"),
        }
    }
}

fn feed(format: FeedFormat) -> &'static str {
    match format {
        FeedFormat::Rss => "RSS feed",
        FeedFormat::Atom => "Atom feed",
        FeedFormat::Json => "JSON feed",
        FeedFormat::Podcast => "podcast",
    }
}
