//! Keys and values of front matter → their places in the source, as the reader of YAML, TOML and JSON knows them.

use std::collections::HashMap;
use std::ops::Range;

use percent_encoding::percent_decode_str;

use super::keys::{self, Key};
use super::split;
use crate::content::Source;
use crate::diagnostic::{Diagnostics, Place};
use crate::slug::slugify;
use crate::yaml::{Document, Node};

fn document(source: &Source) -> Option<Document> {
    split(source).and_then(|block| block.document(source)).ok()
}

/// The place of a value of a key, which is given by its own name and may be a list; of the key's whole value if there is no such
/// value. `None` if the key is missing.
pub(in crate::content) fn of_key(source: &Source, own: &str, written: Option<&str>) -> Option<Place> {
    let document = document(source)?;
    let mut whole = None;
    for (key, value) in document.map().ok()?.entries() {
        let Some(name) = key.string().ok().and_then(|name| keys::find(&name)) else { continue };
        if name.key.name() != own {
            continue;
        }
        if let Some(place) = written.and_then(|written| of_text(value, |text| is_same(text, written))) {
            return Some(place);
        }
        whole.get_or_insert_with(|| value.place());
    }
    whole
}

/// The place of a text, or of one of a list of texts.
fn of_text(value: Node<'_>, is_it: impl Fn(&str) -> bool) -> Option<Place> {
    if value.is_map() {
        return None;
    }
    let texts = value.strings(&mut Diagnostics::default());
    let (node, text) = texts.into_iter().find(|(_, text)| is_it(text))?;
    Some(if value.is_list() { node.place() } else { node.place_of_part(&text) })
}

/// Whether a text was turned into this slug or path.
fn is_same(text: &str, written: &str) -> bool {
    let decoded = percent_decode_str(text).decode_utf8_lossy();
    let path = |text: &str| text.trim_matches('/').to_owned();
    text == written
        || path(&decoded) == path(written)
        || decoded.contains("://") && path(&decoded).ends_with(&format!("/{}", path(written)))
        || slugify(text) == written
}

/// The places of all texts of a source's front matter.
pub(in crate::content) struct ValuePlaces(HashMap<String, Place>);

impl ValuePlaces {
    pub(in crate::content) fn of(source: &Source) -> Self {
        let mut places = Self(HashMap::new());
        if let Some(document) = document(source) {
            places.add(document.root());
        }
        places
    }

    /// The first place of a text.
    pub(in crate::content) fn get(&self, text: &str) -> Option<Place> {
        self.0.get(text).cloned()
    }

    fn add(&mut self, node: Node<'_>) {
        if let Some(map) = node.is_map().then(|| node.map().ok()).flatten() {
            map.entries().for_each(|(_, value)| self.add(value));
        } else if let Some(list) = node.is_list().then(|| node.list().ok()).flatten() {
            list.for_each(|item| self.add(item));
        } else if let Ok(whole) = node.string() {
            // Lists as one text with commas are short; a long text is not a list.
            let parts = whole.split(',').map(str::trim).filter(|_| (1..4096).contains(&whole.len()));
            for text in std::iter::once(whole.trim()).chain(parts) {
                if !self.0.contains_key(text) {
                    self.0.insert(text.to_owned(), node.place_of_part(text));
                }
            }
        }
    }
}

/// What `find` finds in the texts that readers see as plain text, with its places.
pub(crate) fn in_texts(source: &Source, find: &dyn Fn(&str) -> Vec<Range<usize>>) -> Vec<(String, Place)> {
    let mut found = Vec::new();
    let mut search = |node: Node<'_>| {
        let text = node.string().unwrap_or_default();
        let parts = find(&text).into_iter().filter_map(|span| text.get(span));
        found.extend(parts.map(|part| (part.to_owned(), node.place_of_part(part))));
    };
    let Some(document) = document(source) else { return found };
    for (key, value) in document.map().into_iter().flat_map(|map| map.entries()) {
        match key.string().ok().and_then(|name| keys::find(&name)).map(|name| name.key) {
            Some(Key::Title | Key::Deck | Key::Kicker | Key::Dateline) => search(value),
            Some(Key::Image) => in_map(value, &["alt", "alt_text", "caption", "credit"], &mut search),
            Some(Key::Gallery) => value
                .list()
                .into_iter()
                .flatten()
                .for_each(|item| in_map(item, &["alt", "alt_text", "caption", "credit"], &mut search)),
            Some(Key::Audio | Key::Video) => in_map(value, &["title"], &mut search),
            Some(Key::Corrections) => match value.list().ok().filter(|_| value.is_list()) {
                Some(list) => list.for_each(|item| in_map(item, &["text"], &mut search)),
                None => in_map(value, &["text"], &mut search),
            },
            _ => {}
        }
    }
    found
}

fn in_map<'a>(node: Node<'a>, keys: &[&str], search: &mut impl FnMut(Node<'a>)) {
    let Some(map) = node.is_map().then(|| node.map().ok()).flatten() else { return };
    keys.iter().filter_map(|key| map.get(key)).for_each(search);
}
