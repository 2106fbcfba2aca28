//! A site of Zola → stories.
//!
//! URLs are as Zola makes them: `path`, or the folders as they are and the slug of the file name, without a date in front.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::tz::TimeZone;
use serde_json::Value as Json;

use crate::diagnostic::{Diagnostic, Place};
use crate::import::archive::marks::{Kind as MarkKind, Mark};
use crate::import::archive::patterns::Patterns;
use crate::import::archive::sections::Sections;
use crate::import::archive::survey::List;
use crate::import::archive::taxonomies::Taxonomy;
use crate::import::archive::{
    Archive, Asked, Dialect, Kind, Meaning, Page, Settings, Target, common_meaning, other_markup, urls, when,
};
use crate::import::front::{self, Front};
use crate::import::old_site::OldSite;
use crate::import::story::{Confidence, Lines};
use crate::import::{ImportContext, Importer, Origin, Refusal, Sample, Source};

mod site;

/// The names of the settings.
const SETTINGS: [&str; 2] = ["zola.toml", "config.toml"];

/// Sites of Zola.
pub(super) struct Zola;

impl Importer for Zola {
    fn name(&self) -> &'static str {
        "zola"
    }

    fn origin(&self) -> Origin {
        Origin::Archive
    }

    fn fits(&self, sample: &Sample<'_>) -> bool {
        // Hugo has front matter in TOML too, but seldom these.
        let is_its_own = |line: &str| matches!(line.trim_end(), "[taxonomies]" | "[extra]");
        let head = sample.head.trim_start();
        sample.name.ends_with(".md") && head.starts_with("+++") && head.lines().any(is_its_own)
    }

    fn recognized_by(&self) -> &'static str {
        "`config.toml` with `base_url` and `content/`"
    }

    fn fits_folder(&self, folder: &Path) -> bool {
        settings(folder).is_some()
    }

    fn open(
        &self,
        folder: Option<&Path>,
        _desk: &ImportContext<'_>,
    ) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        let Some(folder) = folder else {
            return Ok(Box::new(Archive::new(None, Site::new(&Settings::default(), "content"))));
        };
        if let Some(settings) = settings(folder) {
            return Ok(Box::new(Archive::new(Some(folder), Site::read(folder, &settings))));
        }
        let above = folder.parent().filter(|_| folder.file_name().is_some_and(|name| name == "content"));
        if let Some((above, settings)) = above.and_then(|above| Some((above, settings(above)?))) {
            return Ok(Box::new(Archive::new(Some(above), Site::read(above, &settings))));
        }
        if !folder.is_dir() {
            return Err(Box::new(
                Diagnostic::error("import/no-archive", "this is no folder with a site of Zola")
                    .at(Place::file(folder.to_string_lossy().into_owned()))
                    .help("name the folder that `config.toml` and `content` are in"),
            ));
        }
        Ok(Box::new(Archive::new(Some(folder), Site::new(&Settings::default(), ""))))
    }
}

/// The settings of a site, if it is one: Hugo writes `baseURL`.
fn settings(folder: &Path) -> Option<Settings> {
    let settings = Settings::first(folder, &SETTINGS)?;
    (settings.0.contains_key("base_url") && folder.join("content").is_dir()).then_some(settings)
}

/// Keys of `[taxonomies]` in front matter that the settings name, for any language.
fn taxonomies(settings: &Settings) -> Vec<Taxonomy> {
    let own = settings.map("languages").0;
    let own = own.values().filter_map(|language| language.get("taxonomies"));
    let all = settings.get("taxonomies").into_iter().chain(own).filter_map(Json::as_array).flatten();
    let mut names: Vec<String> = all.filter_map(|one| front::text(one.get("name")?)).collect();
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names.into_iter().map(Taxonomy::of).collect()
}

/// How a site writes its paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slugs {
    On,
    Safe,
    Off,
}

struct Site {
    base: String,
    url: String,
    content: &'static str,
    language: String,
    /// The main language, if the settings name it.
    named_language: Option<String>,
    /// Other languages than that.
    languages: Vec<String>,
    slugs: Slugs,
    /// Whether a date in front of a name is part of the URL.
    keeps_dates: bool,
    ignored: Patterns,
    sections: Sections,
    taxonomies: Vec<Taxonomy>,
    settings: Settings,
    /// What stories call authors, in small letters, and their names.
    names: BTreeMap<String, String>,
    /// The zone of times without an offset.
    zone: Option<TimeZone>,
}

