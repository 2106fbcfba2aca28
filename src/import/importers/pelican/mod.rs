//! A site of Pelican → stories.
//!
//! Markdown with `Key: value` headers. [`settings`] reads `pelicanconf.py`, [`addresses`] makes the URLs that it gave.

use std::path::Path;

use serde_json::Value as Json;

use crate::diagnostic::{Diagnostic, Place};
use crate::import::archive::marks::Kind as MarkKind;
use crate::import::archive::survey::List;
use crate::import::archive::{
    Archive, Dialect, Kind, Meaning, Page, Target, common_meaning, default_entry, lenient, markup,
    other_markup, urls, when,
};
use crate::import::front::{self, Front};
use crate::import::old_site::OldSite;
use crate::import::story::{Confidence, Lines};
use crate::import::{ImportContext, Importer, Origin, Refusal, Sample, Source};

mod addresses;
mod old;
mod settings;

use settings::Site;

/// What the slug of a translation is kept under.
const SLUG: &str = "slug_of_all";

/// Sites of Pelican.
pub(super) struct Pelican;

impl Importer for Pelican {
    fn name(&self) -> &'static str {
        "pelican"
    }

    fn origin(&self) -> Origin {
        Origin::Archive
    }

    fn fits(&self, sample: &Sample<'_>) -> bool {
        // Both headers, at the very beginning of a file in Markdown.
        let is_markdown = is_markdown(urls::stem(sample.name).1);
        let front = front::headers(sample.head, &Lines::new(sample.head));
        is_markdown
            && !sample.head.starts_with("---")
            && front.text("title").is_some()
            && front.text("date").is_some()
    }

    fn recognized_by(&self) -> &'static str {
        "`pelicanconf.py`"
    }

    fn fits_folder(&self, folder: &Path) -> bool {
        settings::is_site(folder) || settings::above(folder).is_some()
    }

    fn open(
        &self,
        folder: Option<&Path>,
        _desk: &ImportContext<'_>,
    ) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        let Some(folder) = folder else { return Ok(Box::new(Archive::new(None, Site::alone("content")))) };
        if !folder.is_dir() {
            return Err(Box::new(
                Diagnostic::error("import/no-archive", "this is no folder with a site of Pelican")
                    .at(Place::file(folder.to_string_lossy().into_owned()))
                    .help("name the folder that `pelicanconf.py` and `content` are in"),
            ));
        }
        let root = if settings::is_site(folder) { Some(folder) } else { settings::above(folder) };
        Ok(Box::new(match root {
            Some(root) => Archive::new(Some(root), Site::read(root)),
            None if folder.join("content").is_dir() => Archive::new(Some(folder), Site::alone("content")),
            None => Archive::new(Some(folder), Site::alone("")),
        }))
    }
}

