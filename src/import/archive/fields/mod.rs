//! Front matter of another generator → fields of ours.
//!
//! Every value is tried with the reader of bulletin: what it refuses is kept under `extra`, so that an imported article loads.

use serde_json::{Map, Value as Json, json};

use super::{Context, Dialect, Meaning, urls};
use crate::config::Config;
use crate::content::{self, Genre, writing};
use crate::diagnostic::Diagnostic;
use crate::import::front::{self, Entry, Front};
use crate::import::story::{Confidence, Span, Story};
use crate::import::{ImportContext, html};
use crate::slug::name_key;

mod image;
mod release;

impl<D: Dialect> Context<'_, D> {
    /// Adds the fields of a story whose body is there.
    pub(super) fn fields(&self, story: &mut Story, front: &Front, desk: &ImportContext<'_>) {
        let mut writer = Writer {
            context: self,
            config: desk.config,
            story,
            tags: Vec::new(),
            terms: Vec::new(),
            section: None,
            path_at: None,
        };
        let entries = self.meanings(front);
        // The date first, as other keys are compared with it.
        let is_date = |entry: &&(usize, &(Entry, Meaning))| matches!(entry.1.1, Meaning::Field("date", _));
        let (dates, others): (Vec<_>, Vec<_>) = entries.iter().enumerate().partition(|entry| is_date(&entry));
        for (index, (entry, meaning)) in dates.into_iter().chain(others) {
            match *meaning {
                Meaning::Field(name, rank) if is_best(&entries, index, name, rank) => {
                    writer.field(name, entry)
                }
                Meaning::Section if self.page.section.is_none() => {
                    writer.section = front::text(&entry.value).map(|section| (section, front::at(entry)));
                    if writer.section.is_none() {
                        writer.extra(entry);
                    }
                }
                Meaning::Terms => writer.terms.extend(self.topics(entry)),
                Meaning::Tags => writer.tags.extend(self.topics(entry)),
                Meaning::Read if self.page.keeps_url => {}
                Meaning::Read if entry.value.is_string() => writer.path_at = writer.path_at.or(entry.at),
                _ => writer.extra(entry),
            }
        }
        writer.seen_by(front);
        writer.about_image();
        writer.place();
        writer.topics();
        writer.title();
        for (what, at) in &front.lost {
            story.remark("import/front-matter", format!("a key is left out: {what}"), Some(*at));
        }
    }

    /// Whether a story whose fields are there is a standing page: it never had a date, and was no draft of a post.
    pub(super) fn is_standing(&self, story: &Story) -> bool {
        self.page.draft.is_none() && story.field("date").is_none() && story.field("extra.date").is_none()
    }

    /// The entries that say something, those in maps of theirs too, with what they mean.
    fn meanings(&self, front: &Front) -> Vec<(Entry, Meaning)> {
        let mut all = Vec::new();
        for entry in &front.entries {
            let meaning = self.dialect.meaning(&entry.key);
            match meaning {
                Meaning::Keys if entry.value.is_object() => {
                    all.extend(front::inside(entry).into_iter().map(|inner| {
                        let meaning = self.dialect.meaning(&inner.key);
                        (inner, meaning)
                    }));
                }
                Meaning::Theme if entry.value.is_object() => {
                    all.extend(front::inside(entry).into_iter().map(|inner| {
                        let meaning = for_theme(&inner.key);
                        (inner, meaning)
                    }));
                }
                _ => all.push((entry.clone(), meaning)),
            }
        }
        all.retain(|(entry, meaning)| !is_blank(&entry.value) || *meaning == Meaning::Field("date", 0));
        all
    }

    /// The words of a key that are topics.
    fn topics(&self, entry: &Entry) -> Vec<(String, Vec<Span>)> {
        let words = match &entry.value {
            Json::String(text) => self.dialect.split(&entry.key, text),
            value => front::texts(value),
        };
        words
            .into_iter()
            .map(|word| (htmlize::unescape(word.trim()).into_owned(), front::at(entry)))
            .filter(|(word, _)| !word.is_empty())
            .collect()
    }
}

