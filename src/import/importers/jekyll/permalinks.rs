//! A file of Jekyll → the path of its URL.

use jiff::civil::DateTime;
use jiff::fmt::strtime;

use super::{FileRole, Site};
use crate::import::archive::{permalinks, urls, when};
use crate::import::front::{self, Front};

/// The built-in permalink styles and their patterns for posts.
const STYLES: [(&str, &str); 5] = [
    ("date", "/:categories/:year/:month/:day/:title:output_ext"),
    ("pretty", "/:categories/:year/:month/:day/:title/"),
    ("ordinal", "/:categories/:year/:y_day/:title:output_ext"),
    ("weekdate", "/:categories/:year/W:week/:short_day/:title:output_ext"),
    ("none", "/:categories/:title:output_ext"),
];

/// Date placeholders and their formats.
const DATES: &str = "year=%Y month=%m i_month=%-m day=%d i_day=%-d hour=%H minute=%M second=%S y_day=%j short_year=%y \
    short_month=%b long_month=%B short_day=%a long_day=%A week=%V w_year=%G w_day=%u";

/// The values of placeholders.
struct Placeholders<'a> {
    date: Option<DateTime>,
    categories: Vec<String>,
    collection: &'a str,
    /// The folders of the file.
    folder: &'a str,
    /// The file name without extension and date.
    name: &'a str,
    /// The file name without extension.
    stem: &'a str,
    slug: Option<String>,
}

impl Site {
    /// The URL path of a file. Drafts have none.
    pub(super) fn url_path(&self, path: &str, front: &Front) -> Option<String> {
        let role = self.role(path);
        let own = front.text("permalink");
        let (folder, file, collection) = match role {
            FileRole::Post(folder, name) => (folder, name, "posts"),
            FileRole::Document(collection, folder, name) => (folder, name, collection),
            FileRole::Page(folder, name) => (folder, name, ""),
            FileRole::Draft(_) | FileRole::Hidden => return None,
        };
        let stem = urls::stem(file).0;
        let pattern = match (own, role) {
            (Some(own), FileRole::Post(..)) => style(&own).map_or(own, str::to_owned),
            (Some(own), _) => own,
            (None, FileRole::Post(..)) => {
                let pattern =
                    self.collections.map("posts").text("permalink").unwrap_or_else(|| self.permalink.clone());
                style(&pattern).map_or(pattern, str::to_owned)
            }
            (None, FileRole::Document(collection, ..)) => {
                let own = self.collections.map(collection).text("permalink");
                own.unwrap_or_else(|| format!("/:collection/:path{}", self.url_suffix()))
            }
            (None, _) if stem == "index" => "/:path/".to_owned(),
            (None, _) => format!("/:path/:basename{}", self.url_suffix()),
        };
        let dated = split_date(stem).filter(|_| !matches!(role, FileRole::Page(..)));
        let date = front.text("date").and_then(|date| when::read(&date)).map(|when| self.local(&when));
        let values = Placeholders {
            date: date
                .or_else(|| dated.as_ref().and_then(|(date, _)| when::read(date)).map(|when| when.civil)),
            categories: categories(if matches!(role, FileRole::Post(..)) { folder } else { "" }, front),
            collection,
            folder,
            name: dated.as_ref().map_or(stem, |(_, name)| name),
            stem,
            slug: front.text("slug"),
        };
        let filled = values.expand(&pattern);
        let end = if filled.ends_with('/') { "/" } else { "" };
        let path = urls::path([filled.as_str()]);
        Some(format!(
            "{}{}{}",
            self.info.base,
            path.trim_end_matches('/'),
            if path == "/" { "/" } else { end }
        ))
    }

    /// How the URLs of pages and collection documents end.
    fn url_suffix(&self) -> &'static str {
        match self.permalink.as_str() {
            "pretty" => "/",
            "date" | "ordinal" | "weekdate" | "none" => ":output_ext",
            pattern if pattern.ends_with('/') => "/",
            pattern if pattern.ends_with(":output_ext") => ":output_ext",
            _ => "",
        }
    }

    /// A date in the time zone of the site.
    fn local(&self, when: &when::When) -> DateTime {
        let zone = self.info.zone.as_ref().zip(when.offset);
        let local = zone.and_then(|(zone, offset)| {
            offset.to_timestamp(when.civil).ok().map(|instant| instant.to_zoned(zone.clone()).datetime())
        });
        local.unwrap_or(when.civil)
    }
}

