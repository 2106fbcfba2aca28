//! The settings of a site of Hugo → where its content is, in which languages, and by what rules it was published.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use serde_json::Value as Json;

use super::config_files;
use super::permalinks::Permalinks;
use crate::import::archive::path_patterns::PathPatterns;
use crate::import::archive::sections::Sections;
use crate::import::archive::site_data::parse_author;
use crate::import::archive::taxonomies::{Taxonomy, TermKind};
use crate::import::archive::translations::language_folders;
use crate::import::archive::{Settings, urls};
use crate::import::front;

/// A language of a site.
#[derive(Clone, Debug, Default)]
pub(super) struct Language {
    /// What the settings and names of files call it, in small letters.
    pub(super) key: String,
    /// Its BCP 47 tag.
    pub(super) tag: String,
    /// Whether no page of it was published.
    pub(super) is_off: bool,
    /// Its own settings.
    pub(super) settings: Settings,
    pub(super) permalinks: Permalinks,
}

/// A site.
#[derive(Clone, Debug, Default)]
pub(super) struct Site {
    /// Its folder, to see which articles are bundles.
    pub(super) root: Option<PathBuf>,
    pub(super) base: String,
    /// Its URL as it is written.
    pub(super) url: String,
    /// All that the settings say.
    pub(super) settings: Settings,
    /// The folder of the content that has no language.
    pub(super) content: String,
    /// Folders of content with their languages, the deepest first.
    pub(super) contents: Vec<(String, Option<String>)>,
    /// Folders of static files, and where in the site what is in them goes.
    pub(super) statics: Vec<(String, String)>,
    /// The key of the main language.
    pub(super) language: String,
    /// The tag of the main language, if the settings name it.
    pub(super) named_language: Option<String>,
    /// The zone of times without an offset.
    pub(super) zone: Option<TimeZone>,
    /// The languages that the settings name, the main one first.
    pub(super) languages: Vec<Language>,
    /// Folders that have the name of a language, though the settings do not name it.
    pub(super) language_folders: Vec<String>,
    /// Whether URLs of the main language begin with it too.
    pub(super) main_in_folder: bool,
    pub(super) permalinks: Permalinks,
    /// Whether URLs end in `.html`: for all sections, or for some.
    pub(super) ugly: Json,
    /// Whether capitals stay in URLs.
    pub(super) keeps_case: bool,
    /// Whether accents are taken off.
    pub(super) removes_accents: bool,
    /// What the date is taken from, the best first.
    pub(super) dates: Vec<String>,
    /// Files that are none of the site.
    pub(super) ignored: PathPatterns,
    /// What the settings give to pages.
    pub(super) cascade: Json,
    /// What the settings give to templates.
    pub(super) params: Settings,
    /// Keys of front matter that are lists of terms.
    pub(super) taxonomies: Vec<Taxonomy>,
    /// What the sections say.
    pub(super) sections: Sections,
    /// What stories call authors, in small letters, and their names.
    pub(super) names: BTreeMap<String, String>,
}

impl Site {
    /// A site without settings.
    pub(super) fn alone(content: &str) -> Self {
        Self {
            content: content.to_owned(),
            contents: vec![(content.to_owned(), None)],
            language: "en".to_owned(),
            ugly: Json::Null,
            dates: dates(&Settings::default()),
            taxonomies: taxonomies(&Settings::default()),
            ..Self::default()
        }
    }

    /// The site in a folder.
    pub(super) fn read(root: &Path) -> Self {
        let settings = config_files::settings(root).unwrap_or_default();
        let content = settings.text("contentDir").unwrap_or_else(|| "content".to_owned());
        let content = content.trim_matches('/').to_owned();
        let (language, languages) = languages(&settings);
        let contents = contents(&settings, &content, &languages);
        let folders: Vec<&str> = contents.iter().map(|(folder, _)| folder.as_str()).collect();
        let taxonomies = taxonomies(&settings);
        let lists: Vec<&str> = taxonomies.iter().map(|taxonomy| taxonomy.name.as_str()).collect();
        let sections = Sections::read(root, &folders, &lists);
        let main = languages.iter().find(|known| known.key == language);
        let named = main.map(|main| main.tag.clone()).or_else(|| root_tag(&settings));
        let url = main.and_then(|main| main.settings.text("baseURL")).or_else(|| settings.text("baseURL"));
        let url = url.unwrap_or_default();
        let zone = settings.text("timeZone").and_then(|name| TimeZone::get(&name).ok());
        let mut site = Self {
            root: Some(root.to_owned()),
            base: urls::path_of(&url),
            url,
            statics: static_folders(&settings, &languages),
            language_folders: if languages.is_empty() {
                language_folders(&root.join(&content))
            } else {
                Vec::new()
            },
            content,
            contents,
            params: settings.map("params"),
            language,
            named_language: named,
            // Hugo takes it for UTC.
            zone: Some(zone.unwrap_or(TimeZone::UTC)),
            languages,
            main_in_folder: settings.is("defaultContentLanguageInSubdir"),
            permalinks: Permalinks::of(settings.get("permalinks")),
            ugly: settings.get("uglyURLs").cloned().unwrap_or_default(),
            keeps_case: settings.is("disablePathToLower"),
            removes_accents: settings.is("removePathAccents"),
            dates: dates(&settings.map("frontmatter")),
            ignored: PathPatterns::regexes(
                &settings.get("ignoreFiles").map(front::as_texts).unwrap_or_default(),
            ),
            cascade: settings.get("cascade").cloned().unwrap_or_default(),
            taxonomies,
            sections,
            settings,
            names: BTreeMap::new(),
        };
        site.names = site.author_names();
        site
    }

