//! Turns a story into front matter that loads, and chooses its folder and file name.

use serde_json::{Map, Value as Json};

use super::article::{self, Record};
use super::picture_texts;
use super::placement::is_list_url;
use super::{Confidence, Field, FieldKey, Identity, Origin, Refusal, Request, Status, Story};
use crate::config::Config;
use crate::content::text::beginning;
use crate::content::{self, FrontMatter, Key};

/// Longest headline that is made from the text, in characters.
const HEADLINE: usize = 90;
/// Keys that decide when readers see a story. An invalid value makes the story a draft.
const HOLDS_BACK: [&str; 6] = ["draft", "date", "embargo", "expires", "status", "import"];

/// The file that a story comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct CopyFile<'a> {
    pub(super) from: &'static str,
    pub(super) whose: Origin,
    /// Its path, relative to the imported folder.
    pub(super) file: &'a str,
    /// The hash of the copy.
    pub(super) hash: &'a str,
}

/// A story that is ready to be written, except for its path.
#[derive(Debug)]
pub(super) struct PreparedStory {
    pub(super) story: Story,
    pub(super) front: Map<String, Json>,
    /// The front matter as the site reads it.
    pub(super) loaded: FrontMatter,
    /// Keys that the site refused, with their values.
    pub(super) not_used: Map<String, Json>,
    /// The folder below `content/`, with a final `/` unless it is `content/` itself.
    pub(super) folder: String,
    /// A date prefix such as `2014-09-12-`, or nothing.
    pub(super) day: String,
    /// The file name, a slug.
    pub(super) name: String,
    pub(super) id: String,
    /// The path of its URL, once it has one.
    pub(super) url: Option<String>,
    /// The id that the story would have if its headline were unique.
    pub(super) first_id: String,
    /// Whether the copy has an id of its own, so that another text with that id is a new version.
    pub(super) is_given: bool,
    /// The id of the article that it translates.
    pub(super) original: Option<String>,
    /// Whether the id is the old URL.
    pub(super) is_by_url: bool,
    /// The file that it comes from.
    pub(super) file: String,
    pub(super) hash: String,
    pub(super) whose: Origin,
    /// Whether the section was given on the command line.
    has_section: bool,
}

impl PreparedStory {
    /// Prepares a story.
    ///
    /// # Errors
    /// The front matter cannot be made to load.
    pub(super) fn new(
        mut story: Story,
        copy: CopyFile<'_>,
        request: &Request,
        config: &Config,
    ) -> Result<Self, Refusal> {
        ensure_headline(&mut story);
        clean_bylines(&mut story);
        picture_texts::complete(&mut story);
        set_release(&mut story, copy.whose, request.status);
        if copy.whose == Origin::Archive {
            confirm_rules(&mut story);
        }
        let (id, is_given) = identity(&story, &copy, config);
        story.set(
            Key::Id,
            id.clone(),
            if is_given { Confidence::Explicit } else { Confidence::Derived },
            Vec::new(),
        );
        if let Some(section) = &request.section {
            story.set(Key::Section, section.clone(), Confidence::Explicit, Vec::new());
        }
        if copy.whose == Origin::Agency && config.sections.is_some() {
            story.mark_missing(Key::Section);
        }
        story.sort();
        let slugs = config.slugs.in_language(story.text(Key::Lang));
        let name = [story.name.as_deref(), story.text(Key::Title)]
            .into_iter()
            .flatten()
            .map(|name| slugs.of(name))
            .find(|slug| !slug.is_empty());
        let mut prepared = Self {
            front: article::front_matter(&story),
            loaded: FrontMatter::default(),
            not_used: Map::new(),
            folder: String::new(),
            day: String::new(),
            name: name.unwrap_or_else(|| format!("story-{}", &copy.hash[..8.min(copy.hash.len())])),
            first_id: id.clone(),
            original: story.original.as_deref().map(|original| on_this_site(original, config)),
            id,
            url: None,
            is_by_url: story.identity.is_none() && story.old_url.is_some(),
            is_given,
            file: copy.file.to_owned(),
            hash: copy.hash.to_owned(),
            whose: copy.whose,
            has_section: request.section.is_some(),
            story,
        };
        prepared.hold_if_undated(copy.whose);
        prepared.section(config);
        prepared.load(config)?;
        prepared.choose_folder(config);
        if !article::is_within_limits(&prepared.front) {
            return Err(Refusal::failed("the front matter is larger than allowed"));
        }
        Ok(prepared)
    }

    /// The path below `content/` for this file name.
    pub(super) fn path(&self, name: &str) -> String {
        let Self { folder, day, story, .. } = self;
        if story.media.is_empty() {
            format!("{folder}{day}{name}.md")
        } else {
            format!("{folder}{day}{name}/index.md")
        }
    }