impl Dialect for Site {
    fn sort(&self, path: &str) -> Kind {
        let Some(inner) = self.inner(path) else { return Kind::Beside };
        let (folder, name) = urls::split(inner);
        let (_, extension) = urls::stem(name);
        if let Some((_, to)) = self.moved.iter().find(|(from, _)| from == inner) {
            return urls::stays(to).map_or_else(|| Kind::Static(to.clone()), Kind::Skipped);
        }
        if is_markdown(extension) || markup::of(inner).is_some() {
            let is_page = self.is_page(inner);
            let excludes = if is_page { &self.page_excludes } else { &self.article_excludes };
            let is_excluded = excludes.iter().any(|excluded| {
                !excluded.is_empty()
                    && folder
                        .strip_prefix(excluded.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
            return if is_excluded || inner.split('/').any(|part| self.ignored.fit(part)) {
                Kind::Skipped("the settings leave it out")
            } else if is_page || is_below(inner, &self.article_paths) {
                Kind::Article
            } else {
                Kind::Beside
            };
        }
        if is_below(inner, &self.static_paths) {
            return urls::stays(inner).map_or_else(|| Kind::Static(inner.to_owned()), Kind::Skipped);
        }
        other_markup(extension).map_or(Kind::Beside, Kind::Skipped)
    }

    fn front(&self, path: &str, text: &str, lines: &Lines<'_>) -> Result<Front, Refusal> {
        // A plugin reads YAML; what is no YAML are headers between lines.
        let yaml = text.starts_with("---").then(|| lenient::read(text, lines).ok().flatten()).flatten();
        let mut front = yaml.unwrap_or_else(|| front::headers(text, lines));
        if front.entries.is_empty() {
            return Err(Refusal::Skipped("it has no headers such as `Title:`".to_owned()));
        }
        let (_, name) = urls::split(path);
        let is_page = self.inner(path).is_some_and(|inner| self.is_page(inner));
        for (key, value) in self.in_name(urls::stem(name).0) {
            default_entry(&mut front, &key, value.into());
        }
        for (key, value) in &self.metadata {
            default_entry(&mut front, &key.to_ascii_lowercase(), value.clone());
        }
        if front.text("date").is_none()
            && !is_page
            && let Some((date, _)) =
                urls::dated(urls::stem(name).0).filter(|(date, _)| when::read(date).is_some())
        {
            default_entry(&mut front, "date", date.into());
        }
        // A translation shares the slug of the original, and here has a name of its own.
        let is_translation =
            front.text("lang").is_some_and(|lang| !lang.eq_ignore_ascii_case(&self.language));
        if let Some(slug) = front.entries.iter_mut().find(|entry| is_translation && entry.key == "slug") {
            SLUG.clone_into(&mut slug.key);
        }
        if !is_page {
            let category = self.settings.text("DEFAULT_CATEGORY").filter(|_| !self.has_category(path));
            let author = Some(self.author.clone()).filter(|_| front.get("authors").is_none());
            let defaults = [("date", self.date.clone()), ("author", author), ("category", category)];
            for (key, value) in defaults {
                value
                    .filter(|value| !value.is_empty())
                    .into_iter()
                    .for_each(|value| default_entry(&mut front, key, value.into()));
            }
        }
        Ok(front)
    }

    fn page(&self, path: &str, front: &Front) -> Page {
        let inner = self.inner(path).unwrap_or(path);
        let (folder, file) = urls::split(inner);
        let stem = urls::stem(file).0;
        let name = urls::dated(stem).map_or(stem, |(_, name)| name);
        let is_page = self.is_page(inner);
        let status = front.text("status").unwrap_or_default().to_ascii_lowercase();
        let draft = match status.as_str() {
            "" | "published" => None,
            // It had a page, and was in no list.
            "hidden" => None,
            "draft" => Some("its status is `draft`"),
            "skip" => Some("its status is `skip`: it had no page"),
            _ => Some("its status is not known"),
        };
        let is_undated = !is_page && front.text("date").is_none();
        let draft = draft.or(is_undated.then_some("it has no date, without which the old site left it out"));
        let (url, own_path) = self.address(inner, front);
        let has_url = !matches!(status.as_str(), "draft" | "skip");
        let category = Some(urls::split(folder).1).filter(|_| self.has_category(path));
        let by_folder = category.filter(|_| front.text("category").is_none() && !is_page);
        // Below `pages` as it was named here.
        let standing = folder.split_once('/').map_or("", |(_, rest)| rest);
        Page {
            url: Some(urls::encoded(&url)).filter(|_| has_url),
            own_path,
            name: front
                .text("slug")
                .or(front.text(SLUG))
                .map_or_else(|| name.to_owned(), |slug| self.slug(&slug)),
            section: by_folder.map(|folder| (folder.to_owned(), Confidence::Positional)),
            folder: if is_page { standing.to_owned() } else { folder.to_owned() },
            draft,
            date: urls::dated(stem)
                .filter(|_| front.text("date").is_some_and(|date| when::read(&date).is_none()))
                .and_then(|(date, _)| when::read(date)),
            lang: front.text("lang").filter(|lang| !lang.eq_ignore_ascii_case(&self.language)),
            ..Page::default()
        }
    }

    fn meaning(&self, key: &str) -> Meaning {
        match key {
            "save_as" | SLUG => Meaning::Read,
            // What it says is said by `draft`.
            "status" => Meaning::Read,
            "section" => Meaning::Extra,
            key => common_meaning(key),
        }
    }

    fn split(&self, key: &str, text: &str) -> Vec<String> {
        match key {
            "category" | "series" => vec![text.to_owned()],
            "author" if !text.contains(';') => vec![text.to_owned()],
            _ => {
                let sign = if text.contains(';') { ';' } else { ',' };
                text.split(sign).map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
            }
        }
    }

    fn base(&self) -> &str {
        &self.base
    }

    fn site_url(&self) -> &str {
        &self.url
    }

    fn named_language(&self) -> Option<&str> {
        self.named_language.as_deref()
    }

    fn zone(&self) -> Option<&jiff::tz::TimeZone> {
        self.zone.as_ref()
    }

    fn content(&self) -> &str {
        &self.content
    }

    fn target(&self, path: &str, destination: &str) -> Option<Target> {
        let (word, rest) = match destination.strip_prefix('{') {
            Some(inner) => inner.split_once('}')?,
            None => destination.strip_prefix('|')?.split_once('|')?,
        };
        match word {
            "index" => Some(Target::Path(format!("{}/", self.base))),
            "tag" => self.list_url(List::Tag, rest).map(Target::Path),
            "category" => self.list_url(List::Section, rest).map(Target::Path),
            "author" => self.list_url(List::Author, rest).map(Target::Path),
            "filename" | "static" | "attach" => {
                let folder = if rest.starts_with('/') { self.content.as_str() } else { urls::split(path).0 };
                let file = urls::join(&format!("/{folder}/"), rest.trim_start_matches('/'));
                Some(Target::File(file.trim_start_matches('/').to_owned()))
            }
            _ => None,
        }
    }

    fn marks(&self) -> &'static [MarkKind] {
        // Of its plugin `liquid_tags`.
        &[MarkKind::Tag]
    }

    fn is_liquid(&self) -> bool {
        true
    }

    fn is_kramdown(&self) -> bool {
        // What its Markdown has by default is mostly the same.
        true
    }

    fn site(&self) -> OldSite {
        self.old()
    }

    fn list_url(&self, list: List, name: &str) -> Option<String> {
        self.list_address(list, name)
    }
}

/// Whether a path is in or below one of some folders; `""` is the root.
fn is_below(path: &str, folders: &[String]) -> bool {
    folders.iter().any(|folder| {
        folder.is_empty() || path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
    })
}

fn is_markdown(extension: &str) -> bool {
    matches!(extension, "md" | "markdown" | "mkd" | "mdown")
}

/// A value of the settings that is a text or a list of some.
fn list(value: Option<&Json>) -> Option<Vec<String>> {
    let value = value?;
    let all = match value {
        Json::Array(items) => {
            items.iter().filter_map(Json::as_str).map(|text| text.trim_matches('/').to_owned()).collect()
        }
        value => vec![value.as_str()?.trim_matches('/').to_owned()],
    };
    Some(all)
}
