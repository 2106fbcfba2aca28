//! A permalink pattern and an article → the article's route.

use std::fmt::Write as _;

use super::Route;
use crate::config::{Config, Permalink, PermalinkField, PermalinkPart};
use crate::content::{Article, FrontMatter};

/// Where an article is.
///
/// A story follows its own `permalink` or the site's pattern, with times in the site's zone. A standing page keeps the
/// path of its file.
///
/// # Errors
/// A sentence about what is wrong.
pub(super) fn route(article: &Article, config: &Config) -> Result<Route, String> {
    route_of(&article.front, &article.path, &article.slug, config)
}

/// Where an article would be whose source has this path below `content/`.
///
/// # Errors
/// A sentence about what is wrong.
pub fn route_of(front: &FrontMatter, path: &str, slug: &str, config: &Config) -> Result<Route, String> {
    match front.permalink.as_deref() {
        Some(path) if !Permalink::is_pattern(path) => Route::parse(path),
        _ => with_slug(front, path, slug, config),
    }
}

/// The key of the front matter that names an earlier URL, with the position of the entry in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EarlierUrl {
    Alias(usize),
    OldSlug(usize),
}

/// The earlier routes of an article by its `aliases` and `old_slugs`, or what is wrong with them. An old slug stands in the article's
/// own pattern or the site's; a `permalink` without a slug says only where the article is now.
pub(super) fn earlier_routes<'a>(
    article: &'a Article,
    config: &'a Config,
) -> impl Iterator<Item = (EarlierUrl, Result<Route, String>)> + 'a {
    let aliases = article.front.aliases.iter().enumerate().map(|(at, alias)| {
        let route = Route::parse(alias).map_err(|why| format!("in its alias `{alias}`, {why}"));
        (EarlierUrl::Alias(at), route)
    });
    let old_slugs = article.front.old_slugs.iter().enumerate().map(move |(at, slug)| {
        let route = with_slug(&article.front, &article.path, slug, config);
        (EarlierUrl::OldSlug(at), route.map_err(|why| format!("with its old slug `{slug}`, {why}")))
    });
    aliases.chain(old_slugs)
}

fn with_slug(front: &FrontMatter, path: &str, slug: &str, config: &Config) -> Result<Route, String> {
    match front.permalink.as_deref() {
        Some(pattern) if Permalink::is_pattern(pattern) => {
            expand(&Permalink::parse(pattern)?, front, slug, config)
        }
        _ if front.date.is_none() => Route::parse(&standing_path(path, slug)),
        _ => expand(&config.permalink, front, slug, config),
    }
}

fn standing_path(path: &str, slug: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let stem = stem.strip_suffix("/index").unwrap_or(if stem == "index" { "" } else { stem });
    match stem.rsplit_once('/') {
        Some((folder, _)) => format!("/{folder}/{slug}/"),
        None if stem.is_empty() => "/".to_owned(),
        None => format!("/{slug}/"),
    }
}

fn expand(pattern: &Permalink, front: &FrontMatter, slug: &str, config: &Config) -> Result<Route, String> {
    let date = front.date.map(|date| config.timezone.to_datetime(date));
    let mut path = String::new();
    for part in &pattern.0 {
        let field = match part {
            PermalinkPart::Text(text) => {
                path.push_str(text);
                continue;
            }
            PermalinkPart::Field(field) => field,
        };
        if *field == PermalinkField::Slug {
            path.push_str(slug);
            continue;
        }
        if *field == PermalinkField::Section {
            let section = front.section.as_deref();
            path.push_str(section.ok_or("its permalink asks for a section and it has none")?);
            continue;
        }
        let date = date.as_ref().ok_or("its permalink asks for a date and it has none")?;
        let (digits, number) = match field {
            PermalinkField::Year => (4, date.year()),
            PermalinkField::Month => (2, date.month().into()),
            PermalinkField::Day => (2, date.day().into()),
            PermalinkField::Hour => (2, date.hour().into()),
            PermalinkField::Minute => (2, date.minute().into()),
            PermalinkField::Section | PermalinkField::Slug => continue,
        };
        // Writing to a string cannot fail.
        let _ = write!(path, "{number:0digits$}");
    }
    Route::parse(&path)
}
