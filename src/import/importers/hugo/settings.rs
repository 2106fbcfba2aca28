//! The settings of a Hugo site → its content folders, its languages, and its rules of publication.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::tz::TimeZone;
use serde_json::Value as Json;

use super::config_files;
use super::permalinks::Permalinks;
use crate::import::archive::path_patterns::PathPatterns;
use crate::import::archive::sections::Sections;
use crate::import::archive::site_data::parse_author;
use crate::import::archive::taxonomies::Taxonomy;
use crate::import::archive::translations::language_folders;
use crate::import::archive::{Settings, SiteInfo, urls};
use crate::import::front;

/// A language of the site.
#[derive(Clone, Debug, Default)]
pub(super) struct Language {
    /// Its lower-case key in settings and file names.
    pub(super) key: String,
    /// Its BCP 47 tag.
    pub(super) tag: String,
    /// Whether its pages were not published.
    pub(super) is_off: bool,
    /// Its own settings.
    pub(super) settings: Settings,
    pub(super) permalinks: Permalinks,
}

/// A site.
#[derive(Clone, Debug, Default)]
pub(super) struct Site {
    pub(super) info: SiteInfo,
    /// The static folders, and where on the site their files go.
    pub(super) statics: Vec<(String, String)>,
    /// The configured languages, the main one first.
    pub(super) languages: Vec<Language>,
    /// Folders that are named after languages that are not configured.
    pub(super) language_folders: Vec<String>,
    /// Whether the URLs of the main language have a prefix as well.
    pub(super) main_in_folder: bool,
    pub(super) permalinks: Permalinks,
    /// Which URLs end with `.html`: all, or those of some sections.
    pub(super) ugly: Json,
    /// Whether URLs keep upper case.
    pub(super) keeps_case: bool,
    /// Whether URLs lose accents.
    pub(super) removes_accents: bool,
    /// The sources of a page's date, in order of preference.
    pub(super) dates: Vec<String>,
    /// Files that the settings exclude.
    pub(super) ignored: PathPatterns,
    /// What the settings hand down to pages.
    pub(super) cascade: Json,
    /// The parameters of templates.
    pub(super) params: Settings,
}

impl Site {
    /// A site without settings.
    pub(super) fn without_config(root: Option<&Path>, content: &str) -> Self {
        Self {
            info: SiteInfo {
                root: root.map(Path::to_owned),
                language: "en".to_owned(),
                taxonomies: taxonomies(&Settings::default()),
                ..SiteInfo::in_folder(content)
            },
            dates: dates(&Settings::default()),
            ..Self::default()
        }
    }

    /// Reads the site in a folder.
    pub(super) fn from_root(root: &Path) -> Self {
        let settings = config_files::settings(root).unwrap_or_default();
        let content = settings.text("contentDir").unwrap_or_else(|| "content".to_owned());
        let content = content.trim_matches('/').to_owned();
        let (language, languages) = languages(&settings);
        let contents = contents(&settings, &content, &languages);
        let folders: Vec<&str> = contents.iter().map(|(folder, _)| folder.as_str()).collect();
        let taxonomies = taxonomies(&settings);
        let lists: Vec<&str> = taxonomies.iter().map(|taxonomy| taxonomy.name.as_str()).collect();
        let main = languages.iter().find(|known| known.key == language);
        let url = main.and_then(|main| main.settings.text("baseURL")).or_else(|| settings.text("baseURL"));
        let url = url.unwrap_or_default();
        let zone = settings.text("timeZone").and_then(|name| TimeZone::get(&name).ok());
        let is_monolingual = languages.is_empty();
        let info = SiteInfo {
            root: Some(root.to_owned()),
            base: urls::path_of(&url),
            url,
            named_language: main.map(|main| main.tag.clone()).or_else(|| root_tag(&settings)),
            // Hugo's default.
            zone: Some(zone.unwrap_or(TimeZone::UTC)),
            languages: languages.iter().map(|language| language.key.clone()).collect(),
            sections: Sections::read(root, &folders, &lists),
            language,
            contents,
            taxonomies,
            settings,
            content,
            authors: BTreeMap::new(),
        };
        let settings = &info.settings;
        let mut site = Self {
            statics: static_folders(settings, &languages),
            language_folders: if is_monolingual {
                language_folders(&root.join(&info.content))
            } else {
                Vec::new()
            },
            params: settings.map("params"),
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
            info,
        };
        site.info.read_author_names();
        for (key, value) in site.author_data().into_iter().flatten() {
            if let Some(author) = parse_author(&key, &value, "") {
                site.info.authors.entry(key.to_lowercase()).or_insert(author.name);
            }
        }
        site
    }

