//! Keys sorted by their meaning: which of two names for one key is used, and what becomes of unknown keys.

use super::unknown_keys::UnknownKey;
use super::{Entry, Json, Reader};
use crate::content::front_matter::keys::{self, Key};
use crate::diagnostic::Severity;
use crate::yaml::{Map, Node};

/// Jekyll's names for permalink patterns.
const STYLES: [&str; 5] = ["pretty", "date", "none", "ordinal", "weekdate"];

/// Keys that hold a story back and must not be blank, with the help.
const NEVER_BLANK: [(Key, &str); 4] = [
    (Key::Embargo, "write until when the story is held back, or delete the line"),
    (Key::Withdrawn, "write `withdrawn: true` to withdraw the story, or delete the line"),
    (Key::Draft, "write `draft: true` to hold the story back, or delete the line"),
    (Key::Status, "write `published`, `withheld` or `withdrawn`, or delete the line"),
];

impl<'a> Reader<'a> {
    /// Sorts the keys by their meaning.
    pub(super) fn sort(&mut self, map: Map<'a>) {
        for (key, value) in map.entries() {
            let Some(name) = self.take(key.string()) else {
                continue;
            };
            let Some(known) = keys::find(&name) else {
                self.unknown(&name, key, value);
                continue;
            };
            match (known.key, known.spelling) {
                (_, "published") if value.truth().is_some() => {
                    self.front.draft |= value.truth() == Some(false);
                }
                (_, "layout") if value.string().is_ok_and(|text| !text.ends_with(".html")) => {
                    self.keep("layout", value);
                }
                (_, "permalink") if is_style(value) => self.keep("permalink", value),
                (Key::Extra, spelling) => self.merge(spelling, value),
                _ => self.enter(Entry { name, known, key, value }),
            }
        }
    }

    fn unknown(&mut self, name: &str, key: Node<'a>, value: Node<'a>) {
        if keys::same(name, "taxonomies") && value.is_map() {
            self.taxonomies(value);
        } else if keys::same(name, "build") && value.is_map() {
            self.build(name, value);
        } else {
            self.unknown_keys.push(UnknownKey { name: name.to_owned(), key, value });
            if !value.is_null() {
                self.keep(name, value);
            }
        }
    }

    fn enter(&mut self, entry: Entry<'a>) {
        let key = entry.known.key;
        if is_blank(entry.value) && self.reports_blank(key, &entry) {
            return;
        }
        if entry.value.is_null() {
            if key == Key::Date {
                self.blank_date.get_or_insert(entry);
            }
            return;
        }
        if key == Key::Date && is_blank(entry.value) {
            return self.report_blank_date(entry.value);
        }
        let (used, unused) = match self.entries[key as usize].take() {
            None => (entry, None),
            Some(first) if first.order() <= entry.order() => (first, Some(entry)),
            Some(first) => (entry, Some(first)),
        };
        if let Some(unused) = unused
            && !used.value.same_as(unused.value)
        {
            if key == Key::Date {
                self.other_dates.push(unused);
            } else {
                self.two_names(&used, &unused);
            }
        }
        self.entries[key as usize] = Some(used);
    }

    /// Reports a blank key if it is one that holds stories back.
    fn reports_blank(&mut self, key: Key, entry: &Entry<'a>) -> bool {
        let name = &entry.name;
        if key == Key::Expires {
            let message = format!("`{name}` is blank, so the story does not expire");
            let warning = entry.value.warning("front-matter/blank", message);
            self.problems.push(warning.help("write when the story expires, or delete the line"));
            return true;
        }
        let Some((_, help)) = NEVER_BLANK.iter().find(|(other, _)| *other == key) else { return false };
        let error = entry.value.error("front-matter/blank", format!("`{name}` is blank"));
        self.problems.push(error.help(*help));
        self.front.draft = true;
        true
    }

    /// Reports that one of two names for the same key is ignored.
    pub(super) fn two_names(&mut self, used: &Entry<'a>, unused: &Entry<'a>) {
        let message = format!("`{}` is ignored because `{}` is also present", unused.name, used.name);
        let mut problem = unused.key.warning("front-matter/two-names", message);
        if used.known.key.holds_back() {
            // Either of them could be the one that should hold the story back.
            problem.severity = Severity::Error;
            self.front.draft = true;
        }
        self.problems.push(problem.help("both are names of the same key: delete one of them"));
    }

    /// Hugo's way to hide a page, which is kept in `extra` as well.
    fn build(&mut self, name: &str, value: Node<'a>) {
        let entries = value.map().into_iter().flat_map(Map::entries);
        let mut named = entries.filter(|(key, _)| key.string().is_ok_and(|key| keys::same(&key, "render")));
        if let Some((_, render)) = named.next() {
            let word = render.string().unwrap_or_default().trim().to_ascii_lowercase();
            if render.truth() == Some(false) || matches!(&*word, "never" | "link") {
                let message =
                    format!("`{name}` turns off rendering of this page, so the story becomes a draft");
                let warning = render.warning("front-matter/not-rendered", message);
                self.problems.push(warning.help("write `draft: true` instead"));
                self.front.draft = true;
            }
        }
        self.keep(name, value);
    }

    fn taxonomies(&mut self, value: Node<'a>) {
        let Some(map) = self.take(value.map()) else {
            return;
        };
        self.theme_maps.push(("taxonomies".to_owned(), map));
        let mut others = Json::new();
        for (key, value) in map.entries() {
            let Some(name) = self.take(key.string()) else {
                continue;
            };
            let name = format!("taxonomies.{name}");
            match keys::find(&name) {
                Some(known) => self.enter(Entry { name: name.into(), known, key, value }),
                None => {
                    if let Some(json) = self.take(value.json()) {
                        others.insert(name["taxonomies.".len()..].to_owned(), json);
                    }
                }
            }
        }
        if !others.is_empty() {
            self.unknown_values.insert("taxonomies".to_owned(), others.into());
        }
    }

    fn keep(&mut self, name: &str, value: Node<'a>) {
        if let Ok(map) = value.map() {
            self.theme_maps.push((name.to_owned(), map));
        }
        if let Some(json) = self.take(value.json()) {
            self.unknown_values.insert(name.to_owned(), json);
        }
    }

    /// Adds the keys of `extra`, which win, or of `params`.
    fn merge(&mut self, name: &str, value: Node<'a>) {
        if value.is_null() {
            return;
        }
        let Some(map) = self.take(value.map()) else {
            return;
        };
        self.theme_maps.push((name.to_owned(), map));
        if let Some(serde_json::Value::Object(map)) = self.take(value.json()) {
            for (key, value) in map {
                if name == "extra" || !self.params.contains_key(&key) {
                    self.params.insert(key, value);
                }
            }
        }
    }

    /// Gives the theme everything that bulletin does not use.
    pub(super) fn extra(&mut self) {
        let mut extra = std::mem::take(&mut self.unknown_values);
        extra.append(&mut self.params);
        self.front.extra = extra;
    }
}

fn is_blank(value: Node<'_>) -> bool {
    value.is_null() || value.string().is_ok_and(|text| text.trim().is_empty())
}

/// Whether a permalink is one of Jekyll's names for the pattern of a whole site.
fn is_style(value: Node<'_>) -> bool {
    value.string().is_ok_and(|text| STYLES.contains(&text.trim()))
}
