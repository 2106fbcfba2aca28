//! A story → the text of its article: front matter, the record of its import, Markdown.

use serde_json::{Map, Value as Json, json};

use super::{Confidence, Field, Story};
use crate::yaml;

/// What is written of an import, besides the story.
#[derive(Clone, Debug, Default)]
pub(super) struct Record<'a> {
    /// The kind of copy.
    pub(super) from: &'a str,
    /// The name of the file that it was in.
    pub(super) file: &'a str,
    /// Hash of that file.
    pub(super) hash: &'a str,
    /// What could not be a key of the article, as it was.
    pub(super) not_used: Map<String, Json>,
}

/// The front matter of a story as a map, in the order of its fields, without what is missing.
pub(super) fn front_matter(story: &Story) -> Map<String, Json> {
    let mut all = Map::new();
    for Field { key, value, confidence: sure, .. } in &story.fields {
        if *sure != Confidence::Missing && !value.is_null() {
            insert(&mut all, key, value.clone());
        }
    }
    all
}

/// Puts a value under a key; `image.caption` is a key of a map.
fn insert(map: &mut Map<String, Json>, key: &str, value: Json) {
    match key.split_once('.') {
        Some((outer, inner)) if !outer.is_empty() && !inner.is_empty() => {
            let entry = map.entry(outer).or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(inside) = entry {
                inside.insert(inner.to_owned(), value);
            }
        }
        _ => {
            map.insert(key.to_owned(), value);
        }
    }
}

/// What is written under `import`: where each field came from and how sure it is, for the desk to go through.
pub(super) fn import_block(story: &Story, front: &Map<String, Json>, record: &Record<'_>) -> Json {
    let mut block = Map::new();
    block.insert("from".to_owned(), record.from.into());
    if !record.file.is_empty() {
        block.insert("file".to_owned(), record.file.into());
    }
    block.insert("hash".to_owned(), record.hash.into());
    block.insert("written".to_owned(), edit_hash(front, &story.body).into());
    // The id and the release are made here: nobody needs to look at them.
    let of_copy = story.fields.iter().filter(|field| !matches!(&*field.key, "id" | "draft"));
    let fields: Map<String, Json> =
        of_copy.map(|field| (field.key.clone(), evidence(field).into())).collect();
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

/// Hash of what people write: headline, deck and text. With another, somebody has edited the article.
pub(super) fn edit_hash(front: &Map<String, Json>, body: &str) -> String {
    let text = |key: &str| front.get(key).and_then(Json::as_str).unwrap_or_default();
    hash(format!("{}\n{}\n{}", text("title"), text("deck"), body.trim_start_matches('\n')).as_bytes())
}

/// What is not in the article. Marks without words are one line at the end.
fn left_out(story: &Story) -> Vec<Json> {
    let pieces = story
        .pieces
        .iter()
        .filter(|piece| piece.to == "left-out")
        .map(|piece| without_control_characters(&piece.text));
    let (words, marks): (Vec<String>, Vec<String>) =
        pieces.partition(|piece| piece.chars().any(char::is_alphanumeric));
    let marks = marks.join(" ");
    words.into_iter().chain(Some(marks).filter(|marks| !marks.is_empty())).map(Json::from).collect()
}

/// `positional 1:1-38`
fn evidence(field: &Field) -> String {
    let mut index: Vec<String> = field.spans.iter().take(12).map(ToString::to_string).collect();
    index.dedup();
    if index.is_empty() {
        field.confidence.name().to_owned()
    } else {
        format!("{} {}", field.confidence.name(), index.join(", "))
    }
}

/// Without control characters, which YAML does not have.
fn without_control_characters(text: &str) -> String {
    let kept: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Most bytes of front matter and of the record of the import; together they are less than an article may have.
const MOST_FRONT: usize = 40 * 1024;
const MOST_RECORD: usize = 20 * 1024;

/// Whether front matter leaves room for the record of the import.
pub(super) fn is_within_limits(front: &Map<String, Json>) -> bool {
    // YAML is at most a few times as long as JSON: most need not be written to be measured.
    let json = serde_json::to_vec(front).map_or(usize::MAX, |json| json.len());
    json < MOST_FRONT / 32 || yaml::block(&front.clone().into()).len() <= MOST_FRONT
}

/// The text of an article. A record that is too large for front matter is told of in part; reports have all of it.
pub(super) fn text(front: &Map<String, Json>, import: &Json, body: &str) -> String {
    let mut all = front.clone();
    let mut import = import.clone();
    for key in ["left_out", "fields", "not_used"] {
        if yaml::block(&import).len() > MOST_RECORD
            && let Json::Object(block) = &mut import
            && block.shift_remove(key).is_some()
        {
            block.insert(key.to_owned(), "more than fits here; `bulletin import --json` tells it".into());
        }
    }
    if !import.is_null() {
        all.insert("import".to_owned(), import);
    }
    format!("---\n{}---\n\n{body}", yaml::block(&all.into()))
}

/// A short hash, the same on all machines and for all time.
pub(super) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..16].to_owned()
}

/// A UUID of a name (RFC 9562, version 8: the bits are of a hash), as a URN: an identity that feeds can carry.
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

    #[test]
    fn front_matter_is_in_the_order_that_desks_read_it() {
        let mut story = Story { body: "Text.\n".to_owned(), ..Story::default() };
        story.set("image.caption", "A boat", Confidence::Positional, Vec::new());
        story.set("extra.weight", 3, Confidence::Explicit, Vec::new());
        story.set(
            "title",
            "Talks: a \"failure\"",
            Confidence::Positional,
            vec![super::super::Lines::new("Talks").at(0..5)],
        );
        story.mark_missing("date");
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
    fn a_name_has_one_urn() {
        assert_eq!(urn("a"), urn("a"));
        assert_ne!(urn("a"), urn("b"));
        assert_eq!(&urn("a")[22..24], "-8");
        assert_eq!(urn("a").len(), 45);
    }
}
