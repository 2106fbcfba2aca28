//! A key and one of its values → where they stand in the front matter.

use percent_encoding::percent_decode_str;

use super::{keys, split};
use crate::content::Source;
use crate::diagnostic::{Diagnostics, Place};
use crate::slug::slugify;
use crate::yaml::Node;

/// The place of a value of a key, which may be a list, by our own name of the key; of the key's whole value if none of its values is
/// this one. `None` if the key is not there.
pub(in crate::content) fn of_key(source: &Source, own: &str, written: Option<&str>) -> Option<Place> {
    let block = split(source).ok()?;
    let document = block.document(source).ok()?;
    let mut whole = None;
    for (key, value) in document.map().ok()?.entries() {
        let Some(name) = key.string().ok().and_then(|name| keys::find(&name)) else { continue };
        if keys::FIELDS[name.field as usize].1.first() != Some(&own) {
            continue;
        }
        if let Some(place) = written.and_then(|written| of_value(value, written)) {
            return Some(place);
        }
        whole.get_or_insert_with(|| value.place());
    }
    whole
}

/// The place of a text, or of one of a list of texts.
fn of_value(value: Node<'_>, written: &str) -> Option<Place> {
    if value.is_map() {
        return None;
    }
    let texts = value.strings(&mut Diagnostics::default());
    let (node, text) = texts.into_iter().find(|(_, text)| is_same(text, written))?;
    let place = node.place();
    // One of several with commas between them.
    match place.text[place.span.clone()].find(&*text) {
        Some(at) if !value.is_list() => {
            let start = place.span.start + at;
            Some(Place::new(place.file, place.text, start..start + text.len()))
        }
        _ => Some(place),
    }
}

/// Whether a text is what became a slug or a path.
fn is_same(text: &str, written: &str) -> bool {
    let decoded = percent_decode_str(text).decode_utf8_lossy();
    let path = |text: &str| text.trim_matches('/').to_owned();
    text == written
        || path(&decoded) == path(written)
        || decoded.contains("://") && path(&decoded).ends_with(&format!("/{}", path(written)))
        || slugify(text) == written
}
