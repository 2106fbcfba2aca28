//! Articles that were imported → the same with what the table says now in the place of marks that are left in their texts.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Map as Keys, Value as Json};

use super::pass::{MarkCounts, Pass};
use super::{Generator, Map};
use crate::config::Config;
use crate::content::{self, Content, Known};
use crate::diagnostic::{Diagnostic, Place};
use crate::import::archive::marks::Kind;
use crate::import::{article, run};
use crate::site::SiteDir;

/// An article with marks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remapped {
    /// Its path below `content/`.
    pub path: String,
    /// How many marks of a name something else stands for now.
    pub made: BTreeMap<String, usize>,
    /// How many of a name are left.
    pub left: BTreeMap<String, usize>,
    /// Why it could not be written, if so.
    pub failed: Option<String>,
}

/// Looks through all imported articles of a site, and writes those that change, each whole or not at all.
///
/// # Errors
/// What is wrong with the site's own table; nothing was written then.
pub fn remap(
    site: &SiteDir,
    config: &Config,
    dry_run: bool,
    tell: &mut dyn FnMut(Remapped),
) -> Result<(), Vec<Diagnostic>> {
    let map = Map::read(site)?;
    let writer = if dry_run { None } else { Some(run::writer(site.content())?) };
    let (content, _) = Content::read(site, config, Known::open(site, config), None);
    for (_, article) in content.iter().filter(|(_, article)| article.front.import.is_some()) {
        let path = article.path.to_string();
        let text = fs::read_to_string(site.content().join(&path)).map_err(|error| {
            let message = format!("this cannot be read: {error}");
            vec![Diagnostic::fatal("import/remap", message).at(Place::file(format!("content/{path}")))]
        })?;
        let Some((mut row, new)) = rewritten(&map, &path, &text) else { continue };
        if let Some(writer) = writer.as_ref().filter(|_| !row.made.is_empty()) {
            row.failed = writer.update(&path, &new, &[]).err().map(|error| error.to_string());
        }
        tell(row);
    }
    Ok(())
}

/// The text of an article with other marks, and what they were. `None` if it has none.
fn rewritten(map: &Map, path: &str, text: &str) -> Option<(Remapped, String)> {
    let (bom, text) = text.split_at(text.len() - text.trim_start_matches('\u{feff}').len());
    let (keys, start) = content::keys(path, text).ok()?;
    let (head, body) = text.split_at_checked(start)?;
    let (generator, kinds) = marks_of(keys.get("import")?.get("from")?.as_str()?);
    let mut told = MarkCounts::default();
    let pass = Pass { map, generator, kinds, is_markdown: true, own: &|_, _| None };
    let (new, _) = pass.edits(body, 0, &mut told).apply(body);
    let mut row = Remapped { path: path.to_owned(), ..Remapped::default() };
    row.made.extend(told.made);
    told.left.into_iter().for_each(|(_, name, _)| *row.left.entry(name).or_default() += 1);
    let is_any = !row.made.is_empty() || !row.left.is_empty();
    is_any.then(|| (row, format!("{bom}{}{new}", with_hash(head, &keys, body, &new))))
}

/// The kinds of marks in the texts of a kind of copy.
fn marks_of(from: &str) -> (Generator, &'static [Kind]) {
    match from {
        "hugo" => (Generator::Hugo, &[Kind::Angle, Kind::Percent]),
        "zola" => (Generator::Zola, &[Kind::Output, Kind::Tag]),
        "jekyll" | "pelican" | "eleventy" | "astro" | "hexo" => {
            (Generator::Jekyll, &[Kind::Output, Kind::Tag])
        }
        _ => (Generator::Wordpress, &[]),
    }
}

/// Front matter byte for byte, but for the hash of the text: `--update` must still know whether somebody edited it, so that of a text that
/// was edited stays.
fn with_hash(head: &str, keys: &Keys<String, Json>, body: &str, new: &str) -> String {
    let (old_hash, new_hash) = (article::edit_hash(keys, body), article::edit_hash(keys, new));
    let known = keys.get("import").and_then(|import| import.get("written")).and_then(Json::as_str);
    let line = head.find("written: ").filter(|_| known == Some(&*old_hash));
    let Some(at) = line.and_then(|line| Some(line + head.get(line..)?.find(&old_hash)?)) else {
        return head.to_owned();
    };
    let (before, behind) =
        (head.get(..at).unwrap_or_default(), head.get(at + old_hash.len()..).unwrap_or_default());
    // A hash of digits would be read as a number.
    let is_quoted = before.ends_with(['\'', '"']) || new_hash.contains(|c| matches!(c, 'a'..='d' | 'f'));
    let quote = if is_quoted { "" } else { "'" };
    format!("{before}{quote}{new_hash}{quote}{behind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_text_that_nobody_edited_goes_with_it() {
        let keys = serde_json::json!({"title": "x"});
        let mut keys = keys.as_object().cloned().unwrap();
        let hash = article::edit_hash(&keys, "a");
        keys.insert("import".to_owned(), serde_json::json!({"written": hash}));
        let head = format!("---\ntitle: x\nimport:\n  hash: {hash}\n  written: {hash}\n---\n");
        let new = with_hash(&head, &keys, "a", "b");
        let expected = article::edit_hash(&keys, "b");
        assert!(new.starts_with(&format!("---\ntitle: x\nimport:\n  hash: {hash}\n")), "{new}");
        assert!(new.contains(&expected), "{new}");
        assert_eq!(with_hash(&head, &keys, "edited", "b"), head);
    }
}
