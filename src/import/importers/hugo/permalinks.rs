//! A page of Hugo → the path of its URL.

use serde_json::Value as Json;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::FILE_NAME;
use super::settings::Site;
use crate::import::archive::{Settings, permalinks, urls, when};
use crate::import::front::{self, Front};

/// Permalink patterns.
#[derive(Clone, Debug, Default)]
pub(super) struct Permalinks {
    /// Kind of page → section → pattern.
    kinds: Settings,
    /// Targets and their patterns.
    list: Vec<(Json, String)>,
}

impl Permalinks {
    /// Reads the setting: a pattern for each section, the same for each kind of page, or a list of targets.
    pub(super) fn of(written: Option<&Json>) -> Self {
        let mut all = Self::default();
        match written {
            Some(Json::Array(items)) => {
                let item = |item: &Json| {
                    Some((
                        item.get("target").cloned().unwrap_or_default(),
                        front::as_text(item.get("pattern")?)?,
                    ))
                };
                all.list = items.iter().filter_map(item).collect();
            }
            Some(Json::Object(map)) => {
                let flat = map.iter().filter(|(_, value)| value.is_string());
                let flat: Json = flat.map(|(key, value)| (key.clone(), value.clone())).collect();
                all.kinds.0.extend(["page", "term"].map(|kind| (kind.to_owned(), flat.clone())));
                for (kind, value) in map.iter().filter(|(_, value)| value.is_object()) {
                    let known = all
                        .kinds
                        .0
                        .entry(kind.to_lowercase())
                        .or_insert_with(|| Json::Object(Default::default()));
                    if let (Some(known), Some(value)) = (known.as_object_mut(), value.as_object()) {
                        known.extend(value.clone());
                    }
                }
            }
            _ => {}
        }
        all
    }

    fn pattern(&self, kind: &str, section: &str, matches_target: &dyn Fn(&Json) -> bool) -> Option<String> {
        let listed = self.list.iter().find(|(target, _)| target.is_null() || matches_target(target));
        listed
            .map(|(_, pattern)| pattern.clone())
            .or_else(|| self.kinds.map(kind).text(if section.is_empty() { "/" } else { section }))
    }
}

impl Site {
    /// The URL path of a page, and the path that its front matter sets.
    pub(super) fn url_path(&self, path: &str, front: &Front) -> (String, Option<String>) {
        let (folder, name, language) = self.info.parts(path);
        let language = language.unwrap_or(&self.info.language);
        let prefix = self.prefix(language);
        if let Some(url) = front.text("url") {
            let url = if url.contains(':') { self.expand(&url, path, front) } else { url };
            let own = front_matter_path(&url, &prefix);
            return (format!("{}{own}", self.info.base), Some(own));
        }
        let sections = self.sections_of(path);
        let section = sections.split('/').next().unwrap_or_default();
        let (kind, matches_target) = (self.kind(path), |target: &Json| self.matches_target(target, path));
        let own = self.language(language).map(|own| &own.permalinks);
        let mut ways = own.into_iter().chain([&self.permalinks]);
        let inner = match ways.find_map(|way| way.pattern(kind, section, &matches_target)) {
            Some(pattern) => urls::path([&*prefix, &self.expand(&pattern, path, front)]),
            None => {
                let slug = front.text("slug").or_else(|| front.text(FILE_NAME)).filter(|_| kind == "page");
                let slug = slug.unwrap_or_else(|| name.to_owned());
                // The front page has no name.
                let slug = if kind == "home" { String::new() } else { self.urlize(&slug) };
                urls::path([&*prefix, &self.urlize(folder), &slug])
            }
        };
        let is_ugly = match &self.ugly {
            Json::Object(sections) => sections.get(section).and_then(front::as_bool) == Some(true),
            value => front::as_bool(value) == Some(true),
        };
        let end = match inner.rsplit('/').next() {
            Some(last) if last.ends_with(".html") || last.ends_with(".htm") || last.is_empty() => "",
            _ if is_ugly => ".html",
            _ => "/",
        };
        (format!("{}{inner}{end}", self.info.base), None)
    }

