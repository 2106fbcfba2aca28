//! Keys inside the maps of front matter: those that do nothing there, and what is lost to a comma.

use std::ops::Range;

use super::Reader;
use crate::content::front_matter::holding::{self, Sign};
use crate::content::front_matter::keys::{self, Field, Meant};
use crate::content::front_matter::writing::AS_WRITTEN;
use crate::diagnostic::did_you_mean;
use crate::yaml::{self, Map, Node};

/// How far maps for the theme are looked into.
const DEEPEST: usize = 8;

/// The keys of a map of ours.
pub(in crate::content::front_matter) struct Shape {
    /// What has them.
    pub(in crate::content::front_matter) what: &'static str,
    /// Our own names.
    pub(in crate::content::front_matter) keys: &'static [&'static str],
    /// Other names that are read, and those of other generators that are not.
    pub(in crate::content::front_matter) others: &'static [&'static str],
}

impl<'a> Reader<'a> {
    /// Says what is wrong with the keys of a map of ours.
    pub(super) fn inside(&mut self, map: Map<'a>, shape: &Shape) {
        let mut before: Option<(Node<'a>, Node<'a>)> = None;
        let mut lost = false;
        for (key, value) in map.entries() {
            let Some(name) = self.take(key.string()) else {
                continue;
            };
            if is_bare(key, value) || is_behind_comma(key, &name, shape) {
                if !lost {
                    self.comma(before, (key, value), map);
                }
                lost = true;
                continue;
            }
            before = Some((key, value));
            if shape.keys.contains(&&*name) || shape.others.contains(&&*name) {
                continue;
            }
            if let Some(near) = would_hold_back(&name) {
                let message = format!(
                    "`{name}` does nothing inside `{}`, and it looks like a key that holds a story back",
                    shape.what
                );
                let error = key.error("front-matter/nested-key", message);
                self.problems.push(error.help(format!(
                    "move it to the beginning of a line of its own: `{near}: …`; if it is no such key, delete it"
                )));
                self.front.draft = true;
                continue;
            }
            let message = format!("there is no key `{}`", key.name());
            let warning = key.warning("front-matter/unknown-key", message);
            let near = did_you_mean(&name, shape.keys.iter().copied());
            self.problems.push(warning.help(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    let names: Vec<_> = shape.keys.iter().map(|key| format!("`{key}`")).collect();
                    format!("`{}` has {}; delete what is none of them", shape.what, names.join(", "))
                }
            }));
        }
    }

    /// Says that what is behind a comma is not part of the text before it.
    fn comma(&mut self, before: Option<(Node<'a>, Node<'a>)>, lost: (Node<'a>, Node<'a>), map: Map<'a>) {
        let (key, value) = lost;
        let error = key.error(
            "front-matter/comma",
            "the text after the comma would be lost: text with a comma in `{ }` needs quotes",
        );
        let line = before.and_then(|(name, first)| {
            let text = place_text(first)?;
            // All that is behind commas up to the next key.
            let mut end = if is_bare(key, value) { key } else { value }.place().span.end;
            for (key, value) in map.entries() {
                let span = key.place().span;
                if span.start > end && is_bare(key, value) && is_joined(&text[end..span.start]) {
                    end = span.end;
                }
            }
            let whole = text.get(first.place().span.start..end)?;
            let plain = !whole.contains('\n') && !whole.starts_with(['"', '\'', '[', '{']);
            let name = name.string().ok()?;
            plain.then(|| format!("{name}: {}", yaml::quoted(whole)))
        });
        let help = match line {
            Some(line) => format!("write `{line}`"),
            None => "put the whole text in quotes, for example `{text: \"Nine, not eight\"}`".to_owned(),
        };
        self.problems.push(error.help(help));
    }

    /// Says which keys inside maps for the theme would hold the story back if they were not there.
    pub(super) fn misplaced(&mut self) {
        for (within, map) in std::mem::take(&mut self.inner) {
            for (key, value) in map.entries() {
                let Ok(name) = key.string() else {
                    continue;
                };
                if self.would_release(&name, value) {
                    self.does_nothing(&name, key, &within);
                }
                self.deeper(&within, value, DEEPEST);
            }
        }
    }

    fn does_nothing(&mut self, name: &str, key: Node<'a>, within: &str) {
        let message = format!("`{name}` does nothing inside `{within}`: it does not hold the story back");
        let error = key.error("front-matter/nested-key", message);
        self.problems.push(error.help(format!(
            "move it to the beginning of the line, outside `{within}`; a key for the theme needs another name"
        )));
        self.front.draft = true;
    }

    /// Whether a key of a map for the theme, with this value, would hold the story back at the top. The theme's own keys may be
    /// true or false, and may have dates and states, but not under such a name.
    fn would_release(&self, name: &str, value: Node<'a>) -> bool {
        if value.is_null() || name.ends_with(AS_WRITTEN) {
            return false;
        }
        let is_false = value.truth() == Some(false);
        let Some(known) = keys::find(name) else {
            return match keys::meant(name) {
                Some(Meant::HoldsBack(_)) if keys::same(name, "publish") => is_false || self.is_late(value),
                Some(Meant::HoldsBack(_)) => !is_false,
                _ => matches!(holding::sign(name), Some(Sign::Hides | Sign::Until)) && self.is_late(value),
            };
        };
        match known.field {
            Field::Embargo | Field::Expires => true,
            Field::Draft | Field::Withdrawn => !is_false,
            Field::Date => {
                keys::same(known.spelt, "publishDate")
                    || known.spelt == "published" && is_false
                    || self.is_late(value)
            }
            Field::Status => self.is_late(value) || value.string().is_ok_and(|text| is_hidden_state(&text)),
            _ => false,
        }
    }

    /// Looks into what is further in, where a theme's data may have days and states of their own.
    fn deeper(&mut self, within: &str, value: Node<'a>, levels: usize) {
        if levels == 0 {
            return;
        }
        if let Ok(list) =
            value.is_list().then_some(value).ok_or(()).and_then(|value| value.list().map_err(|_| ()))
        {
            for item in list {
                self.deeper(within, item, levels - 1);
            }
        }
        let Some(map) = value.is_map().then(|| value.map().ok()).flatten() else {
            return;
        };
        for (key, value) in map.entries() {
            let Ok(name) = key.string() else {
                continue;
            };
            let is_release = keys::find(&name).is_some_and(|known| match known.field {
                Field::Embargo => !value.is_null(),
                Field::Draft | Field::Withdrawn => value.truth() == Some(true),
                Field::Date => keys::same(known.spelt, "publishDate") && self.is_late(value),
                _ => false,
            });
            let is_nearly = || keys::meant(&name) == Some(Meant::HoldsBack("embargo")) && self.is_late(value);
            if is_release || is_nearly() {
                self.does_nothing(&name, key, within);
            }
            self.deeper(within, value, levels - 1);
        }
    }
}

