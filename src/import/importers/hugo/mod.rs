//! A Hugo site → stories.
//!
//! [`config_files`] finds its settings, [`settings`] reads them, [`permalinks`] computes its URLs, [`cascade`] and
//! [`resources`] complete the front matter.

use std::io::Read as _;
use std::path::Path;

use crate::content::Key;
use crate::import::archive::importer::ArchiveImporter;
use crate::import::archive::taxonomies::{Taxonomy, TermKind};
use crate::import::archive::template_tags::{Delimiters, TemplateTag, is_destination, parse_arguments};
use crate::import::archive::{
    FileKind, Generator, KeyMapping, PathInfo, SiteInfo, SiteReader, TagContext, default_entry,
    map_common_key, other_markup, urls,
};
use crate::import::front::{self, Front};
use crate::import::html::Converted;
use crate::import::old_site::OldSite;
use crate::import::story::{Confidence, Lines};
use crate::import::{Importer, Refusal, Sample};

mod cascade;
mod config_files;
mod html;
mod permalinks;
mod resources;
mod settings;
mod site_data;

use settings::Site;

/// Holds the file name without its date, if the date comes from the file name.
const FILE_NAME: &str = ":filename";

/// Sites of Hugo.
pub(super) const HUGO: &dyn Importer = &ArchiveImporter::<Site>::NEW;

impl SiteReader for Site {
    const NAME: &'static str = "hugo";
    const TITLE: &'static str = "Hugo";
    const MARKERS: &'static str = "`hugo.toml`, `config/_default/`, or `config.toml` with `content/`";

    fn fits(sample: &Sample<'_>) -> bool {
        // Other generators use the same front matter; they are tried first.
        let is_markdown = matches!(urls::stem(sample.name).1, "md" | "markdown");
        let first = sample.head.trim_start().lines().next().unwrap_or_default().trim_end();
        is_markdown
            && (matches!(first, "+++" | "---")
                || first.starts_with('{') && !first.starts_with("{{") && !first.starts_with("{%"))
    }

    fn find_root(folder: &Path) -> Option<&Path> {
        if config_files::is_site(folder) { Some(folder) } else { settings::above(folder) }
    }

    fn read(root: &Path) -> Self {
        Self::from_root(root)
    }

    fn without_settings(root: Option<&Path>, content: &str) -> Option<Self> {
        Some(match root {
            Some(root) if !content.is_empty() => Self::from_root(root),
            root => Self::without_config(root, content),
        })
    }
}

impl Generator for Site {
    fn info(&self) -> &SiteInfo {
        &self.info
    }

    fn classify(&self, path: &str) -> FileKind {
        for (folder, target) in &self.statics {
            if let Some(name) = path.strip_prefix(folder.as_str()).and_then(|rest| rest.strip_prefix('/')) {
                return FileKind::Static(urls::join(target, name));
            }
        }
        let Some((inner, _)) = self.info.content_path(path) else { return FileKind::Attachment };
        let (folder, name) = urls::split(inner);
        let (stem, extension) = urls::stem(name);
        let is_html = html::is_html(extension);
        if !is_html && !matches!(extension, "md" | "markdown") {
            return other_markup(extension).map_or(FileKind::Attachment, FileKind::Skipped);
        }
        match self.info.split_language(stem).0 {
            _ if self.ignored.matches(&format!("/{path}")) => FileKind::EXCLUDED,
            "_index" if self.info.sections.is_page(path) => FileKind::Article,
            "_index" => FileKind::List,
            // Hugo copies it unchanged.
            _ if is_html && !self.has_front_matter(path) => FileKind::Static(inner.to_owned()),
            "index" => FileKind::Article,
            _ if self.is_in_bundle(path, folder) => FileKind::Skipped("it is part of another story's bundle"),
            _ => FileKind::Article,
        }
    }

