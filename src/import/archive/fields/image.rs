//! The picture keys of front matter → the field `image`.

use serde_json::Value as Json;

use super::super::links::LinkUse;
use super::{FieldWriter, is_blank};
use crate::content::Key;
use crate::import::FieldKey;
use crate::import::front::{self, FrontEntry};

/// Keys that describe the picture, and the keys of `image` that they become.
const IMAGE_DETAILS: [(&str, &str); 6] = [
    ("image_alt", "alt"),
    ("image_description", "alt"),
    ("image_caption", "caption"),
    ("image_credit", "credit"),
    ("featured_image_alt", "alt"),
    ("featured_image_caption", "caption"),
];

impl FieldWriter<'_, '_> {
    /// Sets the picture from a path, a list or a map.
    pub(super) fn set_image(&mut self, entry: &FrontEntry) {
        let (src, image) = match &entry.value {
            Json::Object(map) => {
                let names = ["src", "image", "url", "path", "file", "feature"];
                (names.iter().find_map(|name| map.get(*name)).and_then(front::as_text), map.clone())
            }
            Json::Array(items) => {
                self.keep_extra(entry);
                (items.first().and_then(front::as_text), serde_json::Map::new())
            }
            value => (value.as_str().and_then(|_| front::as_text(value)), serde_json::Map::new()),
        };
        let Some(src) = src else {
            if !entry.value.is_array() {
                self.keep_extra(entry);
            }
            return;
        };
        let new = self.context.rewrite_destination(self.story, &src, LinkUse::Lead, &|| entry.at);
        let mut keys = serde_json::Map::new();
        keys.insert("src".to_owned(), new.unwrap_or_else(|| src.clone()).into());
        let mut others = serde_json::Map::new();
        for (key, value) in image {
            let own = match key.as_str() {
                "alt" | "alt_text" => "alt",
                "caption" | "credit" | "focus" => key.as_str(),
                _ => "",
            };
            if front::as_text(&value).is_some_and(|text| text == src) || is_blank(&value) {
            } else if own.is_empty() || keys.contains_key(own) {
                others.insert(key, value);
            } else {
                keys.insert(own.to_owned(), value);
            }
        }
        self.set_or_keep(Key::Image, keys.into(), entry);
        if !others.is_empty() {
            self.keep_extra(&FrontEntry { value: others.into(), ..entry.clone() });
        }
    }

    /// Adds keys such as `image-caption` to the picture.
    pub(super) fn add_image_details(&mut self) {
        let Some(Json::Object(mut image)) = self.story.field(Key::Image).map(|field| field.value.clone())
        else {
            return;
        };
        let mut places = Vec::new();
        for (name, key) in IMAGE_DETAILS {
            let is_same = |written: &FieldKey| match written {
                FieldKey::Extra(written) => written.replace('-', "_").eq_ignore_ascii_case(name),
                _ => false,
            };
            let Some(at) = self.story.fields.iter().position(|field| is_same(&field.key)) else { continue };
            let Some(text) =
                front::as_text(&self.story.fields[at].value).filter(|_| !image.contains_key(key))
            else {
                continue;
            };
            image.insert(key.to_owned(), text.into());
            places.extend(self.story.fields.remove(at).spans);
        }
        if let Some(field) = self.story.field_mut(Key::Image) {
            field.value = image.into();
            field.spans.extend(places);
        }
    }
}
