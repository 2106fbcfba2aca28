//! A site of Hugo → stories.
//!
//! [`files`] finds its settings and [`settings`] reads them, [`addresses`] makes the URLs that it gave, [`cascade`] and [`resources`]
//! know what a page is told by others and by the list of its files.

use std::io::Read as _;
use std::path::Path;

use jiff::tz::TimeZone;
use serde_json::Value as Json;

use crate::diagnostic::{Diagnostic, Place};
use crate::import::archive::marks::{Kind as MarkKind, Mark, is_destination, values};
use crate::import::archive::survey::List;
use crate::import::archive::taxonomies::{Role, Taxonomy};
use crate::import::archive::{
    Archive, Asked, Dialect, Kind, Meaning, Page, common_meaning, default_entry, other_markup, urls,
};
use crate::import::front::{self, Front};
use crate::import::html::Converted;
use crate::import::old_site::OldSite;
use crate::import::story::{Confidence, Lines};
use crate::import::{ImportContext, Importer, Origin, Refusal, Sample, Source};

mod addresses;
mod cascade;
mod files;
mod html;
mod resources;
mod settings;
mod site;

use settings::Site;

/// A key for the name of a file without the date in front, if that is the date of the page.
const OF_FILE: &str = ":filename";

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

    fn recognized_by(&self) -> &'static str {
        "`hugo.toml`, `config/_default/`, or `config.toml` with `content/`"
    }

    fn fits_folder(&self, folder: &Path) -> bool {
        files::is_site(folder) || settings::above(folder).is_some()
    }

    fn open(
        &self,
        folder: Option<&Path>,
        _desk: &ImportContext<'_>,
    ) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        let Some(folder) = folder else { return Ok(Box::new(Archive::new(None, Site::alone("content")))) };
        if !folder.is_dir() {
            return Err(Box::new(
                Diagnostic::error("import/no-archive", "this is no folder with a site of Hugo")
                    .at(Place::file(folder.to_string_lossy().into_owned()))
                    .help("name the folder that `hugo.toml` and `content` are in"),
            ));
        }
        let root = if files::is_site(folder) { Some(folder) } else { settings::above(folder) };
        Ok(Box::new(match root {
            Some(root) => Archive::new(Some(root), Site::read(root)),
            None if folder.join("content").is_dir() => Archive::new(Some(folder), Site::read(folder)),
            None => Archive::new(Some(folder), Site { root: Some(folder.to_owned()), ..Site::alone("") }),
        }))
    }
}