    fn front_matter(&self, path: &str, text: &str, lines: &Lines<'_>) -> Result<Front, Refusal> {
        let mut front = front::read(text, lines)?.unwrap_or_default();
        self.add_cascades(&mut front, path);
        if self.info.is_section_page(path) {
            front.undate();
        }
        front.published_to_draft();
        self.rename_dates(&mut front, path);
        if let Some(folder) = self.bundle(path) {
            resources::add_picture(
                &mut front,
                self.info.root.as_deref().map(|root| root.join(folder)).as_deref(),
            );
        }
        Ok(front)
    }

    fn path_info(&self, path: &str, front: &Front) -> PathInfo {
        let (folder, name, language) = self.info.parts(path);
        let (shelf, find_picture) = self.split_language_folder(folder);
        let language =
            language.or(find_picture).filter(|language| !language.eq_ignore_ascii_case(&self.info.language));
        let known = language.and_then(|language| self.language(language));
        let slug = front.text("slug").or_else(|| front.text(FILE_NAME)).map(|slug| self.urlize(&slug));
        let dated = urls::split_date(name).map(|(_, rest)| rest);
        let (url, permalink) = self.url_path(path, front);
        // If the title makes the URL, the file name is not the slug.
        let last = url.trim_end_matches('/').trim_end_matches(".html").rsplit('/').next().unwrap_or_default();
        let last = urls::split_date(last).map_or(last, |(_, rest)| rest);
        let is_name = permalink.is_none() && last.chars().any(char::is_alphabetic);
        let of_url = is_name.then(|| last.to_owned());
        let of_language = language.and_then(|_| url.strip_prefix(&*self.info.base)).map(str::to_owned);
        let top = folder.len() - shelf.len() + shelf.find('/').unwrap_or(shelf.len());
        let section = folder.get(..top).filter(|_| !shelf.is_empty());
        let by_key = self.info.taxonomies.iter().filter(|taxonomy| taxonomy.kind == TermKind::Section);
        let named = by_key
            .filter_map(|taxonomy| front::as_texts(front.get(&taxonomy.name)?).into_iter().next())
            .next();
        PathInfo {
            url: Some(urls::encode(&url)),
            keeps_url: of_language.is_some(),
            permalink: permalink.or(of_language),
            slug: of_url
                .or(slug)
                .filter(|slug| !slug.is_empty())
                .unwrap_or_else(|| self.urlize(dated.unwrap_or(name))),
            section: named.map(|name| (name, Confidence::Explicit)).or_else(|| {
                section.map(|section| (self.section_name(path, section), Confidence::Positional))
            }),
            folder: shelf.to_owned(),
            draft: why_not_rendered(front)
                .or_else(|| known.is_some_and(|known| known.is_off).then_some("its language is disabled")),
            lang: language.map(|key| known.map_or(key, |known| &known.tag).to_owned()),
            ..PathInfo::default()
        }
    }

    fn translation(&self, path: &str) -> Option<(String, usize)> {
        let (folder, name, language) = self.info.parts(path);
        let (folder, find_picture) = self.split_language_folder(folder);
        let language = language.or(find_picture).unwrap_or(&self.info.language).to_lowercase();
        let rank = self.languages.iter().position(|known| known.key == language);
        let of_folders =
            || self.language_folders.iter().position(|known| *known == language).map(|at| at + 1);
        let rank = if language == self.info.language { Some(0) } else { rank.or_else(of_folders) };
        let is_one = self.languages.len() + self.language_folders.len() > 1;
        is_one.then(|| Some((urls::join(folder, name).to_lowercase(), rank?))).flatten()
    }