    /// Sets or removes the `slug` or `permalink`.
    pub(super) fn set_url_key(&mut self, key: &str, value: Option<&str>) {
        let loaded = if key == "slug" { &mut self.loaded.slug } else { &mut self.loaded.permalink };
        *loaded = value.map(str::to_owned);
        match value {
            Some(value) => self.front.insert(key.to_owned(), value.into()),
            None => self.front.shift_remove(key),
        };
    }

    /// Copy without a date becomes a draft: no list would show it.
    fn hold_if_undated(&mut self, whose: Origin) {
        if whose == Origin::Agency && !self.front.contains_key("date") && !self.front.contains_key("draft") {
            self.front.insert("draft".to_owned(), true.into());
            self.story.remark("import/undated", "it has no date, so it is a draft", None);
        }
    }

    /// Puts the story into the folder of its section, if the site has the section.
    fn section(&mut self, config: &Config) {
        let Some(written) = self.front.get("section").and_then(Json::as_str).map(str::to_owned) else {
            return;
        };
        let slug = config.slugs.of(&written);
        let known = config.sections.as_ref().map(|sections| {
            let fits = |section: &&crate::config::Section| {
                section.slug == slug || section.title.eq_ignore_ascii_case(&written)
            };
            sections.iter().find(fits).map(|section| section.slug.clone())
        });
        match known {
            Some(Some(slug)) => {
                self.folder = format!("{slug}/");
                self.front.shift_remove("section");
            }
            None if !slug.is_empty() => {
                if slug == written {
                    self.front.shift_remove("section");
                }
                self.folder = format!("{slug}/");
            }
            _ => {
                self.front.shift_remove("section");
                self.not_used.insert("section".to_owned(), written.clone().into());
                let message = format!("unknown section `{written}`; add it to `sections` in bulletin.yaml");
                self.story.remark_about("import/unknown-section", written, message, None);
            }
        }
    }

    /// Chooses the folder: a story goes to its section with its date in front of the name, a standing page to its old place.
    fn choose_folder(&mut self, config: &Config) {
        match self.loaded.date {
            Some(date) => {
                self.day = format!("{}-", date.to_zoned(config.timezone.clone()).date());
                if self.folder.is_empty() {
                    // A year is not a section.
                    self.folder = format!("{}/", &self.day[..4]);
                }
            }
            None => {
                if let Some(folder) = self.story.folder.as_ref().filter(|_| !self.has_section) {
                    let parts: Vec<String> = folder
                        .split('/')
                        .map(|part| config.slugs.of(part))
                        .filter(|part| !part.is_empty())
                        .collect();
                    self.folder = parts.iter().map(|part| format!("{part}/")).collect();
                    // For example, a page of an author must not take the URL of the author's list.
                    if is_list_url(&format!("/{}{}/", self.folder, self.name)) {
                        self.folder.insert_str(0, "pages/");
                    }
                    self.drop_date_prefix();
                }
            }
        }
    }

    /// Removes a date from the file name of a page, as the date would make it a story. The permalink keeps the date.
    fn drop_date_prefix(&mut self) {
        // A name that is only a date stays.
        let longer = format!("{}-x", self.name);
        let rest = crate::time::strip_file_name_date(&longer);
        if rest.len() == longer.len() {
            return;
        }
        let name = rest.strip_suffix("-x").map_or_else(|| format!("page-{}", self.name), str::to_owned);
        let url = format!("/{}{}/", self.folder, self.name);
        if self.loaded.permalink.is_none() {
            self.set_url_key("permalink", Some(&url));
        }
        self.name = name;
    }

    /// Removes front matter that the site refuses, until the rest loads.
    fn load(&mut self, config: &Config) -> Result<(), Refusal> {
        loop {
            // The file name is neutral here, because a date in it is not the date of the story.
            let (front, problems) = content::front_matter_of(&self.path("x"), &self.front, config);
            let mut errors = problems.into_iter().filter(|(_, problem)| problem.is_error()).peekable();
            let Some((_, first)) = errors.peek() else {
                self.loaded = front.unwrap_or_default();
                return Ok(());
            };
            let (unreadable, out) = (first.message.clone(), self.not_used.len());
            for (key, error) in errors {
                let Some(key) = key else { continue };
                let Some(value) = self.front.shift_remove(&key) else { continue };
                let message = format!("`{key}` was ignored: {}", error.message);
                self.story.remark_about("import/not-used", key.clone(), message, None);
                if HOLDS_BACK.contains(&&*key) {
                    self.front.insert("draft".to_owned(), true.into());
                }
                self.not_used.insert(key, value);
            }
            if self.not_used.len() == out {
                return Err(Refusal::failed(format!("the front matter is not valid: {unreadable}")));
            }
            if !self.front.contains_key("title") {
                self.front.insert("title".to_owned(), self.name.replace('-', " ").into());
            }
        }
    }

