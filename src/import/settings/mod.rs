//! Adds what archives say about their site to `bulletin.yaml`, where the newsroom has not made its own choice.
//!
//! Settings that decide where stories go (time zone, URLs) are written before the first story, the rest after the last one, when
//! sections, authors, tags and URLs are known. Until then the file has no `sections`, so that an interrupted run can be repeated.
//! Edited settings only gain missing keys; additions to existing lists are suggested to the desk.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::input::Batch;
use super::old_site::{OldRedirect, OldSite};
use super::placement::SiteIndex;
use super::prepare::PreparedStory;
use super::redirects as redirects_of;
use super::report::{Outcome, Row, StoryReport};
use super::{Media, Origin, Remark, Request, Story, write};
use crate::config::{Config, additions, is_section_slug_free};
use crate::content::{Content, Key};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::plan::Route;
use crate::site::SiteDir;
use crate::slug::Letters;
use crate::starter;
use crate::yaml::{Document, block};

mod lists;
mod redirects;
mod target;

use lists::Usage;
use target::Target;
pub use target::settings_for_empty_dir;

/// Most old URLs in a story's front matter, and most of a page without text that is still imported.
const MOST_ALIASES: usize = 200;
const CARRIES: usize = 10;
const FILE: &str = "bulletin.yaml";
/// The first line of settings that come from an archive.
const HEAD: &str = "# The settings of the site, imported from its archive. Everything except title and base_url has a default.\n";
/// Keys with a single value, and their comments.
const VALUES: [(&str, &str); 6] = [
    ("title", ""),
    ("base_url", ""),
    ("description", ""),
    ("language", ""),
    ("timezone", "The time zone of times without an offset."),
    ("permalink", "The URL pattern of stories."),
];
/// Keys with lists, and their comments.
const LISTS: [(&str, &str); 5] = [
    ("sections", "In the order of the navigation. A story belongs to the section of its folder."),
    ("authors", "The authors of stories."),
    ("tags", "Topics with a description or aliases."),
    ("extra", "For the theme: links in the footer of each page."),
    ("redirects", "Old URLs and their targets."),
];

/// The settings of the site that archives are imported into.
pub(super) struct Settings<'a> {
    site: &'a SiteDir,
    request: &'a Request,
    /// The settings by which stories are placed.
    pub(super) config: Config,
    /// What the archives say. `None` without an archive.
    old: Option<OldSite>,
    /// The current or future text of the file.
    text: String,
    /// Whether stories may add sections.
    is_open: bool,
    /// Rules for `static/_redirects`.
    lines: Vec<String>,
    used: Usage,
    /// Slugs of authors with a profile.
    profiles: HashSet<String>,
    /// Keys that were written.
    written: Vec<&'static str>,
    /// Values suggested to the desk.
    proposed: Map<String, Json>,
    remarks: Vec<Remark>,
    messages: Vec<String>,
}

impl<'a> Settings<'a> {
    /// Writes the settings that decide where stories go.
    ///
    /// # Errors
    /// There is neither a site nor an archive to create one from, or the settings cannot be written.
    pub(super) fn begin(
        site: &'a SiteDir,
        config: &Config,
        request: &'a Request,
        batches: &[Batch],
    ) -> Result<Self, Vec<Diagnostic>> {
        let archives = batches.iter().filter(|batch| batch.importer.origin() == Origin::Archive);
        let mut lines = Vec::new();
        let old = archives.map(|batch| {
            let mut old = batch.source.site();
            lines.extend(redirects_of::read(batch.root.as_deref(), &batch.statics, &mut old));
            old
        });
        let old = old.reduce(lists::merge);
        let target = Target::inspect(site)?;
        if target.is_new && old.is_none() {
            return Err(Config::load(site).1.into_sorted());
        }
        let mut settings = Self {
            site,
            request,
            config: config.clone(),
            old,
            text: target.text.clone(),
            is_open: false,
            lines,
            used: Usage::default(),
            profiles: config.authors.iter().map(|author| author.slug.clone()).collect(),
            written: Vec::new(),
            proposed: Map::new(),
            remarks: Vec::new(),
            messages: Vec::new(),
        };
        if settings.old.is_some() {
            settings.prepare(&target);
        }
        if let Some(section) = &request.section {
            settings.config.known_section(section).map_err(|problem| vec![problem])?;
        }
        if settings.old.is_some() && !request.dry_run {
            settings.write_site(&target).map_err(|error| vec![cannot_write(&error)])?;
        }
        Ok(settings)
    }

