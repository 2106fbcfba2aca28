//! Keys sorted by what they mean: which of two names of one thing is used, and what becomes of keys that are
//! not ours.

use super::strangers::Stranger;
use super::{Entry, Json, Reader};
use crate::content::front_matter::keys::{self, Field};
use crate::diagnostic::Severity;
use crate::yaml::{Map, Node};

/// Jekyll's names for patterns.
const STYLES: [&str; 5] = ["pretty", "date", "none", "ordinal", "weekdate"];

impl<'a> Reader<'a> {
    /// Sorts the keys by what they mean.
    pub(super) fn gather(&mut self, map: Map<'a>) {
        for (key, value) in map.entries() {
            let Some(name) = self.take(key.string()) else {
                continue;
            };
            let Some(known) = keys::find(&name) else {
                self.other(&name, key, value);
                continue;
            };
            match (known.field, known.spelt) {
                (_, "published") if value.truth().is_some() => {
                    self.front.draft |= value.truth() == Some(false);
                }
                (_, "layout") if value.string().is_ok_and(|text| !text.ends_with(".html")) => {
                    self.keep("layout", value);
                }
                (_, "permalink") if is_style(value) => self.keep("permalink", value),
                (Field::Extra, spelt) => self.merge(spelt, value),
                (field, _) => self.enter(field, Entry { name, known, key, value }),
            }
        }
    }

    fn other(&mut self, name: &str, key: Node<'a>, value: Node<'a>) {
        if keys::same(name, "taxonomies") && value.is_map() {
            self.taxonomies(value);
        } else if keys::same(name, "build") && value.is_map() {
            self.build(name, value);
        } else {
            self.strangers.push(Stranger { name: name.to_owned(), key, value });
            if !value.is_null() {
                self.keep(name, value);
            }
        }
    }

    fn enter(&mut self, field: Field, entry: Entry<'a>) {
        if self.is_blank(field, &entry) {
            return;
        }
        if entry.value.is_null() {
            if field == Field::Date {
                self.blank_date.get_or_insert(entry);
            }
            return;
        }
        if field == Field::Date && entry.value.string().is_ok_and(|text| text.trim().is_empty()) {
            return self.blank_date_is_wrong(entry.value);
        }
        let (used, unused) = match self.entries[field as usize].take() {
            None => (entry, None),
            Some(first) if first.order() <= entry.order() => (first, Some(entry)),
            Some(first) => (entry, Some(first)),
        };
        if let Some(unused) = unused
            && !used.value.same_as(unused.value)
        {
            if field == Field::Date {
                self.other_dates.push(unused);
            } else {
                self.two_names(field, &used, &unused);
            }
        }
        self.entries[field as usize] = Some(used);
    }

    /// Whether a key that holds a story back is there with nothing behind it, which is said.
    fn is_blank(&mut self, field: Field, entry: &Entry<'a>) -> bool {
        let (name, value) = (&entry.name, entry.value);
        let is_text = || value.string().is_ok_and(|text| text.trim().is_empty());
        match field {
            Field::Embargo if value.is_null() || is_text() => {
                let error = value.error("front-matter/blank", format!("`{name}` is blank"));
                self.problems.push(error.help("write until when the story is held back, or delete the line"));
                self.front.draft = true;
            }
            Field::Withdrawn if value.is_null() || is_text() => {
                let error = value.error("front-matter/blank", format!("`{name}` is blank"));
                self.problems.push(error.help("write `withdrawn: true` if the story is, or delete the line"));
                self.front.draft = true;
            }
            Field::Expires if value.is_null() || is_text() => {
                let message = format!("`{name}` is blank: the story does not expire");
                let warning = value.warning("front-matter/blank", message);
                self.problems
                    .push(warning.help("write from when readers no longer see it, or delete the line"));
            }
            Field::Draft if value.is_null() || is_text() => {
                let error = value.error("front-matter/blank", format!("`{name}` is blank"));
                self.problems
                    .push(error.help("write `draft: true` to hold the story back, or delete the line"));
                self.front.draft = true;
            }
            Field::Status if value.is_null() || is_text() => {
                let error = value.error("front-matter/blank", format!("`{name}` is blank"));
                self.problems
                    .push(error.help("write `published`, `withheld` or `withdrawn`, or delete the line"));
                self.front.draft = true;
            }
            _ => return false,
        }
        true
    }

    /// Says that one of two keys is not used.
    pub(super) fn two_names(&mut self, field: Field, used: &Entry<'a>, unused: &Entry<'a>) {
        let message = format!("`{}` is not used, because `{}` is there too", unused.name, used.name);
        let mut problem = unused.key.warning("front-matter/two-names", message);
        if field.holds_back() {
            // Which of the two was meant to hold the story back?
            problem.severity = Severity::Error;
            self.front.draft = true;
        }
        self.problems.push(problem.help("both are names of one thing: delete one of the two"));
    }

    /// Hugo's way to keep a page from readers, which stays in `extra` as well.
    fn build(&mut self, name: &str, value: Node<'a>) {
        let entries = value.map().into_iter().flat_map(Map::entries);
        let mut named = entries.filter(|(key, _)| key.string().is_ok_and(|key| keys::same(&key, "render")));
        if let Some((_, render)) = named.next() {
            let word = render.string().unwrap_or_default().trim().to_ascii_lowercase();
            if render.truth() == Some(false) || matches!(&*word, "never" | "link") {
                let message =
                    format!("`{name}` says that this page is not rendered, so the article is a draft");
                let warning = render.warning("front-matter/not-rendered", message);
                self.problems.push(warning.help("write `draft: true` in its place"));
                self.front.draft = true;
            }
        }
        self.keep(name, value);
    }

    fn taxonomies(&mut self, value: Node<'a>) {
        let Some(map) = self.take(value.map()) else {
            return;
        };
        self.inner.push(("taxonomies".to_owned(), map));
        let mut others = Json::new();
        for (key, value) in map.entries() {
            let Some(name) = self.take(key.string()) else {
                continue;
            };
            let name = format!("taxonomies.{name}");
            match keys::find(&name) {
                Some(known) => self.enter(known.field, Entry { name: name.into(), known, key, value }),
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

    fn keep(&mut self, name: &str, value: Node<'a>) {
        if let Ok(map) = value.map() {
            self.inner.push((name.to_owned(), map));
        }
        if let Some(json) = self.take(value.json()) {
            self.own.insert(name.to_owned(), json);
        }
    }

    /// Takes up the keys of `extra`, which win, or of `params`.
    fn merge(&mut self, name: &str, value: Node<'a>) {
        if value.is_null() {
            return;
        }
        let Some(map) = self.take(value.map()) else {
            return;
        };
        self.inner.push((name.to_owned(), map));
        if let Some(serde_json::Value::Object(map)) = self.take(value.json()) {
            for (key, value) in map {
                if name == "extra" || !self.params.contains_key(&key) {
                    self.params.insert(key, value);
                }
            }
        }
    }

    /// What is left over, for the theme.
    pub(super) fn extra(&mut self) {
        let mut extra = std::mem::take(&mut self.own);
        extra.append(&mut self.params);
        self.front.extra = extra;
    }
}

/// Whether a permalink is one of Jekyll's words for the pattern of a whole site.
fn is_style(value: Node<'_>) -> bool {
    value.string().is_ok_and(|text| STYLES.contains(&text.trim()))
}
