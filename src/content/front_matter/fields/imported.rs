//! The notes of `bulletin import` → the hash of the copy, and the fields that are to be reviewed.
//!
//! The notes belong to the desk: invalid ones are warnings only, and unknown keys are ignored.

use super::{Reader, folded};
use crate::content::Imported;
use crate::content::front_matter::keys::{self, Key};
use crate::diagnostic::{Diagnostic, Severity};
use crate::yaml::{Map, Node};

/// Note on a field that the copy states.
const EXPLICIT: &str = "explicit";
/// Note on a field that the copy lacks.
const MISSING: &str = "missing";

/// Characters of a note that are shown, enough for a title made of three ranges.
const LONGEST: usize = 80;

impl<'a> Reader<'a> {
    /// Reads the notes; the last step, because it must know whether the story is held back and which keys are present.
    pub(super) fn imported(&mut self) {
        let Some(entry) = &self.entries[Key::Import as usize] else { return };
        let (key, value) = (entry.key, entry.value);
        let Some(map) = self.noted(value.map()) else { return };
        let hash = map.get("hash").and_then(|node| self.noted(node.string())).map(|text| folded(&text));
        let fields = map.get("fields").and_then(|node| self.noted(node.map()));
        let is_reviewed = [Some(map), fields].into_iter().flatten().any(|map| self.is_reviewed(map));
        let file = map.get("file").and_then(|node| node.string().ok()).map(|text| text.into_owned());
        let mut imported = Imported { hash, file, ..Imported::default() };
        if let Some(fields) = fields.filter(|_| !is_reviewed) {
            let no_date = self.unreviewed(fields, &mut imported);
            // Finding the place takes a pass over the text, so it is done only if needed.
            let place = (!imported.unreviewed.is_empty()).then(|| key.place());
            imported.at = place.as_ref().map_or(0..0, |place| place.span.clone());
            if !self.front.is_held() {
                self.problems.extend(no_date);
                self.problems.extend(place.and_then(|place| imported.warning(place)));
            }
        }
        self.front.import = Some(Box::new(imported));
    }

    /// Whether the desk marked everything as reviewed.
    fn is_reviewed(&mut self, map: Map<'a>) -> bool {
        map.get("reviewed").and_then(|node| self.noted(node.bool())).unwrap_or(false)
    }

    /// Collects the fields that nobody has reviewed; returns the problem of a date that neither the copy nor the desk gave.
    fn unreviewed(&mut self, fields: Map<'a>, imported: &mut Imported) -> Option<Diagnostic> {
        let mut no_date = None;
        for (key, note) in fields.entries() {
            let Some(name) = self.noted(key.string()) else { continue };
            if note.is_null() || name == "reviewed" {
                continue;
            }
            let Some(text) = self.noted(note.string()) else { continue };
            let text = folded(&text);
            let confidence = text.split([' ', ',']).next().unwrap_or_default();
            // A missing field that the desk filled in is reviewed.
            if matches!(confidence, "" | EXPLICIT) || confidence == MISSING && self.is_written(&name) {
                continue;
            }
            if confidence == MISSING && name == "date" && self.front.date.is_none() {
                no_date = Some(without_date(key));
            }
            imported.unreviewed.push(format!("{} ({})", folded(&name), shortened(&text)));
        }
        imported.unreviewed.shrink_to_fit();
        no_date
    }

    /// Whether the front matter has a value under a name such as `title` or `image.caption`.
    fn is_written(&self, name: &str) -> bool {
        let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
        let Some(known) = keys::find(first) else { return self.front.extra.contains_key(name) };
        if known.key == Key::Extra {
            return rest.is_some_and(|rest| self.front.extra.contains_key(rest));
        }
        let Some(node) = self.get(known.key) else { return false };
        match rest {
            None => has_something(node),
            Some(rest) => {
                node.is_map() && node.map().is_ok_and(|map| map.get(rest).is_some_and(has_something))
            }
        }
    }

    /// The value of a note. An invalid one must not fail the build.
    fn noted<T>(&mut self, read: Result<T, Box<Diagnostic>>) -> Option<T> {
        let problem =
            |problem: Box<Diagnostic>| {
                let severity = Severity::Warning;
                let problem = Diagnostic { severity, ..*problem };
                self.problems.push(problem.help(
                    "delete the line: it is a note from `bulletin import` that the story does not need",
                ));
            };
        read.map_err(problem).ok()
    }
}

fn has_something(node: Node<'_>) -> bool {
    let is_blank = node.is_null()
        || node.is_list() && node.list().is_ok_and(|list| list.len() == 0)
        || node.string().is_ok_and(|text| text.trim().is_empty());
    !is_blank
}

fn without_date(key: Node<'_>) -> Diagnostic {
    let message =
        "neither the copy nor the story has a date, so it would become a standing page, which no list shows";
    key.error("import/no-date", message)
        .help("add a `date` or `draft: true`; if it is a standing page, delete this line")
}

/// Text cut to a length that can be read in a list.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}