impl Site {
    fn new(settings: &Settings, content: &'static str) -> Self {
        let slugs = settings.map("slugify").text("paths");
        Self {
            base: urls::path_of(&settings.text("base_url").unwrap_or_default()),
            url: settings.text("base_url").unwrap_or_default(),
            content,
            named_language: settings.text("default_language"),
            language: settings.text("default_language").unwrap_or_else(|| "en".to_owned()),
            languages: settings.map("languages").0.keys().cloned().collect(),
            slugs: match slugs.as_deref() {
                Some("safe") => Slugs::Safe,
                Some("off") => Slugs::Off,
                _ => Slugs::On,
            },
            keeps_dates: settings.map("slugify").is("paths_keep_dates"),
            ignored: Patterns::globs(&settings.get("ignored_content").map(front::texts).unwrap_or_default()),
            sections: Sections::default(),
            taxonomies: taxonomies(settings),
            settings: settings.clone(),
            names: BTreeMap::new(),
            zone: (!settings.0.is_empty()).then_some(TimeZone::UTC),
        }
    }

    /// The site in a folder.
    fn read(root: &Path, settings: &Settings) -> Self {
        let site = Self::new(settings, "content");
        let lists: Vec<&str> = site.taxonomies.iter().map(|taxonomy| &*taxonomy.name).collect();
        let site = Self { sections: Sections::read(root, &["content"], &lists), ..site };
        Self { names: site.author_names(), ..site }
    }

    /// Whether a section that a file is in is a draft: then all of it is left out.
    fn is_in_draft(&self, path: &str) -> bool {
        self.sections
            .above(path)
            .iter()
            .any(|(_, front)| front.get("draft").and_then(front::truth) == Some(true))
    }

    /// The path of a file below the content.
    fn inner<'p>(&self, path: &'p str) -> Option<&'p str> {
        if self.content.is_empty() { Some(path) } else { path.strip_prefix(self.content)?.strip_prefix('/') }
    }

    fn slug(&self, text: &str) -> String {
        match self.slugs {
            Slugs::On => slug::slugify(text),
            // What file systems or URLs cannot have.
            Slugs::Safe => {
                let is_bad = |c: char| {
                    c.is_whitespace() || c.is_control() || r#"/\:*?"<>|#%&'+,;=@[]`{}^()!$~"#.contains(c)
                };
                text.split(is_bad).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
            }
            Slugs::Off => text.to_owned(),
        }
    }

    /// The name of a file without the language behind it, and the language.
    fn without_language<'n>(&self, stem: &'n str) -> (&'n str, Option<&'n str>) {
        match stem.rsplit_once('.') {
            Some((name, language)) if self.languages.iter().any(|known| known == language) => {
                (name, Some(language))
            }
            _ => (stem, None),
        }
    }
}

impl Dialect for Site {
    fn sort(&self, path: &str) -> Kind {
        if let Some(name) = path.strip_prefix("static/").filter(|_| !self.content.is_empty()) {
            return Kind::Static(name.to_owned());
        }
        let Some(inner) = self.inner(path) else { return Kind::Beside };
        let (_, name) = urls::split(inner);
        match urls::stem(name) {
            _ if self.ignored.fit(inner) || self.ignored.fit(name) => {
                Kind::Skipped("the settings leave it out")
            }
            (_, "md") if self.is_in_draft(path) => Kind::Skipped("its section is a draft"),
            (_, "md") if self.sections.is_page(path) => Kind::Article,
            (stem, "md") if self.without_language(stem).0 == "_index" => Kind::List,
            (_, "md") => Kind::Article,
            (_, extension) => other_markup(extension).map_or(Kind::Beside, Kind::Skipped),
        }
    }

    fn front(&self, path: &str, text: &str, lines: &Lines<'_>) -> Result<Front, Refusal> {
        let mut front = front::read(text, lines)?.ok_or_else(|| {
            Refusal::Failed("it has no front matter; begin it with `+++` lines".to_owned(), None)
        })?;
        if urls::split(path).1.starts_with("_index.") {
            // A page that describes a folder is no story.
            front.entries.iter_mut().filter(|entry| entry.key == "date").for_each(|entry| {
                "section_date".clone_into(&mut entry.key);
            });
        }
        Ok(front)
    }

