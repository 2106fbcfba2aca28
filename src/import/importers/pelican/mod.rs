//! A Pelican site → stories.
//!
//! Articles are Markdown with `Key: value` headers. [`settings`] reads `pelicanconf.py`, [`permalinks`] computes the URLs.

use std::path::Path;

use serde_json::Value as Json;

use crate::import::archive::importer::ArchiveImporter;
use crate::import::archive::survey::ListKind;
use crate::import::archive::template_tags::Delimiters;
use crate::import::archive::{
    FileKind, Generator, KeyMapping, LinkTarget, PathInfo, Settings, SiteInfo, SiteReader, default_entry,
    lenient_yaml, map_common_key, markup, other_markup, urls,
};
use crate::import::front::{self, Front};
use crate::import::old_site::OldSite;
use crate::import::story::{Confidence, Lines};
use crate::import::{Importer, Refusal, Sample};

mod permalinks;
mod settings;
mod site_data;

use crate::time;
use settings::Site;

/// Holds the slug that a translation shares with its original.
const SLUG: &str = "slug_of_all";

/// Sites of Pelican.
pub(super) const PELICAN: &dyn Importer = &ArchiveImporter::<Site>::NEW;

impl SiteReader for Site {
    const NAME: &'static str = "pelican";
    const TITLE: &'static str = "Pelican";
    const MARKERS: &'static str = "`pelicanconf.py`";

    fn fits(sample: &Sample<'_>) -> bool {
        // Both headers, at the very beginning of a Markdown file.
        let front = front::headers(sample.head, &Lines::new(sample.head));
        is_markdown(urls::stem(sample.name).1)
            && !sample.head.starts_with("---")
            && front.text("title").is_some()
            && front.text("date").is_some()
    }

    fn find_root(folder: &Path) -> Option<&Path> {
        if settings::is_site(folder) { Some(folder) } else { settings::above(folder) }
    }

    fn read(root: &Path) -> Self {
        Self::from_root(root)
    }

    fn without_settings(_root: Option<&Path>, content: &str) -> Option<Self> {
        Some(Self::new(Settings::default(), content))
    }
}

impl Generator for Site {
    fn info(&self) -> &SiteInfo {
        &self.info
    }

    fn classify(&self, path: &str) -> FileKind {
        let Some(inner) = self.info.inner(path) else { return FileKind::Attachment };
        let (folder, name) = urls::split(inner);
        let (_, extension) = urls::stem(name);
        if let Some((_, to)) = self.moved.iter().find(|(from, _)| from == inner) {
            return urls::skip_reason(to).map_or_else(|| FileKind::Static(to.clone()), FileKind::Skipped);
        }
        if is_markdown(extension) || markup::detect(inner).is_some() {
            let is_page = self.is_page(inner);
            let excludes = if is_page { &self.page_excludes } else { &self.article_excludes };
            let is_excluded =
                excludes.iter().any(|excluded| !excluded.is_empty() && urls::is_within(folder, excluded));
            return if is_excluded || inner.split('/').any(|part| self.ignored.matches(part)) {
                FileKind::EXCLUDED
            } else if is_page || is_below(inner, &self.article_paths) {
                FileKind::Article
            } else {
                FileKind::Attachment
            };
        }
        if is_below(inner, &self.static_paths) {
            return urls::skip_reason(inner)
                .map_or_else(|| FileKind::Static(inner.to_owned()), FileKind::Skipped);
        }
        other_markup(extension).map_or(FileKind::Attachment, FileKind::Skipped)
    }

