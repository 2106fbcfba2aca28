//! The keys of front matter → [`FrontMatter`].

use std::borrow::Cow;
use std::ops::Range;

use jiff::Timestamp;

use super::keys::{self, Field, Meant};
use super::{SMALLEST, dates};
use crate::config::{self, Config};
use crate::content::{Byline, FrontMatter, Genre, Source, Status};
use crate::diagnostic::{Diagnostic, Diagnostics, Place, Severity, did_you_mean};
use crate::slug::slugify;
use crate::yaml::{Map, Node};

mod parts;

type Json = serde_json::Map<String, serde_json::Value>;

/// Reads all keys. What is wrong is reported and left out.
pub(super) fn read(
    map: Map<'_>,
    source: &Source,
    config: &Config,
    opening: Range<usize>,
) -> (FrontMatter, Diagnostics) {
    let mut reader = Reader {
        source,
        config,
        front: FrontMatter::default(),
        problems: Diagnostics::default(),
        entries: [const { None }; keys::FIELDS.len()],
        other_date: None,
        own: Json::new(),
        params: Json::new(),
    };
    reader.gather(map);
    reader.words(opening);
    reader.times();
    reader.release();
    reader.topics();
    reader.media();
    reader.addresses();
    reader.extra();
    (reader.front, reader.problems)
}

/// A key that is there.
struct Entry<'a> {
    name: Cow<'a, str>,
    rank: usize,
    key: Node<'a>,
    value: Node<'a>,
}

struct Reader<'a> {
    source: &'a Source,
    config: &'a Config,
    front: FrontMatter,
    problems: Diagnostics,
    entries: [Option<Entry<'a>>; keys::FIELDS.len()],
    /// A second date of publication, beside `date`.
    other_date: Option<Node<'a>>,
    /// Keys that are not ours.
    own: Json,
    /// What is under `params`, then under `extra`.
    params: Json,
}

impl<'a> Reader<'a> {
    /// Sorts the keys by what they mean.
    fn gather(&mut self, map: Map<'a>) {
        for (key, value) in map.entries() {
            let Some(name) = self.take(key.string()) else {
                continue;
            };
            match (&*name, keys::find(&name)) {
                ("taxonomies", _) if value.is_map() => self.taxonomies(value),
                ("published", _) if value.as_bool().is_some() => {
                    self.front.draft |= value.as_bool() == Some(false);
                }
                ("layout", _) if value.string().is_ok_and(|text| !text.ends_with(".html")) => {
                    self.keep("layout", value);
                }
                (_, Some((Field::Extra, _))) => self.merge(&name, value),
                (_, Some((field, rank))) => self.enter(field, Entry { name, rank, key, value }),
                (_, None) => self.unknown(&name, key, value),
            }
        }
    }

    fn enter(&mut self, field: Field, entry: Entry<'a>) {
        if entry.value.is_null() {
            return;
        }
        let (used, unused) = match self.entries[field as usize].take() {
            None => (entry, None),
            Some(first) if first.rank < entry.rank => (first, Some(entry)),
            Some(first) => (entry, Some(first)),
        };
        if let Some(unused) = unused
            && !used.value.same_as(unused.value)
        {
            let message = format!("`{}` is not used, because `{}` is there too", unused.name, used.name);
            let mut problem = unused.key.warning("front-matter/two-names", message);
            if field.holds_back() {
                // Which of the two was meant to hold the story back?
                problem.severity = Severity::Error;
                self.front.draft = true;
            }
            self.problems.push(problem.help("both are names of one thing: delete one of the two"));
            if field == Field::Date {
                self.other_date = Some(unused.value);
            }
        }
        self.entries[field as usize] = Some(used);
    }

    fn taxonomies(&mut self, value: Node<'a>) {
        let Some(map) = self.take(value.map()) else {
            return;
        };
        let mut others = Json::new();
        for (key, value) in map.entries() {
            let Some(name) = self.take(key.string()) else {
                continue;
            };
            let name = format!("taxonomies.{name}");
            match keys::find(&name) {
                Some((field, rank)) => self.enter(field, Entry { name: name.into(), rank, key, value }),
                None => {
                    if let Some(json) = self.take(value.json()) {
                        others.insert(name["taxonomies.".len()..].to_owned(), json);
                    }
                }
            }
        }
        if !others.is_empty() {
            self.own.insert("taxonomies".to_owned(), others.into());
        }
    }

