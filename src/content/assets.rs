//! The files that an article names → where they are, what they are called beside its page, and how large they are.
//!
//! A file is published with an article only if the article names it: in its Markdown, its HTML, its `image`
//! or, for pictures, sound and films, its `extra`. Notes and pictures that nothing names stay with the desk.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::markdown::Outline;
use super::markdown::{Written, classify, resolve};
use super::{Asset, Found, FrontMatter, Named};
use crate::manifest::{Clock, Stat};
use crate::site::SiteDir;

/// Bytes of an SVG that are read to find its size.
const SVG_HEAD: u64 = 16 * 1024;

/// Finds the files that an article names: those that are there, and where all of them were looked for.
pub(super) fn find(
    site: &SiteDir,
    source: &str,
    front: &FrontMatter,
    outline: &Outline,
    clock: Option<Clock>,
) -> (Vec<Asset>, Vec<Named>) {
    let mut named: Vec<&str> =
        outline.references.iter().map(|reference| reference.written.as_str()).collect();
    named.extend(front.image.iter().filter_map(|image| image.src.as_deref()));
    let mut in_extra = Vec::new();
    front.extra.values().for_each(|value| strings_in(value, &mut in_extra));
    named.extend(in_extra.into_iter().filter(|file| is_media(file)));
    let mut assets: Vec<Asset> = Vec::new();
    let mut looked_for: Vec<Named> = Vec::new();
    let mut names = HashSet::new();
    for written in named {
        let Written::File(reference) = classify(written) else { continue };
        if assets.iter().any(|asset| asset.reference == reference) {
            continue;
        }
        let Some(path) = resolve(source, &reference) else { continue };
        let file = site.content().join(&path);
        if looked_for.iter().all(|named| named.path != path) {
            looked_for.push(Named { found: look_at(&file, clock), path: path.clone() });
        }
        if !is_publishable(site, &file) {
            continue;
        }
        let name = name_beside_page(&reference, &path, &names);
        names.insert(name.to_lowercase());
        assets.push(Asset { size: image_size(&file), reference, path, name });
    }
    (assets, looked_for)
}

/// What is at a path. Looked at before it is read, so that a change in between shows.
fn look_at(file: &Path, clock: Option<Clock>) -> Found {
    match Stat::of(file) {
        Err(_) => Found::Nothing,
        Ok(stat) if clock.is_some_and(|clock| stat.is_settled(clock)) => Found::File(stat),
        Ok(_) => Found::Unsettled,
    }
}

fn strings_in<'a>(value: &'a serde_json::Value, found: &mut Vec<&'a str>) {
    match value {
        serde_json::Value::String(text) if text.len() < 512 => found.push(text),
        serde_json::Value::Array(items) => items.iter().for_each(|item| strings_in(item, found)),
        serde_json::Value::Object(map) => map.values().for_each(|item| strings_in(item, found)),
        _ => {}
    }
}

/// Keys that bulletin does not know land in `extra`, a desk's own among them: only pictures, sound and films that they
/// name are published, not a document that was never meant to be.
pub(crate) fn is_media(file: &str) -> bool {
    let extension = file.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    const MEDIA: [&str; 14] = [
        "jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "mp3", "m4a", "ogg", "mp4", "webm", "vtt", "opus",
    ];
    MEDIA.contains(&extension.as_str())
}

fn is_publishable(site: &SiteDir, file: &Path) -> bool {
    if !file.is_file() || file.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
        return false;
    }
    let Ok(file) = file.canonicalize() else { return false };
    let within = |folder: &Path| folder.canonicalize().is_ok_and(|folder| file.starts_with(folder));
    within(&site.content()) || (within(site.root()) && !site.leads_into_builds(&file))
}

/// A file in or below the article's folder keeps its path; one from elsewhere comes along under its name.
fn name_beside_page(reference: &str, path: &str, taken: &HashSet<String>) -> String {
    let last = path.rsplit('/').next().unwrap_or(path);
    let climbs = reference.starts_with('/') || reference.split('/').any(|part| part == "..");
    let name = if climbs { last } else { reference.trim_start_matches("./") };
    if !taken.contains(&name.to_lowercase()) {
        return name.to_owned();
    }
    let hash = blake3::hash(path.as_bytes()).to_hex();
    format!("{}-{last}", &hash[..8])
}

/// Width and height of an image in CSS pixels.
fn image_size(file: &Path) -> Option<(u32, u32)> {
    let is_svg = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("svg"));
    if is_svg {
        let mut head = Vec::new();
        BufReader::new(File::open(file).ok()?).take(SVG_HEAD).read_to_end(&mut head).ok()?;
        return svg_size(&String::from_utf8_lossy(&head));
    }
    let size = imagesize::size(file).ok()?;
    Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?))
}

/// Width and height of an SVG, from its attributes or its view box.
fn svg_size(head: &str) -> Option<(u32, u32)> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(head);
    loop {
        let tag = match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) => tag,
            Event::Eof => return None,
            _ => continue,
        };
        if tag.local_name().as_ref() != "svg" {
            return None;
        }
        let value = |name: &str| {
            let attribute = tag.try_get_attribute(name).ok().flatten()?;
            Some(attribute.value.into_owned())
        };
        let pixels = |text: String| text.trim().trim_end_matches("px").parse::<f64>().ok();
        if let (Some(width), Some(height)) =
            (value("width").and_then(pixels), value("height").and_then(pixels))
        {
            return whole(width, height);
        }
        let view_box: Vec<f64> =
            value("viewBox")?.split([' ', ',']).filter_map(|number| number.trim().parse().ok()).collect();
        return match view_box[..] {
            [_, _, width, height] => whole(width, height),
            _ => None,
        };
    }
}

fn whole(width: f64, height: f64) -> Option<(u32, u32)> {
    let fits = |side: f64| (1.0..=100_000.0).contains(&side).then(|| side.round() as u32);
    Some((fits(width)?, fits(height)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_an_svg_is_that_of_its_attributes_or_its_view_box() {
        assert_eq!(
            svg_size("<?xml version='1.0'?><!-- x --><svg width='640px' height=\"360\">"),
            Some((640, 360))
        );
        assert_eq!(svg_size("<svg viewBox='0 0 16 9'/>"), Some((16, 9)));
        assert_eq!(svg_size("<svg width='100%' viewBox='0,0,16,9'/>"), Some((16, 9)));
        assert_eq!(svg_size("<html/>"), None);
        assert_eq!(svg_size("<svg"), None);
        // As while a picture is being saved.
        for nothing in ["", "<!-- a -->", "text"] {
            assert_eq!(svg_size(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_file_from_elsewhere_comes_along_under_its_name_unless_it_is_taken() {
        let mut taken = HashSet::new();
        assert_eq!(name_beside_page("img/a.png", "world/img/a.png", &taken), "img/a.png");
        assert_eq!(name_beside_page("../a.png", "a.png", &taken), "a.png");
        taken.insert("a.png".to_owned());
        assert!(name_beside_page("../a.png", "a.png", &taken).ends_with("-a.png"));
    }
}
