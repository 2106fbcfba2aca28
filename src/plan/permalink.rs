//! A permalink pattern and an article → the article's route.

use super::Route;
use crate::config::{Config, Permalink, PermalinkField, PermalinkPart};
use crate::content::Article;

/// Where an article is.
///
/// A story follows its own `permalink` or the site's pattern, with times in the site's zone. A standing page keeps the
/// path of its file.
///
/// # Errors
/// A sentence about what is wrong.
pub(super) fn route(article: &Article, config: &Config) -> Result<Route, String> {
    let own = article.front.permalink.as_deref();
    match own {
        Some(path) if Permalink::is_pattern(path) => expand(&Permalink::parse(path)?, article, config),
        Some(path) => Route::parse(path),
        None if article.is_standing() => Route::parse(&standing_path(article)),
        None => expand(&config.permalink, article, config),
    }
}

fn standing_path(article: &Article) -> String {
    let stem = article.path.rsplit_once('.').map_or(&*article.path, |(stem, _)| stem);
    let stem = stem.strip_suffix("/index").unwrap_or(if stem == "index" { "" } else { stem });
    match stem.rsplit_once('/') {
        Some((folder, _)) => format!("/{folder}/{}/", article.slug),
        None if stem.is_empty() => "/".to_owned(),
        None => format!("/{}/", article.slug),
    }
}

fn expand(pattern: &Permalink, article: &Article, config: &Config) -> Result<Route, String> {
    let date = article.front.date.map(|date| date.to_zoned(config.timezone.clone()));
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
            path.push_str(&article.slug);
            continue;
        }
        if *field == PermalinkField::Section {
            let section = article.front.section.as_deref();
            path.push_str(section.ok_or("its permalink asks for a section and it has none")?);
            continue;
        }
        let date = date.as_ref().ok_or("its permalink asks for a date and it has none")?;
        path.push_str(&match field {
            PermalinkField::Year => format!("{:04}", date.year()),
            PermalinkField::Month => format!("{:02}", date.month()),
            PermalinkField::Day => format!("{:02}", date.day()),
            PermalinkField::Hour => format!("{:02}", date.hour()),
            PermalinkField::Minute => format!("{:02}", date.minute()),
            PermalinkField::Section | PermalinkField::Slug => String::new(),
        });
    }
    Route::parse(&path)
}