    fn unknown(&mut self, name: &str, key: Node<'a>, value: Node<'a>) {
        let own =
            format!("if it is a key of your own, put it under `extra`, for example `extra: {{{name}: …}}`");
        let help = |near| format!("did you mean `{near}`? {}", sentence(&own));
        match keys::meant(name) {
            Some(Meant::HoldsBack(near)) => {
                let message =
                    format!("there is no key `{name}`, and it looks like one that holds a story back");
                self.problems.push(key.error("front-matter/unknown-key", message).help(help(near)));
                self.front.draft = true;
            }
            Some(Meant::Other(near)) => {
                let message = format!("there is no key `{name}`");
                self.problems.push(key.warning("front-matter/unknown-key", message).help(help(near)));
            }
            None => {}
        }
        if !value.is_null() {
            self.keep(name, value);
        }
    }

    fn keep(&mut self, name: &str, value: Node<'a>) {
        if let Some(json) = self.take(value.json()) {
            self.own.insert(name.to_owned(), json);
        }
    }

    /// Takes up the keys of `extra`, which win, or of `params`.
    fn merge(&mut self, name: &str, value: Node<'a>) {
        if value.is_null() || self.take(value.map()).is_none() {
            return;
        }
        if let Some(serde_json::Value::Object(map)) = self.take(value.json()) {
            for (key, value) in map {
                if name == "extra" || !self.params.contains_key(&key) {
                    self.params.insert(key, value);
                }
            }
        }
    }

    fn extra(&mut self) {
        let mut extra = std::mem::take(&mut self.own);
        extra.append(&mut self.params);
        self.front.extra = extra;
    }

    fn words(&mut self, opening: Range<usize>) {
        let title = self.get(Field::Title);
        match title.map(|node| self.line(node)) {
            Some(Some(title)) => self.front.title = title,
            // It is no text, which has been said.
            Some(None) if title.is_some_and(|node| node.string().is_err()) => {}
            _ => {
                let place = Place::new(self.source.file.clone(), self.source.text.clone(), opening);
                let error = Diagnostic::error("front-matter/no-title", "this article has no title")
                    .at(title.map_or(place, Node::place))
                    .help(format!("give it one; the least that an article needs is\n{SMALLEST}"));
                self.problems.push(error);
            }
        }
        self.front.deck = self.text(Field::Deck);
        self.front.kicker = self.text(Field::Kicker);
        self.front.dateline = self.text(Field::Dateline);
        if let Some(node) = self.get(Field::Ednote) {
            self.take(node.string());
        }
        self.front.source = self.list(Field::Source);
        self.front.related = self.list(Field::Related);
        self.series();
        if let Some(node) = self.get(Field::Lang)
            && let Some(text) = self.line(node)
        {
            self.front.lang = config::language_tag(&text);
            if self.front.lang.is_none() {
                let error = node.error("front-matter/lang", format!("`{text}` is no language tag"));
                self.problems
                    .push(error.help("write the short tag of the language, such as `en`, `el` or `pt-BR`"));
            }
        }
    }

    fn series(&mut self) {
        let Some(node) = self.get(Field::Series) else {
            return;
        };
        if !node.is_list() {
            self.front.series = self.line(node);
            return;
        }
        let mut all = self.list(Field::Series).into_iter();
        self.front.series = all.next();
        if all.next().is_some() {
            let warning =
                node.warning("front-matter/series", "an article is in one series; the others are not used");
            self.problems.push(warning.help("write one, and make the others tags"));
        }
    }

    fn times(&mut self) {
        self.front.date = match self.unless_blank(Field::Date) {
            Some(node) => self.instant(node),
            None => self.date_of_name(),
        };
        self.front.updated = self.time(Field::Updated);
        if let (Some(date), Some(updated)) = (self.front.date, self.front.updated)
            && updated < date
            && let Some(node) = self.get(Field::Updated)
        {
            let message = format!("`{}` is before the date of the article and is not used", node.name());
            let warning = node.warning("front-matter/updated-before-date", message);
            self.problems.push(warning.help("write when the article last changed, or delete the line"));
            self.front.updated = None;
        }
        self.front.pinned_until = self.time(Field::PinnedUntil);
        self.corrections();
    }

    fn date_of_name(&mut self) -> Option<Timestamp> {
        let read = dates::of_name(self.source.name());
        match read.and_then(|date| dates::midnight(date, &self.config.timezone)) {
            Ok(date) => Some(date),
            Err(dates::Wrong::Form) => None,
            Err(dates::Wrong::Impossible(why)) => {
                let message = format!("the file name starts with a date that does not exist: {why}");
                let error = Diagnostic::error("front-matter/impossible-date", message);
                let place = Place::file(self.source.file.clone());
                self.problems.push(error.at(place).help("rename the file, or give the article a `date`"));
                None
            }
        }
    }

