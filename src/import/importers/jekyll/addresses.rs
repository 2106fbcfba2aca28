//! A file of Jekyll → the path of its URL.

use jiff::civil::DateTime;
use jiff::fmt::strtime;

use super::{Role, Site};
use crate::import::archive::urls;
use crate::import::front::{self, Front};
use crate::time;

/// The names of patterns, and the patterns of posts.
const STYLES: [(&str, &str); 5] = [
    ("date", "/:categories/:year/:month/:day/:title:output_ext"),
    ("pretty", "/:categories/:year/:month/:day/:title/"),
    ("ordinal", "/:categories/:year/:y_day/:title:output_ext"),
    ("weekdate", "/:categories/:year/W:week/:short_day/:title:output_ext"),
    ("none", "/:categories/:title:output_ext"),
];

/// What the words of a pattern stand for.
struct Words<'a> {
    date: Option<DateTime>,
    categories: Vec<String>,
    collection: &'a str,
    /// The folders of the file.
    folder: &'a str,
    /// Its name without extension, and without date if it has one.
    name: &'a str,
    /// Its name without extension.
    stem: &'a str,
    slug: Option<String>,
}

impl Site {
    /// The path of a file's URL with that of the site. A draft has none.
    pub(super) fn address(&self, path: &str, front: &Front) -> Option<String> {
        let role = self.role(path);
        let own = front.text("permalink");
        let (folder, file, collection) = match role {
            Role::Post(folder, name) => (folder, name, "posts"),
            Role::Document(collection, folder, name) => (folder, name, collection),
            Role::Page(folder, name) => (folder, name, ""),
            Role::Draft(_) | Role::Hidden => return None,
        };
        let stem = urls::stem(file).0;
        let pattern = match (own, role) {
            (Some(own), Role::Post(..)) => style(&own).map_or(own, str::to_owned),
            (Some(own), _) => own,
            (None, Role::Post(..)) => {
                let pattern =
                    self.collections.map("posts").text("permalink").unwrap_or_else(|| self.permalink.clone());
                style(&pattern).map_or(pattern, str::to_owned)
            }
            (None, Role::Document(collection, ..)) => {
                let own = self.collections.map(collection).text("permalink");
                own.unwrap_or_else(|| format!("/:collection/:path{}", self.end()))
            }
            (None, _) if stem == "index" => "/:path/".to_owned(),
            (None, _) => format!("/:path/:basename{}", self.end()),
        };
        let dated = dated(stem).filter(|_| !matches!(role, Role::Page(..)));
        let date =
            front.text("date").and_then(|date| time::parse_archive_date(&date)).map(|when| self.local(&when));
        let words = Words {
            date: date.or_else(|| {
                dated.as_ref().and_then(|(date, _)| time::parse_archive_date(date)).map(|when| when.civil)
            }),
            categories: categories(if matches!(role, Role::Post(..)) { folder } else { "" }, front),
            collection,
            folder,
            name: dated.as_ref().map_or(stem, |(_, name)| name),
            stem,
            slug: front.text("slug"),
        };
        let filled = words.fill(&pattern);
        let end = if filled.ends_with('/') { "/" } else { "" };
        let path = urls::path([filled.as_str()]);
        Some(format!("{}{}{}", self.base, path.trim_end_matches('/'), if path == "/" { "/" } else { end }))
    }

    /// How the URLs of pages and of documents end, by the pattern of posts.
    fn end(&self) -> &'static str {
        match self.permalink.as_str() {
            "pretty" => "/",
            "date" | "ordinal" | "weekdate" | "none" => ":output_ext",
            pattern if pattern.ends_with('/') => "/",
            pattern if pattern.ends_with(":output_ext") => ":output_ext",
            _ => "",
        }
    }

    /// A date in the zone of the site.
    fn local(&self, when: &time::ArchiveDate) -> DateTime {
        let zone = self.zone.as_ref().zip(when.offset);
        let local = zone.and_then(|(zone, offset)| {
            offset.to_timestamp(when.civil).ok().map(|instant| instant.to_zoned(zone.clone()).datetime())
        });
        local.unwrap_or(when.civil)
    }
}

fn style(name: &str) -> Option<&'static str> {
    STYLES.iter().find(|(style, _)| *style == name).map(|(_, pattern)| *pattern)
}

/// The categories of a post: the folders above `_posts`, then those of its front matter.
fn categories(folder: &str, front: &Front) -> Vec<String> {
    let mut all: Vec<String> = folder.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    all.extend(front.get("category").map(front::texts).unwrap_or_default());
    match front.get("categories") {
        Some(serde_json::Value::String(words)) => all.extend(words.split_whitespace().map(str::to_owned)),
        Some(value) => all.extend(front::texts(value)),
        None => {}
    }
    let mut unique: Vec<String> = Vec::new();
    for category in all.into_iter().map(|category| category.to_lowercase()) {
        if !unique.contains(&category) {
            unique.push(category);
        }
    }
    unique
}

