//! An article of Hugo → the path of its URL.

use serde_json::Value as Json;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::settings::Site;
use crate::import::archive::{urls, when};
use crate::import::front::{self, Front};

impl Site {
    /// The path of an article's URL with that of the site, and without if its front matter says it.
    pub(super) fn address(&self, path: &str, front: &Front) -> (String, Option<String>) {
        let (folder, name, language) = self.parts(path);
        let language = language.unwrap_or(&self.language);
        let prefix = if language != self.language || self.main_in_folder { language } else { "" };
        let section = folder.split('/').next().unwrap_or_default();
        if let Some(url) = front.text("url") {
            let url = if url.contains(':') { self.filled(&url, path, front) } else { url };
            let own = own_path(&url, prefix);
            return (format!("{}{own}", self.base), Some(own));
        }
        let pattern = self.permalinks.text(if section.is_empty() { "/" } else { section });
        let inner = match pattern.filter(|_| !self.is_index(path)) {
            Some(pattern) => urls::path([prefix, &self.filled(&pattern, path, front)]),
            None => {
                let slug = front.text("slug").unwrap_or_else(|| self.plain_name(name).to_owned());
                urls::path([prefix, &self.urlize(folder), &self.urlize(&slug)])
            }
        };
        let is_ugly = match &self.ugly {
            Json::Object(sections) => sections.get(section).and_then(front::truth) == Some(true),
            value => front::truth(value) == Some(true),
        };
        let end = match inner.rsplit('/').next() {
            Some(last) if last.ends_with(".html") || last.ends_with(".htm") || last.is_empty() => "",
            _ if is_ugly => ".html",
            _ => "/",
        };
        (format!("{}{inner}{end}", self.base), None)
    }

    /// The name of a file as it is part of a URL: without a date in front if that is read.
    fn plain_name<'n>(&self, name: &'n str) -> &'n str {
        if self.dates_of_names { urls::dated(name).map_or(name, |(_, rest)| rest) } else { name }
    }

    /// A pattern with its words filled in.
    fn filled(&self, pattern: &str, path: &str, front: &Front) -> String {
        let mut filled = String::new();
        let mut rest = pattern;
        while let Some((before, behind)) = rest.split_once(':') {
            filled.push_str(before);
            let length = behind.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(behind.len());
            let word = behind.get(..length).unwrap_or_default();
            let mut tail = behind.get(length..).unwrap_or_default();
            let mut slice = "";
            if word == "sections"
                && let Some((inside, after)) = tail.strip_prefix('[').and_then(|tail| tail.split_once(']'))
            {
                (slice, tail) = (inside, after);
            }
            match self.word(word, slice, path, front) {
                Some(value) => filled.push_str(&value),
                None => {
                    filled.push(':');
                    filled.push_str(word);
                }
            }
            rest = tail;
        }
        filled.push_str(rest);
        filled
    }

    /// What a word of a pattern stands for.
    fn word(&self, word: &str, slice: &str, path: &str, front: &Front) -> Option<String> {
        let (folder, name) = self.name(path);
        let name = self.plain_name(name);
        let slug = || front.text("slug");
        let title = || front.text("title").unwrap_or_else(|| name.to_owned());
        let text = match word {
            "section" => folder.split('/').next().unwrap_or_default().to_owned(),
            "sections" => sliced(folder, slice),
            "title" => title(),
            "slug" => slug().unwrap_or_else(title),
            "filename" | "contentbasename" => name.to_owned(),
            "slugorfilename" | "slugorcontentbasename" => slug().unwrap_or_else(|| name.to_owned()),
            _ => return self.date_word(word, front),
        };
        Some(self.urlize(&text))
    }

    /// What a word that is part of the date stands for.
    fn date_word(&self, word: &str, front: &Front) -> Option<String> {
        let date = when::read(&front.text("date")?)?.civil;
        Some(match word {
            "year" => format!("{:04}", date.year()),
            "month" => format!("{:02}", date.month()),
            "monthname" => date.strftime("%B").to_string().to_lowercase(),
            "day" => format!("{:02}", date.day()),
            "weekday" => date.weekday().to_sunday_zero_offset().to_string(),
            "weekdayname" => date.strftime("%A").to_string().to_lowercase(),
            "yearday" => date.day_of_year().to_string(),
            _ => return None,
        })
    }

    /// A text as Hugo makes it part of a path: letters, digits, marks and a few signs stay, spaces become single hyphens.
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

/// The path that `url` of front matter gives: in the folder of the language unless it begins with `/`.
fn own_path(url: &str, prefix: &str) -> String {
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

/// Some of the folders: `[1:]`, `[last]`, `[:2]`, `[0]`. All of them if it is none of these.
fn sliced(folder: &str, slice: &str) -> String {
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
    fn names_become_parts_of_paths_as_hugo_makes_them() {
        let site = Site::alone("content");
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
        let other = Site { keeps_case: true, removes_accents: true, ..Site::alone("content") };
        assert_eq!(other.urlize("Été A"), "Ete-A");
    }

    #[test]
    fn parts_of_folders_are_cut_out() {
        for (slice, expected) in [
            ("", "a/b/c"),
            ("1:", "b/c"),
            (":2", "a/b"),
            ("last", "c"),
            ("0", "a"),
            ("x", "a/b/c"),
            ("9:", "a/b/c"),
        ] {
            assert_eq!(sliced("a/b/c", slice), expected, "{slice}");
        }
        assert_eq!(sliced("", "last"), "");
    }

    #[test]
    fn a_url_of_front_matter_is_taken_as_it_is() {
        for (url, expected) in [
            ("/a/b", "/a/b/"),
            ("a/B.html", "/fr/a/B.html"),
            ("/x.html", "/x.html"),
            ("https://x.example/c/", "/c/"),
            ("/", "/"),
        ] {
            assert_eq!(own_path(url, "fr"), expected, "{url}");
        }
    }
}
