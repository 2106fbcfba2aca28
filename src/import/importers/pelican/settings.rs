//! `pelicanconf.py` → settings. It is a program: only assignments of texts, truth values, numbers and lists of texts are read.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json};

use super::{is_below, list};
use crate::import::archive::patterns::Patterns;
use crate::import::archive::{Settings, urls};
use crate::import::front;

/// The settings, and those that are used to publish.
const OWN: [&str; 2] = ["pelicanconf.py", "pelican.conf.py"];
const PUBLISH: &str = "publishconf.py";
/// Largest file of settings.
const LARGEST: usize = 1 << 20;
/// Most characters of a value in a map.
const LONGEST_LIST: usize = 1024;

/// A site.
#[derive(Clone, Debug, Default)]
pub(super) struct Site {
    pub(super) base: String,
    /// Its URL as it is written.
    pub(super) url: String,
    pub(super) content: String,
    pub(super) article_paths: Vec<String>,
    pub(super) page_paths: Vec<String>,
    pub(super) static_paths: Vec<String>,
    /// Folders that have no articles, and those that have no pages.
    pub(super) article_excludes: Vec<String>,
    pub(super) page_excludes: Vec<String>,
    pub(super) ignored: Patterns,
    /// Headers for all that do not have them.
    pub(super) metadata: Map<String, Json>,
    pub(super) folder_is_category: bool,
    pub(super) category: String,
    pub(super) author: String,
    pub(super) language: String,
    /// The language, if the settings name it.
    pub(super) named_language: Option<String>,
    /// The zone of times without an offset, if the settings name it.
    pub(super) zone: Option<jiff::tz::TimeZone>,
    /// Whether slugs are made from the names of files, and not from titles.
    pub(super) slugs_of_names: bool,
    /// All settings, for the patterns of URLs.
    pub(super) settings: Settings,
}

impl Site {
    /// A site without settings.
    pub(super) fn alone(content: &str) -> Self {
        Self::new(Settings::default(), content)
    }

    /// The site in a folder.
    pub(super) fn read(root: &Path) -> Self {
        let mut all = Map::new();
        for file in [own(root), Some(root.join(PUBLISH))].into_iter().flatten() {
            let text = std::fs::read(file).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            for (key, value) in text.map(|text| assignments(&text)).unwrap_or_default() {
                // Where it is published is often said in one of the two only.
                if !(all.contains_key(&key) && value.as_str() == Some("")) {
                    all.insert(key, value);
                }
            }
        }
        let settings = Settings(all);
        let content = settings.text("PATH").unwrap_or_else(|| "content".to_owned());
        let content = content.trim_start_matches("./").trim_matches('/').to_owned();
        Self::new(settings, if content == "." { "" } else { &content })
    }

    fn new(settings: Settings, content: &str) -> Self {
        let text = |key: &str, default: &str| settings.text(key).unwrap_or_else(|| default.to_owned());
        let one = |name: &str| vec![name.to_owned()];
        Self {
            base: urls::path_of(&text("SITEURL", "")),
            url: text("SITEURL", ""),
            content: content.to_owned(),
            article_paths: list(settings.get("ARTICLE_PATHS")).unwrap_or_else(|| one("")),
            page_paths: list(settings.get("PAGE_PATHS")).unwrap_or_else(|| one("pages")),
            static_paths: list(settings.get("STATIC_PATHS")).unwrap_or_else(|| one("images")),
            article_excludes: list(settings.get("ARTICLE_EXCLUDES")).unwrap_or_default(),
            page_excludes: list(settings.get("PAGE_EXCLUDES")).unwrap_or_default(),
            ignored: Patterns::globs(&settings.get("IGNORE_FILES").map(front::texts).unwrap_or_default()),
            metadata: settings.map("DEFAULT_METADATA").0,
            folder_is_category: settings.get("USE_FOLDER_AS_CATEGORY").and_then(front::truth) != Some(false),
            category: text("DEFAULT_CATEGORY", "misc"),
            author: text("AUTHOR", ""),
            language: text("DEFAULT_LANG", "en"),
            named_language: settings.text("DEFAULT_LANG"),
            zone: settings.text("TIMEZONE").and_then(|name| jiff::tz::TimeZone::get(&name).ok()),
            slugs_of_names: settings.text("SLUGIFY_SOURCE").as_deref() == Some("basename"),
            settings,
        }
    }

    /// The path of a file below the content.
    pub(super) fn inner<'p>(&self, path: &'p str) -> Option<&'p str> {
        if self.content.is_empty() {
            Some(path)
        } else {
            path.strip_prefix(self.content.as_str())?.strip_prefix('/')
        }
    }

    /// Whether a file below the content is a page.
    pub(super) fn is_page(&self, inner: &str) -> bool {
        is_below(inner, &self.page_paths)
    }
}

/// Whether a folder is a site.
pub(super) fn is_site(folder: &Path) -> bool {
    own(folder).is_some()
}

/// The settings of a folder: under their usual names, or else the first that has more behind `pelicanconf`.
fn own(folder: &Path) -> Option<PathBuf> {
    let usual = OWN.iter().map(|name| folder.join(name)).find(|file| file.is_file());
    usual.or_else(|| {
        let others = std::fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|entry| entry.path());
        let is_own = |file: &PathBuf| {
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("pelicanconf") && name.ends_with(".py") && file.is_file()
        };
        others.filter(is_own).min()
    })
}