/// What a key in a map for the theme means: what readers saw of a story by it, if nothing else says so.
fn for_theme(key: &str) -> Meaning {
    const BEHIND: usize = 100;
    if key.eq_ignore_ascii_case("section") {
        return Meaning::Section;
    }
    match super::common_meaning(key) {
        Meaning::Field(name @ ("authors" | "deck" | "kicker" | "image" | "dateline" | "source"), rank) => {
            Meaning::Field(name, rank + BEHIND)
        }
        _ => Meaning::Extra,
    }
}

/// Whether no other key is a better name of a field.
fn is_best(entries: &[(Entry, Meaning)], index: usize, name: &str, rank: usize) -> bool {
    entries.iter().enumerate().all(|(other, (_, meaning))| match meaning {
        Meaning::Field(of, other_rank) if *of == name => (*other_rank, other) >= (rank, index),
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

struct Writer<'a, 'c, D> {
    context: &'a Context<'c, D>,
    config: &'a Config,
    story: &'a mut Story,
    tags: Vec<(String, Vec<Span>)>,
    terms: Vec<(String, Vec<Span>)>,
    /// The section that a key for the theme names.
    section: Option<(String, Vec<Span>)>,
    /// Where front matter says the path.
    path_at: Option<Span>,
}

/// Fields that readers see as text, in which old themes read HTML.
const SHOWN: [&str; 7] = ["title", "deck", "kicker", "dateline", "authors", "source", "image"];

/// A value for a field of plain text: its character references are decoded once, tags in its words are left out.
fn without_html(name: &str, value: &Json) -> Json {
    match value {
        Json::String(text) if SHOWN.contains(&name) && text.contains('<') => html::text(text).into(),
        Json::String(text) if SHOWN.contains(&name) && text.contains('&') => {
            htmlize::unescape(text).into_owned().into()
        }
        Json::Array(items) => items.iter().map(|item| without_html(name, item)).collect(),
        // A path may have `&amp=`.
        Json::Object(map) => {
            let is_path = |key: &str| matches!(key, "src" | "url" | "path" | "file");
            let item = |(key, item): (&String, &Json)| {
                (key.clone(), if is_path(key) { item.clone() } else { without_html(name, item) })
            };
            map.iter().map(item).collect::<serde_json::Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

impl<D: Dialect> Writer<'_, '_, D> {
    fn field(&mut self, name: &'static str, entry: &Entry) {
        let is_path = name == "image" && entry.value.is_string();
        let plain = if is_path { entry.value.clone() } else { without_html(name, &entry.value) };
        let entry = &Entry { value: plain, ..entry.clone() };
        match name {
            "date" | "updated" | "embargo" | "expires" | "pinned_until" => self.time(name, entry),
            "tags" => self.tags.extend(self.context.topics(entry)),
            "series" => {
                let mut all = self.context.topics(entry).into_iter();
                if let Some((first, _)) = all.next() {
                    self.put_or_keep(name, first.into(), entry);
                }
                self.tags.extend(all);
            }
            "authors" | "source" | "aliases" | "old_slugs" => self.list(name, entry),
            "image" => self.image(entry),
            "type" if !is_genre(&entry.value) => self.extra(entry),
            "title" | "deck" | "kicker" | "dateline" | "lang" | "slug" | "ednote" | "canonical_url" => {
                match front::text(&entry.value) {
                    Some(text) if name == "lang" => {
                        self.put_or_keep(name, text.replace('_', "-").into(), entry);
                    }
                    Some(text) => self.put_or_keep(name, text.into(), entry),
                    None => self.put_or_keep(name, entry.value.clone(), entry),
                }
            }
            "draft" => match front::truth(&entry.value) {
                Some(is_draft) => self.put_or_keep(name, is_draft.into(), entry),
                None => {
                    self.extra(entry);
                    self.hold("whether it is one cannot be told", entry.at);
                }
            },
            _ => self.put_or_keep(name, entry.value.clone(), entry),
        }
    }

    /// A list, without what cannot be in it.
    fn list(&mut self, name: &'static str, entry: &Entry) {
        let items = match &entry.value {
            Json::Array(items) => items.clone(),
            Json::String(text) => {
                self.context.dialect.split(&entry.key, text).into_iter().map(Json::from).collect()
            }
            value => vec![value.clone()],
        };
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for item in items.into_iter().filter(|item| !is_blank(item)) {
            let item = match (name, &item) {
                ("aliases", Json::String(alias)) => {
                    self.context.dialect.alias(self.context.page, alias).into()
                }
                ("authors", Json::String(called)) => {
                    self.context.dialect.author(called).unwrap_or(called).into()
                }
                (_, Json::Number(number)) => number.to_string().into(),
                _ => item,
            };
            match self.refusal(name, &json!([item])) {
                None => good.push(item),
                Some(why) => bad.push((item, why)),
            }
        }
        if !good.is_empty() {
            self.story.set(name, Json::Array(good), sure(entry), front::at(entry));
        }
        if let Some((_, why)) = bad.first() {
            self.kept(entry, &why.clone());
            let rest = bad.into_iter().map(|(item, _)| item).collect();
            self.extra(&Entry { value: Json::Array(rest), ..entry.clone() });
        }
    }

    /// Sets a field, or keeps its value for the theme and says why.
    fn put_or_keep(&mut self, name: &'static str, value: Json, entry: &Entry) {
        if let Some(why) = self.refusal(name, &value) {
            self.kept(entry, &why);
            if matches!(name, "status" | "draft") {
                self.hold(&format!("`{}` is not understood", entry.key), entry.at);
            }
            self.extra(entry);
        } else {
            self.story.set(name, value, sure(entry), front::at(entry));
        }
    }

    fn put(&mut self, name: &'static str, value: Json, entry: &Entry) -> bool {
        let is_good = self.refusal(name, &value).is_none();
        if is_good {
            self.story.set(name, value, sure(entry), front::at(entry));
        }
        is_good
    }

    /// Why the reader of bulletin refuses a field, if it does.
    fn refusal(&self, name: &str, value: &Json) -> Option<String> {
        let values = Map::from_iter([("title".to_owned(), "x".into()), (name.to_owned(), value.clone())]);
        let (front, problems) = content::front_matter_of("article.md", &values, self.config);
        let error = problems.into_iter().map(|(_, problem)| problem).find(Diagnostic::is_error);
        error.map(|error| error.message).or_else(|| front.is_none().then(|| "it cannot be read".to_owned()))
    }

    /// Keeps a value under `extra`, where a key that would hold the story back needs another name.
    fn extra(&mut self, entry: &Entry) {
        self.holds(entry);
        let plain: String =
            entry.key.chars().map(|c| if c == '.' || c.is_control() { '_' } else { c }).collect();
        let plain = if plain.trim().is_empty() { "_".to_owned() } else { plain.trim().to_owned() };
        for key in [plain.clone(), format!("{plain}{}", writing::AS_WRITTEN)] {
            let name = format!("extra.{key}");
            if self.story.field(&name).is_none()
                && self.refusal("extra", &json!({ key: entry.value })).is_none()
            {
                self.story.set(name, entry.value.clone(), sure(entry), front::at(entry));
                self.context.named_in(self.story, &entry.value, 4);
                return;
            }
        }
        let words = format!("`{}` cannot be kept, even under `extra`", shortened(&entry.key));
        self.story.remark("import/front-matter", words, entry.at);
    }

    fn kept(&mut self, entry: &Entry, why: &str) {
        let words = format!("`{}` is kept under `extra`: {why}", shortened(&entry.key));
        self.story.remark("import/front-matter", words, entry.at);
    }

    /// What the place of the file says.
    fn place(&mut self) {
        let page = self.context.page;
        if let Some(when) = page.date.as_ref().filter(|_| self.story.field("date").is_none()) {
            self.story.set("date", when.text.clone(), Confidence::Derived, Vec::new());
        }
        if let Some(why) = page.draft {
            self.hold(why, None);
        }
        let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let named = self.context.dialect.named_language();
        let named = named.filter(|lang| primary(lang) != primary(&self.config.language));
        if let Some(lang) = page.lang.as_deref().or(named).filter(|_| self.story.field("lang").is_none())
            && self.refusal("lang", &json!(lang)).is_none()
        {
            self.story.set("lang", lang, Confidence::Derived, Vec::new());
        }
        let keeps = |_: &&String| page.keeps_url || self.context.is_standing(self.story);
        if let Some(path) = page.own_path.as_ref().filter(keeps) {
            match self.refusal("permalink", &json!(path)) {
                None => self.story.set(
                    "permalink",
                    path.as_str(),
                    Confidence::Explicit,
                    self.path_at.into_iter().collect(),
                ),
                Some(why) => {
                    self.story.remark("import/front-matter", format!("its own path is not kept: {why}"), None)
                }
            }
        }
    }

    /// Section and tags. A standing page has no section but the folder it is in.
    fn topics(&mut self) {
        let is_standing = self.context.is_standing(self.story);
        let page = self.context.page;
        let mut terms = std::mem::take(&mut self.terms).into_iter();
        let section = match &page.section {
            Some((section, sure)) => Some((section.clone(), *sure, Vec::new())),
            None if is_standing => None,
            None if self.section.is_some() => {
                self.section.take().map(|(section, at)| (section, Confidence::Explicit, at))
            }
            // A category that is no section here is a topic.
            None => match terms.as_slice().first() {
                Some((term, _)) if self.refusal("section", &json!(term)).is_some() => None,
                _ => terms.next().map(|(term, at)| (term, Confidence::Explicit, at)),
            },
        };
        if let Some((section, sure, at)) = section.filter(|_| !is_standing) {
            match self.refusal("section", &json!(section)) {
                None => self.story.set("section", section, sure, at),
                Some(why) => {
                    let words = format!("{why}, so it is kept under `extra`; add it to `sections`");
                    self.story.remark("import/section", words, at.first().copied());
                    self.story.set("extra.section", section, sure, at);
                }
            }
        }
        let is_section = |term: &String| {
            page.section.as_ref().is_some_and(|(section, _)| name_key(section) == name_key(term))
        };
        if let Some((section, at)) = self.section.take() {
            self.story.set("extra.section", section, Confidence::Explicit, at);
        }
        let others = terms.filter(|(term, _)| !is_section(term));
        let own = page.tags.iter().map(|tag| (tag.clone(), Vec::new()));
        let all: Vec<_> = std::mem::take(&mut self.tags).into_iter().chain(others).chain(own).collect();
        self.tag(all);
    }

    fn tag(&mut self, all: Vec<(String, Vec<Span>)>) {
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
            let words =
                "tags without a letter or digit are kept under `extra.tags`: their pages would have no URL";
            self.story.remark("import/front-matter", words, at.first().copied());
            self.story.set("extra.tags", bad, sure, at.clone());
        }
        if !good.is_empty() {
            self.story.set("tags", good, sure, at);
        }
    }

    /// A title for one that has none: by its place, its first heading, or its name.
    fn title(&mut self) {
        if self.story.field("title").is_some() {
            return;
        }
        let page = self.context.page;
        let title = page.title.clone().or_else(|| heading_of(&mut self.story.body));
        let title =
            title.filter(|title| !title.trim().is_empty()).unwrap_or_else(|| urls::title_of(&page.name));
        let title = if title.is_empty() { "Untitled".to_owned() } else { title };
        self.story.set("title", title, Confidence::Derived, Vec::new());
        self.story.remark("import/title", "it has no title, so one was made for it", None);
    }
}

/// The first heading of a text. One that the text begins with is taken out: it would be there twice.
fn heading_of(body: &mut String) -> Option<String> {
    let title = crate::content::markdown::outline(body, None, "").headings.into_iter().next()?.title;
    if let Some(rest) = body.strip_prefix(&format!("# {title}\n")) {
        *body = rest.trim_start_matches('\n').to_owned();
    }
    Some(title)
}

fn sure(entry: &Entry) -> Confidence {
    if entry.at.is_some() { Confidence::Explicit } else { Confidence::Derived }
}

/// Whether a type is one of ours; other generators have `post` and `page`.
fn is_genre(value: &Json) -> bool {
    front::text(value).is_some_and(|text| Genre::ALL.iter().any(|(name, _)| text.eq_ignore_ascii_case(name)))
}

fn shortened(key: &str) -> String {
    key.chars().take(60).collect()
}