    /// What stories call authors, and their names.
    fn author_names(&self) -> BTreeMap<String, String> {
        let mut names = BTreeMap::new();
        for (path, front, _) in self.sections.all() {
            let (folder, name) = self.name(path);
            let is_author = Taxonomy::named(folder.to_owned()).kind == TermKind::Author;
            if let Some(author) = is_author.then(|| self.sections.author(path, name, front, "", "")).flatten()
            {
                names.entry(name.to_lowercase()).or_insert(author.name);
            }
        }
        for (key, value) in self.author_data().into_iter().flatten() {
            if let Some(author) = parse_author(&key, &value, "") {
                names.entry(key.to_lowercase()).or_insert(author.name);
            }
        }
        names
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

    /// The language of a key, if the settings name it.
    pub(super) fn language_named(&self, key: &str) -> Option<&Language> {
        self.languages.iter().find(|known| known.key.eq_ignore_ascii_case(key))
    }

    /// The name of a file without the language behind it, and the language.
    pub(super) fn without_language<'n>(&self, stem: &'n str) -> (&'n str, Option<&'n str>) {
        match stem.rsplit_once('.') {
            Some((name, language)) if self.language_named(language).is_some() => (name, Some(language)),
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

    /// A folder without the one of a language that it begins with, and that language. Hugo takes `content/fr/` for a section if
    /// the settings do not say that it is the content of a language.
    pub(super) fn without_language_folder<'f>(&self, folder: &'f str) -> (&'f str, Option<&'f str>) {
        let (top, rest) = folder.split_once('/').unwrap_or((folder, ""));
        let is_one =
            self.language_named(top).is_some() || self.language_folders.iter().any(|known| known == top);
        if is_one { (rest, Some(top)) } else { (folder, None) }
    }

    /// The folder of the bundle that a file lies in or below, itself left out.
    pub(super) fn is_in_bundle(&self, path: &str, inner_folder: &str) -> bool {
        let Some(root) = &self.root else { return false };
        let mut folder = urls::split(path).0;
        for _ in inner_folder.split('/').filter(|part| !part.is_empty()) {
            let languages = self.languages.iter().map(|language| format!("index.{}.md", language.key));
            if ["index.md", "index.html"]
                .map(str::to_owned)
                .into_iter()
                .chain(languages)
                .any(|name| self.sections.has(root, &urls::join(folder, &name)))
            {
                return true;
            }
            folder = urls::split(folder).0;
        }
        false
    }

    /// The taxonomy of a key of front matter, which is the name of its folder too.
    pub(super) fn taxonomy(&self, key: &str) -> Option<&Taxonomy> {
        self.taxonomies.iter().find(|taxonomy| taxonomy.name.eq_ignore_ascii_case(key))
    }
}

/// The key of the main language, and all that are named, the main one first.
fn languages(settings: &Settings) -> (String, Vec<Language>) {
    let off: Vec<String> = settings.get("disableLanguages").map(front::as_texts).unwrap_or_default();
    let mut languages: Vec<(i64, Language)> = Vec::new();
    for (key, value) in settings.map("languages").0 {
        let own = Settings(value.as_object().cloned().unwrap_or_default());
        let key = key.to_lowercase();
        let tag =
            ["languageCode", "locale"].iter().find_map(|name| own.text(name)).unwrap_or_else(|| key.clone());
        let language = Language {
            tag: crate::config::language_tag(&tag).unwrap_or(tag),
            is_off: own.is("disabled") || off.iter().any(|name| name.eq_ignore_ascii_case(&key)),
            permalinks: Permalinks::of(own.get("permalinks")),
            key,
            settings: own,
        };
        // Without a weight it is behind the others.
        let weight = language.settings.get("weight").and_then(Json::as_i64).unwrap_or_default();
        languages.push((if weight == 0 { i64::MAX } else { weight }, language));
    }
    languages.sort_by(|a, b| (a.0, &a.1.key).cmp(&(b.0, &b.1.key)));
    let mut languages: Vec<Language> = languages.into_iter().map(|(_, language)| language).collect();
    let is_known = |key: &str| languages.iter().any(|known| known.key == key);
    let main = settings.text("defaultContentLanguage").map(|key| key.to_lowercase());
    let main = main.unwrap_or_else(|| match languages.first() {
        Some(first) if !is_known("en") => first.key.clone(),
        _ => "en".to_owned(),
    });
    languages.sort_by_key(|language| language.key != main);
    (main, languages)
}

/// The tag of the only language, if the settings name it.
fn root_tag(settings: &Settings) -> Option<String> {
    let main = settings.text("defaultContentLanguage");
    let tag = ["languageCode", "locale"].iter().find_map(|key| settings.text(key));
    let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_lowercase();
    let tag = match (main, tag) {
        // `en-us` is what a new site begins with.
        (Some(main), Some(tag)) if primary(&main) != primary(&tag) => main,
        (main, tag) => tag.or(main)?,
    };
    crate::config::language_tag(&tag)
}

/// Folders of content with their languages, the deepest first.
fn contents(settings: &Settings, content: &str, languages: &[Language]) -> Vec<(String, Option<String>)> {
    let folder = |text: String| text.trim_matches('/').to_owned();
    let mut all: Vec<(String, Option<String>)> = Vec::new();
    for mount in mounts(settings) {
        let language = mount.text("lang").or_else(|| mount.text("language")).map(|key| key.to_lowercase());
        if mount.text("target").map(folder).as_deref() == Some("content") {
            all.extend(mount.text("source").map(|source| (folder(source), language)));
        }
    }
    // Where each language has a folder of its own, Hugo reads nothing else.
    let needs_one =
        languages.is_empty() || languages.iter().any(|own| own.settings.text("contentDir").is_none());
    if all.is_empty() && needs_one {
        all.push((content.to_owned(), None));
    }
    for language in languages {
        let own = language.settings.text("contentDir").map(folder);
        all.extend(own.map(|own| (own, Some(language.key.clone()))));
    }
    all.sort_by_key(|(folder, language)| (std::cmp::Reverse(folder.len()), language.is_none()));
    all.dedup_by(|next, first| next.0 == first.0);
    all
}

/// The folders of static files, and where in the site what is in them goes.
fn static_folders(settings: &Settings, languages: &[Language]) -> Vec<(String, String)> {
    let folder = |text: &str| text.trim_matches('/').to_owned();
    let mut all = Vec::new();
    for mount in mounts(settings) {
        let (source, target) = (mount.text("source"), mount.text("target"));
        let target = target.map(|target| folder(&target));
        let inner = target.as_deref().and_then(|target| target.strip_prefix("static"));
        if let (Some(source), Some(inner)) =
            (source, inner.filter(|rest| rest.is_empty() || rest.starts_with('/')))
        {
            all.push((folder(&source), folder(inner)));
        }
    }
    let named = |settings: &Settings| {
        let all = settings.0.iter().filter(|(key, _)| key.to_lowercase().starts_with("staticdir"));
        all.flat_map(|(_, value)| front::as_texts(value)).collect::<Vec<_>>()
    };
    let mut own = named(settings);
    own.extend(languages.iter().flat_map(|language| named(&language.settings)));
    if own.is_empty() && all.is_empty() {
        own.push("static".to_owned());
    }
    // The last one wins.
    all.extend(own.iter().rev().map(|name| (folder(name), String::new())));
    all
}

fn mounts(settings: &Settings) -> Vec<Settings> {
    let mounts = settings.map("module").get("mounts").and_then(Json::as_array).cloned().unwrap_or_default();
    mounts.into_iter().filter_map(|mount| Some(Settings(mount.as_object()?.clone()))).collect()
}

/// Keys of front matter that are lists of terms.
fn taxonomies(settings: &Settings) -> Vec<Taxonomy> {
    let named = settings.map("taxonomies").0;
    let all: Vec<String> = if named.is_empty() {
        ["categories", "tags"].map(str::to_owned).into()
    } else {
        named.values().filter_map(front::as_text).collect()
    };
    all.into_iter().map(Taxonomy::named).collect()
}

/// What the date of a page is taken from.
fn dates(settings: &Settings) -> Vec<String> {
    // Hugo takes the day of the last change, too, but a page that has only that is no news.
    const DEFAULT: [&str; 5] = ["date", "publishdate", "pubdate", "published", "publish_date"];
    let mut all = Vec::new();
    for source in settings.get("date").map(front::as_texts).unwrap_or_else(|| vec![":default".to_owned()]) {
        match source.to_lowercase().as_str() {
            ":default" => all.extend(DEFAULT.map(str::to_owned)),
            source => all.push(source.to_owned()),
        }
    }
    all
}

/// The folder of the site, if a folder is its content.
pub(super) fn above(folder: &Path) -> Option<&Path> {
    let above = folder.parent().filter(|above| config_files::is_site(above))?;
    let settings = config_files::settings(above).unwrap_or_default();
    let content = settings.text("contentDir").unwrap_or_else(|| "content".to_owned());
    (above.join(content.trim_matches('/')) == folder).then_some(above)
}
