//! A story → front matter that loads, and where its file wants to be.

use serde_json::{Map, Value as Json};

use super::article::{self, Record};
use super::placement::is_list_url;
use super::{Confidence, Field, Identity, Origin, Request, Status, Story};
use crate::config::Config;
use crate::content::text::beginning;
use crate::content::{self, FrontMatter};

/// Most characters of a headline that is made from the text.
const HEADLINE: usize = 90;
/// Keys that keep a story from readers: one that cannot be read makes it a draft.
const HOLDS_BACK: [&str; 6] = ["draft", "date", "embargo", "expires", "status", "import"];

/// The file that a story was in.
#[derive(Clone, Copy, Debug)]
pub(super) struct CopyFile<'a> {
    pub(super) from: &'static str,
    pub(super) whose: Origin,
    /// Its name, relative to the folder that is imported.
    pub(super) file: &'a str,
    /// Hash of the copy.
    pub(super) hash: &'a str,
}

/// A story that lacks nothing but a place that is free.
#[derive(Debug)]
pub(super) struct PreparedStory {
    pub(super) story: Story,
    pub(super) front: Map<String, Json>,
    /// What the site makes of that.
    pub(super) loaded: FrontMatter,
    /// What of the front matter could not be kept there.
    pub(super) not_used: Map<String, Json>,
    /// The folder below `content/`, with `/` at its end unless it is `content/` itself.
    pub(super) folder: String,
    /// `2014-09-12-`, or nothing.
    pub(super) day: String,
    /// A slug.
    pub(super) name: String,
    pub(super) id: String,
    /// The path of its URL, once it has a place.
    pub(super) url: Option<String>,
    /// The id that it would have if no other had its headline.
    pub(super) first_id: String,
    /// Whether the id is of the copy itself, so that another text with it is another version of the story.
    pub(super) is_given: bool,
    /// The id of the article that it is a translation of.
    pub(super) original: Option<String>,
    /// Whether the id is the URL that it had.
    pub(super) is_by_url: bool,
    /// The file that it was in.
    pub(super) file: String,
    pub(super) hash: String,
    pub(super) whose: Origin,
    /// Whether whoever imports has named the section.
    has_section: bool,
}

impl PreparedStory {
    /// Makes a story ready.
    ///
    /// # Errors
    /// If it cannot be made to load.
    pub(super) fn new(
        mut story: Story,
        copy: CopyFile<'_>,
        request: &Request,
        config: &Config,
    ) -> Result<Self, String> {
        ensure_headline(&mut story);
        clean_bylines(&mut story);
        set_release(&mut story, copy.whose, request.status);
        if copy.whose == Origin::Archive {
            confirm_rules(&mut story);
        }
        let (id, is_given) = identity(&story, &copy, config);
        story.set(
            "id",
            id.clone(),
            if is_given { Confidence::Explicit } else { Confidence::Derived },
            Vec::new(),
        );
        if let Some(section) = &request.section {
            story.set("section", section.clone(), Confidence::Explicit, Vec::new());
        }
        if copy.whose == Origin::Agency && config.sections.is_some() {
            story.mark_missing("section");
        }
        story.sort();
        let slugs = config.slugs.in_language(story.text("lang"));
        let name = [story.name.as_deref(), story.text("title")]
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
            return Err("its front matter is larger than an article may have".to_owned());
        }
        Ok(prepared)
    }

    /// Where the file would be under this name, below `content/`.
    pub(super) fn path(&self, name: &str) -> String {
        let Self { folder, day, story, .. } = self;
        if story.media.is_empty() {
            format!("{folder}{day}{name}.md")
        } else {
            format!("{folder}{day}{name}/index.md")
        }
    }

    /// Decides on the `slug` or `permalink`.
    pub(super) fn set_url_key(&mut self, key: &str, value: Option<&str>) {
        let loaded = if key == "slug" { &mut self.loaded.slug } else { &mut self.loaded.permalink };
        *loaded = value.map(str::to_owned);
        match value {
            Some(value) => self.front.insert(key.to_owned(), value.into()),
            None => self.front.shift_remove(key),
        };
    }

    /// Copy without a date cannot be published: it would be in no list, and no build would run.
    fn hold_if_undated(&mut self, whose: Origin) {
        if whose == Origin::Agency && !self.front.contains_key("date") && !self.front.contains_key("draft") {
            self.front.insert("draft".to_owned(), true.into());
            self.story.remark("import/undated", "it has no date, so it is a draft", None);
        }
    }

    /// Says which section it is in: by its folder, if the section is one of the site.
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
                let message =
                    format!("the site has no section `{written}`; add it to `sections` in bulletin.yaml");
                self.story.remark_about("import/unknown-section", written, message, None);
            }
        }
    }

    /// A story stands under its section with its day in front; a standing page where it stood.
    fn choose_folder(&mut self, config: &Config) {
        match self.loaded.date {
            Some(date) => {
                self.day = format!("{}-", date.to_zoned(config.timezone.clone()).date());
                if self.folder.is_empty() {
                    // A year is no section.
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
                    // A page of an author, say, is not the list of the author's stories.
                    if is_list_url(&format!("/{}{}/", self.folder, self.name)) {
                        self.folder.insert_str(0, "pages/");
                    }
                    self.drop_date_prefix();
                }
            }
        }
    }

    /// A day in the name of its file would make a story of a page: its URL has it all the same.
    fn drop_date_prefix(&mut self) {
        // A name that is nothing but a day is left as it is.
        let longer = format!("{}-x", self.name);
        let rest = content::writing::without_date(&longer);
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

    /// Takes out of the front matter what the site would not read, until it loads.
    fn load(&mut self, config: &Config) -> Result<(), String> {
        loop {
            // Its own name may hold a day, which is not its date.
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
                let message = format!("`{key}` is not used: {}", error.message);
                self.story.remark_about("import/not-used", key.clone(), message, None);
                if HOLDS_BACK.contains(&&*key) {
                    self.front.insert("draft".to_owned(), true.into());
                }
                self.not_used.insert(key, value);
            }
            if self.not_used.len() == out {
                return Err(format!("its front matter cannot be kept: {unreadable}"));
            }
            if !self.front.contains_key("title") {
                self.front.insert("title".to_owned(), self.name.replace('-', " ").into());
            }
        }
    }

    /// The text of the article, for a file of this name.
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