    fn bundle<'p>(&self, path: &'p str) -> Option<&'p str> {
        self.info.bundle_folder(path)
    }

    fn site_data(&self) -> OldSite {
        self.old_site()
    }

    fn term_url(&self, path: &str, taxonomy: &Taxonomy, term: &str) -> Option<String> {
        Some(self.term_path(path, taxonomy, term))
    }

    fn finish_site(&self, site: &mut OldSite) {
        self.add_feeds(site);
    }

    fn html_to_markdown(&self, path: &str, text: &str) -> Option<Converted> {
        html::is_html(urls::stem(urls::split(path).1).1).then(|| html::to_markdown(text, self.delimiters()))
    }

    fn map_key(&self, key: &str) -> KeyMapping {
        match key.to_ascii_lowercase().as_str() {
            // If it is the only date, it was renamed to `date` before.
            "publishdate" | "pubdate" | "published" | "publish_date" => KeyMapping::Field(Key::Embargo, 5),
            "unpublishdate" => KeyMapping::Field(Key::Expires, 5),
            "images" => KeyMapping::Field(Key::Image, 9),
            "taxonomies" => KeyMapping::Nested,
            "section" => KeyMapping::Extra,
            FILE_NAME | "translationkey" => KeyMapping::Consumed,
            _ => self.info.taxonomy(key).map_or_else(|| map_common_key(key), Taxonomy::mapping),
        }
    }

    fn alias_path(&self, page: &PathInfo, alias: &str) -> String {
        if alias.starts_with('/') {
            return format!("{}{alias}", self.info.base);
        }
        if alias.contains("://") {
            return alias.to_owned();
        }
        // Relative to the parent of the page's folder.
        let page = page.url.as_deref().unwrap_or("/").trim_end_matches('/');
        urls::resolve_reference(page, alias)
    }

    fn delimiters(&self) -> &'static [Delimiters] {
        &[Delimiters::Angle, Delimiters::Percent, Delimiters::Output]
    }

    fn convert_tag(&self, tag: &TemplateTag<'_>, text: &str, context: &TagContext<'_>) -> Option<String> {
        if let Some(inner) = tag.inner.strip_prefix("/*").and_then(|inner| inner.strip_suffix("*/")) {
            // A commented shortcode is displayed, not run.
            return Some(match tag.kind {
                Delimiters::Angle => format!("{{{{<{inner}>}}}}"),
                Delimiters::Percent => format!("{{{{%{inner}%}}}}"),
                _ => String::new(),
            });
        }
        match tag.name() {
            _ if tag.kind == Delimiters::Output => None,
            "ref" | "relref" => self.reference(tag.rest(), is_destination(text, tag.range.start), context),
            "param" => {
                let name = parse_arguments(tag.rest(), false)?.into_iter().next()?.1;
                let of_page =
                    context.front.get("params").and_then(|params| params.get(&name)).and_then(front::as_text);
                context.front.text(&name).or(of_page).or_else(|| self.params.text(&name))
            }
            _ => None,
        }
    }
}

/// Why a page had no URL, if it had none.
fn why_not_rendered(front: &Front) -> Option<&'static str> {
    let build = front.get("build").or_else(|| front.get("_build"));
    let render = build.and_then(|build| build.get("render"));
    let never = render.is_some_and(|render| {
        front::as_bool(render) == Some(false)
            || front::as_text(render).is_some_and(|word| matches!(&*word, "never" | "link"))
    });
    if never {
        return Some("`build` kept it from being rendered");
    }
    let is_headless = front.get("headless").and_then(front::as_bool) == Some(true);
    is_headless.then_some("it is headless and had no page")
}

impl Site {
    /// Renames the date key that counts to `date`.
    fn rename_dates(&self, front: &mut Front, path: &str) {
        for source in &self.dates {
            if source == FILE_NAME {
                let Some((date, rest)) = urls::split_date(self.name(path).1) else { continue };
                front.entries.retain(|entry| !entry.key.eq_ignore_ascii_case("date"));
                default_entry(front, "date", date.into());
                default_entry(front, FILE_NAME, rest.into());
                return;
            }
            if front.text(source).is_none() {
                continue;
            }
            if source != "date" {
                front.entries.retain(|entry| !entry.key.eq_ignore_ascii_case("date"));
            }
            let entry = front.entries.iter_mut().find(|entry| entry.key.eq_ignore_ascii_case(source));
            entry.into_iter().for_each(|entry| "date".clone_into(&mut entry.key));
            return;
        }
    }

