//! The fields of one story as a table for a terminal.

use serde_json::Value as Json;

use crate::content::Key;
use crate::import::{Confidence, FieldKey, StoryReport};

/// Characters of a value that are shown.
const WIDTH: usize = 60;

/// All fields with confidence, place and value.
pub(super) fn fields_table(story: &StoryReport) -> String {
    // The import itself makes the id and the release, which the file shows.
    let fields =
        || story.fields.iter().filter(|field| !matches!(field.key, FieldKey::Key(Key::Id | Key::Draft)));
    let width = fields().map(|field| field.key.name().chars().count()).max().unwrap_or_default();
    let mut lines = Vec::new();
    for field in fields() {
        let place = field.spans.first().map(ToString::to_string).unwrap_or_default();
        let value = match (field.confidence, &field.key) {
            (Confidence::Missing, FieldKey::Key(Key::Date))
                if story.remarks.iter().any(|remark| remark.code == "import/no-year") =>
            {
                "the copy has no year: set it with --date, or write the date into the file".to_owned()
            }
            (Confidence::Missing, FieldKey::Key(Key::Date)) => {
                "not in the copy: write it into the file, or set it with --date".to_owned()
            }
            (Confidence::Missing, _) => "not in the copy: write it into the file".to_owned(),
            _ => shortened(&shown(&field.value)),
        };
        lines.push(
            format!("  {:<width$}  {:<10}  {place:<12}  {value}", field.key, field.confidence.name())
                .trim_end()
                .to_owned(),
        );
    }
    lines.extend(story.remarks.iter().map(|remark| match remark.span {
        Some(at) => format!("  note: {} ({at})", remark.message),
        None => format!("  note: {}", remark.message),
    }));
    lines.join("\n")
}

fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        Json::Object(map) => map.values().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn shortened(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}
