//! What `bulletin import` noted of an article → the warning that its fields are to be reviewed.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::places::ArticleText;
use super::{Article, Content, place_of};
use crate::diagnostic::{Diagnostic, Place};

/// Most fields that a warning names.
const NAMED: usize = 12;

/// What `bulletin import` noted of an article, for the desk alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Hash of the copy.
    pub hash: Option<String>,
    /// The file that it was in.
    pub file: Option<String>,
    /// The fields that the copy does not say outright and nobody has reviewed, as `title (positional 1:1-38)`.
    pub unreviewed: Vec<String>,
    /// Where the key `import` is in the source, in bytes behind a byte order mark, if something is to be reviewed.
    pub at: Range<usize>,
}

impl Imported {
    /// The warning that fields are to be reviewed, if there are any.
    pub(super) fn warning(&self, place: Place) -> Option<Diagnostic> {
        let (named, others) = match self.unreviewed.split_at_checked(NAMED) {
            Some((named, others)) => (named, others.len()),
            None => (&*self.unreviewed, 0),
        };
        let more = if others == 0 { String::new() } else { format!(", and {others} more") };
        let fields = format!("{}{more}", named.join(", "));
        let message = match self.unreviewed.len() {
            0 => return None,
            1 => format!("a field of this imported article is not reviewed: {fields}"),
            count => format!("{count} fields of this imported article are not reviewed: {fields}"),
        };
        // `title (positional 1:1-38)` is of the kind `title (positional)`.
        let kind = |field: &String| match field.rsplit_once(" (") {
            Some((name, how)) => format!("{name} ({})", how.split([' ', ')']).next().unwrap_or_default()),
            None => field.clone(),
        };
        let warning = Diagnostic::warning("import/unreviewed", message).at(place);
        Some(warning.about(named.iter().map(kind).collect()).help(
            "review them, then delete their lines under `import.fields`, or write `reviewed: true` there",
        ))
    }
}

/// The warning that fields of an imported article are to be reviewed, whether readers see the article or not. Its file is
/// read again for the place.
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
    fn a_warning_names_the_fields_unless_there_are_too_many() {
        assert_eq!(message(0), None);
        let one = message(1).unwrap();
        assert!(one.ends_with("a field of this imported article is not reviewed: f1 (derived)"), "{one}");
        let twelve = message(12).unwrap();
        assert!(twelve.ends_with("f11 (derived), f12 (derived)"), "{twelve}");
        let many = message(5000).unwrap();
        assert!(many.contains("5000 fields") && many.ends_with("f12 (derived), and 4988 more"), "{many}");
    }
}
