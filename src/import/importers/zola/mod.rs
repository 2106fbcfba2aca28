//! A Zola site → stories.
//!
//! A page has the URL that its `path` sets, or else its folders and the slug of its file name without the date.

use std::path::Path;

use jiff::tz::TimeZone;
use serde_json::Value as Json;

use crate::import::archive::importer::ArchiveImporter;
use crate::import::archive::path_patterns::PathPatterns;
use crate::import::archive::sections::Sections;
use crate::import::archive::taxonomies::Taxonomy;
use crate::import::archive::template_tags::{Delimiters, TemplateTag};
use crate::import::archive::{
    FileKind, Generator, KeyMapping, LinkTarget, PathInfo, Settings, SiteInfo, SiteReader, TagContext,
    map_common_key, other_markup, urls,
};
use crate::import::front::{self, Front};
use crate::import::old_site::OldSite;
use crate::import::story::{Confidence, Lines};
use crate::import::{Importer, Refusal, Sample};
use crate::time;

mod site_data;

/// The names of the settings file.
const SETTINGS: [&str; 2] = ["zola.toml", "config.toml"];

/// Sites of Zola.
pub(super) const ZOLA: &dyn Importer = &ArchiveImporter::<Site>::NEW;

/// The settings of a Zola site. Hugo spells the key `baseURL`.
fn settings(folder: &Path) -> Option<Settings> {
    let settings = Settings::first(folder, &SETTINGS)?;
    (settings.0.contains_key("base_url") && folder.join("content").is_dir()).then_some(settings)
}

/// The keys of `[taxonomies]` in front matter, in any language.
fn taxonomies(settings: &Settings) -> Vec<Taxonomy> {
    let own = settings.map("languages").0;
    let own = own.values().filter_map(|language| language.get("taxonomies"));
    let all = settings.get("taxonomies").into_iter().chain(own).filter_map(Json::as_array).flatten();
    let mut names: Vec<String> = all.filter_map(|one| front::as_text(one.get("name")?)).collect();
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names.into_iter().map(Taxonomy::named).collect()
}

/// How strictly paths are slugified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slugs {
    On,
    Safe,
    Off,
}

struct Site {
    info: SiteInfo,
    slugs: Slugs,
    /// Whether the date in a file name is part of the URL.
    keeps_dates: bool,
    ignored: PathPatterns,
}

impl Site {
    fn new(settings: Settings, content: &str) -> Self {
        let language = settings.text("default_language");
        let slugify = settings.map("slugify");
        Self {
            slugs: match slugify.text("paths").as_deref() {
                Some("safe") => Slugs::Safe,
                Some("off") => Slugs::Off,
                _ => Slugs::On,
            },
            keeps_dates: slugify.is("paths_keep_dates"),
            ignored: PathPatterns::globs(
                &settings.get("ignored_content").map(front::as_texts).unwrap_or_default(),
            ),
            info: SiteInfo {
                base: urls::path_of(&settings.text("base_url").unwrap_or_default()),
                url: settings.text("base_url").unwrap_or_default(),
                named_language: language.clone(),
                language: language.unwrap_or_else(|| "en".to_owned()),
                languages: settings.map("languages").0.keys().cloned().collect(),
                taxonomies: taxonomies(&settings),
                zone: (!settings.0.is_empty()).then_some(TimeZone::UTC),
                settings,
                ..SiteInfo::in_folder(content)
            },
        }
    }

    /// Whether a section above a file is a draft, which hides all of it.
    fn is_in_draft(&self, path: &str) -> bool {
        let above = self.info.sections.above(path);
        above.iter().any(|(_, front)| front.get("draft").and_then(front::as_bool) == Some(true))
    }

    fn slug(&self, text: &str) -> String {
        match self.slugs {
            Slugs::On => slug::slugify(text),
            // Without the characters that file systems and URLs cannot have.
            Slugs::Safe => {
                let is_bad = |c: char| {
                    c.is_whitespace() || c.is_control() || r#"/\:*?"<>|#%&'+,;=@[]`{}^()!$~"#.contains(c)
                };
                urls::join_words(text, is_bad, "_")
            }
            Slugs::Off => text.to_owned(),
        }
    }

    /// The language of a file, unless it is the main one.
    fn other_language<'p>(&'p self, path: &'p str) -> Option<&'p str> {
        self.info.parts(path).2.filter(|language| *language != self.info.language)
    }
}

impl SiteReader for Site {
    const NAME: &'static str = "zola";
    const TITLE: &'static str = "Zola";
    const MARKERS: &'static str = "`config.toml` with `base_url` and `content/`";

    fn fits(sample: &Sample<'_>) -> bool {
        // Hugo reads TOML front matter, too, but seldom with these tables.
        let is_zola = |line: &str| matches!(line.trim_end(), "[taxonomies]" | "[extra]");
        let head = sample.head.trim_start();
        sample.name.ends_with(".md") && head.starts_with("+++") && head.lines().any(is_zola)
    }

    fn find_root(folder: &Path) -> Option<&Path> {
        let above = folder.parent().filter(|_| folder.file_name().is_some_and(|name| name == "content"));
        [Some(folder), above].into_iter().flatten().find(|root| settings(root).is_some())
    }

    fn read(root: &Path) -> Self {
        let mut site = Self::new(settings(root).unwrap_or_default(), "content");
        let lists: Vec<&str> = site.info.taxonomies.iter().map(|taxonomy| &*taxonomy.name).collect();
        site.info.sections = Sections::read(root, &["content"], &lists);
        site.info.read_author_names();
        site
    }

    fn without_settings(root: Option<&Path>, _content: &str) -> Option<Self> {
        Some(Self::new(Settings::default(), if root.is_some() { "" } else { "content" }))
    }
}

