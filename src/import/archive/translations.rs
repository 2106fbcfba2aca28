//! The articles of a multilingual site → which article is a translation of which.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use super::tree::FileTree;
use super::{Generator, MAX_BYTES, decode};
use crate::import::front;
use crate::import::story::Lines;

/// Hugo's key for translations whose paths differ.
const KEY: &str = "translationkey";

/// Maps each translation to its original: the article in the main language, or in the first language that there is.
pub(super) fn originals(generator: &dyn Generator, tree: &FileTree) -> BTreeMap<String, String> {
    let keyed = |path: &String| {
        let (place, rank) = generator.translation(path)?;
        Some((translation_key(tree, path).unwrap_or(place), (rank, path.clone())))
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

/// The subfolders that are named after languages, if there are several.
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

/// The key that front matter gives to all translations of an article.
fn translation_key(tree: &FileTree, path: &str) -> Option<String> {
    let bytes = tree.bytes(path, MAX_BYTES)?;
    let is_there =
        bytes.windows(KEY.len()).take(1 << 16).any(|word| word.eq_ignore_ascii_case(KEY.as_bytes()));
    let text = is_there.then(|| decode(&bytes)).flatten()?;
    let front = front::read(&text, &Lines::new(&text)).ok()??;
    // No path begins with a slash.
    front.text(KEY).map(|key| format!("/{key}"))
}
