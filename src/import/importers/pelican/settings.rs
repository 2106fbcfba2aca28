//! `pelicanconf.py` → settings. It is a program: only assignments of texts, truth values, numbers and lists of texts are read.

use std::path::{Path, PathBuf};

use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value as Json};

use super::{is_below, list};
use crate::import::archive::path_patterns::PathPatterns;
use crate::import::archive::{Settings, urls};
use crate::import::front;

/// The settings, and those that are used to publish.
const OWN: [&str; 2] = ["pelicanconf.py", "pelican.conf.py"];
const PUBLISH: &str = "publishconf.py";
/// Largest file of settings.
const LARGEST: usize = 1 << 20;
/// Most characters of an expression that is not read.
const LONGEST: usize = 1024;
/// Deepest list in a list.
const DEEPEST: usize = 8;

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
    pub(super) ignored: PathPatterns,
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
    /// The date of what has none.
    pub(super) date: Option<String>,
    /// What names of files say, as a regular expression with names.
    pub(super) name_pattern: Option<Regex>,
    /// Files below the content, and their paths on the site.
    pub(super) moved: Vec<(String, String)>,
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
            ignored: PathPatterns::globs(
                &settings.get("IGNORE_FILES").map(front::as_texts).unwrap_or_default(),
            ),
            metadata: settings.map("DEFAULT_METADATA").0,
            folder_is_category: settings.get("USE_FOLDER_AS_CATEGORY").and_then(front::as_bool)
                != Some(false),
            category: text("DEFAULT_CATEGORY", "misc"),
            author: text("AUTHOR", ""),
            language: text("DEFAULT_LANG", "en"),
            named_language: settings.text("DEFAULT_LANG"),
            zone: settings.text("TIMEZONE").and_then(|name| jiff::tz::TimeZone::get(&name).ok()),
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

    /// What the name of a file says.
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
        self.folder_is_category && self.inner(path).is_some_and(|inner| inner.contains('/'))
    }

    /// Whether a file below the content is a page.
    pub(super) fn is_page(&self, inner: &str) -> bool {
        is_below(inner, &self.page_paths)
    }
}

/// The files that `EXTRA_PATH_METADATA` gives another path.
fn moved(settings: &Settings) -> Vec<(String, String)> {
    let path = |(from, what): (&String, &Json)| {
        let to = what.get("path")?.as_str()?.trim_start_matches('/');
        Some((from.clone(), to.to_owned()))
    };
    settings.map("EXTRA_PATH_METADATA").0.iter().filter_map(path).collect()
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
        if let Some((value, _)) = value_of(behind, DEEPEST) {
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

/// A value at the beginning of a text: text, number, truth value, or a list, tuple or map of such, with what is behind it. What is
/// something else in a list or map is left out: what is known of the others counts.
fn value_of(text: &str, depth: usize) -> Option<(Json, &str)> {
    if let Some((mut value, mut rest)) = string(text) {
        // Texts beside each other are one, in brackets on the next line, too.
        while let Some((more, behind)) = string(if depth < DEEPEST { skipped(rest) } else { rest }) {
            value += &more;
            rest = behind;
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
        // `1 + x` is no number.
        let is_all = rest.trim().is_empty() || rest.trim_start().starts_with([',', ']', ')', '}', '#', ':']);
        return (is_all || rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n'))
            .then_some((value, rest));
    };
    let (mut list, mut map, mut is_tuple) = (Vec::new(), Map::new(), open != '(');
    let mut rest = skipped(text.get(1..)?);
    while let Some(c) = rest.chars().next().filter(|_| depth > 0) {
        if matches!(c, ']' | ')' | '}') {
            let value = match (open, list.len()) {
                ('{', _) => Json::Object(map),
                ('(', 1) if !is_tuple => list.pop()?,
                _ => Json::Array(list),
            };
            return Some((value, rest.get(1..)?));
        }
        let item = value_of(rest, depth - 1);
        let mut behind = skipped(item.as_ref().map_or(rest, |(_, behind)| *behind));
        match item {
            Some((Json::String(key), _)) if open == '{' => {
                behind = skipped(behind.strip_prefix(':').unwrap_or(behind));
                if let Some((value, after)) =
                    value_of(behind, depth - 1).filter(|(_, after)| ends(skipped(after)))
                {
                    map.insert(key, value);
                    behind = skipped(after);
                }
            }
            Some((value, _)) if ends(behind) => list.push(value),
            _ => {}
        }
        let behind = if ends(behind) { behind } else { expression(behind)? };
        is_tuple |= behind.starts_with(',');
        rest = skipped(behind.strip_prefix(',').unwrap_or(behind));
    }
    None
}

/// Whether an item of a list ends here.
fn ends(text: &str) -> bool {
    text.starts_with([',', ']', ')', '}'])
}

/// What is behind spaces, line ends and comments.
fn skipped(text: &str) -> &str {
    let mut text = text.trim_start();
    while text.starts_with('#') {
        text = text.split_once('\n').map_or("", |(_, rest)| rest.trim_start());
    }
    text
}

/// What is behind an expression that is not read: the next comma or closing bracket.
fn expression(text: &str) -> Option<&str> {
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

/// A text in quotes, and what is behind it.
fn string(text: &str) -> Option<(String, &str)> {
    let bare = text.trim_start_matches(['u', 'r', 'b']);
    let text = if text.len() - bare.len() <= 2 && bare.starts_with(['"', '\'']) { bare } else { text };
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            // What is no escape keeps its sign, as in a pattern.
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
    fn simple_assignments_are_read_and_others_are_not() {
        let text = "import os\nAUTHOR = 'Ana \\'x\\''\nSITEURL=\"\"\nFLAG = True # yes\nPAGE_PATHS = ['a', # b\n  \"c\",\n]\n\
            PATH = os.getcwd()\nN = 10\nLINKS = (('a', 'b'),)\nS = ('a'\n 'b')\nP = [1, f(2, 3), {'k': (2,), 'x': y[0]}]\nQ = 1 + x\n    INNER = 'x'\nif X == 'y':\nT = (\n";
        let found: Vec<_> =
            assignments(text).into_iter().map(|(key, value)| format!("{key} {value}")).collect();
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
        assert!(assignments(&"A = [".repeat(50_000)).is_empty());
        assert!(assignments(&"A = {'x': [\n".repeat(5_000)).is_empty());
        assert!(assignments(&"A = ".repeat(100_000)).is_empty());
    }
}