    /// Whether an HTML file begins with front matter.
    fn has_front_matter(&self, path: &str) -> bool {
        let Some(root) = &self.info.root else { return true };
        let mut head = [0; 64];
        let read = std::fs::File::open(root.join(path))
            .and_then(|mut file| file.read(&mut head))
            .unwrap_or_default();
        let text = String::from_utf8_lossy(head.get(..read).unwrap_or_default());
        let text = text.trim_start_matches('\u{feff}').trim_start();
        ["---", "+++", "{"].iter().any(|sign| text.starts_with(sign)) && !text.starts_with("{{")
    }

    /// The URL of a `ref`. A `ref` that cannot be resolved becomes a link, so that it is reported.
    fn reference(&self, text: &str, is_destination: bool, context: &TagContext<'_>) -> Option<String> {
        let values = parse_arguments(text.trim_end_matches('/'), false)?;
        let value =
            |wanted: &str| values.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str());
        let written = value("").or_else(|| value("path"))?.trim();
        let (path, fragment) =
            written.split_once('#').map_or((written, None), |(path, end)| (path, Some(end)));
        let end = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
        if path.is_empty() || path.contains("://") {
            return Some(format!("{path}{end}"));
        }
        if let Some(url) = self.resolve_reference(path, value("lang"), context) {
            return Some(url + &end);
        }
        let path = urls::encode_destination(path.trim_end_matches('/'));
        let extension = if urls::stem(urls::split(&path).1).1.is_empty() { ".md" } else { "" };
        is_destination.then(|| format!("{path}{extension}{end}"))
    }

    /// Resolves a `ref`: from the folder of the page, from the content folder, by a unique file name, or to a list without a
    /// file.
    fn resolve_reference(
        &self,
        path: &str,
        language: Option<&str>,
        context: &TagContext<'_>,
    ) -> Option<String> {
        let (folder, _) = urls::split(context.path);
        let articles = context.articles;
        let from_content =
            urls::resolve_reference(&format!("/{}/", self.info.content), path.trim_start_matches('/'));
        let from_page = urls::resolve_reference(&format!("/{folder}/"), path);
        let mut ways = if path.starts_with('/') { vec![from_content] } else { vec![from_page, from_content] };
        // A language may have its own content folder.
        if let Some((other, _)) =
            self.info.contents.iter().find(|(_, of)| language.is_some() && of.as_deref() == language)
        {
            ways.insert(0, urls::resolve_reference(&format!("/{other}/"), path.trim_start_matches('/')));
        }
        let spelt = language.or(self.info.parts(context.path).2).map(|language| format!(".{language}"));
        for way in ways {
            let way = way.trim_matches('/');
            let bare = way.strip_suffix(".md").unwrap_or(way);
            for spelling in [spelt.as_deref().unwrap_or_default(), ""] {
                let names = ["", "/index", "/_index"].map(|name| format!("{bare}{name}{spelling}.md"));
                for file in names.into_iter().chain([way.to_owned()]) {
                    let is_section = urls::split(&file).1.starts_with("_index.");
                    let url =
                        if is_section { articles.section_url(&file) } else { articles.article_url(&file) };
                    if url.is_some() {
                        return url;
                    }
                }
            }
        }
        if let Some(file) = articles.find_by_suffix(path) {
            return articles.article_url(file);
        }
        let list = path.trim_matches('/');
        let is_list = ["tags", "categories", "authors", "series"].contains(&list.split('/').next()?);
        is_list.then(|| urls::encode(&format!("{}/{list}/", self.info.base)))
    }
}
