//! Imported stories → the same with the shortcodes replaced that the table knows by now.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Map as JsonMap, Value as Json};

use super::replace::{Replacer, TagReport};
use super::{ShortcodeMap, Syntax};
use crate::config::Config;
use crate::content::{self, Content, SourceCache};
use crate::diagnostic::{Diagnostic, Place};
use crate::import::archive::template_tags::Delimiters;
use crate::import::{article, run};
use crate::site::SiteDir;

/// A story with shortcodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remapped {
    /// Its path below `content/`.
    pub path: String,
    /// How many shortcodes were replaced, by name.
    pub replaced: BTreeMap<String, usize>,
    /// How many are left, by name.
    pub unresolved: BTreeMap<String, usize>,
    /// Why the file could not be written, if it could not.
    pub failed: Option<String>,
}

/// Applies the table to all imported stories, and writes those that change.
///
/// # Errors What is wrong with the site's own table; nothing has been written then.
pub fn remap(
    site: &SiteDir,
    config: &Config,
    dry_run: bool,
    tell: &mut dyn FnMut(Remapped),
) -> Result<(), Vec<Diagnostic>> {
    let map = ShortcodeMap::read(site)?;
    let writer = if dry_run { None } else { Some(run::writer(site.content())?) };
    let (content, _) = Content::read(site, config, &mut SourceCache::open(site, config), None);
    for (_, article) in content.iter().filter(|(_, article)| article.front.import.is_some()) {
        let path = article.path.to_string();
        let text = fs::read_to_string(site.content().join(&path)).map_err(|error| {
            let message = format!("cannot read this file: {error}");
            vec![Diagnostic::fatal("import/remap", message).at(Place::file(format!("content/{path}")))]
        })?;
        let Some((mut row, new)) = rewrite(&map, &path, &text) else { continue };
        if let Some(writer) = writer.as_ref().filter(|_| !row.replaced.is_empty()) {
            row.failed = writer.update(&path, &new, &[]).err().map(|error| error.to_string());
        }
        tell(row);
    }
    Ok(())
}

/// Replaces the shortcodes of a story. `None` if it has none.
fn rewrite(map: &ShortcodeMap, path: &str, text: &str) -> Option<(Remapped, String)> {
    let (bom, text) = text.split_at(text.len() - text.trim_start_matches('\u{feff}').len());
    let (keys, start) = content::keys(path, text).ok()?;
    let (head, body) = text.split_at_checked(start)?;
    let (syntax, kinds) = delimiters_of(keys.get("import")?.get("from")?.as_str()?);
    let mut report = TagReport::default();
    let pass = Replacer { map, syntax, kinds, is_markdown: true, own: &|_, _| None };
    let (new, _) = pass.edits(body, 0, &mut report).apply(body);
    let mut row = Remapped { path: path.to_owned(), ..Remapped::default() };
    row.replaced.extend(report.replaced);
    report.unresolved.into_iter().for_each(|(_, name, _)| *row.unresolved.entry(name).or_default() += 1);
    let is_any = !row.replaced.is_empty() || !row.unresolved.is_empty();
    is_any.then(|| (row, format!("{bom}{}{new}", with_hash(head, &keys, body, &new))))
}

/// The syntax and the delimiters that an importer's texts have.
fn delimiters_of(from: &str) -> (Syntax, &'static [Delimiters]) {
    match from {
        "hugo" => (Syntax::Hugo, &[Delimiters::Angle, Delimiters::Percent]),
        "zola" => (Syntax::Zola, &[Delimiters::Output, Delimiters::Tag]),
        "jekyll" | "pelican" | "eleventy" | "astro" | "hexo" => {
            (Syntax::Jekyll, &[Delimiters::Output, Delimiters::Tag])
        }
        _ => (Syntax::Wordpress, &[]),
    }
}

/// Updates the hash of the text in front matter, which shows `--update` whether the text was edited. The hash of an edited text
/// stays.
fn with_hash(head: &str, keys: &JsonMap<String, Json>, body: &str, new: &str) -> String {
    let (old_hash, new_hash) = (article::edit_hash(keys, body), article::edit_hash(keys, new));
    let known = keys.get("import").and_then(|import| import.get("written")).and_then(Json::as_str);
    let line = head.find("written: ").filter(|_| known == Some(&*old_hash));
    let Some(at) = line.and_then(|line| Some(line + head.get(line..)?.find(&old_hash)?)) else {
        return head.to_owned();
    };
    let (before, after) =
        (head.get(..at).unwrap_or_default(), head.get(at + old_hash.len()..).unwrap_or_default());
    // A hash of digits would be read as a number.
    let is_quoted = before.ends_with(['\'', '"']) || new_hash.contains(|c| matches!(c, 'a'..='d' | 'f'));
    let quote = if is_quoted { "" } else { "'" };
    format!("{before}{quote}{new_hash}{quote}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_follows_a_text_that_was_not_edited() {
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
