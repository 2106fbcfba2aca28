//! `pelicanconf.py` → settings. The file is a Python program, of which only assignments of literals are read.

use std::path::{Path, PathBuf};

use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value as Json};

use super::{is_below, text_list};
use crate::import::archive::path_patterns::PathPatterns;
use crate::import::archive::{Settings, SiteInfo, urls};
use crate::import::front;

/// The settings file, and the one for publishing.
const OWN: [&str; 2] = ["pelicanconf.py", "pelican.conf.py"];
const PUBLISH: &str = "publishconf.py";
/// The size limit of a settings file.
const LARGEST: usize = 1 << 20;
/// The length limit of an expression to skip.
const LONGEST: usize = 1024;
/// The depth limit of nested lists.
const DEEPEST: usize = 8;

/// A site.
#[derive(Clone, Debug, Default)]
pub(super) struct Site {
    pub(super) info: SiteInfo,
    pub(super) article_paths: Vec<String>,
    pub(super) page_paths: Vec<String>,
    pub(super) static_paths: Vec<String>,
    /// Folders without articles and folders without pages.
    pub(super) article_excludes: Vec<String>,
    pub(super) page_excludes: Vec<String>,
    pub(super) ignored: PathPatterns,
    /// Default headers.
    pub(super) metadata: Map<String, Json>,
    pub(super) folder_is_category: bool,
    pub(super) category: String,
    pub(super) author: String,
    /// Whether slugs come from file names rather than titles.
    pub(super) slugs_of_names: bool,
    /// The date of articles without one.
    pub(super) date: Option<String>,
    /// A regular expression whose named groups are headers in file names.
    pub(super) name_pattern: Option<Regex>,
    /// Files with another path on the site.
    pub(super) moved: Vec<(String, String)>,
}

impl Site {
    /// Reads the site in a folder.
    pub(super) fn from_root(root: &Path) -> Self {
        let mut all = Map::new();
        for file in [settings_file(root), Some(root.join(PUBLISH))].into_iter().flatten() {
            let text = std::fs::read(file).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            for (key, value) in text.map(|text| parse_assignments(&text)).unwrap_or_default() {
                // Often only one of the two files sets it.
                if !(key == "SITEURL" && all.contains_key(&key) && value.as_str() == Some("")) {
                    all.insert(key, value);
                }
            }
        }
        let settings = Settings(all);
        let content = settings.text("PATH").unwrap_or_else(|| "content".to_owned());
        let content = content.trim_start_matches("./").trim_matches('/').to_owned();
        Self::new(settings, if content == "." { "" } else { &content })
    }

    pub(super) fn new(settings: Settings, content: &str) -> Self {
        let text = |key: &str, default: &str| settings.text(key).unwrap_or_else(|| default.to_owned());
        let one = |name: &str| vec![name.to_owned()];
        Self {
            article_paths: text_list(settings.get("ARTICLE_PATHS")).unwrap_or_else(|| one("")),
            page_paths: text_list(settings.get("PAGE_PATHS")).unwrap_or_else(|| one("pages")),
            static_paths: text_list(settings.get("STATIC_PATHS")).unwrap_or_else(|| one("images")),
            article_excludes: text_list(settings.get("ARTICLE_EXCLUDES")).unwrap_or_default(),
            page_excludes: text_list(settings.get("PAGE_EXCLUDES")).unwrap_or_default(),
            ignored: PathPatterns::globs(
                &settings.get("IGNORE_FILES").map(front::as_texts).unwrap_or_default(),
            ),
            metadata: settings.map("DEFAULT_METADATA").0,
            folder_is_category: settings.get("USE_FOLDER_AS_CATEGORY").and_then(front::as_bool)
                != Some(false),
            category: text("DEFAULT_CATEGORY", "misc"),
            author: text("AUTHOR", ""),
            date: match settings.get("DEFAULT_DATE") {
                Some(Json::Array(parts)) => {
                    let number = |index: usize| parts.get(index).and_then(Json::as_i64).unwrap_or(1);
                    Some(format!("{:04}-{:02}-{:02}", number(0), number(1), number(2)))
                }
                date => date.and_then(front::as_text).filter(|date| date != "fs"),
            },
            name_pattern: settings.text("FILENAME_METADATA").and_then(|pattern| {
                RegexBuilder::new(&format!("^(?:{pattern})")).size_limit(LARGEST).build().ok()
            }),
            moved: moved(&settings),
            slugs_of_names: settings.text("SLUGIFY_SOURCE").as_deref() == Some("basename"),
            info: SiteInfo {
                base: urls::path_of(&text("SITEURL", "")),
                url: text("SITEURL", ""),
                language: text("DEFAULT_LANG", "en"),
                named_language: settings.text("DEFAULT_LANG"),
                zone: settings.text("TIMEZONE").and_then(|name| jiff::tz::TimeZone::get(&name).ok()),
                settings,
                ..SiteInfo::in_folder(content)
            },
        }
    }

