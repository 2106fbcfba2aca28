//! Generators whose sites are folders of Markdown with front matter: Eleventy, Astro, Hexo.
//!
//! [`Site`] is what they share, a [`Flavor`] what differs. Their settings may be programs, of which only literal values are
//! read.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value as Json};

use crate::import::archive::edits::Edits;
use crate::import::archive::importer::ArchiveImporter;
use crate::import::archive::site_data::site_from_settings;
use crate::import::archive::survey::{self, ListKind};
use crate::import::archive::template_tags::Delimiters;
use crate::import::archive::{
    FileKind, Generator, KeyMapping, LinkTarget, PathInfo, Settings, SiteInfo, SiteReader, TagContext,
    lenient_yaml, read_text, urls,
};
use crate::import::front::Front;
use crate::import::importers::jekyll::liquid;
use crate::import::old_site::OldSite;
use crate::import::story::{Confidence, Lines};
use crate::import::{Importer, Refusal};
use crate::time;

mod astro;
mod eleventy;
mod hexo;

/// Folders and collections whose names are not sections.
const PLAIN: [&str; 8] = ["post", "posts", "blog", "articles", "_posts", "_drafts", "content", "pages"];

/// What differs between these generators.
trait Flavor: Clone + Default + Send + Sync + 'static {
    const NAME: &'static str;
    const TITLE: &'static str;
    const MARKERS: &'static str;
    const DELIMITERS: &'static [Delimiters];
    /// Whether a file without front matter is not a page.
    const NEEDS_FRONT: bool = false;

    fn fits(folder: &Path) -> bool;
    /// Reads its settings.
    fn read(site: &mut Site<Self>, root: &Path);
    /// Classifies a file by its path.
    fn classify(site: &Site<Self>, path: &str) -> FileKind;
    /// Adds data from other files to the front matter.
    fn add_data(_site: &Site<Self>, _path: &str, _front: &mut Front) {}
    /// The path of the URL without the base path; `None` if there was none or it cannot be computed.
    fn url(site: &Site<Self>, path: &str, front: &Front) -> Option<String>;
    fn map_key(_key: &str) -> Option<KeyMapping> {
        None
    }
    fn link_target(_site: &Site<Self>, _path: &str, _destination: &str) -> Option<LinkTarget> {
        None
    }
    fn list_url(_site: &Site<Self>, _list: ListKind, _name: &str) -> Option<String> {
        None
    }
    /// Whether the folder makes a file a draft.
    fn is_draft(_path: &str) -> bool {
        false
    }
}

/// A site of one of these generators.
#[derive(Clone, Debug, Default)]
struct Site<F> {
    info: SiteInfo,
    old_site: OldSite,
    own: F,
}

/// Sites of Eleventy.
pub(super) const ELEVENTY: &dyn Importer = &ArchiveImporter::<Site<eleventy::Eleventy>>::NEW;
/// Sites of Astro.
pub(super) const ASTRO: &dyn Importer = &ArchiveImporter::<Site<astro::Astro>>::NEW;
/// Sites of Hexo.
pub(super) const HEXO: &dyn Importer = &ArchiveImporter::<Site<hexo::Hexo>>::NEW;

impl<F: Flavor> Site<F> {
    /// The folders between the content folder and a file that may be sections.
    fn folders<'p>(&self, path: &'p str) -> Vec<&'p str> {
        let folder = urls::split(self.info.inner(path).unwrap_or(path)).0;
        let is_year = |part: &str| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
        folder.split('/').filter(|part| !part.is_empty() && !PLAIN.contains(part) && !is_year(part)).collect()
    }
}

impl<F: Flavor> SiteReader for Site<F> {
    const NAME: &'static str = F::NAME;
    const TITLE: &'static str = F::TITLE;
    const MARKERS: &'static str = F::MARKERS;

    fn find_root(folder: &Path) -> Option<&Path> {
        F::fits(folder).then_some(folder)
    }

    fn read(root: &Path) -> Self {
        let mut site = Self::default();
        F::read(&mut site, root);
        let info = &mut site.info;
        info.root = Some(root.to_owned());
        let url = info.settings.first_text(&["url", "site"]).unwrap_or_default();
        let base = info.settings.first_text(&["root", "base", "pathprefix"]);
        let base = base.map_or_else(|| url.clone(), |base| format!("/{}", base.trim_start_matches('/')));
        info.base = urls::path_of(&base);
        info.url = url;
        info.content = info.contents.last().map(|(folder, _)| folder.clone()).unwrap_or_default();
        let zone = info.settings.text("timezone").and_then(|zone| jiff::tz::TimeZone::get(&zone).ok());
        info.zone = info.zone.take().or(zone);
        let OldSite { menus, redirects, .. } = std::mem::take(&mut site.old_site);
        site.old_site = OldSite { menus, redirects, ..site_from_settings(&info.settings, &info.base) };
        info.named_language.clone_from(&site.old_site.language);
        site
    }