    /// The path prefix of a language. A language that had its own host gets a folder.
    pub(super) fn prefix(&self, language: &str) -> String {
        let is_main = language.eq_ignore_ascii_case(&self.info.language);
        let own = self.language(language).and_then(|own| own.settings.text("baseURL"));
        match own.filter(|own| !is_main && urls::has_same_host(own, &self.info.url)) {
            Some(own) => urls::path_of(&own).strip_prefix(&*self.info.base).unwrap_or_default().to_owned(),
            None if !is_main || self.main_in_folder => language.to_lowercase(),
            None => String::new(),
        }
    }

    /// Hugo's name for the kind of a page.
    pub(super) fn kind(&self, path: &str) -> &'static str {
        let (folder, name, _) = self.info.parts(path);
        match (self.info.is_section_page(path), folder) {
            (false, _) => "page",
            (true, "") if name == "_index" => "home",
            (true, "") if self.info.taxonomy(name).is_some() => "taxonomy",
            (true, _) if self.info.taxonomy(folder).is_some() => "term",
            _ => "section",
        }
    }

    /// The sections that a page is in. A section's own page is in that section.
    pub(super) fn sections_of(&self, path: &str) -> String {
        let (folder, name) = self.name(path);
        if self.info.is_section_page(path) && name != "_index" {
            urls::join(folder, name)
        } else {
            folder.to_owned()
        }
    }

    /// Expands a permalink pattern.
    fn expand(&self, pattern: &str, path: &str, front: &Front) -> String {
        // `\\:` is a colon.
        let expanded = permalinks::expand(&pattern.replace("\\:", "\0"), ":", |rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (word, tail) = rest.split_at_checked(end)?;
            let slice = tail.strip_prefix('[').filter(|_| word.starts_with("section"));
            let slice = slice.and_then(|tail| Some(tail.split_once(']')?.0));
            let value = self.placeholder(word, slice.unwrap_or_default(), path, front)?;
            Some((value, end + slice.map_or(0, |slice| slice.len() + 2)))
        });
        expanded.replace('\0', ":")
    }

    /// The value of a placeholder.
    fn placeholder(&self, word: &str, slice: &str, path: &str, front: &Front) -> Option<String> {
        let (_, name) = self.name(path);
        let of_file = front.text(FILE_NAME).filter(|_| front.text("slug").is_none());
        let slug = || front.text("slug").or_else(|| of_file.clone());
        let title = || front.text("title").unwrap_or_else(|| name.to_owned());
        let sections = self.sections_of(path);
        let text = match word {
            "section" => sections.split('/').next().unwrap_or_default().to_owned(),
            "sections" => slice_folders(&sections, slice),
            "sectionslug" => {
                self.section_slugs(path, &sections).split('/').next().unwrap_or_default().to_owned()
            }
            "sectionslugs" => slice_folders(&self.section_slugs(path, &sections), slice),
            "title" => title(),
            "slug" => slug().unwrap_or_else(title),
            "filename" | "contentbasename" => name.to_owned(),
            "slugorfilename" | "slugorcontentbasename" => slug().unwrap_or_else(|| name.to_owned()),
            _ => return self.date_placeholder(word, front),
        };
        Some(self.urlize(&text))
    }

    /// The sections by their slugs, or else by their titles.
    fn section_slugs(&self, path: &str, sections: &str) -> String {
        let above = self.info.sections.above(path);
        let slug = |folder: &str| {
            let own = above.iter().find(|(section, _)| self.sections_of(section) == folder)?;
            own.1.text("slug").or_else(|| own.1.text("title"))
        };
        let ends = sections.match_indices('/').map(|(at, _)| at).chain([sections.len()]);
        let folders = ends.filter_map(|end| sections.get(..end));
        let slugs = folders.map(|folder| {
            let name = slug(folder).unwrap_or_else(|| urls::split(folder).1.to_owned());
            self.urlize(&name)
        });
        slugs.collect::<Vec<_>>().join("/")
    }

    /// The value of a date placeholder, named as in Hugo or as in Go's date layouts.
    fn date_placeholder(&self, word: &str, front: &Front) -> Option<String> {
        const DATES: &str = "year=%Y month=%m monthname=%B day=%d weekday=%w weekdayname=%A yearday=%-j 2006=%Y 06=%y \
            01=%m 1=%-m Jan=%b January=%B 02=%d 2=%-d 002=%j Mon=%a Monday=%A 15=%H 03=%I 3=%-I 04=%M \
            05=%S 200601=%Y%m 20060102=%Y%m%d";
        let format = permalinks::date_format(DATES, word)?;
        let written = ["date", "lastmod", "modified"].iter().find_map(|key| front.text(key))?;
        let date = when::read(&written)?.civil.strftime(format).to_string();
        Some(if word.ends_with("name") { date.to_lowercase() } else { date })
    }

    /// Makes a text part of a path as Hugo does: letters, digits, marks and some punctuation stay, spaces become hyphens.
    pub(super) fn urlize(&self, text: &str) -> String {
        let text: String = match self.removes_accents {
            true => text.nfd().filter(|c| !is_combining_mark(*c)).nfc().collect(),
            false => text.to_owned(),
        };
        let (mut path, mut was_hyphen, mut owes_hyphen) = (String::new(), false, false);
        for c in text.trim().chars() {
            if c.is_alphanumeric() || is_combining_mark(c) || "./_#+~-@".contains(c) {
                was_hyphen = c == '-';
                if std::mem::take(&mut owes_hyphen) && !was_hyphen {
                    path.push('-');
                }
                path.push(c);
            } else if !path.is_empty() && !was_hyphen && c.is_whitespace() {
                owes_hyphen = true;
            }
        }
        let path = if self.keeps_case { path } else { path.to_lowercase() };
        path.replace('#', "%23")
    }
}

