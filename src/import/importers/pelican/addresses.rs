//! A file of Pelican → the path of its URL.

use jiff::fmt::strtime;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use serde_json::Value as Json;

use super::settings::Site;
use crate::import::archive::survey::List;
use crate::import::archive::urls;
use crate::import::front::{self, Front};
use crate::time;

impl Site {
    /// The path of the URL of a file below the content with that of the site, and without if its headers say it.
    pub(super) fn address(&self, inner: &str, front: &Front) -> (String, Option<String>) {
        let kind = if self.is_page(inner) { "PAGE" } else { "ARTICLE" };
        let language = front.text("lang").filter(|language| !language.eq_ignore_ascii_case(&self.language));
        let own = front.text("url").or_else(|| front.text("save_as"));
        let is_subsite = language.as_ref().is_some_and(|language| self.is_subsite(language));
        let pattern = own.clone().unwrap_or_else(|| self.pattern(kind, language.is_some() && !is_subsite));
        let path = plain(&self.fill(&pattern, inner, front));
        // Subsites of translations have their own folders.
        let subsite = language.filter(|_| is_subsite);
        let path = subsite.map_or_else(|| path.clone(), |language| format!("/{language}{path}"));
        (format!("{}{path}", self.base), own.map(|_| path))
    }

    /// The path of a list, unless it had none.
    pub(super) fn list_address(&self, list: List, name: &str) -> Option<String> {
        let kind = match list {
            List::Section => "category",
            List::Tag => "tag",
            List::Author => "author",
            List::All => return None,
        };
        let key = kind.to_uppercase();
        let is_made = self.settings.get(&format!("{key}_SAVE_AS")).and_then(Json::as_str) != Some("");
        let pattern =
            [format!("{key}_URL"), format!("{key}_SAVE_AS")].iter().find_map(|key| self.settings.text(key));
        let pattern = pattern.unwrap_or_else(|| format!("{kind}/{{slug}}.html"));
        is_made.then(|| format!("{}{}", self.base, plain(&pattern.replace("{slug}", &self.slug(name)))))
    }

    fn is_subsite(&self, language: &str) -> bool {
        self.settings.map("I18N_SUBSITES").get(language).is_some()
    }

    /// The pattern of the URLs of articles or pages.
    fn pattern(&self, kind: &str, is_translation: bool) -> String {
        let lang = if is_translation { "LANG_" } else { "" };
        let own = [format!("{kind}_{lang}URL"), format!("{kind}_{lang}SAVE_AS")];
        let default = match (kind, is_translation) {
            ("PAGE", false) => "pages/{slug}.html",
            ("PAGE", true) => "pages/{slug}-{lang}.html",
            (_, false) => "{slug}.html",
            (_, true) => "{slug}-{lang}.html",
        };
        own.iter().find_map(|key| self.settings.text(key)).unwrap_or_else(|| default.to_owned())
    }

    /// A pattern with its words filled in.
    fn fill(&self, pattern: &str, inner: &str, front: &Front) -> String {
        let mut filled = String::new();
        let mut rest = pattern;
        while let Some((before, behind)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((word, after)) = behind.split_once('}') else {
                rest = behind;
                break;
            };
            filled.push_str(&self.word(word, inner, front).unwrap_or_default());
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    fn word(&self, word: &str, inner: &str, front: &Front) -> Option<String> {
        let (folder, file) = urls::split(inner);
        let stem = urls::stem(file).0;
        let (word, format) = word.split_once(':').unwrap_or((word, ""));
        Some(match word {
            "slug" => self.slug_of(stem, front),
            "date" => {
                let format = if format.is_empty() { "%Y-%m-%d" } else { format };
                strtime::format(format, time::parse_archive_date(&front.text("date")?)?.civil).ok()?
            }
            "category" => {
                let of_folder =
                    Some(urls::split(folder).1).filter(|name| !name.is_empty() && self.folder_is_category);
                let category = front.text("category").or_else(|| of_folder.map(str::to_owned));
                self.slug(&category.unwrap_or_else(|| self.category.clone()))
            }
            "author" => {
                let names = front
                    .text("author")
                    .or_else(|| front.text("authors"))
                    .unwrap_or_else(|| self.author.clone());
                self.slug(names.split([';', ',']).next().unwrap_or_default())
            }
            "lang" => front.text("lang").unwrap_or_else(|| self.language.clone()).to_lowercase(),
            "base_name" => stem.to_owned(),
            "path_no_ext" => urls::below(folder, stem),
            "title" => front.text("title")?,
            key => front.get(key).and_then(front::text)?,
        })
    }

    /// The slug of an article: its own, or made from the title or the name of the file.
    fn slug_of(&self, stem: &str, front: &Front) -> String {
        if let Some(slug) = front.text("slug").or_else(|| front.text(super::SLUG)) {
            return slug;
        }
        let title = front.text("title").filter(|_| !self.slugs_of_names);
        self.slug(title.as_deref().unwrap_or(stem))
    }

    /// A slug as Pelican makes it: signs go, spaces and hyphens become single hyphens, letters become ASCII.
    pub(super) fn slug(&self, text: &str) -> String {
        let ascii: String = text.nfkd().filter(|c| !is_combining_mark(*c)).map(transliterated).collect();
        let kept: String = ascii
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-') || c.is_whitespace())
            .collect();
        let mut slug = String::new();
        for c in kept.trim().chars() {
            let is_gap = c == '-' || c.is_whitespace();
            if !is_gap {
                slug.push(c);
            } else if !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.to_lowercase()
    }
}

/// A letter in ASCII; others as they are.
fn transliterated(c: char) -> String {
    if c.is_ascii() || !c.is_alphanumeric() {
        return c.to_string();
    }
    slug::slugify(c.to_string())
}

/// A path with one slash in front, without the name of the file that stands for a folder.
fn plain(path: &str) -> String {
    let path = if path.contains("://") { urls::path_of(path) } else { path.to_owned() };
    let path = path
        .strip_suffix("index.html")
        .filter(|folder| folder.is_empty() || folder.ends_with('/'))
        .unwrap_or(&path);
    let end = if path.ends_with('/') { "/" } else { "" };
    match urls::path([path]) {
        whole if whole == "/" => whole,
        whole => format!("{whole}{end}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_those_of_pelican() {
        let site = Site::alone("content");
        for (text, expected) in [
            ("The Sea: a  story!", "the-sea-a-story"),
            ("C++ & Go_x", "c-go_x"),
            ("Été à Köln", "ete-a-koln"),
            ("a - b -", "a-b-"),
            ("don't", "dont"),
            ("", ""),
        ] {
            assert_eq!(site.slug(text), expected, "{text}");
        }
    }

    #[test]
    fn paths_have_no_index_behind() {
        for (path, expected) in [
            ("a/index.html", "/a/"),
            ("index.html", "/"),
            ("/a.html", "/a.html"),
            ("a//b/", "/a/b/"),
            ("", "/"),
        ] {
            assert_eq!(plain(path), expected, "{path}");
        }
    }
}