    /// The text of the source file.
    pub(super) fn article_text(&self, copy: &CopyFile<'_>) -> String {
        let record =
            Record { from: copy.from, file: copy.file, hash: copy.hash, not_used: self.not_used.clone() };
        article::text(
            &self.front,
            &article::import_block(&self.story, &self.front, &record),
            &self.story.body,
        )
    }
}

/// Gives a story without a headline its first words, or its file name, as headline.
fn ensure_headline(story: &mut Story) {
    if story.text(Key::Title).is_some_and(|title| !title.trim().is_empty()) {
        return;
    }
    let words = story
        .body
        .lines()
        .map(|line| line.trim_start_matches(['#', '>', '-', '*', ' ']))
        .find(|line| line.chars().any(char::is_alphanumeric));
    let title = words
        .map(|line| beginning(line, HEADLINE))
        .or_else(|| story.name.as_ref().map(|name| name.replace('-', " ")));
    story.set(Key::Title, title.unwrap_or_else(|| "Untitled".to_owned()), Confidence::Derived, Vec::new());
}

/// Removes e-mail addresses from bylines: `jo@a.example (Jo Lind)` becomes `Jo Lind`.
fn clean_bylines(story: &mut Story) {
    let Some(field) = story.field_mut(Key::Authors) else { return };
    let name = |text: &str| {
        let kept = text
            .split(['(', ')', '<', '>', '[', ']', ' '])
            .filter(|part| !part.contains('@') && !part.is_empty());
        kept.filter(|part| *part != "mailto:").collect::<Vec<_>>().join(" ")
    };
    let is_address =
        |text: &str| text.split_whitespace().any(|part| part.contains('@') && part.contains('.'));
    let mut has_lost = false;
    let mut clean = |value: &mut Json| -> bool {
        if let Some(person) = value.as_object_mut()
            && person.get("role").and_then(Json::as_str).is_some_and(is_address)
        {
            person.shift_remove("role");
        }
        let Some(Json::String(text)) = (if value.is_object() { value.get_mut("name") } else { Some(value) })
        else {
            return true;
        };
        if is_address(text) {
            *text = name(text);
            has_lost |= text.is_empty();
        }
        !text.is_empty()
    };
    match &mut field.value {
        Json::Array(names) => names.retain_mut(&mut clean),
        value => {
            if !clean(value) {
                *value = Json::Array(Vec::new());
            }
        }
    }
    if field.value.as_array().is_some_and(Vec::is_empty) {
        story.remove(Key::Authors);
    }
    if has_lost {
        let message =
            "its byline is an email address, which is never published; write the name under `authors`";
        story.remark("import/byline", message, None);
    }
}

/// Fields that the old site derived from file and folder names were its rules, and readers saw the result: they need no review.
fn confirm_rules(story: &mut Story) {
    let is_rule = |field: &&mut Field| {
        use Key::{Authors, Date, Feed, Lang, Noindex, Permalink, Section, Tags};
        matches!(
            field.key,
            FieldKey::Key(Section | Date | Lang | Tags | Permalink | Authors | Noindex | Feed)
        )
    };
    for field in story.fields.iter_mut().filter(is_rule) {
        if matches!(field.confidence, Confidence::Positional | Confidence::Derived) {
            field.confidence = Confidence::Explicit;
        }
    }
}

/// Sets the release: copy from an agency is a draft until an editor has reviewed it.
fn set_release(story: &mut Story, whose: Origin, status: Option<Status>) {
    match (status, whose) {
        // `published` does not release a story that its copy or importer holds back.
        (Some(Status::Published), _) => {}
        (Some(Status::Draft), _) | (None, Origin::Agency) => {
            story.set(Key::Draft, true, Confidence::Explicit, Vec::new())
        }
        (Some(Status::Withheld), _) => story.set(Key::Status, "withheld", Confidence::Explicit, Vec::new()),
        (Some(Status::Withdrawn), _) => story.set(Key::Status, "withdrawn", Confidence::Explicit, Vec::new()),
        (None, Origin::Archive) => {}
    }
}

/// The id of a story, and whether the copy has it. Readers of an archive's feeds know its stories by their URLs.
fn identity(story: &Story, copy: &CopyFile<'_>, config: &Config) -> (String, bool) {
    let is_line = |id: &str| !id.trim().is_empty() && !id.chars().any(char::is_control);
    match (&story.identity, &story.old_url) {
        (Some(Identity::Given(id)), _) if is_line(id) => (id.trim().to_owned(), true),
        (Some(Identity::Derived(key)), _) => (article::urn(&format!("{}\n{key}", copy.from)), false),
        (_, Some(url)) => (on_this_site(url, config), true),
        _ => {
            let say = |key| story.text(key).unwrap_or_default();
            (article::urn(&format!("{}\n{}\n{}", copy.from, say(Key::Title), say(Key::Date))), false)
        }
    }
}

/// The absolute URL that a path has on this site.
fn on_this_site(url: &str, config: &Config) -> String {
    config.base_url.join(url).map_or_else(|_| url.to_owned(), Into::into)
}
