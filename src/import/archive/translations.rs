//! The articles of a site in several languages → which of them is the original of which.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use super::tree::FileTree;
use super::{Generator, LARGEST, decode};
use crate::import::front;
use crate::import::story::Lines;

/// What Hugo calls a page in all its languages, where their paths differ.
const KEY: &str = "translationkey";

/// Each translation with the article that it is of: the one in the main language, or in the first that there is.
pub(super) fn originals<D: Generator>(generator: &D, tree: &FileTree) -> BTreeMap<String, String> {
    let keyed = |path: &String| {
        let (place, rank) = generator.translation(path)?;
        Some((own_key(tree, path).unwrap_or(place), (rank, path.clone())))
    };
    let all: Vec<(String, (usize, String))> = tree.articles.par_iter().filter_map(keyed).collect();
    let mut groups: BTreeMap<String, Vec<(usize, String)>> = BTreeMap::new();
    for (key, one) in all {
        groups.entry(key).or_default().push(one);
    }
    let mut originals = BTreeMap::new();
    for mut group in groups.into_values() {
        group.sort_unstable();
        let Some(((rank, original), others)) = group.split_first() else { continue };
        let others = others.iter().filter(|(other, _)| other != rank);
        originals.extend(others.map(|(_, path)| (path.clone(), original.clone())));
    }
    originals
}

/// Folders in a folder that have names of languages, if there are several.
pub(in crate::import) fn language_folders(content: &Path) -> Vec<String> {
    const LANGUAGES: &str = "ar bg bn ca cs da de el en es et eu fa fi fr he hi hr hu id it ja ko lt lv nl no pl pt ro \
        ru sk sl sr sv tr uk ur vi zh";
    let folders = content.read_dir().into_iter().flatten().flatten().filter(|entry| entry.path().is_dir());
    let names = folders.filter_map(|entry| entry.file_name().into_string().ok());
    let is_language = |name: &String| {
        let (primary, region) = name.split_once(['-', '_']).unwrap_or((name, "xx"));
        LANGUAGES.split(' ').any(|known| known == primary) && region.len() == 2
    };
    let mut all: Vec<String> = names.filter(is_language).collect();
    all.sort_unstable();
    if all.len() > 1 { all } else { Vec::new() }
}

/// The key that front matter gives to an article in all languages.
fn own_key(tree: &FileTree, path: &str) -> Option<String> {
    let bytes = tree.bytes(path, LARGEST)?;
    let is_there =
        bytes.windows(KEY.len()).take(1 << 16).any(|word| word.eq_ignore_ascii_case(KEY.as_bytes()));
    let text = is_there.then(|| decode(&bytes)).flatten()?;
    let front = front::read(&text, &Lines::new(&text)).ok()??;
    // No path begins so.
    front.text(KEY).map(|key| format!("/{key}"))
}
