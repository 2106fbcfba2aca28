//! The front matter of another generator → bulletin's fields.
//!
//! Each value is checked by bulletin's own front matter reader. What that rejects is kept under `extra`, so that every imported
//! story loads.

use serde_json::{Map, Value as Json, json};

use super::{ArticleContext, KeyMapping, urls};
use crate::config::Config;
use crate::content::{self, Genre, Key, writing};
use crate::diagnostic::Diagnostic;
use crate::import::front::{self, Front, FrontEntry};
use crate::import::story::{Confidence, Span, Story};
use crate::import::{FieldKey, html};
use crate::slug::name_key;

mod image;
mod release;

impl ArticleContext<'_> {
    /// Adds the fields of a story whose body is already there.
    pub(super) fn set_fields(&self, story: &mut Story, front: &Front) {
        let mut writer = FieldWriter {
            context: self,
            config: self.import.config,
            story,
            tags: Vec::new(),
            terms: Vec::new(),
            section: None,
            path_at: None,
        };
        let entries = self.map_keys(front);
        // Dates first, because other keys are compared with them.
        let is_date = |entry: &&(usize, &(FrontEntry, KeyMapping))| {
            matches!(entry.1.1, KeyMapping::Field(Key::Date, _))
        };
        let (dates, others): (Vec<_>, Vec<_>) = entries.iter().enumerate().partition(|entry| is_date(&entry));
        for (index, (entry, mapping)) in dates.into_iter().chain(others) {
            match *mapping {
                KeyMapping::Field(key, rank) if is_best(&entries, index, key, rank) => {
                    writer.set_field(key, entry)
                }
                KeyMapping::Section if self.page.section.is_none() => {
                    writer.section =
                        front::as_text(&entry.value).map(|section| (section, front::spans(entry)));
                    if writer.section.is_none() {
                        writer.keep_extra(entry);
                    }
                }
                KeyMapping::Categories => writer.terms.extend(self.list_terms(entry)),
                KeyMapping::Tags => writer.tags.extend(self.list_terms(entry)),
                KeyMapping::Consumed if self.page.keeps_url => {}
                KeyMapping::Consumed if entry.value.is_string() => {
                    writer.path_at = writer.path_at.or(entry.at)
                }
                _ => writer.keep_extra(entry),
            }
        }
        writer.apply_visibility(front);
        writer.add_image_details();
        writer.apply_path_info();
        writer.set_topics();
        writer.set_title();
        for (what, at) in &front.unreadable {
            story.remark("import/front-matter", format!("a key was dropped: {what}"), Some(*at));
        }
    }

    /// Whether a story is a standing page: it has no date and was not a draft of a post.
    pub(super) fn is_standing_page(&self, story: &Story) -> bool {
        self.page.draft.is_none()
            && story.field(Key::Date).is_none()
            && story.field(FieldKey::extra("date")).is_none()
    }

    /// Maps the entries, including nested ones.
    fn map_keys(&self, front: &Front) -> Vec<(FrontEntry, KeyMapping)> {
        let mut all = Vec::new();
        for entry in &front.entries {
            let mapping = self.generator.map_key(&entry.key);
            match mapping {
                KeyMapping::Nested if entry.value.is_object() => {
                    all.extend(front::nested_entries(entry).into_iter().map(|inner| {
                        let mapping = self.generator.map_key(&inner.key);
                        (inner, mapping)
                    }));
                }
                KeyMapping::ThemeParams if entry.value.is_object() => {
                    all.extend(front::nested_entries(entry).into_iter().map(|inner| {
                        let mapping = map_theme_param(&inner.key);
                        (inner, mapping)
                    }));
                }
                _ => all.push((entry.clone(), mapping)),
            }
        }
        all.retain(|(entry, mapping)| !is_blank(&entry.value) || *mapping == KeyMapping::Field(Key::Date, 0));
        all
    }

    /// The topics that a key names.
    fn list_terms(&self, entry: &FrontEntry) -> Vec<(String, Vec<Span>)> {
        let values = match &entry.value {
            Json::String(text) => self.generator.split_list(&entry.key, text),
            value => front::as_texts(value),
        };
        values
            .into_iter()
            .map(|word| (htmlize::unescape(word.trim()).into_owned(), front::spans(entry)))
            .filter(|(word, _)| !word.is_empty())
            .collect()
    }
}

/// Maps a key of a theme's parameters. It counts only for what readers saw, and only if no other key says it.
fn map_theme_param(key: &str) -> KeyMapping {
    const PENALTY: usize = 100;
    if key.eq_ignore_ascii_case("section") {
        return KeyMapping::Section;
    }
    match super::map_common_key(key) {
        KeyMapping::Field(
            key @ (Key::Authors | Key::Deck | Key::Kicker | Key::Image | Key::Dateline | Key::Source),
            rank,
        ) => KeyMapping::Field(key, rank + PENALTY),
        _ => KeyMapping::Extra,
    }
}

