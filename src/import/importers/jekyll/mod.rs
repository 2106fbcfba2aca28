//! A Jekyll site → stories.
//!
//! [`layout`] classifies its files, [`permalinks`] computes its URLs, [`liquid`] evaluates templates, [`html`] protects HTML
//! posts from Markdown.

use std::path::Path;

use crate::import::archive::edits::Edits;
use crate::import::archive::importer::ArchiveImporter;
use crate::import::archive::survey::{self, ListKind};
use crate::import::archive::template_tags::Delimiters;
use crate::import::archive::{
    FileKind, Generator, KeyMapping, PathInfo, Settings, SiteInfo, SiteReader, TagContext, lenient_yaml,
    map_common_key, other_markup, urls,
};
use crate::import::front::{self, Front};
use crate::import::old_site::OldSite;
use crate::import::story::{Confidence, Lines};
use crate::import::{Importer, Refusal, Sample};

mod html;
mod layout;
pub(super) mod liquid;
mod permalinks;
mod site_data;

use crate::time;
use layout::{FileRole, Site};

/// Sites of Jekyll.
pub(super) const JEKYLL: &dyn Importer = &ArchiveImporter::<Site>::NEW;

impl SiteReader for Site {
    const NAME: &'static str = "jekyll";
    const TITLE: &'static str = "Jekyll";
    const MARKERS: &'static str = "`_config.yml` or `_posts/`";

    fn fits(sample: &Sample<'_>) -> bool {
        let (stem, extension) = urls::stem(sample.name);
        is_markdown(extension)
            && permalinks::split_date(stem).is_some()
            && sample.head.lines().next().is_some_and(|line| line.trim_end() == "---")
    }

    fn find_root(folder: &Path) -> Option<&Path> {
        layout::find_root(folder)
    }

    fn read(root: &Path) -> Self {
        Self::from_root(root)
    }

    fn without_settings(root: Option<&Path>, _content: &str) -> Option<Self> {
        Some(root.map_or_else(|| Self::new(Settings::default()), Self::from_root))
    }
}

impl Generator for Site {
    fn info(&self) -> &SiteInfo {
        &self.info
    }

    fn classify(&self, path: &str) -> FileKind {
        let (stem, extension) = urls::stem(urls::split(path).1);
        let (is_markdown, is_html) = (is_markdown(extension), matches!(extension, "html" | "htm"));
        let other = || other_markup(extension).map_or(FileKind::Attachment, FileKind::Skipped);
        match self.role(path) {
            FileRole::Hidden => FileKind::Attachment,
            _ if self.is_excluded(path) && is_markdown => FileKind::EXCLUDED,
            _ if self.is_excluded(path) => FileKind::Attachment,
            FileRole::Post(..) if is_markdown || is_html => match permalinks::split_date(stem) {
                Some(_) => FileKind::Article,
                None => FileKind::Skipped("its file name does not begin with a date, so it was not a post"),
            },
            FileRole::Draft(_) if is_markdown || is_html => FileKind::Article,
            FileRole::Document(collection, ..) if is_markdown || is_html => {
                if self.collections.map(collection).is("output") {
                    FileKind::Article
                } else {
                    FileKind::Skipped("its collection was not published")
                }
            }
            FileRole::Post(..) | FileRole::Draft(_) | FileRole::Document(..) => other(),
            FileRole::Page("", _) if (is_markdown || is_html) && stem == "404" => {
                FileKind::Skipped("it is the 404 page, which the new site renders itself")
            }
            FileRole::Page("", _) if (is_markdown || is_html) && stem == "index" => {
                FileKind::Skipped("it is the front page, which the new site renders itself")
            }
            FileRole::Page(..) if is_markdown => FileKind::Article,
            FileRole::Page(..) => match (self.has_front_matter(path), urls::skip_reason(path)) {
                (true, _) if is_html => FileKind::Article,
                (_, Some(why)) => FileKind::Skipped(why),
                (true, None) => FileKind::Skipped("it is a Liquid template"),
                (false, None) => FileKind::Static(path.to_owned()),
            },
        }
    }

    fn front_matter(&self, path: &str, text: &str, lines: &Lines<'_>) -> Result<Front, Refusal> {
        let is_yaml = text.starts_with("---");
        let front = if is_yaml { lenient_yaml::read(text, lines)? } else { None };
        let mut front = front.ok_or_else(|| Refusal::Skipped("it has no front matter".to_owned()))?;
        self.add_defaults(&mut front, path);
        front.published_to_draft();
        Ok(front)
    }