/// The folder of the site, if a folder is its content.
pub(super) fn above(folder: &Path) -> Option<&Path> {
    let above = folder.parent().filter(|above| is_site(above))?;
    let site = Site::read(above);
    (!site.content.is_empty() && above.join(&site.content) == folder).then_some(above)
}

/// The assignments at the beginnings of lines that are simple.
fn assignments(text: &str) -> Vec<(String, Json)> {
    let mut found = Vec::new();
    let text = text.get(..LARGEST).unwrap_or(text);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some((name, mut behind)) = text.get(start..).and_then(assigned).filter(|_| line.contains('='))
        else {
            continue;
        };
        // `PAGE_URL = PAGE_SAVE_AS = 'x'`
        let mut names = vec![name];
        while let Some((name, after)) = assigned(behind) {
            names.push(name);
            behind = after;
        }
        if let Some(value) = value_of(behind) {
            found.extend(names.into_iter().map(|name| (name.to_owned(), value.clone())));
        }
    }
    found
}

/// The name of a setting at the beginning of a text that gets a value, and what is behind its `=`.
fn assigned(text: &str) -> Option<(&str, &str)> {
    let is_part = |c: char| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit();
    let end = text.find(|c| !is_part(c)).filter(|end| *end > 0)?;
    let (name, behind) = text.split_at_checked(end)?;
    let value = behind.trim_start_matches([' ', '\t']).strip_prefix('=')?;
    (!value.starts_with('=')).then(|| (name, value.trim_start_matches([' ', '\t'])))
}

/// A value at the beginning of a text.
fn value_of(text: &str) -> Option<Json> {
    if let Some((value, _)) = string(text) {
        return Some(Json::String(value));
    }
    if let Some(list) = text.strip_prefix(['[', '(']) {
        return strings(list);
    }
    if let Some(map) = text.strip_prefix('{') {
        return pairs(map);
    }
    let line = text.lines().next().unwrap_or_default();
    match line.split('#').next().unwrap_or_default().trim() {
        "True" => Some(Json::Bool(true)),
        "False" => Some(Json::Bool(false)),
        word => word.parse::<i64>().ok().map(Json::from),
    }
}

/// Texts with commas between up to the closing bracket, on one line or on several.
fn strings(text: &str) -> Option<Json> {
    let mut all = Vec::new();
    let mut rest = text.trim_start();
    while !rest.starts_with([']', ')']) {
        if rest.starts_with('#') {
            rest = rest.split_once('\n')?.1.trim_start();
            continue;
        }
        let (value, behind) = string(rest)?;
        all.push(Json::String(value));
        let behind = behind.trim_start();
        rest = behind.strip_prefix(',').unwrap_or(behind).trim_start();
    }
    Some(Json::Array(all))
}

/// Keys and values that are texts, truth values, numbers or lists of texts, up to the closing brace. One whose value is
/// something else is left out: what is known of the others counts.
fn pairs(text: &str) -> Option<Json> {
    let mut all = Map::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n', ',']);
        if rest.starts_with('}') {
            return Some(Json::Object(all));
        }
        if rest.starts_with('#') {
            rest = rest.split_once('\n')?.1;
            continue;
        }
        let (key, behind) = string(rest)?;
        let behind = behind.trim_start().strip_prefix(':')?.trim_start();
        rest = match string(behind) {
            Some((value, behind)) => {
                all.insert(key, Json::String(value));
                behind
            }
            None => {
                // Not to the end of a file for each of many that are not closed.
                let ends = match behind.chars().next()? {
                    '[' => "]",
                    '(' => ")",
                    _ => ",}\n#",
                };
                let mut near = behind.char_indices().take(LONGEST_LIST);
                let (at, _) = near.find(|(_, c)| ends.contains(*c))?;
                let end = if ends.len() == 1 { at + 1 } else { at };
                let (value, after) = behind.split_at_checked(end)?;
                if !value.starts_with('{') {
                    all.extend(value_of(value).map(|value| (key, value)));
                }
                after
            }
        };
    }
}

/// A text in quotes, and what is behind it.
fn string(text: &str) -> Option<(String, &str)> {
    let text = text.strip_prefix(['u', 'r']).filter(|rest| rest.starts_with(['"', '\''])).unwrap_or(text);
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            '\n' => return None,
            c if c == quote => return Some((value, text.get(at + 1..)?)),
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_assignments_are_read_and_others_are_not() {
        let text = "import os\nAUTHOR = 'Ana \\'x\\''\nSITEURL=\"\"\nFLAG = True # yes\nPAGE_PATHS = ['a', # b\n  \"c\",\n]\n\
            PATH = os.getcwd()\nN = 10\nLINKS = (('a', 'b'),)\n    INNER = 'x'\nif X == 'y':\nT = (\n";
        let found: Vec<_> =
            assignments(text).into_iter().map(|(key, value)| format!("{key} {value}")).collect();
        assert_eq!(
            found,
            ["AUTHOR \"Ana 'x'\"", "SITEURL \"\"", "FLAG true", "PAGE_PATHS [\"a\",\"c\"]", "N 10"]
        );
        assert!(assignments(&"A = [".repeat(50_000)).is_empty());
        assert!(assignments(&"A = {'x': [\n".repeat(5_000)).is_empty());
        assert!(assignments(&"A = ".repeat(100_000)).is_empty());
    }
}