    fn without_settings(root: Option<&Path>, _content: &str) -> Option<Self> {
        root.map(Self::read)
    }
}

impl<F: Flavor> Generator for Site<F> {
    fn info(&self) -> &SiteInfo {
        &self.info
    }

    fn classify(&self, path: &str) -> FileKind {
        F::classify(self, path)
    }

    fn front_matter(&self, path: &str, text: &str, lines: &Lines<'_>) -> Result<Front, Refusal> {
        let mut front = match lenient_yaml::read(text, lines)? {
            None if F::NEEDS_FRONT => return Err(Refusal::Skipped("it has no front matter".to_owned())),
            front => front.unwrap_or_default(),
        };
        F::add_data(self, path, &mut front);
        front.published_to_draft();
        Ok(front)
    }

    fn path_info(&self, path: &str, front: &Front) -> PathInfo {
        let (folder, file) = urls::split(path);
        let stem = urls::stem(file).0;
        let stem = if stem == "index" { urls::split(folder).1 } else { stem };
        let dated = urls::split_date(stem).filter(|(date, _)| time::parse_archive_date(date).is_some());
        let name = front.text("slug").unwrap_or_else(|| dated.map_or(stem, |(_, name)| name).to_owned());
        let mut folders = self.folders(path);
        let is_dated = dated.is_some() || front.text("date").is_some() || front.text("pubDate").is_some();
        // A folder for a single story is not a section.
        folders.pop_if(|folder| file.starts_with("index.") || *folder == stem);
        let section = folders.first().filter(|_| is_dated);
        let url = F::url(self, path, front).filter(|_| !F::is_draft(path));
        PathInfo {
            url: url.map(|url| self.info.old_path(&url)),
            permalink: front
                .text("permalink")
                .filter(|path| !path.contains(['{', ':']))
                .map(|path| format!("/{}", path.trim_start_matches('/'))),
            slug: urls::split(&name).1.to_owned(),
            section: section.map(|name| ((*name).to_owned(), Confidence::Positional)),
            folder: urls::split(self.info.inner(path).unwrap_or(path)).0.to_owned(),
            date: dated
                .filter(|_| front.text("date").is_none_or(|date| time::parse_archive_date(&date).is_none()))
                .and_then(|(date, _)| time::parse_archive_date(date)),
            draft: F::is_draft(path).then_some("it was in the drafts folder"),
            ..PathInfo::default()
        }
    }

    fn map_key(&self, key: &str) -> KeyMapping {
        F::map_key(key).unwrap_or_else(|| crate::import::archive::map_common_key(key))
    }

    fn link_target(&self, path: &str, destination: &str) -> Option<LinkTarget> {
        F::link_target(self, path, destination)
    }

    fn evaluate_templates(&self, text: &str, context: &TagContext<'_>) -> Edits {
        liquid::evaluate(
            liquid::Site { base: &self.info.base, url: &self.info.url, settings: None },
            text,
            context,
        )
    }

    fn delimiters(&self) -> &'static [Delimiters] {
        F::DELIMITERS
    }

    fn is_liquid(&self) -> bool {
        true
    }

    fn site_data(&self) -> OldSite {
        self.old_site.clone()
    }

    fn list_url(&self, list: ListKind, name: &str) -> Option<String> {
        F::list_url(self, list, name).map(|url| format!("{}/{}", self.info.base, url.trim_start_matches('/')))
    }

    fn is_list(&self, _path: &str, page: &PathInfo, front: &Front, body: &str) -> bool {
        body.trim().is_empty() && survey::detect_list(page, front, &self.info.base).is_some()
    }

    fn strip_components(&self, path: &str, text: &str) -> Option<(String, Vec<String>)> {
        path.ends_with(".mdx").then(|| astro::strip_components(text))
    }
}

fn is_markdown(path: &str) -> bool {
    matches!(urls::stem(urls::split(path).1).1, "md" | "markdown" | "mdx")
}

/// Reads literal values from a program: `key: "value"` and `key: true`. The first of each key counts.
fn plain_settings(file: &Path) -> Option<Settings> {
    static PAIR: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?m)(?:^|[\s{,(])["']?(\w+)["']?\s*:\s*(?:"([^"\n]*)"|'([^'\n]*)'|`([^`$\n]*)`|(true|false)\b)"#)
            .expect("the pattern is valid")
    });
    let text = read_text(file)?;
    let mut all = Map::new();
    for found in PAIR.captures_iter(&text) {
        let value = (2..=4).find_map(|group| found.get(group)).map(|text| Json::from(text.as_str()));
        let value =
            value.unwrap_or_else(|| Json::Bool(found.get(5).is_some_and(|word| word.as_str() == "true")));
        all.entry(found[1].to_owned()).or_insert(value);
    }
    Some(Settings(all))
}
