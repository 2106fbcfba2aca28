//! A site of Hugo → stories.
//!
//! [`settings`] finds and reads its settings, [`addresses`] makes the URLs that it gave.

use std::path::Path;

use jiff::tz::TimeZone;
use serde_json::Value as Json;

use crate::diagnostic::{Diagnostic, Place};
use crate::import::archive::marks::{Kind as MarkKind, Mark, is_destination, values};
use crate::import::archive::{
    Archive, Asked, Dialect, Kind, Meaning, Page, common_meaning, other_markup, urls,
};
use crate::import::front::{self, Front};
use crate::import::story::{Lines, Sure};
use crate::import::{Desk, Importer, Origin, Refusal, Sample, Source};

mod addresses;
mod cascade;
mod settings;

use settings::Site;

/// Sites of Hugo.
pub(super) struct Hugo;

impl Importer for Hugo {
    fn name(&self) -> &'static str {
        "hugo"
    }

    fn origin(&self) -> Origin {
        Origin::Archive
    }

    fn fits(&self, sample: &Sample<'_>) -> bool {
        // Others have the same front matter, and are asked first.
        let is_markdown = matches!(urls::stem(sample.name).1, "md" | "markdown");
        let first = sample.head.trim_start().lines().next().unwrap_or_default().trim_end();
        is_markdown
            && (matches!(first, "+++" | "---")
                || first.starts_with('{') && !first.starts_with("{{") && !first.starts_with("{%"))
    }

    fn fits_folder(&self, folder: &Path) -> bool {
        settings::is_site(folder) || settings::above(folder).is_some()
    }

    fn open(&self, folder: Option<&Path>, _desk: &Desk<'_>) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        let Some(folder) = folder else { return Ok(Box::new(Archive::new(None, Site::alone("content")))) };
        if !folder.is_dir() {
            return Err(Box::new(
                Diagnostic::error("import/no-archive", "this is no folder with a site of Hugo")
                    .at(Place::file(folder.to_string_lossy().into_owned()))
                    .help("name the folder that `hugo.toml` and `content` are in"),
            ));
        }
        let root = if settings::is_site(folder) { Some(folder) } else { settings::above(folder) };
        Ok(Box::new(match root {
            Some(root) => Archive::new(Some(root), Site::read(root)),
            None if folder.join("content").is_dir() => Archive::new(Some(folder), Site::read(folder)),
            None => Archive::new(Some(folder), Site { root: Some(folder.to_owned()), ..Site::alone("") }),
        }))
    }
}

impl Dialect for Site {
    fn sort(&self, path: &str) -> Kind {
        for folder in &self.statics {
            if let Some(name) = path.strip_prefix(folder.as_str()).and_then(|rest| rest.strip_prefix('/')) {
                return if urls::is_document(name) { Kind::Static(name.to_owned()) } else { Kind::Beside };
            }
        }
        let Some((inner, _)) = self.inner(path) else { return Kind::Beside };
        let (folder, name) = urls::split(inner);
        let (stem, extension) = urls::stem(name);
        if !matches!(extension, "md" | "markdown") {
            return other_markup(extension).map_or(Kind::Beside, Kind::Skipped);
        }
        match self.without_language(stem).0 {
            _ if self.ignored.fit(&format!("/{path}")) => Kind::Skipped("the settings leave it out"),
            "_index" if self.sections.is_page(path) => Kind::Article,
            "_index" => Kind::Skipped("it describes a section"),
            "index" => Kind::Article,
            _ if self.is_in_bundle(path, folder) => {
                Kind::Skipped("it is part of the article that it lies beside")
            }
            _ => Kind::Article,
        }
    }

    fn front(&self, path: &str, text: &str, lines: &Lines<'_>) -> Result<Front, Refusal> {
        let mut front = front::read(text, lines)?.unwrap_or_default();
        self.add_cascades(&mut front, path);
        if self.is_index(path) {
            undated(&mut front);
        }
        rename_dates(&mut front);
        if self.dates_of_names
            && front.get("date").is_none()
            && let Some((date, _)) = urls::dated(self.name(path).1)
        {
            crate::import::archive::default_entry(&mut front, "date", date.into());
        }
        Ok(front)
    }