/// The path that `url` sets in front matter: below the language prefix unless it begins with a slash.
fn front_matter_path(url: &str, prefix: &str) -> String {
    let path = if url.contains("://") {
        urls::path_of(url)
    } else {
        url.split(['?', '#']).next().unwrap_or_default().to_owned()
    };
    let prefix = if path.starts_with('/') { "" } else { prefix };
    let whole = urls::path([prefix, &path]);
    let is_file = whole.rsplit('/').next().is_some_and(|last| last.contains('.'));
    match whole.as_str() {
        "/" => whole,
        _ if is_file && !path.ends_with('/') => whole,
        _ => format!("{whole}/"),
    }
}

/// Selects folders: `[1:]`, `[last]`, `[:2]`, `[0]`. Selects all if the slice is invalid.
fn slice_folders(folder: &str, slice: &str) -> String {
    let all: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let place = |text: &str, default: usize| match text {
        "" => Some(default),
        "last" => Some(all.len().saturating_sub(1)),
        digits => digits.parse().ok(),
    };
    let range = match slice.split_once(':') {
        Some((from, to)) => {
            place(from, 0).zip(place(to, all.len())).map(|(from, to)| from..to.min(all.len()))
        }
        None if slice.is_empty() => None,
        None => place(slice, 0).map(|at| at..(at + 1).min(all.len())),
    };
    range.and_then(|range| all.get(range)).unwrap_or(&all).join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_urlized_like_hugo() {
        let site = Site::without_config(None, "content");
        for (text, expected) in [
            ("A Fire  at sea!", "a-fire-at-sea"),
            ("C# & Go", "c%23-go"),
            ("Été – 2019", "été-2019"),
            ("a - b", "a-b"),
            ("  x_y.z  ", "x_y.z"),
            ("?", ""),
        ] {
            assert_eq!(site.urlize(text), expected, "{text}");
        }
        let other = Site { keeps_case: true, removes_accents: true, ..Site::without_config(None, "content") };
        assert_eq!(other.urlize("Été A"), "Ete-A");
    }

    #[test]
    fn folders_are_sliced() {
        for (slice, expected) in [
            ("", "a/b/c"),
            ("1:", "b/c"),
            (":2", "a/b"),
            ("last", "c"),
            ("0", "a"),
            ("x", "a/b/c"),
            ("9:", "a/b/c"),
        ] {
            assert_eq!(slice_folders("a/b/c", slice), expected, "{slice}");
        }
        assert_eq!(slice_folders("", "last"), "");
    }

    #[test]
    fn a_url_in_front_matter_stays() {
        for (url, expected) in [
            ("/a/b", "/a/b/"),
            ("a/B.html", "/fr/a/B.html"),
            ("/x.html", "/x.html"),
            ("https://x.example/c/", "/c/"),
            ("/", "/"),
        ] {
            assert_eq!(front_matter_path(url, "fr"), expected, "{url}");
        }
    }
}