impl Dialect for Site {
    fn sort(&self, path: &str) -> Kind {
        for (folder, target) in &self.statics {
            if let Some(name) = path.strip_prefix(folder.as_str()).and_then(|rest| rest.strip_prefix('/')) {
                return Kind::Static(urls::below(target, name));
            }
        }
        let Some((inner, _)) = self.inner(path) else { return Kind::Beside };
        let (folder, name) = urls::split(inner);
        let (stem, extension) = urls::stem(name);
        let is_html = html::is_html(extension);
        if !is_html && !matches!(extension, "md" | "markdown") {
            return other_markup(extension).map_or(Kind::Beside, Kind::Skipped);
        }
        match self.without_language(stem).0 {
            _ if self.ignored.fit(&format!("/{path}")) => Kind::Skipped("the settings leave it out"),
            "_index" if self.sections.is_page(path) => Kind::Article,
            "_index" => Kind::List,
            // Hugo copies it as it is.
            _ if is_html && !self.has_head(path) => Kind::Static(inner.to_owned()),
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
        self.rename_dates(&mut front, path);
        if let Some(folder) = self.bundle(path) {
            resources::describe(&mut front, self.root.as_deref().map(|root| root.join(folder)).as_deref());
        }
        Ok(front)
    }

    fn page(&self, path: &str, front: &Front) -> Page {
        let (folder, name, language) = self.parts(path);
        let (shelf, of_folder) = self.without_language_folder(folder);
        let language =
            language.or(of_folder).filter(|language| !language.eq_ignore_ascii_case(&self.language));
        let known = language.and_then(|language| self.language_named(language));
        let slug = front.text("slug").or_else(|| front.text(OF_FILE)).map(|slug| self.urlize(&slug));
        let dated = urls::dated(name).map(|(_, rest)| rest);
        let (url, own_path) = self.address(path, front);
        // Where titles make URLs, the name of the file is not the slug.
        let last = url.trim_end_matches('/').trim_end_matches(".html").rsplit('/').next().unwrap_or_default();
        let last = urls::dated(last).map_or(last, |(_, rest)| rest);
        let is_name = own_path.is_none() && last.chars().any(char::is_alphabetic);
        let of_url = is_name.then(|| last.to_owned());
        let of_language = language.and_then(|_| url.strip_prefix(&*self.base)).map(str::to_owned);
        let top = folder.len() - shelf.len() + shelf.find('/').unwrap_or(shelf.len());
        let section = folder.get(..top).filter(|_| !shelf.is_empty());
        let by_key = self.taxonomies.iter().filter(|taxonomy| taxonomy.role == Role::Section);
        let named =
            by_key.filter_map(|taxonomy| front::texts(front.get(&taxonomy.name)?).into_iter().next()).next();
        Page {
            url: Some(urls::encoded(&url)),
            keeps_url: of_language.is_some(),
            own_path: own_path.or(of_language),
            name: of_url
                .or(slug)
                .filter(|slug| !slug.is_empty())
                .unwrap_or_else(|| self.urlize(dated.unwrap_or(name))),
            section: named.map(|name| (name, Confidence::Explicit)).or_else(|| {
                section.map(|section| (self.section_name(path, section), Confidence::Positional))
            }),
            folder: shelf.to_owned(),
            draft: not_rendered(front).or_else(|| {
                known.is_some_and(|known| known.is_off).then_some("its language is switched off")
            }),
            lang: language.map(|key| known.map_or(key, |known| &known.tag).to_owned()),
            ..Page::default()
        }
    }

    fn translation(&self, path: &str) -> Option<(String, usize)> {
        let (folder, name, language) = self.parts(path);
        let (folder, of_folder) = self.without_language_folder(folder);
        let language = language.or(of_folder).unwrap_or(&self.language).to_lowercase();
        let rank = self.languages.iter().position(|known| known.key == language);
        let of_folders =
            || self.language_folders.iter().position(|known| *known == language).map(|at| at + 1);
        let rank = if language == self.language { Some(0) } else { rank.or_else(of_folders) };
        let is_one = self.languages.len() + self.language_folders.len() > 1;
        is_one.then(|| Some((urls::below(folder, name).to_lowercase(), rank?))).flatten()
    }

    fn bundle<'p>(&self, path: &'p str) -> Option<&'p str> {
        let (folder, name) = urls::split(path);
        let is_leaf = self.without_language(urls::stem(name).0).0 == "index";
        let is_below = self.inner(path).is_some_and(|(inner, _)| inner.contains('/'));
        (is_leaf && is_below).then_some(folder)
    }

    fn site(&self) -> OldSite {
        self.old()
    }

    fn lists(&self, path: &str, front: &Front) -> Vec<(List, String, String)> {
        self.lists_of(path, front)
    }

    fn finished(&self, mut site: OldSite) -> OldSite {
        self.feeds(&mut site);
        site
    }

    fn author(&self, called: &str) -> Option<&str> {
        self.names.get(&called.to_lowercase()).map(String::as_str)
    }

    fn markdown(&self, path: &str, text: &str) -> Option<Converted> {
        html::is_html(urls::stem(urls::split(path).1).1).then(|| html::in_markdown(text, self.marks()))
    }

    fn meaning(&self, key: &str) -> Meaning {
        match key.to_ascii_lowercase().as_str() {
            // One that is the only date is called `date` by now.
            "publishdate" | "pubdate" | "published" | "publish_date" => Meaning::Field("embargo", 5),
            "unpublishdate" => Meaning::Field("expires", 5),
            "images" => Meaning::Field("image", 9),
            "taxonomies" => Meaning::Keys,
            "section" => Meaning::Extra,
            OF_FILE | "translationkey" => Meaning::Read,
            _ => self.taxonomy(key).map_or_else(|| common_meaning(key), Taxonomy::meaning),
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
    /// Of several names of the date one is the date; without it the first of the others is. `published: false` is a draft.
    fn rename_dates(&self, front: &mut Front, path: &str) {
        if let Some(entry) =
            front.entries.iter_mut().find(|entry| entry.key.eq_ignore_ascii_case("published"))
            && let Some(is_published) = front::truth(&entry.value)
        {
            "draft".clone_into(&mut entry.key);
            entry.value = Json::Bool(!is_published);
        }
        for source in &self.dates {
            if source == OF_FILE {
                let Some((date, rest)) = urls::dated(self.name(path).1) else { continue };
                front.entries.retain(|entry| !entry.key.eq_ignore_ascii_case("date"));
                default_entry(front, "date", date.into());
                default_entry(front, OF_FILE, rest.into());
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

    /// Whether a file of HTML begins with front matter.
    fn has_head(&self, path: &str) -> bool {
        let Some(root) = &self.root else { return true };
        let mut head = [0; 64];
        let read = std::fs::File::open(root.join(path))
            .and_then(|mut file| file.read(&mut head))
            .unwrap_or_default();
        let text = String::from_utf8_lossy(head.get(..read).unwrap_or_default());
        let text = text.trim_start_matches('\u{feff}').trim_start();
        ["---", "+++", "{"].iter().any(|sign| text.starts_with(sign)) && !text.starts_with("{{")
    }

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