    fn prepare(&mut self, target: &Target) {
        if target.is_fresh() {
            self.replace_starter_values(target);
        } else {
            self.add_values(!target.has_articles);
        }
        if target.is_new {
            let root = self.site.root().display();
            self.messages.push(format!("created a new site in `{root}`"));
        }
        if let Some(config) = self.load(&self.text) {
            self.config = config;
        } else {
            self.text.clone_from(&target.text);
        }
        let can_add = || additions::with_items(&self.text, "sections", &[json!({})]).is_some();
        self.is_open = !self.has("sections") || self.request.update && can_add();
        if self.is_open {
            self.config.sections = None;
        }
    }

    /// Writes the settings, and the other files of a new site.
    fn write_site(&mut self, target: &Target) -> std::io::Result<()> {
        if target.is_new {
            fs::create_dir_all(self.site.content())?;
        }
        for (path, text) in starter::empty().iter().filter(|(path, _)| target.is_new && *path != FILE) {
            write::new_file(&self.site.root().join(path), text).or_else(|error| {
                if error.kind() == ErrorKind::AlreadyExists { Ok(()) } else { Err(error) }
            })?;
        }
        if target.is_new || self.text != target.text {
            write::replace(&self.site.config(), &self.text)?;
        }
        self.remove_samples(&target.samples)
    }

    fn remove_samples(&mut self, samples: &[PathBuf]) -> std::io::Result<()> {
        for sample in samples {
            fs::remove_file(sample)?;
            // A folder that is not empty stays.
            let _ = sample.parent().filter(|folder| **folder != self.site.content()).map(fs::remove_dir);
        }
        if !samples.is_empty() {
            self.messages.push("removed the unedited sample stories of `bulletin init`".to_owned());
        }
        Ok(())
    }

