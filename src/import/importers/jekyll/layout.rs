//! A Jekyll site: its settings, and what each file is by its path.

use std::path::Path;

use serde_json::Value as Json;

use crate::import::archive::path_patterns::PathPatterns;
use crate::import::archive::translations::language_folders;
use crate::import::archive::{Settings, SiteInfo, default_entry, urls};
use crate::import::front::{self, Front};
use crate::import::old_site::OldSite;

/// The names of the settings file.
const SETTINGS: [&str; 3] = ["_config.yml", "_config.yaml", "_config.toml"];

/// The depth limit of data folders.
const DEEPEST: usize = 4;

/// Front matter defaults that matter for the import.
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

/// A site.
#[derive(Clone, Debug, Default)]
pub(super) struct Site {
    pub(super) info: SiteInfo,
    /// The name or the pattern of the permalink style.
    pub(super) permalink: String,
    /// Folders that are named after languages.
    pub(super) languages: Vec<String>,
    /// The collections and their settings.
    pub(super) collections: Settings,
    pub(super) collections_folder: String,
    /// Front matter defaults by path and type, the weakest first.
    pub(super) defaults: Vec<(String, String, Settings)>,
    pub(super) excluded: Vec<String>,
    pub(super) excluded_names: PathPatterns,
    /// Whether the root is itself a `_posts` folder.
    pub(super) is_posts: bool,
    /// The permalink patterns of `jekyll-archives`.
    pub(super) archives: Option<Settings>,
    pub(super) old_site: OldSite,
}

/// What a file is to Jekyll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileRole<'p> {
    /// The folders above `_posts`, and the file name.
    Post(&'p str, &'p str),
    Draft(&'p str),
    /// The collection, the folders in it, and the file name.
    Document(&'p str, &'p str, &'p str),
    /// The folders and the file name.
    Page(&'p str, &'p str),
    /// In a folder that is not published.
    Hidden,
}

impl Site {
    pub(super) fn new(settings: Settings) -> Self {
        let base = settings.text("baseurl").unwrap_or_default();
        let mut collections = settings.map("collections");
        if let Some(Json::Array(names)) = settings.get("collections") {
            collections.0 = names.iter().filter_map(front::as_text).map(|name| (name, Json::Null)).collect();
        }
        let mut defaults: Vec<_> = settings
            .get("defaults")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .map(parse_defaults)
            .collect();
        defaults.sort_by_key(|(path, kind, _)| (path.len(), !kind.is_empty()));
        let folder = settings.text("collections_dir").unwrap_or_default();
        let excluded = settings.get("exclude").map(front::as_texts).unwrap_or_default();
        Self {
            permalink: settings.text("permalink").unwrap_or_else(|| "date".to_owned()),
            collections,
            collections_folder: folder.trim_matches('/').to_owned(),
            defaults,
            excluded_names: PathPatterns::globs(&excluded),
            excluded,
            archives: settings.get("jekyll-archives").map(|_| settings.map("jekyll-archives")),
            info: SiteInfo {
                base: urls::path_of(&format!("/{}", base.trim_start_matches('/'))),
                url: settings.text("url").unwrap_or_default(),
                named_language: settings.text("lang").or_else(|| settings.text("locale")),
                zone: settings.text("timezone").and_then(|zone| jiff::tz::TimeZone::get(&zone).ok()),
                settings,
                ..SiteInfo::in_folder("")
            },
            ..Self::default()
        }
    }

    /// Reads the site in a folder.
    pub(super) fn from_root(root: &Path) -> Self {
        let mut site = Self::new(Settings::first(root, &SETTINGS).unwrap_or_default());
        site.is_posts = is_posts(root);
        site.info.root = Some(root.to_owned());
        site.old_site = site.old_site(root);
        site.languages = language_folders(root);
        let main = site.main_language().to_owned();
        site.languages.sort_by_key(|name| !name.eq_ignore_ascii_case(&main));
        let data = root.join(site.info.settings.text("data_dir").unwrap_or_else(|| "_data".to_owned()));
        site.info.settings.0.insert("data".to_owned(), read_data(&data, DEEPEST));
        site
    }

    /// The language of files outside language folders.
    pub(super) fn main_language(&self) -> &str {
        self.info.named_language.as_deref().unwrap_or("en")
    }

    /// Classifies a file by its path.
    pub(super) fn role<'p>(&self, path: &'p str) -> FileRole<'p> {
        if self.is_posts {
            return FileRole::Post("", urls::split(path).1);
        }
        let folder = self.collections_folder.as_str();
        let inner =
            path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')).filter(|_| !folder.is_empty());
        let inner = inner.unwrap_or(path);
        let (folders, name) = urls::split(inner);
        let below = |special: &str| {
            let at = if folders == special || folders.starts_with(&format!("{special}/")) {
                0
            } else {
                folders
                    .find(&format!("/{special}/"))
                    .or_else(|| folders.strip_suffix(special)?.strip_suffix('/').map(str::len))?
            };
            folders.get(..at)
        };
        let is_hidden = |folders: &str| folders.split('/').any(|part| part.starts_with('_'));
        if let Some(above) = below("_posts").filter(|above| !is_hidden(above)) {
            return FileRole::Post(above, name);
        }
        if below("_drafts").is_some_and(|above| !is_hidden(above)) {
            return FileRole::Draft(name);
        }
        let (top, rest) = folders.split_once('/').unwrap_or((folders, ""));
        if let Some(collection) = top.strip_prefix('_').filter(|name| self.collections.0.contains_key(*name))
        {
            return FileRole::Document(collection, rest, name);
        }
        if is_hidden(folders) || name.starts_with('_') {
            FileRole::Hidden
        } else {
            FileRole::Page(folders, name)
        }
    }

    /// Whether Jekyll processes a file that is not Markdown because it has front matter. It copies the others.
    pub(super) fn has_front_matter(&self, path: &str) -> bool {
        use std::io::Read as _;
        let mut start = [0; 4];
        let mut file = match self.info.root.as_ref().map(|root| std::fs::File::open(root.join(path))) {
            Some(Ok(file)) if !urls::is_document(path) => file,
            _ => return false,
        };
        file.read_exact(&mut start).is_ok() && start.starts_with(b"---") && start[3].is_ascii_whitespace()
    }

    pub(super) fn is_excluded(&self, path: &str) -> bool {
        let is_excluded = |folder: &str| !folder.is_empty() && urls::is_within(path, folder);
        self.excluded.iter().any(|excluded| is_excluded(excluded.trim_matches('/')))
            || self.excluded_names.matches_path(path)
    }

    /// Adds the defaults for a file.
    pub(super) fn add_defaults(&self, front: &mut Front, path: &str) {
        let kind = match self.role(path) {
            FileRole::Post(..) => "posts",
            FileRole::Draft(_) => "drafts",
            FileRole::Document(collection, ..) => collection,
            _ => "pages",
        };
        for (scope, of, values) in self.defaults.iter().rev() {
            let is_same = |one: &str, other: &str| one == other || one.strip_suffix('s') == Some(other);
            let is_kind = of.is_empty() || is_same(of, kind) || is_same(kind, of);
            if !is_kind || !urls::is_within(path, scope) {
                continue;
            }
            for (key, value) in values.0.iter().filter(|(key, _)| DEFAULTS.contains(&key.as_str())) {
                default_entry(front, key, value.clone());
            }
        }
    }
}