    fn path_info(&self, path: &str, front: &Front) -> PathInfo {
        let role = self.role(path);
        let (folder, file) = match role {
            FileRole::Post(folder, name) | FileRole::Page(folder, name) => (folder.to_owned(), name),
            FileRole::Document(collection, folder, name) => {
                (urls::join(collection, folder).trim_end_matches('/').to_owned(), name)
            }
            FileRole::Draft(name) => (String::new(), name),
            FileRole::Hidden => (String::new(), urls::split(path).1),
        };
        let stem = urls::stem(file).0;
        let dated = permalinks::split_date(stem).filter(|_| !matches!(role, FileRole::Page(..)));
        let name = dated.as_ref().map_or(stem, |(_, name)| *name);
        let mut folders: Vec<&str> = if matches!(role, FileRole::Post(..)) {
            folder.split('/').filter(|part| !part.is_empty()).collect()
        } else {
            Vec::new()
        };
        let language = folders.first().copied().filter(|top| self.languages.iter().any(|known| known == top));
        folders.drain(..usize::from(language.is_some()));
        let lang = language.filter(|language| !language.eq_ignore_ascii_case(self.main_language()));
        let section = match role {
            FileRole::Document(collection, ..) => Some((collection.to_owned(), Confidence::Positional)),
            _ => folders.first().map(|top| ((*top).to_owned(), Confidence::Positional)),
        };
        let permalink = front.text("permalink").filter(|path| !path.contains(':'));
        let slug = front.text("slug").map(|slug| permalinks::slugify(&slug)).filter(|slug| !slug.is_empty());
        let url = self.url_path(path, front);
        let of_language =
            url.as_deref().filter(|_| language.is_some()).and_then(|url| url.strip_prefix(&*self.info.base));
        PathInfo {
            permalink: permalink
                .map(|path| format!("/{}", path.trim_start_matches('/')))
                .or_else(|| of_language.map(str::to_owned)),
            url: url.as_deref().map(urls::encode),
            lang: lang.map(|lang| lang.replace('_', "-")),
            keeps_url: language.is_some(),
            slug: slug.unwrap_or_else(|| name.to_owned()),
            section,
            date: dated
                .as_ref()
                .filter(|_| front.text("date").as_deref().and_then(time::parse_archive_date).is_none())
                .and_then(|(date, _)| time::parse_archive_date(date)),
            draft: match (role, &dated) {
                (FileRole::Draft(_), _) => Some("it was in the drafts folder"),
                (_, Some((date, _))) if time::parse_archive_date(date).is_none() => {
                    Some("the date in its file name does not exist")
                }
                _ => None,
            },
            title: matches!(role, FileRole::Post(..) | FileRole::Draft(_)).then(|| permalinks::title(name)),
            tags: folders.iter().skip(1).map(|folder| (*folder).to_owned()).collect(),
            folder,
        }
    }

    fn translation(&self, path: &str) -> Option<(String, usize)> {
        let in_folder = path.split_once('/').and_then(|(top, rest)| {
            let place = self.languages.iter().position(|known| known == top)?;
            Some((rest.to_owned(), place + 1))
        });
        in_folder.or_else(|| (!self.languages.is_empty()).then(|| (path.to_owned(), 0)))
    }

    fn map_key(&self, key: &str) -> KeyMapping {
        if key == "section" { KeyMapping::Extra } else { map_common_key(key) }
    }

    fn split_list(&self, key: &str, text: &str) -> Vec<String> {
        match key {
            "tags" | "categories" => text.split_whitespace().map(str::to_owned).collect(),
            "keywords" => text.split(',').map(|word| word.trim().to_owned()).collect(),
            _ => vec![text.to_owned()],
        }
    }

    fn alias_path(&self, _page: &PathInfo, alias: &str) -> String {
        if alias.contains("://") {
            alias.to_owned()
        } else {
            format!("{}/{}", self.info.base, alias.trim_start_matches('/'))
        }
    }

    fn delimiters(&self) -> &'static [Delimiters] {
        &liquid::DELIMITERS
    }

    fn is_liquid(&self) -> bool {
        true
    }

    fn is_kramdown(&self) -> bool {
        true
    }

    fn evaluate_templates(&self, text: &str, context: &TagContext<'_>) -> Edits {
        let site =
            liquid::Site { base: &self.info.base, url: &self.info.url, settings: Some(&self.info.settings) };
        liquid::evaluate(site, text, context)
    }

    fn site_data(&self) -> OldSite {
        self.old_site.clone()
    }

    fn list_url(&self, list: ListKind, name: &str) -> Option<String> {
        let archives = self.archives.as_ref()?;
        let kind = match list {
            ListKind::Section => "category",
            ListKind::Tag => "tag",
            ListKind::Author | ListKind::All => return None,
        };
        let enabled = archives.get("enabled").map(front::as_texts).unwrap_or_default().join(" ");
        let plural = if kind == "tag" { "tags" } else { "categories" };
        let pattern = archives.map("permalinks").text(kind).unwrap_or_else(|| format!("/{kind}/:name/"));
        let has_front_matter = enabled.contains("all") || enabled.contains(plural);
        has_front_matter
            .then(|| format!("{}{}", self.info.base, pattern.replace(":name", &permalinks::slugify(name))))
    }

    fn is_list(&self, path: &str, page: &PathInfo, front: &Front, body: &str) -> bool {
        match self.role(path) {
            FileRole::Document(collection, ..) => site_data::AUTHORS.contains(&collection),
            FileRole::Page(..) => {
                liquid::is_only_liquid(body, self.delimiters())
                    || body.trim().is_empty() && survey::detect_list(page, front, &self.info.base).is_some()
            }
            _ => false,
        }
    }

    fn wrap_html(&self, path: &str, text: &str) -> Option<String> {
        matches!(urls::stem(urls::split(path).1).1, "html" | "htm").then(|| html::wrap_in_block(text))
    }
}

/// Jekyll's extensions of Markdown.
fn is_markdown(extension: &str) -> bool {
    matches!(extension, "md" | "markdown" | "mkdown" | "mkdn" | "mkd")
}