    /// Replaces the unedited settings of `bulletin init` with those of the archive.
    fn replace_starter_values(&mut self, target: &Target) {
        let begun = |key: &str| {
            target.text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": ")).map(str::to_owned)
        };
        HEAD.clone_into(&mut self.text);
        for (key, comment) in VALUES {
            let value = self.value(key);
            self.written.extend(value.as_ref().map(|_| key));
            if let Some(value) = value.or_else(|| begun(key).filter(|_| key != "description")) {
                self.text = additions::with_key(&self.text, key, &value.into(), comment);
            }
        }
        let missing = ["title", "base_url"].into_iter().filter(|key| !self.written.contains(key));
        let missing: Vec<_> = missing.map(|key| format!("`{key}`")).collect();
        if !missing.is_empty() {
            let keys = missing.join(" and ");
            self.messages
                .push(format!("the archive does not state its {keys}; complete bulletin.yaml by hand"));
        }
    }

    /// Adds missing values to edited settings. If the site has stories, values that would move or change them are only suggested.
    fn add_values(&mut self, is_empty: bool) {
        let before = self.config.clone();
        for (key, comment) in VALUES {
            let Some(value) = self.value(key) else { continue };
            let is_so = match key {
                "language" => crate::config::language_tag(&value).as_deref() == Some(&*before.language),
                "timezone" => before.timezone.iana_name() == Some(&*value),
                "permalink" => crate::config::Permalink::parse(&value).as_ref() == Ok(&before.permalink),
                _ => self.has(key),
            };
            if !self.has(key) && (is_empty || key == "description") {
                self.text = additions::with_key(&self.text, key, &value.into(), comment);
                self.written.push(key);
            } else if !is_so {
                self.proposed.insert(key.to_owned(), value.into());
            }
        }
    }

    /// The archive's value for a key, if the settings accept it.
    fn value(&mut self, key: &'static str) -> Option<String> {
        let old = self.old.as_ref()?;
        let value = match key {
            "title" => &old.title,
            "base_url" => &old.base_url,
            "description" => &old.description,
            "language" => &old.language,
            "timezone" => &old.timezone,
            _ => &old.permalink,
        };
        let value = value.clone().filter(|value| !value.trim().is_empty())?;
        self.accepts(key, json!(value)).then_some(value)
    }

    /// Whether settings with only this key load without a problem. If not, adds a remark.
    fn accepts(&mut self, key: &'static str, value: Json) -> bool {
        let rejection = self.rejection(key, value);
        self.remarks.extend(rejection.as_deref().map(|why| not_used(key, why)));
        rejection.is_none()
    }

    fn rejection(&self, key: &str, value: Json) -> Option<String> {
        let mut all =
            json!({"title": "T", "base_url": "https://site.example/", "language": self.config.language});
        match self.config.slugs.letters() {
            Letters::Ascii => all["slugs"] = "ascii".into(),
            Letters::Unicode => all["slugs"] = "unicode".into(),
            Letters::Readable => {}
        }
        all[key] = value;
        let (_, problems) = parse(&block(&all));
        problems.into_sorted().into_iter().next().map(|problem| problem.message)
    }

    fn has(&self, key: &str) -> bool {
        let text: Arc<str> = self.text.as_str().into();
        let document = Document::parse(&FILE.into(), &text, 0..text.len());
        document.is_ok_and(|document| {
            document
                .map()
                .is_ok_and(|map| map.entries().any(|(name, _)| name.string().is_ok_and(|name| name == key)))
        })
    }

    /// The settings in a text, if they load.
    fn load(&self, text: &str) -> Option<Config> {
        let (config, problems) = parse(text);
        config.filter(|_| !problems.has_errors())
    }

    /// Gives a story the section that the archive means, and moves excess old URLs to the settings.
    pub(super) fn adapt(&self, story: &mut Story) {
        let (aliases, has_text) = (aliases(story), story.body.chars().any(char::is_alphanumeric));
        if self.old.is_some() && aliases.len() > if has_text { MOST_ALIASES } else { CARRIES } {
            story.remove(Key::Aliases);
            story.redirects = aliases;
        }
        self.section_of(story);
    }

    /// Takes over the old URLs of a story. Returns the reason to skip the story if it has nothing else.
    pub(super) fn take_redirects(&mut self, story: &mut PreparedStory) -> Option<String> {
        let story = &mut story.story;
        let urls = std::mem::take(&mut story.redirects);
        let old = self.old.as_mut().filter(|_| !urls.is_empty())?;
        let is_carrier = !story.body.chars().any(char::is_alphanumeric);
        let own = story.old_url.clone().filter(|_| !is_carrier).unwrap_or_else(|| "/".to_owned());
        let count = urls.len();
        let all = urls.into_iter().chain(story.old_url.clone().filter(|_| is_carrier));
        old.redirects.extend(all.map(|from| OldRedirect { from, to: own.clone() }));
        is_carrier.then(|| format!("it has no text; its {count} old URLs became redirects"))
    }

    /// Records that a static file was left out.
    pub(super) fn record_left_out(&mut self, file: &Media, code: &'static str, why: &str) {
        if !why.is_empty() {
            self.remark(code, format!("{} of the old site was left out: {why}", file.name));
        }
    }

    /// Maps a story's section to the one that the archive declares, and removes one that cannot be a section.
    fn section_of(&self, story: &mut Story) {
        let (Some(old), true) = (&self.old, self.is_open) else { return };
        let Some(written) = story.text(Key::Section).map(str::to_owned) else { return };
        let slugs = self.config.slugs;
        let slug = slugs.of(&written);
        let is_it = |slug: &str, title: &str| slug == written || title.eq_ignore_ascii_case(&written);
        if let Some(section) = old.sections.iter().find(|section| is_it(&section.slug, &section.title))
            && slugs.of(&section.slug) != slug
            && let Some(field) = story.field_mut(Key::Section)
        {
            field.value = slugs.of(&section.slug).into();
        }
        if !is_section_slug_free(&slug) {
            story.remove(Key::Section);
            let message = format!("`{written}` is not a valid section because the site generates `/{slug}/`");
            story.remark_about("import/unknown-section", written, message, None);
        }
    }

    /// Records a story's section, tags and authors.
    pub(super) fn record(&mut self, story: &PreparedStory) {
        if self.old.is_some() {
            self.used.record(story, &self.config);
        }
    }

    /// Records the site's existing articles.
    pub(super) fn record_content(&mut self, content: &Content) {
        for (_, article) in content.iter() {
            self.used.record_article(&article.front, &self.config);
        }
    }

    /// Whether an earlier run completed the settings, so that unchanged stories add nothing.
    pub(super) fn is_complete(&self) -> bool {
        !self.is_open && !self.request.update
    }

    /// Writes the remaining settings, and reports all changes.
    pub(super) fn finish(mut self, index: &SiteIndex<'_>, batches: &[Batch]) -> Vec<Row> {
        let Some(mut old) = self.old.take() else { return Vec::new() };
        self.remarks.append(&mut old.remarks);
        let before = self.text.clone();
        let statics: Vec<_> = batches.iter().flat_map(|batch| &batch.statics).collect();
        let mut lists = Map::new();
        lists.insert("authors".to_owned(), self.authors(&old, &statics));
        lists.insert("tags".to_owned(), self.tags(&old));
        lists.insert("redirects".to_owned(), self.redirects(&old, index, &statics));
        lists.insert("extra".to_owned(), self.links(&old, index));
        lists.insert("sections".to_owned(), self.sections(&old));
        for (key, comment) in LISTS {
            let Some(value) = lists.remove(key).filter(|value| !is_empty(value)) else { continue };
            let added = match &value {
                _ if !self.has(key) => Some(additions::with_key(&self.text, key, &value, comment)),
                Json::Array(items) if key == "sections" && self.is_open => {
                    additions::with_items(&self.text, key, items)
                }
                _ => None,
            };
            match added.filter(|text| self.load(text).is_some()) {
                Some(text) => {
                    self.text = text;
                    self.written.push(key);
                }
                None => drop(self.proposed.insert(key.to_owned(), value)),
            }
        }
        if self.text != before
            && !self.request.dry_run
            && let Err(error) = write::replace(&self.site.config(), &self.text)
        {
            let outcome = Outcome::Failed(format!("the settings cannot be written: {error}"), None);
            return vec![Row { input: FILE.to_owned(), from: "settings", outcome, story: None }];
        }
        if let Err(error) = self.add_rules() {
            self.messages.push(format!("static/_redirects cannot be written: {error}"));
        }
        self.rows()
    }

    /// Adds missing rules to `static/_redirects`.
    fn add_rules(&mut self) -> std::io::Result<()> {
        let file = self.site.static_files().join("_redirects");
        let mut text = crate::site::read_text(&file).or_else(|error| {
            if error.kind() == ErrorKind::NotFound { Ok(String::new()) } else { Err(error) }
        })?;
        let mut known: HashSet<String> = text.lines().map(|line| line.trim().to_owned()).collect();
        let mut count = 0;
        for line in std::mem::take(&mut self.lines) {
            if known.insert(line.clone()) {
                count += 1;
                text += if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
                text += &format!("{line}\n");
            }
        }
        if count > 0 {
            let verb = if self.request.dry_run { "would get" } else { "got" };
            let rules = if count == 1 { "rule" } else { "rules" };
            self.messages.push(format!("static/_redirects {verb} {count} {rules} from the archive"));
        }
        if count > 0 && !self.request.dry_run { write::replace(&file, &text) } else { Ok(()) }
    }

    fn rows(self) -> Vec<Row> {
        let row = |message: String, yaml: Option<String>| {
            let outcome = Outcome::Settings(message, yaml);
            Row { input: FILE.to_owned(), from: "settings", outcome, story: None }
        };
        let mut rows: Vec<Row> = self.messages.into_iter().map(|message| row(message, None)).collect();
        if !self.written.is_empty() {
            let keys: Vec<_> = self.written.iter().map(|key| format!("`{key}`")).collect();
            let verb = if self.request.dry_run { "would get" } else { "got" };
            let message = format!("bulletin.yaml {verb} {} from the archive", keys.join(", "));
            rows.push(row(message, self.request.dry_run.then(|| self.text.clone())));
        }
        if !self.proposed.is_empty() {
            let message =
                "bulletin.yaml was left unchanged where it has its own settings; the archive suggests these"
                    .to_owned();
            rows.push(row(message, Some(block(&self.proposed.into()))));
        }
        if !self.remarks.is_empty() {
            let story = StoryReport { remarks: self.remarks, ..StoryReport::default() };
            let outcome = Outcome::Settings(String::new(), None);
            rows.push(Row {
                input: FILE.to_owned(),
                from: "settings",
                outcome,
                story: Some(Box::new(story)),
            });
        }
        rows
    }
}