    /// The headers in a file name.
    pub(super) fn in_name(&self, stem: &str) -> Vec<(String, String)> {
        let Some((pattern, found)) = self.name_pattern.as_ref().and_then(|it| Some((it, it.captures(stem)?)))
        else {
            return Vec::new();
        };
        let named = pattern.capture_names().flatten();
        named
            .filter_map(|name| Some((name.to_ascii_lowercase(), found.name(name)?.as_str().to_owned())))
            .collect()
    }

    /// Whether the folder of a file is its category.
    pub(super) fn has_category(&self, path: &str) -> bool {
        self.folder_is_category && self.info.inner(path).is_some_and(|inner| inner.contains('/'))
    }

    /// Whether a file below the content folder is a page.
    pub(super) fn is_page(&self, inner: &str) -> bool {
        is_below(inner, &self.page_paths)
    }
}

/// The files that `EXTRA_PATH_METADATA` moves.
fn moved(settings: &Settings) -> Vec<(String, String)> {
    let path = |(from, what): (&String, &Json)| {
        let to = what.get("path")?.as_str()?.trim_start_matches('/');
        Some((from.clone(), to.to_owned()))
    };
    settings.map("EXTRA_PATH_METADATA").0.iter().filter_map(path).collect()
}

/// Whether a folder is a Pelican site.
pub(super) fn is_site(folder: &Path) -> bool {
    settings_file(folder).is_some()
}

/// The settings file: one with the usual name, or else the first whose name begins with `pelicanconf`.
fn settings_file(folder: &Path) -> Option<PathBuf> {
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

/// The root of the site whose content folder this is.
pub(super) fn above(folder: &Path) -> Option<&Path> {
    let above = folder.parent().filter(|above| is_site(above))?;
    let content = Site::from_root(above).info.content;
    (!content.is_empty() && above.join(&content) == folder).then_some(above)
}

/// The assignments of literals at the beginning of lines.
fn parse_assignments(text: &str) -> Vec<(String, Json)> {
    let mut found = Vec::new();
    let text = text.get(..LARGEST).unwrap_or(text);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let Some((name, mut tail)) = text.get(start..).and_then(parse_name).filter(|_| line.contains('='))
        else {
            continue;
        };
        // `PAGE_URL = PAGE_SAVE_AS = 'x'`
        let mut names = vec![name];
        while let Some((name, after)) = parse_name(tail) {
            names.push(name);
            tail = after;
        }
        if let Some((value, _)) = parse_value(tail, DEEPEST) {
            found.extend(names.into_iter().map(|name| (name.to_owned(), value.clone())));
        }
    }
    found
}

/// Splits off the name of an assigned setting.
fn parse_name(text: &str) -> Option<(&str, &str)> {
    let is_part = |c: char| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit();
    let end = text.find(|c| !is_part(c)).filter(|end| *end > 0)?;
    let (name, tail) = text.split_at_checked(end)?;
    let value = tail.trim_start_matches([' ', '\t']).strip_prefix('=')?;
    (!value.starts_with('=')).then(|| (name, value.trim_start_matches([' ', '\t'])))
}

