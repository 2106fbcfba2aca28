//! A site of Jekyll → stories.
//!
//! [`addresses`] makes the URLs that it gave, [`liquid`] evaluates the templates in texts, [`html`] makes posts in HTML
//! fit for Markdown.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::diagnostic::{Diagnostic, Place};
use crate::import::archive::edits::Edits;
use crate::import::archive::marks::Kind as MarkKind;
use crate::import::archive::patterns::Patterns;
use crate::import::archive::survey::{self, List};
use crate::import::archive::translations::language_folders;
use crate::import::archive::{
    Archive, Asked, Dialect, Kind, Meaning, Page, Settings, common_meaning, default_entry, lenient,
    other_markup, urls, when,
};
use crate::import::front::{self, Front};
use crate::import::old_site::OldSite;
use crate::import::story::{Confidence, Lines};
use crate::import::{ImportContext, Importer, Origin, Refusal, Sample, Source};

mod addresses;
mod html;
pub(super) mod liquid;
mod old;

/// The names of the settings.
const SETTINGS: [&str; 3] = ["_config.yml", "_config.yaml", "_config.toml"];

/// Deepest folder of data files.
const DEEPEST: usize = 4;

/// Values that settings give to many files and that mean something here.
const DEFAULTS: [&str; 11] = [
    "permalink",
    "published",
    "author",
    "authors",
    "category",
    "categories",
    "tags",
    "lang",
    "image",
    "description",
    "series",
];

/// Sites of Jekyll.
pub(super) struct Jekyll;

impl Importer for Jekyll {
    fn name(&self) -> &'static str {
        "jekyll"
    }

    fn origin(&self) -> Origin {
        Origin::Archive
    }

    fn fits(&self, sample: &Sample<'_>) -> bool {
        let (stem, extension) = urls::stem(sample.name);
        is_markdown(extension)
            && addresses::dated(stem).is_some()
            && sample.head.lines().next().is_some_and(|line| line.trim_end() == "---")
    }

    fn recognized_by(&self) -> &'static str {
        "`_config.yml`, `_posts/`"
    }

    fn fits_folder(&self, folder: &Path) -> bool {
        SETTINGS.iter().any(|name| folder.join(name).is_file())
            || folder.join("_posts").is_dir()
            || is_posts(folder)
    }

    fn open(
        &self,
        folder: Option<&Path>,
        _desk: &ImportContext<'_>,
    ) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        let Some(folder) = folder else {
            return Ok(Box::new(Archive::new(None, Site::new(&Settings::default()))));
        };
        if !folder.is_dir() {
            return Err(Box::new(
                Diagnostic::error("import/no-archive", "this is no folder with a site of Jekyll")
                    .at(Place::file(folder.to_string_lossy().into_owned()))
                    .help("name the folder that `_config.yml` and `_posts` are in"),
            ));
        }
        let above = folder
            .parent()
            .filter(|above| is_posts(folder) && SETTINGS.iter().any(|name| above.join(name).is_file()));
        let root = above.unwrap_or(folder);
        let settings = Settings::first(root, &SETTINGS).unwrap_or_default();
        let mut site = Site {
            is_posts: above.is_none() && is_posts(folder),
            root: Some(root.to_owned()),
            ..Site::new(&settings)
        };
        site.old = site.old(root, &settings);
        site.languages = language_folders(root);
        let main = site.main_language().to_owned();
        site.languages.sort_by_key(|name| !name.eq_ignore_ascii_case(&main));
        let data = root.join(settings.text("data_dir").unwrap_or_else(|| "_data".to_owned()));
        site.settings.0.insert("data".to_owned(), data_in(&data, DEEPEST));
        Ok(Box::new(Archive::new(Some(root), site)))
    }
}

/// All data files in a folder, by their names.
fn data_in(folder: &Path, depth: usize) -> Json {
    let files = folder.read_dir().into_iter().flatten().flatten();
    let of = |file: std::fs::DirEntry| {
        let name = file.file_name().into_string().ok()?;
        let kind = file.file_type().ok()?;
        if kind.is_dir() && depth > 0 {
            return Some((name, data_in(&file.path(), depth - 1)));
        }
        let (stem, extension) = urls::stem(&name);
        let is_data = kind.is_file() && matches!(extension, "yml" | "yaml" | "json" | "toml");
        let value = is_data.then(|| Settings::data(folder, stem)).filter(|value| !value.is_null())?;
        Some((stem.to_owned(), value))
    };
    Json::Object(files.filter_map(of).collect())
}

fn is_posts(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name == "_posts") && folder.is_dir()
}