    /// The language with a key.
    pub(super) fn language(&self, key: &str) -> Option<&Language> {
        self.languages.iter().find(|known| known.key.eq_ignore_ascii_case(key))
    }

    /// The folder and the name of a page.
    pub(super) fn name<'p>(&'p self, path: &'p str) -> (&'p str, &'p str) {
        let (folder, name, _) = self.info.parts(path);
        (folder, name)
    }

    /// Splits off a language folder at the beginning. Hugo takes `content/fr/` for a section unless it is configured as the
    /// content of a language.
    pub(super) fn split_language_folder<'f>(&self, folder: &'f str) -> (&'f str, Option<&'f str>) {
        let (top, rest) = folder.split_once('/').unwrap_or((folder, ""));
        let is_one = self.language(top).is_some() || self.language_folders.iter().any(|known| known == top);
        if is_one { (rest, Some(top)) } else { (folder, None) }
    }

    /// Whether a file is in or below the bundle of another page.
    pub(super) fn is_in_bundle(&self, path: &str, inner_folder: &str) -> bool {
        let Some(root) = &self.info.root else { return false };
        let mut folder = urls::split(path).0;
        for _ in inner_folder.split('/').filter(|part| !part.is_empty()) {
            let languages = self.languages.iter().map(|language| format!("index.{}.md", language.key));
            if ["index.md", "index.html"]
                .map(str::to_owned)
                .into_iter()
                .chain(languages)
                .any(|name| self.info.sections.has(root, &urls::join(folder, &name)))
            {
                return true;
            }
            folder = urls::split(folder).0;
        }
        false
    }
}

/// The key of the main language, and all languages, the main one first.
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
        // Languages without a weight come last.
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
        // `en-us` is the default of a new site.
        (Some(main), Some(tag)) if primary(&main) != primary(&tag) => main,
        (main, tag) => tag.or(main)?,
    };
    crate::config::language_tag(&tag)
}

/// The content folders with their languages, the deepest first.
fn contents(settings: &Settings, content: &str, languages: &[Language]) -> Vec<(String, Option<String>)> {
    let folder = |text: String| text.trim_matches('/').to_owned();
    let mut all: Vec<(String, Option<String>)> = Vec::new();
    for mount in mounts(settings) {
        let language = mount.text("lang").or_else(|| mount.text("language")).map(|key| key.to_lowercase());
        if mount.text("target").map(folder).as_deref() == Some("content") {
            all.extend(mount.text("source").map(|source| (folder(source), language)));
        }
    }
    // If every language has a folder of its own, Hugo reads no other.
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

/// The static folders, and where on the site their files go.
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
    // Later folders override earlier ones.
    all.extend(own.iter().rev().map(|name| (folder(name), String::new())));
    all
}

fn mounts(settings: &Settings) -> Vec<Settings> {
    let mounts = settings.map("module").get("mounts").and_then(Json::as_array).cloned().unwrap_or_default();
    mounts.into_iter().filter_map(|mount| Some(Settings(mount.as_object()?.clone()))).collect()
}

/// The keys of front matter that hold terms.
fn taxonomies(settings: &Settings) -> Vec<Taxonomy> {
    let named = settings.map("taxonomies").0;
    let all: Vec<String> = if named.is_empty() {
        ["categories", "tags"].map(str::to_owned).into()
    } else {
        named.values().filter_map(front::as_text).collect()
    };
    all.into_iter().map(Taxonomy::named).collect()
}

/// The sources of a page's date.
fn dates(settings: &Settings) -> Vec<String> {
    // Hugo also uses the date of the last change, but a page with no other date is not news.
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

/// The root of the site whose content folder this is.
pub(super) fn above(folder: &Path) -> Option<&Path> {
    let above = folder.parent().filter(|above| config_files::is_site(above))?;
    let settings = config_files::settings(above).unwrap_or_default();
    let content = settings.text("contentDir").unwrap_or_else(|| "content".to_owned());
    (above.join(content.trim_matches('/')) == folder).then_some(above)
}