impl Generator for Site {
    fn info(&self) -> &SiteInfo {
        &self.info
    }

    fn classify(&self, path: &str) -> FileKind {
        if let Some(name) = path.strip_prefix("static/").filter(|_| !self.info.content.is_empty()) {
            return FileKind::Static(name.to_owned());
        }
        let Some(inner) = self.info.inner(path) else { return FileKind::Attachment };
        let (_, name) = urls::split(inner);
        match urls::stem(name).1 {
            _ if self.ignored.matches(inner) || self.ignored.matches(name) => FileKind::EXCLUDED,
            "md" if self.is_in_draft(path) => FileKind::Skipped("its section is a draft"),
            "md" if self.info.is_section_page(path) && !self.info.sections.is_page(path) => FileKind::List,
            "md" => FileKind::Article,
            extension => other_markup(extension).map_or(FileKind::Attachment, FileKind::Skipped),
        }
    }

    fn front_matter(&self, path: &str, text: &str, lines: &Lines<'_>) -> Result<Front, Refusal> {
        let mut front = front::read(text, lines)?.ok_or_else(|| {
            Refusal::Failed("it has no front matter; begin it with `+++` lines".to_owned(), None)
        })?;
        if urls::split(path).1.starts_with("_index.") {
            front.undate();
        }
        Ok(front)
    }

    fn path_info(&self, path: &str, front: &Front) -> PathInfo {
        let (folder, name, _) = self.info.parts(path);
        let language = self.other_language(path);
        let date_in_name = urls::split_date(name);
        let slug = match (front.text("slug"), date_in_name.filter(|_| !self.keeps_dates)) {
            (Some(slug), _) => self.slug(&slug),
            (None, Some((_, rest))) => self.slug(rest),
            (None, None) => self.slug(name),
        };
        let own_path = front.text("path").map(|path| urls::path([path.as_str()]));
        // The front page has no name.
        let part = if matches!(name, "index" | "_index") { "" } else { &*slug };
        let inner =
            own_path.clone().unwrap_or_else(|| urls::path([language.unwrap_or_default(), folder, part]));
        let date = date_in_name.map(|(date, _)| date.to_owned());
        let date = date.or_else(|| own_path.as_deref().and_then(urls::date_in_path));
        let permalink = own_path.or_else(|| language.map(|_| inner.clone()));
        PathInfo {
            url: Some(self.info.old_path(&format!("{}/", inner.trim_end_matches('/')))),
            keeps_url: language.is_some(),
            permalink: permalink.map(|path| format!("{}/", path.trim_end_matches('/'))),
            slug: if slug.is_empty() { name.to_owned() } else { slug },
            section: folder.split('/').next().filter(|top| !top.is_empty()).map(|top| {
                let name = self.info.sections.name_of(&urls::join(&self.info.content, top));
                (name.unwrap_or_else(|| top.to_owned()), Confidence::Positional)
            }),
            folder: folder.to_owned(),
            draft: (front.get("render").and_then(front::as_bool) == Some(false))
                .then_some("`render: false` gave it no page"),
            date: date
                .filter(|_| front.text("date").is_none())
                .and_then(|date| time::parse_archive_date(&date)),
            lang: language.map(str::to_owned),
            ..PathInfo::default()
        }
    }

    fn site_data(&self) -> OldSite {
        self.old_site()
    }

    fn term_url(&self, path: &str, taxonomy: &Taxonomy, term: &str) -> Option<String> {
        let language = self.other_language(path).unwrap_or_default();
        let inner = urls::path([language, &self.slug(&taxonomy.name), &self.slug(term)]);
        Some(self.info.old_path(&format!("{inner}/")))
    }

    fn finish_site(&self, site: &mut OldSite) {
        self.add_feeds(site);
    }

    fn translation(&self, path: &str) -> Option<(String, usize)> {
        let (folder, name, _) = self.info.parts(path);
        let languages = &self.info.languages;
        let rank = match self.other_language(path) {
            Some(language) => languages.iter().position(|known| known == language)? + 1,
            None => 0,
        };
        (!languages.is_empty()).then(|| (urls::join(folder, name), rank))
    }

    fn bundle<'p>(&self, path: &'p str) -> Option<&'p str> {
        self.info.bundle_folder(path)
    }

    fn map_key(&self, key: &str) -> KeyMapping {
        match key {
            "taxonomies" => KeyMapping::Nested,
            "section" | "sections" => KeyMapping::Categories,
            key => match self.info.taxonomies.iter().find(|taxonomy| taxonomy.name == key) {
                Some(taxonomy) => taxonomy.mapping(),
                None => map_common_key(key),
            },
        }
    }

    fn alias_path(&self, _page: &PathInfo, alias: &str) -> String {
        format!("{}{}", self.info.base, urls::path([alias]))
    }

    fn link_target(&self, _path: &str, destination: &str) -> Option<LinkTarget> {
        let inner = destination.strip_prefix("@/")?;
        Some(LinkTarget::File(urls::join(&self.info.content, inner)))
    }

    fn delimiters(&self) -> &'static [Delimiters] {
        &[Delimiters::Output, Delimiters::Tag]
    }

    fn convert_tag(&self, tag: &TemplateTag<'_>, _text: &str, _context: &TagContext<'_>) -> Option<String> {
        // `{{/* name() */}}` shows `{{ name() }}`.
        let inner = tag.inner.strip_prefix("/*")?.strip_suffix("*/")?.trim();
        Some(match tag.kind {
            Delimiters::Tag => format!("{{% {inner} %}}"),
            _ => format!("{{{{ {inner} }}}}"),
        })
    }
}