/// A story without a headline gets its first words for one.
fn ensure_headline(story: &mut Story) {
    if story.text("title").is_some_and(|title| !title.trim().is_empty()) {
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
    story.set("title", title.unwrap_or_else(|| "Untitled".to_owned()), Confidence::Derived, Vec::new());
}

/// An address of mail is nobody's name: `jo@a.example (Jo Lind)` and `Jo Lind <jo@a.example>` are Jo Lind.
fn clean_bylines(story: &mut Story) {
    let Some(field) = story.fields.iter_mut().find(|field| field.key == "authors") else { return };
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
        story.fields.retain(|field| field.key != "authors");
    }
    if has_lost {
        let message = "its byline is an address of mail, which is not printed: write the name in `authors`";
        story.remark("import/byline", message, None);
    }
}

/// What the old site made of names of files and folders was its rule, and readers saw it: nobody has to look at it again.
fn confirm_rules(story: &mut Story) {
    let is_rule = |field: &&mut Field| {
        matches!(
            &*field.key,
            "section" | "date" | "lang" | "tags" | "permalink" | "authors" | "noindex" | "feed"
        )
    };
    for field in story.fields.iter_mut().filter(is_rule) {
        if matches!(field.confidence, Confidence::Positional | Confidence::Derived) {
            field.confidence = Confidence::Explicit;
        }
    }
}

/// Copy of agencies is a draft until a person has looked.
fn set_release(story: &mut Story, whose: Origin, status: Option<Status>) {
    match (status, whose) {
        // What the copy itself, or an importer that could not read it, holds back stays so.
        (Some(Status::Published), _) => {}
        (Some(Status::Draft), _) | (None, Origin::Agency) => {
            story.set("draft", true, Confidence::Explicit, Vec::new())
        }
        (Some(Status::Withheld), _) => story.set("status", "withheld", Confidence::Explicit, Vec::new()),
        (Some(Status::Withdrawn), _) => story.set("status", "withdrawn", Confidence::Explicit, Vec::new()),
        (None, Origin::Archive) => {}
    }
}

/// By what it is known, and whether the copy says so itself. What an archive had is known to readers of its feeds by its URL.
fn identity(story: &Story, copy: &CopyFile<'_>, config: &Config) -> (String, bool) {
    let is_line = |id: &str| !id.trim().is_empty() && !id.chars().any(char::is_control);
    match (&story.identity, &story.old_url) {
        (Some(Identity::Given(id)), _) if is_line(id) => (id.trim().to_owned(), true),
        (Some(Identity::Derived(key)), _) => (article::urn(&format!("{}\n{key}", copy.from)), false),
        (_, Some(url)) => (on_this_site(url, config), true),
        _ => {
            let say = |key| story.text(key).unwrap_or_default();
            (article::urn(&format!("{}\n{}\n{}", copy.from, say("title"), say("date"))), false)
        }
    }
}

/// The whole URL of a path, as if it were one of the site.
fn on_this_site(url: &str, config: &Config) -> String {
    config.base_url.join(url).map_or_else(|_| url.to_owned(), Into::into)
}