    fn page(&self, path: &str, front: &Front) -> Page {
        let (folder, file) = urls::split(self.inner(path).unwrap_or(path));
        let (name, language) = self.without_language(urls::stem(file).0);
        let (folder, name) =
            if matches!(name, "index" | "_index") { urls::split(folder) } else { (folder, name) };
        let dated = urls::dated(name);
        let slug = match (front.text("slug"), dated.filter(|_| !self.keeps_dates)) {
            (Some(slug), _) => self.slug(&slug),
            (None, Some((_, rest))) => self.slug(rest),
            (None, None) => self.slug(name),
        };
        let language = language.filter(|language| *language != self.language);
        let own = front.text("path").map(|path| urls::path([path.as_str()]));
        // The front page has no name.
        let part = if name == "_index" { "" } else { &*slug };
        let inner = own.clone().unwrap_or_else(|| urls::path([language.unwrap_or_default(), folder, part]));
        let url = format!("{}{}/", self.base, inner.trim_end_matches('/'));
        let of_path = own.as_deref().and_then(urls::date_of_path);
        let date = dated.map(|(date, _)| date.to_owned()).or(of_path);
        let date = date.filter(|_| front.text("date").is_none()).and_then(|date| when::read(&date));
        Page {
            url: Some(urls::encoded(&url)),
            keeps_url: language.is_some(),
            own_path: own
                .or_else(|| language.map(|_| inner.clone()))
                .map(|path| format!("{}/", path.trim_end_matches('/'))),
            name: if slug.is_empty() { name.to_owned() } else { slug },
            section: folder.split('/').next().filter(|top| !top.is_empty()).map(|top| {
                let name = self.sections.name_of(&urls::below(self.content, top));
                (name.unwrap_or_else(|| top.to_owned()), Confidence::Positional)
            }),
            folder: folder.to_owned(),
            draft: (front.get("render").and_then(front::truth) == Some(false))
                .then_some("`render` is false: it had no page"),
            date,
            lang: language.map(str::to_owned),
            ..Page::default()
        }
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

    fn translation(&self, path: &str) -> Option<(String, usize)> {
        let (folder, file) = urls::split(self.inner(path)?);
        let (name, language) = self.without_language(urls::stem(file).0);
        let rank = language.filter(|language| *language != self.language);
        let rank = rank.map_or(Some(0), |language| {
            self.languages.iter().position(|known| known == language).map(|at| at + 1)
        });
        (!self.languages.is_empty()).then(|| Some((urls::below(folder, name), rank?))).flatten()
    }

    fn bundle<'p>(&self, path: &'p str) -> Option<&'p str> {
        let (folder, file) = urls::split(path);
        let is_leaf = self.without_language(urls::stem(file).0).0 == "index";
        (is_leaf && folder != self.content).then_some(folder)
    }

    fn zone(&self) -> Option<&TimeZone> {
        self.zone.as_ref()
    }

    fn meaning(&self, key: &str) -> Meaning {
        match key {
            "taxonomies" => Meaning::Keys,
            "section" | "sections" => Meaning::Terms,
            key => match self.taxonomies.iter().find(|taxonomy| taxonomy.name == key) {
                Some(taxonomy) => taxonomy.meaning(),
                None => common_meaning(key),
            },
        }
    }

    fn alias(&self, _page: &Page, alias: &str) -> String {
        format!("{}{}", self.base, urls::path([alias]))
    }

    fn base(&self) -> &str {
        &self.base
    }

    fn site_url(&self) -> &str {
        &self.url
    }

    fn named_language(&self) -> Option<&str> {
        self.named_language.as_deref()
    }

    fn language(&self) -> &str {
        &self.language
    }

    fn content(&self) -> &str {
        self.content
    }

    fn target(&self, _path: &str, destination: &str) -> Option<Target> {
        let inner = destination.strip_prefix("@/")?;
        Some(Target::File(urls::below(self.content, inner)))
    }

    fn marks(&self) -> &'static [MarkKind] {
        &[MarkKind::Output, MarkKind::Tag]
    }

    fn convert(&self, mark: &Mark<'_>, _text: &str, _asked: &Asked<'_>) -> Option<String> {
        // `{{/* name() */}}` shows `{{ name() }}`.
        let inner = mark.inner.strip_prefix("/*")?.strip_suffix("*/")?.trim();
        Some(match mark.kind {
            MarkKind::Tag => format!("{{% {inner} %}}"),
            _ => format!("{{{{ {inner} }}}}"),
        })
    }
}
