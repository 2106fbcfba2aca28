//! Keys inside the maps of front matter: keys without effect, and text that is lost to a comma.

use std::ops::Range;
use std::sync::Arc;

use super::Reader;
use crate::content::front_matter::hints::{self, Hint};
use crate::content::front_matter::keys::AS_WRITTEN;
use crate::content::front_matter::keys::{self, Key, Suggestion};
use crate::diagnostic::did_you_mean;
use crate::yaml::{self, Map, Node};

/// Levels of the theme's maps that are checked.
const DEEPEST: usize = 8;

/// The keys that a map accepts.
pub(in crate::content::front_matter) struct Shape {
    /// The key that the map is under.
    pub(in crate::content::front_matter) parent: &'static str,
    /// Own names.
    pub(in crate::content::front_matter) keys: &'static [&'static str],
    /// Other names, and ignored keys of other generators, separated by spaces.
    pub(in crate::content::front_matter) others: &'static str,
}

impl Shape {
    fn accepts(&self, key: &str) -> bool {
        self.keys.contains(&key) || self.others.split(' ').any(|other| other == key)
    }
}

impl<'a> Reader<'a> {
    /// Reports keys that a map does not accept.
    pub(super) fn check_keys(&mut self, map: Map<'a>, shape: &Shape) {
        let mut before: Option<(Node<'a>, Node<'a>)> = None;
        let mut lost = false;
        for (key, value) in map.entries() {
            let Some(name) = self.take(key.string()) else {
                continue;
            };
            if is_bare(key, value) || follows_comma(key, &name, shape) {
                if !lost {
                    self.comma(before, (key, value), map);
                }
                lost = true;
                continue;
            }
            before = Some((key, value));
            if shape.accepts(&name) {
                continue;
            }
            if let Some(near) = would_hold_back(&name) {
                let message = format!(
                    "`{name}` has no effect inside `{}`, but it looks like a key that holds a story back",
                    shape.parent
                );
                let error = key.error("front-matter/nested-key", message);
                self.problems.push(
                    error.help(format!("move it to the start of its own line, as `{near}: …`, or delete it")),
                );
                self.front.draft = true;
                continue;
            }
            let message = format!("unknown key `{}`", key.name());
            let warning = key.warning("front-matter/unknown-key", message);
            let near = did_you_mean(&name, shape.keys.iter().copied());
            self.problems.push(warning.help(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    let names: Vec<_> = shape.keys.iter().map(|key| format!("`{key}`")).collect();
                    format!("`{}` accepts {}", shape.parent, names.join(", "))
                }
            }));
        }
    }

    /// Reports that the text after a comma is not part of the text before it.
    fn comma(&mut self, before: Option<(Node<'a>, Node<'a>)>, lost: (Node<'a>, Node<'a>), map: Map<'a>) {
        let (key, value) = lost;
        let error = key.error(
            "front-matter/comma",
            "text that contains a comma must be quoted inside `{ }`, or the rest of it is lost",
        );
        let line = before.and_then(|(name, first)| {
            let (text, span) = located(first)?;
            // Everything after commas up to the next key.
            let mut end = if is_bare(key, value) { key } else { value }.place().span.end;
            for (key, value) in map.entries() {
                let span = key.place().span;
                if span.start > end && is_bare(key, value) && is_joined(&text[end..span.start]) {
                    end = span.end;
                }
            }
            let whole = text.get(span.start..end)?;
            let plain = !whole.contains('\n') && !whole.starts_with(['"', '\'', '[', '{']);
            let name = name.string().ok()?;
            plain.then(|| format!("{name}: {}", yaml::quoted(whole)))
        });
        let help = match line {
            Some(line) => format!("write `{line}`"),
            None => "put the whole text in quotes, as in `{text: \"Nine, not eight\"}`".to_owned(),
        };
        self.problems.push(error.help(help));
    }

    /// Reports keys inside the theme's maps that would hold the story back at the top level.
    pub(super) fn report_misplaced_keys(&mut self) {
        for (within, map) in std::mem::take(&mut self.theme_maps) {
            for (key, value) in map.entries() {
                let Ok(name) = key.string() else {
                    continue;
                };
                if self.would_hold_story(&name, value) {
                    self.report_misplaced(&name, key, &within);
                }
                self.deeper(&within, value, DEEPEST);
            }
        }
    }

    fn report_misplaced(&mut self, name: &str, key: Node<'a>, within: &str) {
        let message = format!("`{name}` does not hold the story back inside `{within}`");
        let error = key.error("front-matter/nested-key", message);
        self.problems.push(error.help(format!(
            "move it out of `{within}` to the start of a line; if it is for the theme, give it another name"
        )));
        self.front.draft = true;
    }

    /// Whether a key of the theme's maps, with this value, would hold the story back at the top level. The theme's own keys may be
    /// true or false, dates and states, but not under such a name.
    fn would_hold_story(&self, name: &str, value: Node<'a>) -> bool {
        if value.is_null() || name.ends_with(AS_WRITTEN) {
            return false;
        }
        let is_false = value.truth() == Some(false);
        let Some(known) = keys::find(name) else {
            return match keys::suggest(name) {
                Some(Suggestion::HoldsBack(_)) if keys::same(name, "publish") => {
                    is_false || self.is_late(value)
                }
                Some(Suggestion::HoldsBack(_)) => !is_false,
                _ => matches!(hints::hint(name), Some(Hint::Hides | Hint::Until)) && self.is_late(value),
            };
        };
        match known.key {
            Key::Embargo | Key::Expires => true,
            Key::Draft | Key::Withdrawn => !is_false,
            Key::Date => {
                keys::same(known.spelling, "publishDate")
                    || known.spelling == "published" && is_false
                    || self.is_late(value)
            }
            Key::Status => self.is_late(value) || value.string().is_ok_and(|text| is_not_public(&text)),
            _ => false,
        }
    }

    /// Checks deeper levels, where the theme's data may have dates and states of their own.
    fn deeper(&mut self, within: &str, value: Node<'a>, levels: usize) {
        if levels == 0 {
            return;
        }
        for item in value.is_list().then(|| value.list().ok()).flatten().into_iter().flatten() {
            self.deeper(within, item, levels - 1);
        }
        let Some(map) = value.is_map().then(|| value.map().ok()).flatten() else {
            return;
        };
        for (key, value) in map.entries() {
            let Ok(name) = key.string() else {
                continue;
            };
            let is_misplaced = keys::find(&name).is_some_and(|known| match known.key {
                Key::Embargo => !value.is_null(),
                Key::Draft | Key::Withdrawn => value.truth() == Some(true),
                Key::Date => keys::same(known.spelling, "publishDate") && self.is_late(value),
                _ => false,
            });
            let is_typo =
                || keys::suggest(&name) == Some(Suggestion::HoldsBack("embargo")) && self.is_late(value);
            if is_misplaced || is_typo() {
                self.report_misplaced(&name, key, within);
            }
            self.deeper(within, value, levels - 1);
        }
    }
}

