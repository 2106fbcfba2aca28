//! The settings of a site of Hugo, and where its content is.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use serde_json::Value as Json;

use crate::import::archive::patterns::Patterns;
use crate::import::archive::sections::Sections;
use crate::import::archive::{Settings, urls};
use crate::import::front;

/// The names of the settings, the newer before the older.
const OWN: [&str; 4] = ["hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json"];
const OLD: [&str; 4] = ["config.toml", "config.yaml", "config.yml", "config.json"];
/// The folder of settings in several files.
const FOLDER: &str = "config/_default";
/// Keys that have a file of their own there.
const PARTS: [&str; 5] = ["languages", "permalinks", "frontmatter", "module", "cascade"];

/// A site.
#[derive(Clone, Debug, Default)]
pub(super) struct Site {
    /// Its folder, to see which articles are bundles.
    pub(super) root: Option<PathBuf>,
    pub(super) base: String,
    /// Its URL as it is written.
    pub(super) url: String,
    /// The folder of the content that has no language.
    pub(super) content: String,
    /// Folders of content with their languages, the deepest first.
    pub(super) contents: Vec<(String, Option<String>)>,
    pub(super) statics: Vec<String>,
    pub(super) language: String,
    /// The main language, if the settings name it.
    pub(super) named_language: Option<String>,
    /// The zone of times without an offset, if the settings name it.
    pub(super) zone: Option<TimeZone>,
    pub(super) languages: Vec<String>,
    /// Whether URLs of the main language begin with it too.
    pub(super) main_in_folder: bool,
    /// Section → pattern.
    pub(super) permalinks: Settings,
    /// Whether URLs end in `.html`: for all sections, or for some.
    pub(super) ugly: Json,
    /// Whether capitals stay in URLs.
    pub(super) keeps_case: bool,
    /// Whether accents are taken off.
    pub(super) removes_accents: bool,
    /// Whether the names of files begin with dates.
    pub(super) dates_of_names: bool,
    /// Files that are none of the site.
    pub(super) ignored: Patterns,
    /// What the settings give to pages.
    pub(super) cascade: Json,
    /// What the settings give to templates.
    pub(super) params: Settings,
    /// What the sections say.
    pub(super) sections: Sections,
}

impl Site {
    /// A site without settings.
    pub(super) fn alone(content: &str) -> Self {
        Self {
            content: content.to_owned(),
            contents: vec![(content.to_owned(), None)],
            language: "en".to_owned(),
            ugly: Json::Null,
            ..Self::default()
        }
    }