/// Whether no better key sets the same field.
fn is_best(entries: &[(FrontEntry, KeyMapping)], index: usize, key: Key, rank: usize) -> bool {
    entries.iter().enumerate().all(|(other, (_, mapping))| match mapping {
        KeyMapping::Field(of, other_rank) if *of == key => (*other_rank, other) >= (rank, index),
        _ => true,
    })
}

fn is_blank(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(map) => map.is_empty(),
        _ => false,
    }
}

struct FieldWriter<'a, 'c> {
    context: &'a ArticleContext<'c>,
    config: &'a Config,
    story: &'a mut Story,
    tags: Vec<(String, Vec<Span>)>,
    terms: Vec<(String, Vec<Span>)>,
    /// The section that a theme parameter names.
    section: Option<(String, Vec<Span>)>,
    /// Where front matter sets the path.
    path_at: Option<Span>,
}

/// Text fields in which old themes rendered HTML.
const TEXT_FIELDS: [Key; 7] =
    [Key::Title, Key::Deck, Key::Kicker, Key::Dateline, Key::Authors, Key::Source, Key::Image];

/// Converts a value of a text field to plain text.
fn strip_html(key: Key, value: &Json) -> Json {
    match value {
        Json::String(text) if TEXT_FIELDS.contains(&key) && text.contains('<') => html::text(text).into(),
        Json::String(text) if TEXT_FIELDS.contains(&key) && text.contains('&') => {
            htmlize::unescape(text).into_owned().into()
        }
        Json::Array(items) => items.iter().map(|item| strip_html(key, item)).collect(),
        // A path may contain `&amp=`.
        Json::Object(map) => {
            let is_path = |name: &str| matches!(name, "src" | "url" | "path" | "file");
            let item = |(name, item): (&String, &Json)| {
                (name.clone(), if is_path(name) { item.clone() } else { strip_html(key, item) })
            };
            map.iter().map(item).collect::<serde_json::Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

impl FieldWriter<'_, '_> {
    fn set_field(&mut self, key: Key, entry: &FrontEntry) {
        let is_path = key == Key::Image && entry.value.is_string();
        let plain = if is_path { entry.value.clone() } else { strip_html(key, &entry.value) };
        let entry = &FrontEntry { value: plain, ..entry.clone() };
        match key {
            Key::Date | Key::Updated | Key::Embargo | Key::Expires | Key::PinnedUntil => {
                self.set_time(key, entry)
            }
            Key::Tags => self.tags.extend(self.context.list_terms(entry)),
            Key::Series => {
                let mut all = self.context.list_terms(entry).into_iter();
                if let Some((first, _)) = all.next() {
                    self.set_or_keep(key, first.into(), entry);
                }
                self.tags.extend(all);
            }
            Key::Authors | Key::Source | Key::Aliases | Key::OldSlugs => self.set_list(key, entry),
            Key::Image => self.set_image(entry),
            Key::Genre if !is_genre(&entry.value) => self.keep_extra(entry),
            Key::Title
            | Key::Deck
            | Key::Kicker
            | Key::Dateline
            | Key::Lang
            | Key::Slug
            | Key::Ednote
            | Key::CanonicalUrl => match front::as_text(&entry.value) {
                Some(text) if key == Key::Lang => {
                    self.set_or_keep(key, text.replace('_', "-").into(), entry);
                }
                Some(text) => self.set_or_keep(key, text.into(), entry),
                None => self.set_or_keep(key, entry.value.clone(), entry),
            },
            Key::Draft => match front::as_bool(&entry.value) {
                Some(is_draft) => self.set_or_keep(key, is_draft.into(), entry),
                None => {
                    self.keep_extra(entry);
                    self.hold_back("`draft` is neither `true` nor `false`", entry.at);
                }
            },
            _ => self.set_or_keep(key, entry.value.clone(), entry),
        }
    }

    /// Sets a list field, without the items that it cannot have.
    fn set_list(&mut self, key: Key, entry: &FrontEntry) {
        let items = match &entry.value {
            Json::Array(items) => items.clone(),
            Json::String(text) => {
                self.context.generator.split_list(&entry.key, text).into_iter().map(Json::from).collect()
            }
            value => vec![value.clone()],
        };
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for item in items.into_iter().filter(|item| !is_blank(item)) {
            let item = match (key, &item) {
                (Key::Aliases, Json::String(alias)) => {
                    self.context.generator.alias_path(self.context.page, alias).into()
                }
                (Key::Authors, Json::String(name)) => {
                    self.context.generator.author_name(name).unwrap_or(name).into()
                }
                (_, Json::Number(number)) => number.to_string().into(),
                _ => item,
            };
            match self.refusal(key, &json!([item])) {
                None => good.push(item),
                Some(why) => bad.push((item, why)),
            }
        }
        if !good.is_empty() {
            self.story.set(key, Json::Array(good), confidence(entry), front::spans(entry));
        }
        if let Some((_, why)) = bad.first() {
            self.remark_kept(entry, &why.clone());
            let rest = bad.into_iter().map(|(item, _)| item).collect();
            self.keep_extra(&FrontEntry { value: Json::Array(rest), ..entry.clone() });
        }
    }

    /// Sets a field, or keeps its value under `extra` with a remark.
    fn set_or_keep(&mut self, key: Key, value: Json, entry: &FrontEntry) {
        if let Some(why) = self.refusal(key, &value) {
            self.remark_kept(entry, &why);
            if matches!(key, Key::Status | Key::Draft) {
                self.hold_back(&format!("the value of `{}` is unknown", entry.key), entry.at);
            }
            self.keep_extra(entry);
        } else {
            self.story.set(key, value, confidence(entry), front::spans(entry));
        }
    }

    fn try_set(&mut self, key: Key, value: Json, entry: &FrontEntry) -> bool {
        let is_good = self.refusal(key, &value).is_none();
        if is_good {
            self.story.set(key, value, confidence(entry), front::spans(entry));
        }
        is_good
    }

    /// Returns why bulletin rejects a value.
    fn refusal(&self, key: Key, value: &Json) -> Option<String> {
        let values = Map::from_iter([
            (Key::Title.name().to_owned(), "x".into()),
            (key.name().to_owned(), value.clone()),
        ]);
        let (front, problems) = content::front_matter_of("article.md", &values, self.config);
        let error = problems.into_iter().map(|(_, problem)| problem).find(Diagnostic::is_error);
        error.map(|error| error.message).or_else(|| front.is_none().then(|| "it is invalid".to_owned()))
    }

    /// Keeps a value under `extra`. A key that would hold the story back is renamed.
    fn keep_extra(&mut self, entry: &FrontEntry) {
        self.hold_if_flagged(entry);
        let plain: String =
            entry.key.chars().map(|c| if c == '.' || c.is_control() { '_' } else { c }).collect();
        let plain = if plain.trim().is_empty() { "_".to_owned() } else { plain.trim().to_owned() };
        for key in [plain.clone(), format!("{plain}{}", writing::AS_WRITTEN)] {
            let field = FieldKey::extra(key.clone());
            if self.story.field(field.clone()).is_none()
                && self.refusal(Key::Extra, &json!({ key: entry.value })).is_none()
            {
                self.story.set(field, entry.value.clone(), confidence(entry), front::spans(entry));
                self.context.attach_named(self.story, &entry.value, 4);
                return;
            }
        }
        let message = format!("`{}` was dropped because `extra` cannot hold it either", truncate(&entry.key));
        self.story.remark("import/front-matter", message, entry.at);
    }

    fn remark_kept(&mut self, entry: &FrontEntry, why: &str) {
        let message = format!("`{}` moved to `extra`: {why}", truncate(&entry.key));
        self.story.remark("import/front-matter", message, entry.at);
    }

    /// Applies what the file's path says.
    fn apply_path_info(&mut self) {
        let page = self.context.page;
        if let Some(when) = page.date.as_ref().filter(|_| self.story.field(Key::Date).is_none()) {
            self.story.set(Key::Date, when.text.clone(), Confidence::Derived, Vec::new());
        }
        if let Some(why) = page.draft {
            self.hold_back(why, None);
        }
        let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let named = self.context.generator.info().named_language.as_deref();
        let named = named.filter(|lang| primary(lang) != primary(&self.config.language));
        if let Some(lang) = page.lang.as_deref().or(named).filter(|_| self.story.field(Key::Lang).is_none())
            && self.refusal(Key::Lang, &json!(lang)).is_none()
        {
            self.story.set(Key::Lang, lang, Confidence::Derived, Vec::new());
        }
        let keeps = |_: &&String| page.keeps_url || self.context.is_standing_page(self.story);
        if let Some(path) = page.permalink.as_ref().filter(keeps) {
            match self.refusal(Key::Permalink, &json!(path)) {
                None => self.story.set(
                    Key::Permalink,
                    path.as_str(),
                    Confidence::Explicit,
                    self.path_at.into_iter().collect(),
                ),
                Some(why) => self.story.remark(
                    "import/front-matter",
                    format!("the path in its front matter was dropped: {why}"),
                    None,
                ),
            }
        }
    }

    /// Sets section and tags. The section of a standing page is its folder.
    fn set_topics(&mut self) {
        let is_standing = self.context.is_standing_page(self.story);
        let page = self.context.page;
        let mut terms = std::mem::take(&mut self.terms).into_iter();
        let section = match &page.section {
            Some((section, sure)) => Some((section.clone(), *sure, Vec::new())),
            None if is_standing => None,
            None if self.section.is_some() => {
                self.section.take().map(|(section, at)| (section, Confidence::Explicit, at))
            }
            // A category that is not a section of the site becomes a tag.
            None => match terms.as_slice().first() {
                Some((term, _)) if self.refusal(Key::Section, &json!(term)).is_some() => None,
                _ => terms.next().map(|(term, at)| (term, Confidence::Explicit, at)),
            },
        };
        if let Some((section, sure, at)) = section.filter(|_| !is_standing) {
            match self.refusal(Key::Section, &json!(section)) {
                None => self.story.set(Key::Section, section, sure, at),
                Some(why) => {
                    let message = format!("the section moved to `extra`: {why}; add it to `sections`");
                    self.story.remark("import/section", message, at.first().copied());
                    self.story.set(FieldKey::extra("section"), section, sure, at);
                }
            }
        }
        let is_section = |term: &String| {
            page.section.as_ref().is_some_and(|(section, _)| name_key(section) == name_key(term))
        };
        if let Some((section, at)) = self.section.take() {
            self.story.set(FieldKey::extra("section"), section, Confidence::Explicit, at);
        }
        let others = terms.filter(|(term, _)| !is_section(term));
        let own = page.tags.iter().map(|tag| (tag.clone(), Vec::new()));
        let all: Vec<_> = std::mem::take(&mut self.tags).into_iter().chain(others).chain(own).collect();
        self.set_tags(all);
    }

    fn set_tags(&mut self, all: Vec<(String, Vec<Span>)>) {
        let (mut keys, mut good, mut bad, mut at) =
            (std::collections::HashSet::new(), Vec::new(), Vec::new(), Vec::new());
        for (tag, places) in all {
            let key = name_key(&tag);
            if key.is_empty() || tag.chars().any(char::is_control) {
                bad.push(Json::from(tag));
            } else if keys.insert(key) {
                good.push(Json::from(tag));
            }
            at.extend(places.into_iter().filter(|place| !at.contains(place)).collect::<Vec<_>>());
        }
        at.sort_unstable();
        let sure = if at.is_empty() { Confidence::Derived } else { Confidence::Explicit };
        if !bad.is_empty() {
            let message =
                "tags without a letter or digit moved to `extra.tags` because their pages would have no URL";
            self.story.remark("import/front-matter", message, at.first().copied());
            self.story.set(FieldKey::extra("tags"), bad, sure, at.clone());
        }
        if !good.is_empty() {
            self.story.set(Key::Tags, good, sure, at);
        }
    }

    /// Derives a missing title from the path, the first heading or the file name.
    fn set_title(&mut self) {
        if self.story.field(Key::Title).is_some() {
            return;
        }
        let page = self.context.page;
        let title = page.title.clone().or_else(|| take_heading(&mut self.story.body));
        let title =
            title.filter(|title| !title.trim().is_empty()).unwrap_or_else(|| urls::humanize(&page.slug));
        let title = if title.is_empty() { "Untitled".to_owned() } else { title };
        self.story.set(Key::Title, title, Confidence::Derived, Vec::new());
        self.story.remark("import/title", "it has no title, so one was derived", None);
    }
}

/// The first heading of a text. A heading at the very beginning is removed, or the page would show it twice.
fn take_heading(body: &mut String) -> Option<String> {
    let title = crate::content::markdown::outline(body, None, "").headings.into_iter().next()?.title;
    if let Some(rest) = body.strip_prefix(&format!("# {title}\n")) {
        *body = rest.trim_start_matches('\n').to_owned();
    }
    Some(title)
}

fn confidence(entry: &FrontEntry) -> Confidence {
    if entry.at.is_some() { Confidence::Explicit } else { Confidence::Derived }
}

/// Whether a type is one of bulletin's genres. Other generators use `post` and `page`.
fn is_genre(value: &Json) -> bool {
    front::as_text(value)
        .is_some_and(|text| Genre::ALL.iter().any(|(name, _)| text.eq_ignore_ascii_case(name)))
}

fn truncate(key: &str) -> String {
    key.chars().take(60).collect()
}