/// Parses an entry of `defaults`: path, type, values.
fn parse_defaults(entry: &Json) -> (String, String, Settings) {
    let part = |key: &str| Settings(entry.get(key).and_then(Json::as_object).cloned().unwrap_or_default());
    let scope = part("scope");
    let path = scope.text("path").unwrap_or_default().trim_matches('/').to_owned();
    (path, scope.text("type").unwrap_or_default(), part("values"))
}

/// All data files in a folder, by their names.
fn read_data(folder: &Path, depth: usize) -> Json {
    let files = folder.read_dir().into_iter().flatten().flatten();
    let of = |file: std::fs::DirEntry| {
        let name = file.file_name().into_string().ok()?;
        let kind = file.file_type().ok()?;
        if kind.is_dir() && depth > 0 {
            return Some((name, read_data(&file.path(), depth - 1)));
        }
        let (stem, extension) = urls::stem(&name);
        let is_data = kind.is_file() && matches!(extension, "yml" | "yaml" | "json" | "toml");
        let value = is_data.then(|| Settings::data(folder, stem)).filter(|value| !value.is_null())?;
        Some((stem.to_owned(), value))
    };
    Json::Object(files.filter_map(of).collect())
}

/// The root of the site that a folder is, or whose `_posts` it is.
pub(super) fn find_root(folder: &Path) -> Option<&Path> {
    let has_settings = |folder: &Path| SETTINGS.iter().any(|name| folder.join(name).is_file());
    let above = folder.parent().filter(|above| is_posts(folder) && has_settings(above));
    let is_site = || has_settings(folder) || folder.join("_posts").is_dir() || is_posts(folder);
    above.or_else(|| is_site().then_some(folder))
}

fn is_posts(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name == "_posts") && folder.is_dir()
}