/// Parses a literal: a string, number, boolean, list, tuple or map. Other items of lists and maps are skipped. Returns the rest
/// of the text.
fn parse_value(text: &str, depth: usize) -> Option<(Json, &str)> {
    if let Some((mut value, mut rest)) = parse_string(text) {
        // Adjacent strings are one string; in brackets, even across lines.
        while let Some((more, tail)) = parse_string(if depth < DEEPEST { skip_blank(rest) } else { rest }) {
            value += &more;
            rest = tail;
        }
        return Some((Json::String(value), rest));
    }
    let Some(open @ ('[' | '(' | '{')) = text.chars().next() else {
        let end = text.find(|c: char| !c.is_alphanumeric() && !"_-+.".contains(c)).unwrap_or(text.len());
        let (word, rest) = text.split_at_checked(end)?;
        let value = match word {
            "True" | "False" => Json::Bool(word == "True"),
            "None" => Json::Null,
            word => Json::from(word.parse::<i64>().ok()?),
        };
        // `1 + x` is not a number.
        let is_all = rest.trim().is_empty() || rest.trim_start().starts_with([',', ']', ')', '}', '#', ':']);
        return (is_all || rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n'))
            .then_some((value, rest));
    };
    let (mut list, mut map, mut is_tuple) = (Vec::new(), Map::new(), open != '(');
    let mut rest = skip_blank(text.get(1..)?);
    while let Some(c) = rest.chars().next().filter(|_| depth > 0) {
        if matches!(c, ']' | ')' | '}') {
            let value = match (open, list.len()) {
                ('{', _) => Json::Object(map),
                ('(', 1) if !is_tuple => list.pop()?,
                _ => Json::Array(list),
            };
            return Some((value, rest.get(1..)?));
        }
        let item = parse_value(rest, depth - 1);
        let mut tail = skip_blank(item.as_ref().map_or(rest, |(_, tail)| *tail));
        match item {
            Some((Json::String(key), _)) if open == '{' => {
                tail = skip_blank(tail.strip_prefix(':').unwrap_or(tail));
                if let Some((value, after)) =
                    parse_value(tail, depth - 1).filter(|(_, after)| ends_item(skip_blank(after)))
                {
                    map.insert(key, value);
                    tail = skip_blank(after);
                }
            }
            Some((value, _)) if ends_item(tail) => list.push(value),
            _ => {}
        }
        let tail = if ends_item(tail) { tail } else { skip_expression(tail)? };
        is_tuple |= tail.starts_with(',');
        rest = skip_blank(tail.strip_prefix(',').unwrap_or(tail));
    }
    None
}

/// Whether an item of a list ends here.
fn ends_item(text: &str) -> bool {
    text.starts_with([',', ']', ')', '}'])
}

/// Skips white space and comments.
fn skip_blank(text: &str) -> &str {
    let mut text = text.trim_start();
    while text.starts_with('#') {
        text = text.split_once('\n').map_or("", |(_, rest)| rest.trim_start());
    }
    text
}

/// Skips an expression, up to the next comma or closing bracket.
fn skip_expression(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices().take(LONGEST) {
        match c {
            '[' | '(' | '{' => depth += 1,
            ']' | ')' | '}' if depth > 0 => depth -= 1,
            ',' | ']' | ')' | '}' if depth == 0 => return text.get(at..),
            _ => {}
        }
    }
    None
}

/// Parses a string literal, and returns the rest.
fn parse_string(text: &str) -> Option<(String, &str)> {
    let bare = text.trim_start_matches(['u', 'r', 'b']);
    let text = if text.len() - bare.len() <= 2 && bare.starts_with(['"', '\'']) { bare } else { text };
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            // In a pattern, an unknown escape keeps its backslash.
            '\\' => match chars.next()?.1 {
                c @ ('\\' | '\'' | '"') => value.push(c),
                'n' => value.push('\n'),
                c => value.extend(['\\', c]),
            },
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
    fn only_assignments_of_literals_are_read() {
        let text = "import os\nAUTHOR = 'Ana \\'x\\''\nSITEURL=\"\"\nFLAG = True # yes\nPAGE_PATHS = ['a', # b\n  \"c\",\n]\n\
            PATH = os.getcwd()\nN = 10\nLINKS = (('a', 'b'),)\nS = ('a'\n 'b')\nP = [1, f(2, 3), {'k': (2,), 'x': y[0]}]\nQ = 1 + x\n    INNER = 'x'\nif X == 'y':\nT = (\n";
        let found: Vec<_> =
            parse_assignments(text).into_iter().map(|(key, value)| format!("{key} {value}")).collect();
        assert_eq!(
            found,
            [
                "AUTHOR \"Ana 'x'\"",
                "SITEURL \"\"",
                "FLAG true",
                "PAGE_PATHS [\"a\",\"c\"]",
                "N 10",
                "LINKS [[\"a\",\"b\"]]",
                "S \"ab\"",
                "P [1,{\"k\":[2]}]",
            ]
        );
        assert!(parse_assignments(&"A = [".repeat(50_000)).is_empty());
        assert!(parse_assignments(&"A = {'x': [\n".repeat(5_000)).is_empty());
        assert!(parse_assignments(&"A = ".repeat(100_000)).is_empty());
    }
}