/// A site.
#[derive(Clone, Debug, Default)]
struct Site {
    base: String,
    url: String,
    /// The style or pattern of URLs.
    permalink: String,
    zone: Option<jiff::tz::TimeZone>,
    /// All that its settings say, for templates.
    settings: Settings,
    /// The language, if the settings name it.
    language: Option<String>,
    /// Folders with a language each.
    languages: Vec<String>,
    /// Collections with their settings.
    collections: Settings,
    collections_folder: String,
    /// For the files of a path and a type these values, the weakest first.
    defaults: Vec<(String, String, Settings)>,
    excluded: Vec<String>,
    excluded_names: Patterns,
    /// Whether its root is the folder of posts.
    is_posts: bool,
    root: Option<PathBuf>,
    /// The patterns of the lists that `jekyll-archives` made.
    archives: Option<Settings>,
    old: OldSite,
}

/// What a file is to Jekyll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role<'p> {
    /// Folders above `_posts`, and the name.
    Post(&'p str, &'p str),
    Draft(&'p str),
    /// The collection, folders in it, and the name.
    Document(&'p str, &'p str, &'p str),
    /// Folders and the name.
    Page(&'p str, &'p str),
    /// In a folder that is not for readers.
    Hidden,
}

impl Site {
    fn new(settings: &Settings) -> Self {
        let mut collections = settings.map("collections");
        if let Some(Json::Array(names)) = settings.get("collections") {
            collections.0 = names.iter().filter_map(front::text).map(|name| (name, Json::Null)).collect();
        }
        let mut defaults: Vec<_> =
            settings.get("defaults").and_then(Json::as_array).into_iter().flatten().map(of_scope).collect();
        defaults.sort_by_key(|(path, kind, _)| (path.len(), !kind.is_empty()));
        let folder = settings.text("collections_dir").unwrap_or_default();
        let excluded = settings.get("exclude").map(front::texts).unwrap_or_default();
        Self {
            base: urls::path_of(&format!(
                "/{}",
                settings.text("baseurl").unwrap_or_default().trim_start_matches('/')
            )),
            url: settings.text("url").unwrap_or_default(),
            settings: settings.clone(),
            permalink: settings.text("permalink").unwrap_or_else(|| "date".to_owned()),
            language: settings.text("lang").or_else(|| settings.text("locale")),
            zone: settings.text("timezone").and_then(|zone| jiff::tz::TimeZone::get(&zone).ok()),
            collections,
            collections_folder: folder.trim_matches('/').to_owned(),
            defaults,
            excluded_names: Patterns::globs(&excluded),
            excluded,
            archives: settings.get("jekyll-archives").map(|_| settings.map("jekyll-archives")),
            ..Self::default()
        }
    }

    /// The language of what is in no folder of one.
    fn main_language(&self) -> &str {
        self.language.as_deref().unwrap_or("en")
    }

    /// What a file is by its path.
    fn role<'p>(&self, path: &'p str) -> Role<'p> {
        if self.is_posts {
            return Role::Post("", urls::split(path).1);
        }
        let folder = self.collections_folder.as_str();
        let inner =
            path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')).filter(|_| !folder.is_empty());
        let inner = inner.unwrap_or(path);
        let (folders, name) = urls::split(inner);
        let below = |mark: &str| {
            let at = if folders == mark || folders.starts_with(&format!("{mark}/")) {
                0
            } else {
                folders
                    .find(&format!("/{mark}/"))
                    .or_else(|| folders.strip_suffix(mark)?.strip_suffix('/').map(str::len))?
            };
            folders.get(..at)
        };
        let is_hidden = |folders: &str| folders.split('/').any(|part| part.starts_with('_'));
        if let Some(above) = below("_posts").filter(|above| !is_hidden(above)) {
            return Role::Post(above, name);
        }
        if let Some(above) = below("_drafts").filter(|above| !is_hidden(above)) {
            let _ = above;
            return Role::Draft(name);
        }
        let (top, rest) = folders.split_once('/').unwrap_or((folders, ""));
        if let Some(collection) = top.strip_prefix('_').filter(|name| self.collections.0.contains_key(*name))
        {
            return Role::Document(collection, rest, name);
        }
        if is_hidden(folders) || name.starts_with('_') { Role::Hidden } else { Role::Page(folders, name) }
    }

    /// Whether a file that is no Markdown has front matter: others are copied as they are.
    fn is_made(&self, path: &str) -> bool {
        use std::io::Read as _;
        let mut start = [0; 4];
        let mut file = match self.root.as_ref().map(|root| std::fs::File::open(root.join(path))) {
            Some(Ok(file)) if !urls::is_document(path) => file,
            _ => return false,
        };
        file.read_exact(&mut start).is_ok() && start.starts_with(b"---") && start[3].is_ascii_whitespace()
    }

    fn is_excluded(&self, path: &str) -> bool {
        let is_in = |folder: &str| {
            path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        };
        self.excluded.iter().any(|excluded| is_in(excluded.trim_matches('/')))
            || self.excluded_names.fit_path(path)
    }

    /// What the settings say for the files of a type at a path.
    fn add_defaults(&self, front: &mut Front, path: &str) {
        let kind = match self.role(path) {
            Role::Post(..) => "posts",
            Role::Draft(_) => "drafts",
            Role::Document(collection, ..) => collection,
            _ => "pages",
        };
        for (scope, of, values) in self.defaults.iter().rev() {
            let is_in = scope.is_empty()
                || path
                    .strip_prefix(scope.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            if !is_in
                || !(of.is_empty()
                    || of == kind
                    || of.strip_suffix('s') == Some(kind)
                    || kind.strip_suffix('s') == Some(of))
            {
                continue;
            }
            for (key, value) in values.0.iter().filter(|(key, _)| DEFAULTS.contains(&key.as_str())) {
                default_entry(front, key, value.clone());
            }
        }
    }
}

