//! The keys of a picture in front matter → the field `image`.

use serde_json::Value as Json;

use super::super::Dialect;
use super::super::links::Use;
use super::{Writer, is_blank};
use crate::import::front::{self, Entry};

/// Keys that say something of the picture, and where in it that belongs.
const ABOUT_IMAGE: [(&str, &str); 6] = [
    ("image_alt", "alt"),
    ("image_description", "alt"),
    ("image_caption", "caption"),
    ("image_credit", "credit"),
    ("featured_image_alt", "alt"),
    ("featured_image_caption", "caption"),
];

impl<D: Dialect> Writer<'_, '_, D> {
    /// A picture: a path, a list of some, or a map.
    pub(super) fn image(&mut self, entry: &Entry) {
        let (src, image) = match &entry.value {
            Json::Object(map) => {
                let names = ["src", "image", "url", "path", "file", "feature"];
                (names.iter().find_map(|name| map.get(*name)).and_then(front::text), map.clone())
            }
            Json::Array(items) => {
                self.extra(entry);
                (items.first().and_then(front::text), serde_json::Map::new())
            }
            value => (value.as_str().and_then(|_| front::text(value)), serde_json::Map::new()),
        };
        let Some(src) = src else {
            if !entry.value.is_array() {
                self.extra(entry);
            }
            return;
        };
        let new = self.context.destination(self.story, &src, Use::Lead, &|| entry.at);
        let mut ours = serde_json::Map::new();
        ours.insert("src".to_owned(), new.unwrap_or_else(|| src.clone()).into());
        let mut others = serde_json::Map::new();
        for (key, value) in image {
            let own = match key.as_str() {
                "alt" | "alt_text" => "alt",
                "caption" | "credit" | "focus" => key.as_str(),
                _ => "",
            };
            if front::text(&value).is_some_and(|text| text == src) || is_blank(&value) {
            } else if own.is_empty() || ours.contains_key(own) {
                others.insert(key, value);
            } else {
                ours.insert(own.to_owned(), value);
            }
        }
        self.put_or_keep("image", ours.into(), entry);
        if !others.is_empty() {
            self.extra(&Entry { value: others.into(), ..entry.clone() });
        }
    }

    /// Adds to the picture what keys such as `image-caption` say of it.
    pub(super) fn about_image(&mut self) {
        let Some(Json::Object(mut image)) = self.story.field("image").map(|field| field.value.clone()) else {
            return;
        };
        let mut places = Vec::new();
        for (name, key) in ABOUT_IMAGE {
            let is_same = |written: &str| {
                let written =
                    written.strip_prefix("extra.").map(|key| key.replace('-', "_").to_ascii_lowercase());
                written.is_some_and(|written| written == name)
            };
            let Some(at) = self.story.fields.iter().position(|field| is_same(&field.key)) else { continue };
            let Some(text) = front::text(&self.story.fields[at].value).filter(|_| !image.contains_key(key))
            else {
                continue;
            };
            image.insert(key.to_owned(), text.into());
            places.extend(self.story.fields.remove(at).spans);
        }
        if let Some(field) = self.story.fields.iter_mut().find(|field| field.key == "image") {
            field.value = image.into();
            field.spans.extend(places);
        }
    }
}
