//! The notes of `bulletin import` in an article → the warning that its fields are to be reviewed.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::places::ArticleText;
use super::{Article, Content, place_of};
use crate::diagnostic::{Diagnostic, Place};

/// Limit of fields that a warning names.
const NAMED: usize = 12;

/// The notes of `bulletin import` in an article, for the desk only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Hash of the copy.
    pub hash: Option<String>,
    /// The file that it was in.
    pub file: Option<String>,
    /// Fields that the copy does not state outright and nobody has reviewed, such as `title (positional 1:1-38)`.
    pub unreviewed: Vec<String>,
    /// The bytes of the key `import` in the source, not counting a byte order mark, if something is to be reviewed.
    pub at: Range<usize>,
}

impl Imported {
    /// The warning about unreviewed fields, if there are any.
    pub(super) fn warning(&self, place: Place) -> Option<Diagnostic> {
        let (named, others) = match self.unreviewed.split_at_checked(NAMED) {
            Some((named, others)) => (named, others.len()),
            None => (&*self.unreviewed, 0),
        };
        let more = if others == 0 { String::new() } else { format!(", and {others} more") };
        let fields = format!("{}{more}", named.join(", "));
        let message = match self.unreviewed.len() {
            0 => return None,
            1 => format!("this imported story has 1 unreviewed field: {fields}"),
            count => format!("this imported story has {count} unreviewed fields: {fields}"),
        };
        // `title (positional 1:1-38)` is shown as `title (positional)`.
        let kind = |field: &String| match field.rsplit_once(" (") {
            Some((name, how)) => format!("{name} ({})", how.split([' ', ')']).next().unwrap_or_default()),
            None => field.clone(),
        };
        let warning = Diagnostic::warning("import/unreviewed", message).at(place);
        Some(warning.about(named.iter().map(kind).collect()).help(
            "review them, then delete their lines under `import.fields` or write `reviewed: true` there",
        ))
    }
}

/// The warning about unreviewed fields of an imported article, whether readers see the article or not.
pub fn unreviewed(content: &Content, article: &Article) -> Option<Diagnostic> {
    let imported = article.front.import.as_ref().filter(|imported| !imported.unreviewed.is_empty())?;
    let source = ArticleText::read(content, article).source;
    let place = source.map(|source| source.place(imported.at.clone()));
    imported.warning(place.unwrap_or_else(|| place_of(article)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(fields: usize) -> Option<String> {
        let unreviewed = (1..=fields).map(|n| format!("f{n} (derived)")).collect();
        let imported = Imported { unreviewed, ..Imported::default() };
        imported.warning(Place::file("content/a.md")).map(|warning| warning.message)
    }

    #[test]
    fn a_warning_names_the_first_fields() {
        assert_eq!(message(0), None);
        let one = message(1).unwrap();
        assert!(one.ends_with("1 unreviewed field: f1 (derived)"), "{one}");
        let twelve = message(12).unwrap();
        assert!(twelve.ends_with("f11 (derived), f12 (derived)"), "{twelve}");
        let many = message(5000).unwrap();
        assert!(
            many.contains("5000 unreviewed fields") && many.ends_with("f12 (derived), and 4988 more"),
            "{many}"
        );
    }
}
