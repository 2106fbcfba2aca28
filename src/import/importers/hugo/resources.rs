//! The files of a bundle and the `resources` in its front matter → the picture of the story.

use std::path::Path;

use serde_json::{Map, Value as Json};

use crate::import::archive::path_patterns::PathPatterns;
use crate::import::archive::{default_entry, urls};
use crate::import::front::{self, Front};

/// Keys whose value is the path of a picture.
const PICTURES: [&str; 8] =
    ["image", "featured_image", "featuredimage", "feature_image", "cover", "thumbnail", "featured", "hero"];
/// Prefixes of file names that themes use as the picture.
const NAMES: [&str; 3] = ["feature", "cover", "thumbnail"];
/// Names of resources that themes use as the picture.
const CALLED: [&str; 7] = ["featured", "featured-image", "feature", "cover", "hero", "thumbnail", "header"];

/// Sets the picture that the theme found among the files, with its caption and credit.
pub(super) fn add_picture(front: &mut Front, folder: Option<&Path>) {
    let resources: Vec<Map<String, Json>> = match front.get("resources") {
        Some(Json::Array(all)) => all.iter().filter_map(|one| one.as_object().cloned()).collect(),
        _ => Vec::new(),
    };
    let is_picture = |key: &str| PICTURES.iter().any(|known| key.eq_ignore_ascii_case(known));
    let own = front
        .entries
        .iter_mut()
        .find(|entry| is_picture(&entry.key) && front::as_text(&entry.value).is_some());
    if let Some(entry) = own {
        let src = front::as_text(&entry.value).unwrap_or_default();
        let about = resources.iter().find(|about| describes(about, &src));
        if let Some(picture) = about.map(|about| picture(&src, about)).filter(|picture| picture.len() > 1) {
            entry.value = picture.into();
        }
        return;
    }
    if front.entries.iter().any(|entry| is_picture(&entry.key) || entry.key.eq_ignore_ascii_case("images")) {
        return;
    }
    let named = resources.iter().find_map(|about| {
        let name = about.get("name").and_then(front::as_text)?;
        let src = about.get("src").and_then(front::as_text).filter(|src| !src.contains('*'))?;
        CALLED.contains(&&*name.to_lowercase()).then(|| picture(&src, about))
    });
    let found = || {
        let src = folder.and_then(find_picture)?;
        let about = resources.iter().find(|about| describes(about, &src));
        Some(picture(&src, about.unwrap_or(&Map::new())))
    };
    if let Some(picture) = named.or_else(found) {
        default_entry(front, "image", picture.into());
    }
}

/// The picture file of a bundle.
fn find_picture(folder: &Path) -> Option<String> {
    let files = folder.read_dir().ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let is_one = |name: &String| {
        let (stem, extension) = urls::stem(name);
        let extension = extension.to_ascii_lowercase();
        NAMES.iter().any(|start| stem.to_ascii_lowercase().starts_with(start))
            && matches!(&*extension, "jpg" | "jpeg" | "png" | "webp" | "avif" | "gif")
    };
    files.filter(is_one).min()
}

/// Whether a resource describes a file.
fn describes(about: &Map<String, Json>, src: &str) -> bool {
    let src = src.trim_start_matches("./");
    about.get("src").and_then(front::as_text).is_some_and(|glob| PathPatterns::globs(&[glob]).matches(src))
}

fn picture(src: &str, about: &Map<String, Json>) -> Map<String, Json> {
    let params = about.get("params").and_then(Json::as_object);
    let one = |keys: &[&str]| {
        let all = params.into_iter().chain([about]);
        all.flat_map(|map| keys.iter().find_map(|key| front::as_text(map.get(*key)?))).next()
    };
    let mut picture = Map::from_iter([("src".to_owned(), Json::from(src))]);
    // `Picture :counter` numbers several files.
    let caption = one(&["caption", "title"]).filter(|title| !title.contains(":counter"));
    for (key, text) in
        [("alt", one(&["alt"])), ("caption", caption), ("credit", one(&["credit", "author", "attribution"]))]
    {
        picture.extend(text.map(|text| (key.to_owned(), text.into())));
    }
    picture
}