    fn page(&self, path: &str, front: &Front) -> Page {
        let (folder, name, language) = self.parts(path);
        let slug = front.text("slug").map(|slug| self.urlize(&slug)).filter(|slug| !slug.is_empty());
        let dated = urls::dated(name).map(|(_, rest)| rest);
        let (url, own_path) = self.address(path, front);
        Page {
            url: Some(urls::encoded(&url)),
            own_path,
            name: slug.unwrap_or_else(|| self.urlize(dated.unwrap_or(name))),
            section: folder
                .split('/')
                .next()
                .filter(|top| !top.is_empty())
                .map(|top| (self.section_name(path, top), Sure::Positional)),
            folder: folder.to_owned(),
            draft: not_rendered(front),
            lang: language.map(str::to_owned),
            ..Page::default()
        }
    }

    fn meaning(&self, key: &str) -> Meaning {
        match key.to_ascii_lowercase().as_str() {
            // One that is the only date is called `date` by now.
            "publishdate" | "pubdate" | "published" | "publish_date" => Meaning::Field("embargo", 5),
            "unpublishdate" => Meaning::Field("expires", 5),
            "images" => Meaning::Field("image", 9),
            "taxonomies" => Meaning::Keys,
            "section" => Meaning::Extra,
            _ => common_meaning(key),
        }
    }

    fn alias(&self, page: &Page, alias: &str) -> String {
        if alias.starts_with('/') {
            return format!("{}{alias}", self.base);
        }
        if alias.contains("://") {
            return alias.to_owned();
        }
        // Relative to the folder that the folder of the page is in.
        let page = page.url.as_deref().unwrap_or("/").trim_end_matches('/');
        urls::join(page, alias)
    }

    fn base(&self) -> &str {
        &self.base
    }

    fn site_url(&self) -> &str {
        &self.url
    }

    fn language(&self) -> &str {
        &self.language
    }

    fn named_language(&self) -> Option<&str> {
        self.named_language.as_deref()
    }

    fn zone(&self) -> Option<&TimeZone> {
        self.zone.as_ref()
    }

    fn content(&self) -> &str {
        &self.content
    }

    fn marks(&self) -> &'static [MarkKind] {
        &[MarkKind::Angle, MarkKind::Percent, MarkKind::Output]
    }

    fn convert(&self, mark: &Mark<'_>, text: &str, asked: &Asked<'_>) -> Option<String> {
        if let Some(inner) = mark.inner.strip_prefix("/*").and_then(|inner| inner.strip_suffix("*/")) {
            // How a shortcode is shown and not run.
            return Some(match mark.kind {
                MarkKind::Angle => format!("{{{{<{inner}>}}}}"),
                MarkKind::Percent => format!("{{{{%{inner}%}}}}"),
                _ => String::new(),
            });
        }
        match mark.name() {
            _ if mark.kind == MarkKind::Output => None,
            "ref" | "relref" => self.reference(mark.rest(), is_destination(text, mark.range.start), asked),
            "param" => {
                let name = values(mark.rest(), false)?.into_iter().next()?.1;
                let of_page =
                    asked.front.get("params").and_then(|params| params.get(&name)).and_then(front::text);
                asked.front.text(&name).or(of_page).or_else(|| self.params.text(&name))
            }
            _ => None,
        }
    }
}

/// A page that describes a folder is no story: the day it was made is only kept.
fn undated(front: &mut Front) {
    for entry in &mut front.entries {
        if entry.key.eq_ignore_ascii_case("date") {
            "section_date".clone_into(&mut entry.key);
        }
    }
}