fn style(name: &str) -> Option<&'static str> {
    STYLES.iter().find(|(style, _)| *style == name).map(|(_, pattern)| *pattern)
}

/// The categories of a post: the folders above `_posts`, then those in its front matter.
fn categories(folder: &str, front: &Front) -> Vec<String> {
    let mut all: Vec<String> = folder.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    all.extend(front.get("category").map(front::as_texts).unwrap_or_default());
    match front.get("categories") {
        Some(serde_json::Value::String(parts)) => all.extend(parts.split_whitespace().map(str::to_owned)),
        Some(value) => all.extend(front::as_texts(value)),
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

impl Placeholders<'_> {
    /// Expands a permalink pattern. `:title_x` is `:title` and `_x`.
    fn expand(&self, pattern: &str) -> String {
        permalinks::expand(pattern, ":", |rest| {
            let is_part = |c: char| c.is_ascii_lowercase() || c == '_';
            let mut length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            loop {
                let word = rest.get(..length)?;
                if let Some(value) = self.placeholder(word) {
                    return Some((value, length));
                }
                length = word.rfind('_')?;
            }
        })
    }

    fn placeholder(&self, word: &str) -> Option<String> {
        let slug = || self.slug.clone().filter(|slug| !slug.trim().is_empty());
        Some(match word {
            "collection" => self.collection.to_owned(),
            "output_ext" => ".html".to_owned(),
            "path" if self.collection.is_empty() => self.folder.to_owned(),
            "path" => urls::join(self.folder, self.stem),
            "basename" => self.stem.to_owned(),
            "name" => slugify(self.stem),
            "title" => slug().map_or_else(|| pretty(self.name), |slug| pretty(&slug)),
            "slug" => slug().map_or_else(|| slugify(self.name), |slug| slugify(&slug)),
            "categories" => self.categories.join("/"),
            "slugified_categories" => {
                self.categories.iter().map(|category| slugify(category)).collect::<Vec<_>>().join("/")
            }
            _ => return strtime::format(permalinks::date_format(DATES, word)?, self.date?).ok(),
        })
    }
}

/// Splits the date off a file name: `2019-5-1-name` or `19-05-01-name`.
pub(super) fn split_date(stem: &str) -> Option<(String, &str)> {
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
    // Ruby reads 30 February as 2 March.
    let first = jiff::civil::Date::new(format!("{century}{year}").parse().ok()?, month.parse().ok()?, 1);
    let rolled = day.parse::<i64>().ok().filter(|day| (29..=31).contains(day)).zip(first.ok());
    let rolled = rolled.and_then(|(day, first)| first.checked_add(jiff::Span::new().days(day - 1)).ok());
    Some((rolled.map_or(date, |date| date.to_string()), name))
}

/// Lowers the case, and puts hyphens for everything but letters and digits.
pub(super) fn slugify(text: &str) -> String {
    hyphenate(text, |c| c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c))
        .to_lowercase()
}

/// Puts hyphens for what a path cannot contain.
fn pretty(text: &str) -> String {
    let is_kept = |c: char| {
        c.is_alphanumeric()
            || unicode_normalization::char::is_combining_mark(c)
            || "._~!$&'()+,;=@".contains(c)
    };
    hyphenate(text, is_kept)
}

fn hyphenate(text: &str, is_kept: impl Fn(char) -> bool) -> String {
    urls::join_words(text, |c| !is_kept(c), "-")
}

/// A title as Jekyll derives it: `a-fire-at-sea` → `A Fire At Sea`.
pub(super) fn title(name: &str) -> String {
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
    fn dates_are_split_off_file_names() {
        assert_eq!(split_date("2019-5-1-gate"), Some(("2019-05-01".to_owned(), "gate")));
        assert_eq!(split_date("2011-02-29-gate"), Some(("2011-03-01".to_owned(), "gate")));
        assert_eq!(split_date("09-05-01-gate-3"), Some(("2009-05-01".to_owned(), "gate-3")));
        for stem in ["gate", "2019-05-gate", "2019-05-01", "2019-05-01-", "x-1-1-gate", "123-1-1-a", ""] {
            assert_eq!(split_date(stem), None, "{stem}");
        }
    }

    #[test]
    fn names_are_slugified_like_jekyll() {
        assert_eq!(slugify("The _Sea_ & I.md"), "the-sea-i-md");
        assert_eq!(pretty("Été_2 (A)+"), "Été_2-(A)+");
        assert_eq!(title("a-fire--at-sea"), "A Fire At Sea");
    }
}
