//! Turns a story into the text of its source file: front matter, import record, Markdown.

use serde_json::{Map, Value as Json, json};

use super::{Confidence, Field, FieldKey, Story};
use crate::content::Key;
use crate::yaml;

/// What the import record says besides the story's evidence.
#[derive(Clone, Debug, Default)]
pub(super) struct Record<'a> {
    /// The format.
    pub(super) from: &'a str,
    /// The file that the story comes from.
    pub(super) file: &'a str,
    /// The hash of the copy.
    pub(super) hash: &'a str,
    /// Keys that the site refused, with their values.
    pub(super) not_used: Map<String, Json>,
}

/// The front matter of a story, without missing fields.
pub(super) fn front_matter(story: &Story) -> Map<String, Json> {
    let mut all = Map::new();
    for Field { key, value, confidence, .. } in &story.fields {
        if *confidence != Confidence::Missing && !value.is_null() {
            insert(&mut all, key, value.clone());
        }
    }
    all
}

/// Inserts a value. The key `image.caption` goes into the map `image`.
fn insert(map: &mut Map<String, Json>, key: &FieldKey, value: Json) {
    let outer = key.outer().name();
    let Some(inner) = key.inner() else {
        map.insert(outer.to_owned(), value);
        return;
    };
    if let Json::Object(inside) = map.entry(outer).or_insert_with(|| Json::Object(Map::new())) {
        inside.insert(inner.to_owned(), value);
    }
}

/// The `import` record: where each field comes from and with what confidence, for the desk to review.
pub(super) fn import_block(story: &Story, front: &Map<String, Json>, record: &Record<'_>) -> Json {
    let mut block = Map::new();
    block.insert("from".to_owned(), record.from.into());
    if !record.file.is_empty() {
        block.insert("file".to_owned(), record.file.into());
    }
    block.insert("hash".to_owned(), record.hash.into());
    block.insert("written".to_owned(), edit_hash(front, &story.body).into());
    // The import itself makes the id and the release: they need no review.
    let of_copy =
        story.fields.iter().filter(|field| !matches!(field.key, FieldKey::Key(Key::Id | Key::Draft)));
    let fields: Map<String, Json> =
        of_copy.map(|field| (field.key.name().into_owned(), evidence(field).into())).collect();
    block.insert("fields".to_owned(), fields.into());
    let left_out = left_out(story);
    if !left_out.is_empty() {
        block.insert("left_out".to_owned(), left_out.into());
    }
    if !record.not_used.is_empty() {
        block.insert("not_used".to_owned(), json!(record.not_used));
    }
    block.into()
}

/// A hash of headline, deck and text, which changes when an editor changes them.
pub(super) fn edit_hash(front: &Map<String, Json>, body: &str) -> String {
    let text = |key: &str| front.get(key).and_then(Json::as_str).unwrap_or_default();
    hash(format!("{}\n{}\n{}", text("title"), text("deck"), body.trim_start_matches('\n')).as_bytes())
}

/// The pieces of the copy that the article does not have. Punctuation is collected in one entry at the end.
fn left_out(story: &Story) -> Vec<Json> {
    let pieces = story
        .pieces
        .iter()
        .filter(|piece| piece.to == "left-out")
        .map(|piece| without_control_characters(&piece.text));
    let (texts, marks): (Vec<String>, Vec<String>) =
        pieces.partition(|piece| piece.chars().any(char::is_alphanumeric));
    let marks = marks.join(" ");
    texts.into_iter().chain(Some(marks).filter(|marks| !marks.is_empty())).map(Json::from).collect()
}

/// Evidence such as `positional 1:1-38`.
fn evidence(field: &Field) -> String {
    let mut index: Vec<String> = field.spans.iter().take(12).map(ToString::to_string).collect();
    index.dedup();
    if index.is_empty() {
        field.confidence.name().to_owned()
    } else {
        format!("{} {}", field.confidence.name(), index.join(", "))
    }
}

/// Replaces control characters, which YAML does not allow.
fn without_control_characters(text: &str) -> String {
    let kept: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Largest front matter and largest import record in bytes; together they fit into the limit for articles.
const MOST_FRONT: usize = 40 * 1024;
const MOST_RECORD: usize = 20 * 1024;

/// Whether the front matter leaves room for the import record.
pub(super) fn is_within_limits(front: &Map<String, Json>) -> bool {
    // YAML is at most a few times as long as JSON, so most front matter need not be serialized twice.
    let json = serde_json::to_vec(front).map_or(usize::MAX, |json| json.len());
    json < MOST_FRONT / 32 || yaml::block(&front.clone().into()).len() <= MOST_FRONT
}

/// The text of the source file. A record that is too large is shortened.
pub(super) fn text(front: &Map<String, Json>, import: &Json, body: &str) -> String {
    let mut all = front.clone();
    let mut import = import.clone();
    for key in ["left_out", "fields", "not_used"] {
        if yaml::block(&import).len() > MOST_RECORD
            && let Json::Object(block) = &mut import
            && block.shift_remove(key).is_some()
        {
            block.insert(key.to_owned(), "too long to keep here; see `bulletin import --json`".into());
        }
    }
    if !import.is_null() {
        all.insert("import".to_owned(), import);
    }
    format!("---\n{}---\n\n{body}", yaml::block(&all.into()))
}

/// A short hash that is stable across machines and versions.
pub(super) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..16].to_owned()
}

/// A UUID (RFC 9562, version 8) of a name, as a URN that feeds can carry.
pub(super) fn urn(name: &str) -> String {
    let hash = blake3::hash(name.as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::ImageField;

    #[test]
    fn front_matter_has_a_fixed_order() {
        let mut story = Story { body: "Text.\n".to_owned(), ..Story::default() };
        story.set(ImageField::Caption, "A boat", Confidence::Positional, Vec::new());
        story.set(FieldKey::extra("weight"), 3, Confidence::Explicit, Vec::new());
        story.set(
            Key::Title,
            "Talks: a \"failure\"",
            Confidence::Positional,
            vec![super::super::Lines::new("Talks").at(0..5)],
        );
        story.mark_missing(Key::Date);
        story.sort();
        let front = front_matter(&story);
        assert_eq!(front.keys().collect::<Vec<_>>(), ["title", "image", "extra"]);
        let record = Record { from: "wire", file: "a.txt", hash: "0", ..Record::default() };
        let text = text(&front, &import_block(&story, &front, &record), &story.body);
        assert!(
            text.starts_with("---\ntitle: 'Talks: a \"failure\"'\nimage:\n  caption: A boat\n"),
            "{text}"
        );
        assert!(text.contains("    title: positional 1:1-6\n    date: missing\n"), "{text}");
        assert!(text.ends_with("---\n\nText.\n"), "{text}");
    }

    #[test]
    fn urns_are_deterministic() {
        assert_eq!(urn("a"), urn("a"));
        assert_ne!(urn("a"), urn("b"));
        assert_eq!(&urn("a")[22..24], "-8");
        assert_eq!(urn("a").len(), 45);
    }
}