/// Of several names of the date one is the date; without it the first of the others is. `published: false` is a draft.
fn rename_dates(front: &mut Front) {
    if let Some(entry) = front.entries.iter_mut().find(|entry| entry.key.eq_ignore_ascii_case("published"))
        && let Some(is_published) = front::truth(&entry.value)
    {
        "draft".clone_into(&mut entry.key);
        entry.value = Json::Bool(!is_published);
    }
    if front.text("date").is_some() {
        return;
    }
    let others = ["publishdate", "pubdate", "published", "publish_date"];
    let is_date = |key: &str| others.iter().any(|other| key.eq_ignore_ascii_case(other));
    front.entries.retain(|entry| !entry.key.eq_ignore_ascii_case("date"));
    if let Some(entry) = front.entries.iter_mut().find(|entry| is_date(&entry.key)) {
        "date".clone_into(&mut entry.key);
    }
}

/// Why a page had no URL, if so.
fn not_rendered(front: &Front) -> Option<&'static str> {
    let build = front.get("build").or_else(|| front.get("_build"));
    let render = build.and_then(|build| build.get("render"));
    let never = render.is_some_and(|render| {
        front::truth(render) == Some(false)
            || front::text(render).is_some_and(|word| matches!(&*word, "never" | "link"))
    });
    if never {
        return Some("`build` says that it is not rendered");
    }
    let is_headless = front.get("headless").and_then(front::truth) == Some(true);
    is_headless.then_some("it is headless: it had no page")
}

impl Site {
    /// The URL that `ref` gives. One that leads nowhere stays a link, which is reported as one.
    fn reference(&self, text: &str, is_destination: bool, asked: &Asked<'_>) -> Option<String> {
        let values = values(text.trim_end_matches('/'), false)?;
        let value =
            |wanted: &str| values.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str());
        let written = value("").or_else(|| value("path"))?.trim();
        let (path, fragment) =
            written.split_once('#').map_or((written, None), |(path, end)| (path, Some(end)));
        let end = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
        if path.is_empty() || path.contains("://") {
            return Some(format!("{path}{end}"));
        }
        if let Some(url) = self.url_of(path, value("lang"), asked) {
            return Some(url + &end);
        }
        let path = urls::in_markdown(path.trim_end_matches('/'));
        let extension = if urls::stem(urls::split(&path).1).1.is_empty() { ".md" } else { "" };
        is_destination.then(|| format!("{path}{extension}{end}"))
    }

    /// The URL of what a `ref` names: from the folder of the page, from the content, the only file of that name, or a list that has no file.
    fn url_of(&self, path: &str, language: Option<&str>, asked: &Asked<'_>) -> Option<String> {
        let (folder, _) = urls::split(asked.path);
        let finder = asked.finder;
        let from_content = urls::join(&format!("/{}/", self.content), path.trim_start_matches('/'));
        let from_page = urls::join(&format!("/{folder}/"), path);
        let mut ways = if path.starts_with('/') { vec![from_content] } else { vec![from_page, from_content] };
        // Languages may have folders of their own.
        if let Some((other, _)) =
            self.contents.iter().find(|(_, of)| language.is_some() && of.as_deref() == language)
        {
            ways.insert(0, urls::join(&format!("/{other}/"), path.trim_start_matches('/')));
        }
        let spelt = language.or(self.parts(asked.path).2).map(|language| format!(".{language}"));
        for way in ways {
            let way = way.trim_matches('/');
            let bare = way.strip_suffix(".md").unwrap_or(way);
            for spelling in [spelt.as_deref().unwrap_or_default(), ""] {
                let names = ["", "/index", "/_index"].map(|name| format!("{bare}{name}{spelling}.md"));
                for file in names.into_iter().chain([way.to_owned()]) {
                    let is_section = urls::split(&file).1.starts_with("_index.");
                    let url = if is_section { finder.url_of_section(&file) } else { finder.url_of(&file) };
                    if url.is_some() {
                        return url;
                    }
                }
            }
        }
        if let Some(file) = finder.ending_with(path) {
            return finder.url_of(file);
        }
        let list = path.trim_matches('/');
        let is_list = ["tags", "categories", "authors", "series"].contains(&list.split('/').next()?);
        is_list.then(|| urls::encoded(&format!("{}/{list}/", self.base)))
    }
}

#[cfg(test)]
mod tests;