fn aliases(story: &Story) -> Vec<String> {
    let aliases = story.field(Key::Aliases).and_then(|field| field.value.as_array());
    aliases.into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect()
}

fn not_used(key: &str, why: &str) -> Remark {
    let message = format!("`{key}` of the archive was ignored: {why}");
    Remark { code: "import/setting", about: key.to_owned(), message, span: None }
}

fn parse(text: &str) -> (Option<Config>, Diagnostics) {
    Config::parse(&FILE.into(), &text.into())
}

fn is_empty(value: &Json) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty)
}

fn cannot_write(error: &std::io::Error) -> Diagnostic {
    Diagnostic::fatal("output/cannot-write", format!("the settings cannot be written: {error}"))
        .at(Place::file(FILE))
}

/// The route of an old URL on this site, and its query and fragment. `None` if it is elsewhere.
fn own_path(url: &str, old: &OldSite, config: &Config) -> Option<(Route, String)> {
    let whole = |url: &str| url::Url::parse(url).ok();
    let host = |url: url::Url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned());
    let path = match whole(url) {
        Some(other) => {
            let mut own = old.base_url.iter().filter_map(|url| whole(url)).chain([config.base_url.clone()]);
            own.any(|own| host(own) == host(other.clone()))
                .then(|| other[url::Position::BeforePath..].to_owned())?
        }
        None => url.to_owned(),
    };
    let (path, rest) = path.split_at(path.find(['?', '#']).unwrap_or(path.len()));
    let base = config.base_url.path().trim_end_matches('/');
    let path = path.strip_prefix(base).filter(|rest| rest.starts_with('/')).unwrap_or(path);
    let path =
        percent_encoding::percent_decode_str(path).decode_utf8().ok().filter(|path| path.starts_with('/'))?;
    Some((Route::parse(&path).ok()?, rest.to_owned()))
}