    /// What decides whether readers see the article. What cannot be understood holds it back.
    fn release(&mut self) {
        if let Some(node) = self.get(Field::Draft) {
            self.front.draft |= self.take(node.bool()).unwrap_or(true);
        }
        self.front.embargo = self.time_that_holds(Field::Embargo);
        self.front.expires = self.time_that_holds(Field::Expires);
        if self.front.embargo.is_none()
            && let Some(later) = self.other_date.and_then(|node| self.instant(node))
            && self.front.date.is_some_and(|date| later > date)
        {
            self.front.embargo = Some(later);
        }
        if let Some(node) = self.get(Field::Status) {
            match self.status(node) {
                Some(status) => self.front.status = status,
                None => self.front.draft = true,
            }
        }
    }

    fn time_that_holds(&mut self, field: Field) -> Option<Timestamp> {
        let node = self.unless_blank(field)?;
        let time = self.instant(node);
        self.front.draft |= time.is_none();
        time
    }

    fn status(&mut self, node: Node<'a>) -> Option<Status> {
        let text = self.take(node.string())?;
        match text.trim().to_ascii_lowercase().as_str() {
            "published" | "usable" => Some(Status::Published),
            "withheld" => Some(Status::Withheld),
            "withdrawn" | "canceled" | "cancelled" => Some(Status::Withdrawn),
            _ => {
                let error =
                    node.error("front-matter/status", format!("there is no status `{}`", text.trim()));
                self.wrong(error, "there are `published`, `withheld` and `withdrawn`; for unfinished work write `draft: true`")
            }
        }
    }

    fn topics(&mut self) {
        let mut tags = self.get(Field::Tags).map(|node| node.strings(&mut self.problems)).unwrap_or_default();
        self.section(&mut tags);
        let mut slugs: Vec<String> = Vec::with_capacity(tags.len());
        for (node, text) in tags {
            let slug = slugify(&text);
            if slug.is_empty() {
                let error =
                    node.error("front-matter/tag", format!("the tag `{text}` has no letter or digit"));
                self.problems.push(error.help("write it in words: its page needs a URL"));
            } else if !slugs.contains(&slug) {
                slugs.push(slug);
                self.front.tags.push(folded(&text));
            }
        }
        self.authors();
        self.genre();
        if let Some(node) = self.get(Field::Urgency) {
            match self.take(node.integer()).map(u8::try_from) {
                Some(Ok(urgency @ 1..=9)) => self.front.urgency = Some(urgency),
                Some(_) => {
                    let message = format!("`{}` must be from 1 to 9", node.name());
                    let error = node.error("front-matter/urgency", message);
                    self.problems.push(error.help("1 is a flash, 5 an everyday story, 9 the least urgent"));
                }
                None => {}
            }
        }
    }

    /// The section. Of a list of categories the first is the section and the others are tags.
    fn section(&mut self, tags: &mut Vec<(Node<'a>, Cow<'a, str>)>) {
        let entry = self.entries[Field::Section as usize].as_ref();
        let found = match entry.map(|entry| (entry.value, entry.rank)) {
            Some((node, rank)) if rank > 1 || node.is_list() => {
                let mut all = node.strings(&mut self.problems).into_iter();
                let first = all.next();
                tags.extend(all);
                first
            }
            Some((node, _)) => self.line(node).map(|text| (node, Cow::Owned(text))),
            None => None,
        };
        if let Some((node, text)) = found {
            let slug = self.section_slug(&text);
            if slug.is_empty() {
                let error = node
                    .error("front-matter/section", format!("the section `{text}` has no letter or digit"));
                self.problems.push(error.help("write the slug of a section, for example `section: world`"));
            } else {
                self.check_section(&text, slug, || node.place());
            }
        } else if self.front.date.is_some()
            && let Some(folder) = self.source.first_folder()
        {
            let file = self.source.file.clone();
            let slug = slugify(folder);
            if !slug.is_empty() {
                self.check_section(folder, slug, || Place::file(file));
            }
        }
    }

    /// The slug of a section that is named by its slug or by its title.
    fn section_slug(&self, text: &str) -> String {
        let slug = slugify(text);
        let sections = self.config.sections.as_deref().unwrap_or_default();
        let by_title = || sections.iter().find(|section| section.title.eq_ignore_ascii_case(text));
        match sections.iter().find(|section| section.slug == slug).or_else(by_title) {
            Some(section) => section.slug.clone(),
            None => slug,
        }
    }

    fn check_section(&mut self, written: &str, slug: String, place: impl FnOnce() -> Place) {
        if let Some(sections) = &self.config.sections
            && !sections.iter().any(|section| section.slug == slug)
        {
            let known = || sections.iter().map(|section| section.slug.as_str());
            let there_are = known().map(|slug| format!("`{slug}`")).collect::<Vec<_>>().join(", ");
            let help = match did_you_mean(&slug, known()) {
                Some(near) => format!("did you mean `{near}`? There are {there_are}"),
                None if sections.is_empty() => "add it to `sections` in `bulletin.yaml`".to_owned(),
                None => {
                    format!("there are {there_are}; new ones go into `sections` in `bulletin.yaml`")
                }
            };
            let error =
                Diagnostic::error("front-matter/unknown-section", format!("there is no section `{written}`"));
            self.problems.push(error.at(place()).help(help));
            return;
        }
        self.front.section = Some(slug);
    }