/// Whether a state is one in which readers do not see a story.
fn is_hidden_state(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    holding::is_state(&text) || matches!(&*text, "future" | "withdrawn" | "canceled" | "cancelled" | "trash")
}

/// The name that a key in the wrong place was probably meant to be, if that holds a story back.
fn would_hold_back(name: &str) -> Option<&'static str> {
    match keys::find(name) {
        Some(known) if known.field.holds_back() => Some(known.spelt),
        Some(known) if known.field == Field::Date && keys::same(known.spelt, "publishDate") => {
            Some(known.spelt)
        }
        Some(_) => None,
        None => match keys::meant(name) {
            Some(Meant::HoldsBack(near)) => Some(near),
            _ => None,
        },
    }
}

fn place_text(node: Node<'_>) -> Option<std::sync::Arc<str>> {
    let place = node.place();
    (!place.text.is_empty()).then_some(place.text)
}

/// What is behind a key.
fn behind(key: Node<'_>) -> Option<(std::sync::Arc<str>, Range<usize>)> {
    Some((place_text(key)?, key.place().span))
}

/// Whether a key has no colon: in `{a: b, c}` that is `c`.
fn is_bare(key: Node<'_>, value: Node<'_>) -> bool {
    value.is_null()
        && behind(key).is_some_and(|(text, span)| {
            text[span.end..].trim_start().starts_with([',', '}']) && !text[span].is_empty()
        })
}

/// Whether a key between `{` and `}` is a piece of text with a colon in it: other keys have no spaces. A line
/// may end with a comma where there are no brackets.
fn is_behind_comma(key: Node<'_>, name: &str, shape: &Shape) -> bool {
    name.trim().contains(char::is_whitespace)
        && !shape.others.contains(&name)
        && behind(key).is_some_and(|(text, span)| text[..span.start].trim_end_matches(' ').ends_with(','))
}

fn is_joined(between: &str) -> bool {
    between.trim() == ","
}