impl Words<'_> {
    /// A pattern with its words filled in. A word that is none may be one with something behind `_`.
    fn fill(&self, pattern: &str) -> String {
        let mut filled = String::new();
        let mut rest = pattern;
        while let Some((before, behind)) = rest.split_once(':') {
            filled.push_str(before);
            let is_part = |c: char| c.is_ascii_lowercase() || c == '_';
            let mut length = behind.find(|c| !is_part(c)).unwrap_or(behind.len());
            rest = behind;
            loop {
                let word = behind.get(..length).unwrap_or_default();
                if let Some(value) = self.word(word) {
                    filled.push_str(&value);
                    rest = behind.get(length..).unwrap_or_default();
                    break;
                }
                match word.rfind('_') {
                    Some(at) => length = at,
                    None => {
                        filled.push(':');
                        break;
                    }
                }
            }
        }
        filled.push_str(rest);
        filled
    }

    fn word(&self, word: &str) -> Option<String> {
        let slug = || self.slug.clone().filter(|slug| !slug.trim().is_empty());
        Some(match word {
            "collection" => self.collection.to_owned(),
            "output_ext" => ".html".to_owned(),
            "path" if self.collection.is_empty() => self.folder.to_owned(),
            "path" => urls::below(self.folder, self.stem),
            "basename" => self.stem.to_owned(),
            "name" => slugify(self.stem),
            "title" => slug().map_or_else(|| pretty(self.name), |slug| pretty(&slug)),
            "slug" => slug().map_or_else(|| slugify(self.name), |slug| slugify(&slug)),
            "categories" => self.categories.join("/"),
            "slugified_categories" => {
                self.categories.iter().map(|category| slugify(category)).collect::<Vec<_>>().join("/")
            }
            _ => return self.date_word(word),
        })
    }

    fn date_word(&self, word: &str) -> Option<String> {
        let format = match word {
            "year" => "%Y",
            "month" => "%m",
            "i_month" => "%-m",
            "day" => "%d",
            "i_day" => "%-d",
            "hour" => "%H",
            "minute" => "%M",
            "second" => "%S",
            "y_day" => "%j",
            "short_year" => "%y",
            "short_month" => "%b",
            "long_month" => "%B",
            "short_day" => "%a",
            "long_day" => "%A",
            "week" => "%V",
            "w_year" => "%G",
            "w_day" => "%u",
            _ => return None,
        };
        strtime::format(format, self.date?).ok()
    }
}

/// `2019-5-1-name` or `19-05-01-name` → its date as bulletin reads it, and the name.
pub(super) fn dated(stem: &str) -> Option<(String, &str)> {
    let mut parts = stem.splitn(4, '-');
    let (year, month, day, name) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_number = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_number(year, 4)
        || !is_number(month, 2)
        || !is_number(day, 2)
        || name.is_empty()
        || !matches!(year.len(), 2 | 4)
    {
        return None;
    }
    let century = if year.len() == 2 { "20" } else { "" };
    let date = format!("{century}{year}-{month:0>2}-{day:0>2}");
    // The 30th of February is the 2nd of March to Ruby.
    let first = jiff::civil::Date::new(format!("{century}{year}").parse().ok()?, month.parse().ok()?, 1);
    let rolled = day.parse::<i64>().ok().filter(|day| (29..=31).contains(day)).zip(first.ok());
    let rolled = rolled.and_then(|(day, first)| first.checked_add(jiff::Span::new().days(day - 1)).ok());
    Some((rolled.map_or(date, |date| date.to_string()), name))
}

/// A text in lower case with a hyphen for all that is no letter or digit.
pub(super) fn slugify(text: &str) -> String {
    hyphenated(text, |c| c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c))
        .to_lowercase()
}

/// A text with a hyphen for what cannot be in a path.
fn pretty(text: &str) -> String {
    let is_kept = |c: char| {
        c.is_alphanumeric()
            || unicode_normalization::char::is_combining_mark(c)
            || "._~!$&'()+,;=@".contains(c)
    };
    hyphenated(text, is_kept)
}

fn hyphenated(text: &str, is_kept: impl Fn(char) -> bool) -> String {
    text.split(|c| !is_kept(c)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// `a-fire-at-sea` → `A Fire At Sea`, as Jekyll makes titles.
pub(super) fn title_of(name: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
    };
    name.split('-').filter(|word| !word.is_empty()).map(capital).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_posts_have_a_date() {
        assert_eq!(dated("2019-5-1-gate"), Some(("2019-05-01".to_owned(), "gate")));
        assert_eq!(dated("2011-02-29-gate"), Some(("2011-03-01".to_owned(), "gate")));
        assert_eq!(dated("09-05-01-gate-3"), Some(("2009-05-01".to_owned(), "gate-3")));
        for stem in ["gate", "2019-05-gate", "2019-05-01", "2019-05-01-", "x-1-1-gate", "123-1-1-a", ""] {
            assert_eq!(dated(stem), None, "{stem}");
        }
    }

    #[test]
    fn slugs_are_those_of_jekyll() {
        assert_eq!(slugify("The _Sea_ & I.md"), "the-sea-i-md");
        assert_eq!(pretty("Été_2 (A)+"), "Été_2-(A)+");
        assert_eq!(title_of("a-fire--at-sea"), "A Fire At Sea");
    }
}
