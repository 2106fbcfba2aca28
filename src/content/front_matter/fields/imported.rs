//! What `bulletin import` noted of an article → its hash, and the fields that somebody should look at.
//!
//! The notes are the desk's: whatever is wrong in them is a warning, and keys that are not known are left alone.

use super::{Reader, folded};
use crate::content::Imported;
use crate::content::front_matter::keys::{self, Field};
use crate::diagnostic::{Diagnostic, Severity};
use crate::yaml::{Map, Node};

/// What says that the copy itself names the field.
const EXPLICIT: &str = "explicit";
/// What says that the copy has nothing of the kind.
const MISSING: &str = "missing";

/// Longest note on a field that is shown, in characters: a title made of three ranges has fewer.
const LONGEST: usize = 80;

impl<'a> Reader<'a> {
    /// Reads the notes. Comes last, as it must know whether the article is held back, and which fields are there.
    pub(super) fn imported(&mut self) {
        let Some(entry) = &self.entries[Field::Import as usize] else { return };
        let (key, value) = (entry.key, entry.value);
        let Some(map) = self.noted(value.map()) else { return };
        let hash = map.get("hash").and_then(|node| self.noted(node.string())).map(|text| folded(&text));
        let fields = map.get("fields").and_then(|node| self.noted(node.map()));
        let is_reviewed = [Some(map), fields].into_iter().flatten().any(|map| self.is_reviewed(map));
        let file = map.get("file").and_then(|node| node.string().ok()).map(|text| text.into_owned());
        let mut imported = Imported { hash, file, ..Imported::default() };
        if let Some(fields) = fields.filter(|_| !is_reviewed) {
            let no_date = self.unreviewed(fields, &mut imported);
            // The place takes a pass over the text, which most articles of an archive are spared.
            let place = (!imported.unreviewed.is_empty()).then(|| key.place());
            imported.at = place.as_ref().map_or(0..0, |place| place.span.clone());
            if !self.front.is_held() {
                self.problems.extend(no_date);
                self.problems.extend(place.and_then(|place| imported.warning(place)));
            }
        }
        self.front.import = Some(Box::new(imported));
    }

    /// Whether a desk wrote that it has looked at everything.
    fn is_reviewed(&mut self, map: Map<'a>) -> bool {
        map.get("reviewed").and_then(|node| self.noted(node.bool())).unwrap_or(false)
    }

    /// Finds the fields that nobody has looked at, and tells of a date that neither the copy nor the desk gave.
    fn unreviewed(&mut self, fields: Map<'a>, imported: &mut Imported) -> Option<Diagnostic> {
        let mut no_date = None;
        for (key, note) in fields.entries() {
            let Some(name) = self.noted(key.string()) else { continue };
            if note.is_null() || name == "reviewed" {
                continue;
            }
            let Some(text) = self.noted(note.string()) else { continue };
            let text = folded(&text);
            let sure = text.split([' ', ',']).next().unwrap_or_default();
            // What the desk wrote in place of what was missing, it has looked at.
            if matches!(sure, "" | EXPLICIT) || sure == MISSING && self.is_written(&name) {
                continue;
            }
            if sure == MISSING && name == "date" && self.front.date.is_none() {
                no_date = Some(without_date(key));
            }
            imported.unreviewed.push(format!("{} ({})", folded(&name), shortened(&text)));
        }
        imported.unreviewed.shrink_to_fit();
        no_date
    }

    /// Whether the front matter has something under a name, as `title` or `image.caption`.
    fn is_written(&self, name: &str) -> bool {
        let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
        let Some(known) = keys::find(first) else { return self.front.extra.contains_key(name) };
        if known.field == Field::Extra {
            return rest.is_some_and(|rest| self.front.extra.contains_key(rest));
        }
        let Some(node) = self.get(known.field) else { return false };
        match rest {
            None => has_something(node),
            Some(rest) => {
                node.is_map() && node.map().is_ok_and(|map| map.get(rest).is_some_and(has_something))
            }
        }
    }

    /// The value of a note. What is wrong with it keeps nothing from being built.
    fn noted<T>(&mut self, read: Result<T, Box<Diagnostic>>) -> Option<T> {
        let problem = |problem: Box<Diagnostic>| {
            let severity = Severity::Warning;
            let problem = Diagnostic { severity, ..*problem };
            self.problems.push(
                problem.help("`bulletin import` writes these lines; delete those that you do not need"),
            );
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
        "the copy has no date and the article has none: it would be a standing page that is in no list";
    key.error("import/no-date", message)
        .help("give the article a `date`, or `draft: true`; if it is a standing page, delete this line")
}

/// Text that is not too long to be read in a list.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}