    /// The site in a folder.
    pub(super) fn read(root: &Path) -> Self {
        let settings = settings(root).unwrap_or_default();
        let content = settings.text("contentDir").unwrap_or_else(|| "content".to_owned());
        let content = content.trim_matches('/').to_owned();
        let languages = settings.map("languages");
        let mut contents = vec![(content.clone(), None)];
        for (language, value) in &languages.0 {
            let folder = value.as_object().and_then(|map| Settings(map.clone()).text("contentDir"));
            contents
                .extend(folder.map(|folder| (folder.trim_matches('/').to_owned(), Some(language.clone()))));
        }
        contents.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.len()));
        // In a file of its own the key may be there once more.
        let cascade = settings.get("cascade").map(|given| given.get("cascade").unwrap_or(given));
        let folders: Vec<&str> = contents.iter().map(|(folder, _)| folder.as_str()).collect();
        let sections = Sections::read(root, &folders);
        let statics = settings.get("staticDir").map(front::texts).filter(|all| !all.is_empty());
        let permalinks = settings.map("permalinks");
        let pages = permalinks.map("page");
        let date = settings.map("frontmatter").get("date").map(front::texts).unwrap_or_default();
        Self {
            root: Some(root.to_owned()),
            base: urls::path_of(&settings.text("baseURL").unwrap_or_default()),
            url: settings.text("baseURL").unwrap_or_default(),
            content,
            contents,
            statics: statics.unwrap_or_else(|| vec!["static".to_owned()]),
            language: settings.text("defaultContentLanguage").unwrap_or_else(|| "en".to_owned()),
            named_language: ["defaultContentLanguage", "languageCode", "locale"]
                .iter()
                .find_map(|key| settings.text(key)),
            zone: settings.text("timeZone").and_then(|name| TimeZone::get(&name).ok()),
            params: settings.map("params"),
            languages: languages.0.keys().cloned().collect(),
            main_in_folder: settings.is("defaultContentLanguageInSubdir"),
            permalinks: if pages.0.is_empty() { permalinks } else { pages },
            ugly: settings.get("uglyURLs").cloned().unwrap_or_default(),
            keeps_case: settings.is("disablePathToLower"),
            removes_accents: settings.is("removePathAccents"),
            dates_of_names: date.iter().any(|source| source == ":filename"),
            ignored: Patterns::expressions(
                &settings.get("ignoreFiles").map(front::texts).unwrap_or_default(),
            ),
            cascade: cascade.cloned().unwrap_or_default(),
            sections,
        }
    }

    /// The path of a file below its folder of content, and the language of that.
    pub(super) fn inner<'p>(&self, path: &'p str) -> Option<(&'p str, Option<&str>)> {
        self.contents.iter().find_map(|(folder, language)| {
            let inner = if folder.is_empty() {
                path
            } else {
                path.strip_prefix(folder.as_str())?.strip_prefix('/')?
            };
            Some((inner, language.as_deref()))
        })
    }

    /// The name of a file without the language behind it, and the language.
    pub(super) fn without_language<'n>(&self, stem: &'n str) -> (&'n str, Option<&'n str>) {
        match stem.rsplit_once('.') {
            Some((name, language)) if self.languages.iter().any(|known| known == language) => {
                (name, Some(language))
            }
            _ => (stem, None),
        }
    }

    /// The folders of an article, its name, and its language.
    pub(super) fn parts<'p>(&'p self, path: &'p str) -> (&'p str, &'p str, Option<&'p str>) {
        let (inner, of_folder) = self.inner(path).unwrap_or((path, None));
        let (folder, file) = urls::split(inner);
        let (name, of_name) = self.without_language(urls::stem(file).0);
        let (folder, name) = if matches!(name, "index" | "_index") && !folder.is_empty() {
            urls::split(folder)
        } else {
            (folder, name)
        };
        (folder, name, of_name.or(of_folder))
    }

    /// The folders of an article and its name.
    pub(super) fn name<'p>(&'p self, path: &'p str) -> (&'p str, &'p str) {
        let (folder, name, _) = self.parts(path);
        (folder, name)
    }

    /// Whether a file lies in the folder of an article, or below.
    pub(super) fn is_in_bundle(&self, path: &str, inner_folder: &str) -> bool {
        let Some(root) = &self.root else { return false };
        let mut folder = urls::split(path).0;
        for _ in inner_folder.split('/').filter(|part| !part.is_empty()) {
            let languages = self.languages.iter().map(|language| format!("index.{language}.md"));
            if std::iter::once("index.md".to_owned())
                .chain(languages)
                .any(|name| root.join(folder).join(name).is_file())
            {
                return true;
            }
            folder = urls::split(folder).0;
        }
        false
    }
}

/// The settings in a folder.
fn settings(root: &Path) -> Option<Settings> {
    let own = Settings::first(root, &OWN).or_else(|| Settings::first(root, &OLD));
    let folder = root.join(FOLDER);
    let mut all =
        match own.or_else(|| Settings::first(&folder, &OWN)).or_else(|| Settings::first(&folder, &OLD)) {
            Some(settings) => settings,
            None if folder.is_dir() => Settings::default(),
            None => return None,
        };
    for part in PARTS {
        let names = ["toml", "yaml", "yml", "json"].map(|extension| format!("{part}.{extension}"));
        if all.get(part).is_none()
            && let Some(settings) = Settings::first(&folder, &names.each_ref().map(String::as_str))
        {
            all.0.insert(part.to_owned(), Json::Object(settings.0));
        }
    }
    Some(all)
}

/// Whether a folder is a site of Hugo, and not one of Zola, whose settings have the same name.
pub(super) fn is_site(folder: &Path) -> bool {
    if OWN.iter().any(|name| folder.join(name).is_file()) || folder.join(FOLDER).is_dir() {
        return true;
    }
    let Some(settings) = Settings::first(folder, &OLD) else { return false };
    let has = |name: &str| folder.join(name).is_dir();
    !settings.0.contains_key("base_url")
        && has("content")
        && (settings.get("baseURL").is_some() || has("archetypes") || has("layouts") || has("static"))
}

/// The folder of the site, if a folder is its content.
pub(super) fn above(folder: &Path) -> Option<&Path> {
    let above = folder.parent().filter(|above| is_site(above))?;
    let site = Site::read(above);
    (above.join(&site.content) == folder).then_some(above)
}
