//! A file of Pelican → the path of its URL.

use jiff::fmt::strtime;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use serde_json::Value as Json;

use super::settings::Site;
use crate::import::archive::survey::ListKind;
use crate::import::archive::{permalinks, urls, when};
use crate::import::front::{self, Front};

impl Site {
    /// The URL path of a file below the content folder, and the path that its headers set.
    pub(super) fn url_path(&self, inner: &str, front: &Front) -> (String, Option<String>) {
        let kind = if self.is_page(inner) { "PAGE" } else { "ARTICLE" };
        let language =
            front.text("lang").filter(|language| !language.eq_ignore_ascii_case(&self.info.language));
        let own = front.text("url").or_else(|| front.text("save_as"));
        let is_subsite = language.as_ref().is_some_and(|language| self.is_subsite(language));
        let pattern = own.clone().unwrap_or_else(|| self.pattern(kind, language.is_some() && !is_subsite));
        let path = normalize(&self.expand(&pattern, inner, front));
        // Each language of a subsite has its own folder.
        let subsite = language.filter(|_| is_subsite);
        let path = subsite.map_or_else(|| path.clone(), |language| format!("/{language}{path}"));
        (format!("{}{path}", self.info.base), own.map(|_| path))
    }

    /// The path of a list page, if there was one.
    pub(super) fn list_path(&self, list: ListKind, name: &str) -> Option<String> {
        let kind = match list {
            ListKind::Section => "category",
            ListKind::Tag => "tag",
            ListKind::Author => "author",
            ListKind::All => return None,
        };
        let key = kind.to_uppercase();
        let is_made = self.info.settings.get(&format!("{key}_SAVE_AS")).and_then(Json::as_str) != Some("");
        let pattern = [format!("{key}_URL"), format!("{key}_SAVE_AS")]
            .iter()
            .find_map(|key| self.info.settings.text(key));
        let pattern = pattern.unwrap_or_else(|| format!("{kind}/{{slug}}.html"));
        is_made
            .then(|| format!("{}{}", self.info.base, normalize(&pattern.replace("{slug}", &self.slug(name)))))
    }

    fn is_subsite(&self, language: &str) -> bool {
        self.info.settings.map("I18N_SUBSITES").get(language).is_some()
    }

    /// The URL pattern of articles or pages.
    fn pattern(&self, kind: &str, is_translation: bool) -> String {
        let lang = if is_translation { "LANG_" } else { "" };
        let own = [format!("{kind}_{lang}URL"), format!("{kind}_{lang}SAVE_AS")];
        let default = match (kind, is_translation) {
            ("PAGE", false) => "pages/{slug}.html",
            ("PAGE", true) => "pages/{slug}-{lang}.html",
            (_, false) => "{slug}.html",
            (_, true) => "{slug}-{lang}.html",
        };
        own.iter().find_map(|key| self.info.settings.text(key)).unwrap_or_else(|| default.to_owned())
    }

    /// Expands a URL pattern.
    fn expand(&self, pattern: &str, inner: &str, front: &Front) -> String {
        permalinks::expand(pattern, "{", |rest| {
            // A brace that is not closed is dropped.
            let Some((word, _)) = rest.split_once('}') else { return Some((String::new(), 0)) };
            Some((self.placeholder(word, inner, front).unwrap_or_default(), word.len() + 1))
        })
    }

    fn placeholder(&self, word: &str, inner: &str, front: &Front) -> Option<String> {
        let (folder, file) = urls::split(inner);
        let stem = urls::stem(file).0;
        let (word, format) = word.split_once(':').unwrap_or((word, ""));
        Some(match word {
            "slug" => self.slug_of(stem, front),
            "date" => {
                let format = if format.is_empty() { "%Y-%m-%d" } else { format };
                strtime::format(format, when::read(&front.text("date")?)?.civil).ok()?
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
            "lang" => front.text("lang").unwrap_or_else(|| self.info.language.clone()).to_lowercase(),
            "base_name" => stem.to_owned(),
            "path_no_ext" => urls::join(folder, stem),
            "title" => front.text("title")?,
            key => front.get(key).and_then(front::as_text)?,
        })
    }

    /// The slug of an article: its own, or made from its title or file name.
    fn slug_of(&self, stem: &str, front: &Front) -> String {
        if let Some(slug) = front.text("slug").or_else(|| front.text(super::SLUG)) {
            return slug;
        }
        let title = front.text("title").filter(|_| !self.slugs_of_names);
        self.slug(title.as_deref().unwrap_or(stem))
    }

    /// Slugifies a text as Pelican does: punctuation is dropped, spaces and hyphens become hyphens, letters become ASCII.
    pub(super) fn slug(&self, text: &str) -> String {
        let ascii: String = text.nfkd().filter(|c| !is_combining_mark(*c)).map(transliterate).collect();
        let ascii: String = ascii
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-') || c.is_whitespace())
            .collect();
        let mut slug = String::new();
        for c in ascii.trim().chars() {
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

/// Transliterates a letter to ASCII.
fn transliterate(c: char) -> String {
    if c.is_ascii() || !c.is_alphanumeric() {
        return c.to_string();
    }
    slug::slugify(c.to_string())
}

/// Adds a leading slash, and removes `index.html`.
fn normalize(path: &str) -> String {
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
    fn names_are_slugified_like_pelican() {
        let site = Site::new(Default::default(), "content");
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
    fn paths_lose_their_index_html() {
        for (path, expected) in [
            ("a/index.html", "/a/"),
            ("index.html", "/"),
            ("/a.html", "/a.html"),
            ("a//b/", "/a/b/"),
            ("", "/"),
        ] {
            assert_eq!(normalize(path), expected, "{path}");
        }
    }
}