/// Whether readers do not see a story in this state, in bulletin or in WordPress.
fn is_not_public(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    hints::is_hidden_state(&text)
        || matches!(&*text, "future" | "withdrawn" | "canceled" | "cancelled" | "trash")
}

/// The key that holds a story back under this name or one close to it.
fn would_hold_back(name: &str) -> Option<&'static str> {
    match keys::find(name) {
        Some(known) if known.key.holds_back() => Some(known.spelling),
        Some(known) if known.key == Key::Date && keys::same(known.spelling, "publishDate") => {
            Some(known.spelling)
        }
        Some(_) => None,
        None => match keys::suggest(name) {
            Some(Suggestion::HoldsBack(near)) => Some(near),
            _ => None,
        },
    }
}

/// The text of the source and the bytes of a key in it.
fn located(node: Node<'_>) -> Option<(Arc<str>, Range<usize>)> {
    let place = node.place();
    (!place.text.is_empty()).then_some((place.text, place.span))
}

/// Whether a key has no colon: in `{a: b, c}` that is `c`.
fn is_bare(key: Node<'_>, value: Node<'_>) -> bool {
    value.is_null()
        && located(key).is_some_and(|(text, span)| {
            text[span.end..].trim_start().starts_with([',', '}']) && !text[span].is_empty()
        })
}

/// Whether a key between `{` and `}` is text after a comma that has a colon in it: other keys have no spaces. Without braces a line
/// may end with a comma.
fn follows_comma(key: Node<'_>, name: &str, shape: &Shape) -> bool {
    name.trim().contains(char::is_whitespace)
        && !shape.accepts(name)
        && located(key).is_some_and(|(text, span)| text[..span.start].trim_end_matches(' ').ends_with(','))
}

fn is_joined(between: &str) -> bool {
    between.trim() == ","
}