    fn genre(&mut self) {
        let Some(node) = self.get(Field::Genre) else {
            return;
        };
        let Some(text) = self.line(node) else {
            return;
        };
        let plain = text.to_ascii_lowercase().replace(['-', '_', ' '], "");
        if let Some((_, genre)) = Genre::ALL.iter().find(|(name, _)| *name == plain) {
            self.front.genre = *genre;
            return;
        }
        let names = || Genre::ALL.iter().map(|(name, _)| *name);
        let help = match did_you_mean(&plain, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
        };
        let message = format!("there is no type `{text}`; the article counts as news");
        self.problems.push(node.warning("front-matter/type", message).help(help));
    }

    fn authors(&mut self) {
        let Some(node) = self.get(Field::Authors) else {
            return;
        };
        let items: Vec<_> = match node.is_list() {
            true => self.take(node.list()).into_iter().flatten().collect(),
            false => vec![node],
        };
        for item in items {
            if item.is_map() {
                let byline = self.byline(item);
                self.front.authors.extend(byline);
            } else if item.is_list() {
                self.problems.push(*item.wrong_type("a name", "[Ana Ruiz, Bo Lind]"));
            } else if node.is_list() {
                let name = (!item.is_null()).then(|| self.line(item)).flatten();
                self.front.authors.extend(name.map(|name| Byline { name, ..Byline::default() }));
            } else {
                let names = item.strings(&mut self.problems).into_iter();
                self.front
                    .authors
                    .extend(names.map(|(_, name)| Byline { name: folded(&name), ..Byline::default() }));
            }
        }
    }

    /// The value of a field that is there.
    fn get(&self, field: Field) -> Option<Node<'a>> {
        self.entries[field as usize].as_ref().map(|entry| entry.value)
    }

    /// The value of a field, if it is more than `""`, which editing systems write for nothing.
    fn unless_blank(&self, field: Field) -> Option<Node<'a>> {
        self.get(field).filter(|node| !node.string().is_ok_and(|text| text.trim().is_empty()))
    }

    fn take<T>(&mut self, result: Result<T, Box<Diagnostic>>) -> Option<T> {
        result.map_err(|error| self.problems.push(*error)).ok()
    }

    fn wrong<T>(&mut self, problem: Diagnostic, help: impl Into<String>) -> Option<T> {
        self.problems.push(problem.help(help));
        None
    }

    /// Text on one line. None if it is blank.
    fn line(&mut self, node: Node<'a>) -> Option<String> {
        let text = folded(&self.take(node.string())?);
        (!text.is_empty()).then_some(text)
    }

    fn text(&mut self, field: Field) -> Option<String> {
        let node = self.get(field)?;
        self.line(node)
    }

    fn list(&mut self, field: Field) -> Vec<String> {
        let texts = self.get(field).map(|node| node.strings(&mut self.problems));
        texts.into_iter().flatten().map(|(_, text)| folded(&text)).collect()
    }

    fn time(&mut self, field: Field) -> Option<Timestamp> {
        let node = self.unless_blank(field)?;
        self.instant(node)
    }

    fn instant(&mut self, node: Node<'a>) -> Option<Timestamp> {
        let text = self.take(node.string())?;
        match dates::parse(&text, &self.config.timezone) {
            Ok(instant) => Some(instant),
            Err(dates::Wrong::Impossible(why)) => {
                let message = format!("`{}` does not exist: {why}", text.trim());
                self.wrong(
                    node.error("front-matter/impossible-date", message),
                    "write a date that is in the calendar",
                )
            }
            Err(dates::Wrong::Form) => {
                let message = format!("`{}` cannot be read as a date: `{}`", node.name(), text.trim());
                let help = "write `2026-11-22`, `2026-11-22 18:30` or `2026-11-22T18:30:00+02:00`";
                self.wrong(node.error("front-matter/date", message), help)
            }
        }
    }
}

/// Text with single spaces in place of line ends, tabs and runs of spaces. Other kinds of space stay as they
/// are: some languages write them inside quotation marks.
fn folded(text: &str) -> String {
    let text = text.trim();
    let bytes = text.as_bytes();
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\t' | b'\r');
    let single = |(at, byte): (usize, &u8)| !is_space(byte) || *byte == b' ' && !is_space(&bytes[at + 1]);
    // The text is trimmed: there is a byte behind every space.
    if bytes.iter().enumerate().all(single) {
        return text.to_owned();
    }
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