    fn front_matter(&self, path: &str, text: &str, lines: &Lines<'_>) -> Result<Front, Refusal> {
        // YAML front matter needs a plugin; text between `---` lines that is not YAML is headers.
        let yaml = text.starts_with("---").then(|| lenient_yaml::read(text, lines).ok().flatten()).flatten();
        let mut front = yaml.unwrap_or_else(|| front::headers(text, lines));
        if front.entries.is_empty() {
            return Err(Refusal::Skipped("it has no headers such as `Title:`".to_owned()));
        }
        let (_, name) = urls::split(path);
        let is_page = self.info.inner(path).is_some_and(|inner| self.is_page(inner));
        for (key, value) in self.in_name(urls::stem(name).0) {
            default_entry(&mut front, &key, value.into());
        }
        for (key, value) in &self.metadata {
            default_entry(&mut front, &key.to_ascii_lowercase(), value.clone());
        }
        if front.text("date").is_none()
            && !is_page
            && let Some((date, _)) = urls::split_date(urls::stem(name).0)
                .filter(|(date, _)| time::parse_archive_date(date).is_some())
        {
            default_entry(&mut front, "date", date.into());
        }
        // A translation shares the slug of its original, but needs a file name of its own.
        let is_translation =
            front.text("lang").is_some_and(|lang| !lang.eq_ignore_ascii_case(&self.info.language));
        if let Some(slug) = front.entries.iter_mut().find(|entry| is_translation && entry.key == "slug") {
            SLUG.clone_into(&mut slug.key);
        }
        if !is_page {
            let category = self.info.settings.text("DEFAULT_CATEGORY").filter(|_| !self.has_category(path));
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

    fn path_info(&self, path: &str, front: &Front) -> PathInfo {
        let inner = self.info.inner(path).unwrap_or(path);
        let (folder, file) = urls::split(inner);
        let stem = urls::stem(file).0;
        let name = urls::split_date(stem).map_or(stem, |(_, name)| name);
        let is_page = self.is_page(inner);
        let status = front.text("status").unwrap_or_default().to_ascii_lowercase();
        let draft = match status.as_str() {
            "" | "published" => None,
            // A hidden page has a URL, but is on no list.
            "hidden" => None,
            "draft" => Some("its status is `draft`"),
            "skip" => Some("its status is `skip`"),
            _ => Some("its status is unknown"),
        };
        let is_undated = !is_page && front.text("date").is_none();
        let draft = draft.or(is_undated.then_some("it has no date, so the old site did not publish it"));
        let (url, permalink) = self.url_path(inner, front);
        let has_url = !matches!(status.as_str(), "draft" | "skip");
        let category = Some(urls::split(folder).1).filter(|_| self.has_category(path));
        let by_folder = category.filter(|_| front.text("category").is_none() && !is_page);
        // The path below the folder of pages.
        let standing = folder.split_once('/').map_or("", |(_, rest)| rest);
        PathInfo {
            url: Some(urls::encode(&url)).filter(|_| has_url),
            permalink,
            slug: front
                .text("slug")
                .or(front.text(SLUG))
                .map_or_else(|| name.to_owned(), |slug| self.slug(&slug)),
            section: by_folder.map(|folder| (folder.to_owned(), Confidence::Positional)),
            folder: if is_page { standing.to_owned() } else { folder.to_owned() },
            draft,
            date: urls::split_date(stem)
                .filter(|_| front.text("date").is_some_and(|date| time::parse_archive_date(&date).is_none()))
                .and_then(|(date, _)| time::parse_archive_date(date)),
            lang: front.text("lang").filter(|lang| !lang.eq_ignore_ascii_case(&self.info.language)),
            ..PathInfo::default()
        }
    }

    fn map_key(&self, key: &str) -> KeyMapping {
        match key {
            "save_as" | SLUG => KeyMapping::Consumed,
            // Read by [`Generator::path_info`].
            "status" => KeyMapping::Consumed,
            "section" => KeyMapping::Extra,
            key => map_common_key(key),
        }
    }

    fn split_list(&self, key: &str, text: &str) -> Vec<String> {
        match key {
            "category" | "series" => vec![text.to_owned()],
            "author" if !text.contains(';') => vec![text.to_owned()],
            _ => {
                let sign = if text.contains(';') { ';' } else { ',' };
                text.split(sign).map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
            }
        }
    }

    fn link_target(&self, path: &str, destination: &str) -> Option<LinkTarget> {
        let (word, rest) = match destination.strip_prefix('{') {
            Some(inner) => inner.split_once('}')?,
            None => destination.strip_prefix('|')?.split_once('|')?,
        };
        match word {
            "index" => Some(LinkTarget::Path(format!("{}/", self.info.base))),
            "tag" => self.list_url(ListKind::Tag, rest).map(LinkTarget::Path),
            "category" => self.list_url(ListKind::Section, rest).map(LinkTarget::Path),
            "author" => self.list_url(ListKind::Author, rest).map(LinkTarget::Path),
            "filename" | "static" | "attach" => {
                let folder =
                    if rest.starts_with('/') { self.info.content.as_str() } else { urls::split(path).0 };
                let file = urls::resolve_reference(&format!("/{folder}/"), rest.trim_start_matches('/'));
                Some(LinkTarget::File(file.trim_start_matches('/').to_owned()))
            }
            _ => None,
        }
    }

    fn delimiters(&self) -> &'static [Delimiters] {
        // From the plugin `liquid_tags`.
        &[Delimiters::Tag]
    }

    fn is_liquid(&self) -> bool {
        true
    }

    fn is_kramdown(&self) -> bool {
        // Python-Markdown's default extensions are mostly the same.
        true
    }

    fn site_data(&self) -> OldSite {
        self.old_site()
    }

    fn list_url(&self, list: ListKind, name: &str) -> Option<String> {
        self.list_path(list, name)
    }
}

/// Whether a path is in or below one of some folders.
fn is_below(path: &str, folders: &[String]) -> bool {
    folders.iter().any(|folder| path != folder && urls::is_within(path, folder))
}

fn is_markdown(extension: &str) -> bool {
    matches!(extension, "md" | "markdown" | "mkd" | "mdown")
}

/// A setting that is a text or a list.
fn text_list(value: Option<&Json>) -> Option<Vec<String>> {
    let value = value?;
    let all = match value {
        Json::Array(items) => {
            items.iter().filter_map(Json::as_str).map(|text| text.trim_matches('/').to_owned()).collect()
        }
        value => vec![value.as_str()?.trim_matches('/').to_owned()],
    };
    Some(all)
}