/// An entry of `defaults`: path, type, values.
fn of_scope(entry: &Json) -> (String, String, Settings) {
    let part = |key: &str| Settings(entry.get(key).and_then(Json::as_object).cloned().unwrap_or_default());
    let scope = part("scope");
    let path = scope.text("path").unwrap_or_default().trim_matches('/').to_owned();
    (path, scope.text("type").unwrap_or_default(), part("values"))
}

impl Dialect for Site {
    fn sort(&self, path: &str) -> Kind {
        let (stem, extension) = urls::stem(urls::split(path).1);
        let (is_markdown, is_html) = (is_markdown(extension), matches!(extension, "html" | "htm"));
        let other = || other_markup(extension).map_or(Kind::Beside, Kind::Skipped);
        match self.role(path) {
            Role::Hidden => Kind::Beside,
            _ if self.is_excluded(path) && is_markdown => Kind::Skipped("the settings leave it out"),
            _ if self.is_excluded(path) => Kind::Beside,
            Role::Post(..) if is_markdown || is_html => match addresses::dated(stem) {
                Some(_) => Kind::Article,
                None => Kind::Skipped("its name does not begin with a date, so it was no post"),
            },
            Role::Draft(_) if is_markdown || is_html => Kind::Article,
            Role::Document(collection, ..) if is_markdown || is_html => {
                if self.collections.map(collection).is("output") {
                    Kind::Article
                } else {
                    Kind::Skipped("its collection had no pages")
                }
            }
            Role::Post(..) | Role::Draft(_) | Role::Document(..) => other(),
            Role::Page("", _) if (is_markdown || is_html) && stem == "404" => {
                Kind::Skipped("it says that a page is not there, which the new site does itself")
            }
            Role::Page("", _) if (is_markdown || is_html) && stem == "index" => {
                Kind::Skipped("it is the front page, which the new site makes itself")
            }
            Role::Page(..) if is_markdown => Kind::Article,
            Role::Page(..) => match (self.is_made(path), urls::stays(path)) {
                (true, _) if is_html => Kind::Article,
                (_, Some(why)) => Kind::Skipped(why),
                (true, None) => Kind::Skipped("Liquid makes it"),
                (false, None) => Kind::Static(path.to_owned()),
            },
        }
    }

    fn front(&self, path: &str, text: &str, lines: &Lines<'_>) -> Result<Front, Refusal> {
        let is_yaml = text.starts_with("---");
        let front = if is_yaml { lenient::read(text, lines)? } else { None };
        let mut front = front.ok_or_else(|| Refusal::Skipped("it has no front matter".to_owned()))?;
        self.add_defaults(&mut front, path);
        if let Some(entry) = front.entries.iter_mut().find(|entry| entry.key == "published")
            && let Some(is_published) = front::truth(&entry.value)
        {
            "draft".clone_into(&mut entry.key);
            entry.value = Json::Bool(!is_published);
        }
        Ok(front)
    }

