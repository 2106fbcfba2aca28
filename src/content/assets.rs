//! The files that an article names → where they are, their names beside its page, and their sizes.
//!
//! A file is published with an article only if the article names it: in its Markdown, its HTML, its pictures and recordings or, for
//! pictures, sound and films, its `extra`; and if it is the poster or the captions of a recording that the article plays. Other files in
//! its folder are not published.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path;

use super::markdown::{Outline, ReferenceKind, Written, classify, resolve};
use super::unicode_paths::on_disk;
use super::{Asset, FileState, FrontMatter, Medium, NamedFile, recordings};
use crate::manifest::{Clock, Stat};
use crate::pictures::{self, Metadata, Picture};
use crate::site::SiteDir;
use crate::slug::composed;

/// Finds the files that an article names; returns those that exist, and the state of all of them.
pub(super) fn find(
    site: &SiteDir,
    source: &str,
    front: &FrontMatter,
    outline: &Outline,
    clock: Option<Clock>,
) -> (Vec<Asset>, Vec<NamedFile>) {
    let in_text = outline.references.iter().filter(|reference| reference.kind != ReferenceKind::Mention);
    let mut named: Vec<&str> = in_text.map(|reference| reference.written.as_str()).collect();
    named.extend(front.picture_files().chain(front.recording_files()));
    let mut in_extra = Vec::new();
    front.extra.values().for_each(|value| strings_in(value, &mut in_extra));
    named.extend(in_extra.into_iter().filter(|file| is_media(file)));
    let played: HashSet<&str> = played(front, outline).collect();
    let mut named: Vec<(Cow<'_, str>, bool)> =
        named.into_iter().map(|written| (Cow::Borrowed(written), played.contains(written))).collect();
    let mut at = 0;
    let mut assets: Vec<Asset> = Vec::new();
    let mut looked_for: Vec<NamedFile> = Vec::new();
    let mut names = HashSet::new();
    while let Some((written, is_played)) = named.get(at).cloned() {
        at += 1;
        let Written::File(reference) = classify(&written) else { continue };
        if assets.iter().any(|asset| asset.reference == reference) {
            continue;
        }
        let Some(path) = resolve(source, &reference) else { continue };
        let found = on_disk(&site.content(), &path);
        let file = site.content().join(&*found);
        if looked_for.iter().all(|named| named.path != path) {
            looked_for.push(NamedFile { state: file_state(&file, clock), path: path.clone() });
        }
        if !is_publishable(site, &file) {
            continue;
        }
        if is_played {
            looked_for.push(NamedFile {
                state: FileState::Companions(recordings::companions_fingerprint(&file)),
                path: path.clone(),
            });
            let folder = reference.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
            let companions = recordings::companions(&file).into_iter();
            named.extend(companions.map(|name| (escaped(&format!("{folder}{name}")).into(), false)));
        }
        let path = found.into_owned();
        let name = composed(&name_beside_page(&reference, &path, &names)).into_owned();
        names.insert(name.to_lowercase());
        // An unreadable file is reported when it is published.
        let Picture { size, flaws, source, metadata } = pictures::examine(&file).unwrap_or_default();
        let metadata = Some(metadata).filter(|metadata| *metadata != Metadata::default()).map(Box::new);
        let recording = recordings::examine(&file).map(Box::new);
        assets.push(Asset { size, flaws, source, metadata, recording, reference, path, name });
    }
    (assets, looked_for)
}

/// The recordings that pages play, as written: their companions are published with them.
fn played<'a>(front: &'a FrontMatter, outline: &'a Outline) -> impl Iterator<Item = &'a str> {
    let shown = outline.references.iter().filter(|reference| reference.kind == ReferenceKind::Image);
    let in_text = shown.map(|reference| reference.written.as_str());
    let in_front = front.recordings().map(|recording| recording.src.as_str());
    in_text.chain(in_front).filter(|written| Medium::of(written).is_some())
}

/// A path as a text would write it.
fn escaped(path: &str) -> String {
    path.replace('%', "%25").replace('#', "%23").replace('?', "%3F")
}

/// What is at a path. Asked before the file is read, so that a change in between shows.
fn file_state(file: &Path, clock: Option<Clock>) -> FileState {
    match Stat::of(file) {
        Err(_) => FileState::Missing,
        Ok(stat) if clock.is_some_and(|clock| stat.is_settled(clock)) => FileState::Settled(stat),
        Ok(_) => FileState::Unsettled,
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

/// Whether a file is a picture, sound or film by its name. Of the files in `extra`, where unknown keys land, only these are published:
/// a document there may never have been meant for readers.
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

/// The name of a file beside the page: its path if it is in the article's folder, else its own name.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_from_elsewhere_keeps_its_name_unless_it_is_taken() {
        let mut taken = HashSet::new();
        assert_eq!(name_beside_page("img/a.png", "world/img/a.png", &taken), "img/a.png");
        assert_eq!(name_beside_page("../a.png", "a.png", &taken), "a.png");
        taken.insert("a.png".to_owned());
        assert!(name_beside_page("../a.png", "a.png", &taken).ends_with("-a.png"));
    }
}