    fn page(&self, path: &str, front: &Front) -> Page {
        let role = self.role(path);
        let (folder, file) = match role {
            Role::Post(folder, name) | Role::Page(folder, name) => (folder.to_owned(), name),
            Role::Document(collection, folder, name) => {
                (urls::below(collection, folder).trim_end_matches('/').to_owned(), name)
            }
            Role::Draft(name) => (String::new(), name),
            Role::Hidden => (String::new(), urls::split(path).1),
        };
        let stem = urls::stem(file).0;
        let dated = addresses::dated(stem).filter(|_| !matches!(role, Role::Page(..)));
        let name = dated.as_ref().map_or(stem, |(_, name)| *name);
        let mut folders: Vec<&str> = if matches!(role, Role::Post(..)) {
            folder.split('/').filter(|part| !part.is_empty()).collect()
        } else {
            Vec::new()
        };
        let language = folders.first().copied().filter(|top| self.languages.iter().any(|known| known == top));
        folders.drain(..usize::from(language.is_some()));
        let lang = language.filter(|language| !language.eq_ignore_ascii_case(self.main_language()));
        let section = match role {
            Role::Document(collection, ..) => Some((collection.to_owned(), Confidence::Positional)),
            _ => folders.first().map(|top| ((*top).to_owned(), Confidence::Positional)),
        };
        let own_path = front.text("permalink").filter(|path| !path.contains(':'));
        let slug = front.text("slug").map(|slug| addresses::slugify(&slug)).filter(|slug| !slug.is_empty());
        let url = self.address(path, front);
        let of_language =
            url.as_deref().filter(|_| language.is_some()).and_then(|url| url.strip_prefix(&*self.base));
        Page {
            own_path: own_path
                .map(|path| format!("/{}", path.trim_start_matches('/')))
                .or_else(|| of_language.map(str::to_owned)),
            url: url.as_deref().map(urls::encoded),
            lang: lang.map(|lang| lang.replace('_', "-")),
            keeps_url: language.is_some(),
            name: slug.unwrap_or_else(|| name.to_owned()),
            section,
            date: dated
                .as_ref()
                .filter(|_| front.text("date").as_deref().and_then(when::read).is_none())
                .and_then(|(date, _)| when::read(date)),
            draft: match (role, &dated) {
                (Role::Draft(_), _) => Some("it was in the folder of drafts"),
                (_, Some((date, _))) if when::read(date).is_none() => {
                    Some("the date in its name is not in the calendar")
                }
                _ => None,
            },
            title: matches!(role, Role::Post(..) | Role::Draft(_)).then(|| addresses::title_of(name)),
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

    fn meaning(&self, key: &str) -> Meaning {
        if key == "section" { Meaning::Extra } else { common_meaning(key) }
    }

    fn split(&self, key: &str, text: &str) -> Vec<String> {
        match key {
            "tags" | "categories" => text.split_whitespace().map(str::to_owned).collect(),
            "keywords" => text.split(',').map(|word| word.trim().to_owned()).collect(),
            _ => vec![text.to_owned()],
        }
    }

    fn alias(&self, _page: &Page, alias: &str) -> String {
        if alias.contains("://") {
            alias.to_owned()
        } else {
            format!("{}/{}", self.base, alias.trim_start_matches('/'))
        }
    }

    fn base(&self) -> &str {
        &self.base
    }

    fn site_url(&self) -> &str {
        &self.url
    }

    fn named_language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    fn zone(&self) -> Option<&jiff::tz::TimeZone> {
        self.zone.as_ref()
    }

    fn content(&self) -> &str {
        ""
    }

    fn marks(&self) -> &'static [MarkKind] {
        &liquid::KINDS
    }

    fn is_liquid(&self) -> bool {
        true
    }

    fn is_kramdown(&self) -> bool {
        true
    }

    fn evaluate(&self, text: &str, asked: &Asked<'_>) -> Edits {
        let site = liquid::Site { base: &self.base, url: &self.url, settings: Some(&self.settings) };
        liquid::evaluate(site, text, asked)
    }

    fn site(&self) -> OldSite {
        self.old.clone()
    }

    fn list_url(&self, list: List, name: &str) -> Option<String> {
        let archives = self.archives.as_ref()?;
        let kind = match list {
            List::Section => "category",
            List::Tag => "tag",
            List::Author | List::All => return None,
        };
        let enabled = archives.get("enabled").map(front::texts).unwrap_or_default().join(" ");
        let plural = if kind == "tag" { "tags" } else { "categories" };
        let pattern = archives.map("permalinks").text(kind).unwrap_or_else(|| format!("/{kind}/:name/"));
        let is_made = enabled.contains("all") || enabled.contains(plural);
        is_made.then(|| format!("{}{}", self.base, pattern.replace(":name", &addresses::slugify(name))))
    }

    fn is_list(&self, path: &str, page: &Page, front: &Front, body: &str) -> bool {
        match self.role(path) {
            Role::Document(collection, ..) => old::AUTHORS.contains(&collection),
            Role::Page(..) => {
                liquid::is_all(body, self.marks())
                    || body.trim().is_empty() && survey::list_of(page, front, &self.base).is_some()
            }
            _ => false,
        }
    }

    fn prepare(&self, path: &str, text: &str) -> Option<String> {
        matches!(urls::stem(urls::split(path).1).1, "html" | "htm").then(|| html::in_markdown(text))
    }
}

/// The extensions that Jekyll takes for Markdown.
fn is_markdown(extension: &str) -> bool {
    matches!(extension, "md" | "markdown" | "mkdown" | "mkdn" | "mkd")
}
