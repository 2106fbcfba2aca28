//! Parses permalink patterns.

use super::{Permalink, PermalinkField, PermalinkPart};
use crate::diagnostic::did_you_mean;

/// The names of fields. The first of each kind is the recommended one, the others come from other generators.
const FIELDS: [(&str, PermalinkField); 11] = [
    ("year", PermalinkField::Year),
    ("month", PermalinkField::Month),
    ("day", PermalinkField::Day),
    ("hour", PermalinkField::Hour),
    ("minute", PermalinkField::Minute),
    ("section", PermalinkField::Section),
    ("categories", PermalinkField::Section),
    ("slug", PermalinkField::Slug),
    ("title", PermalinkField::Slug),
    ("slugorcontentbasename", PermalinkField::Slug),
    ("contentbasename", PermalinkField::Slug),
];

impl Default for Permalink {
    fn default() -> Self {
        Self::parse("/:year/:month/:slug/").unwrap_or(Self(Vec::new()))
    }
}

impl Permalink {
    /// Whether a path looks like a pattern: a part starts with `:`, or a field name follows one.
    pub fn is_pattern(path: &str) -> bool {
        let names_field = |rest: &str| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            FIELDS.iter().any(|(known, _)| known.eq_ignore_ascii_case(&rest[..end]))
        };
        path.contains("/:") || path.split(':').skip(1).any(names_field)
    }

    /// Parses a pattern: a path that starts with `/` and contains `:slug`.
    ///
    /// # Errors
    ///
    /// The reason why the pattern is invalid.
    pub fn parse(pattern: &str) -> Result<Self, String> {
        let Some(path) = pattern.strip_prefix('/') else {
            return Err("it must start with `/`".to_owned());
        };
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err("it must not contain an empty part, `.` or `..`".to_owned());
        }
        if path.split('/').any(|part| part.starts_with('.') && part != ".well-known") {
            return Err("no part of it can start with a dot".to_owned());
        }
        let bad = |c: &char| c.is_control() || c.is_whitespace() || matches!(c, '\\' | '?' | '#');
        if let Some(bad) = pattern.chars().find(bad) {
            return Err(format!("it must not contain {bad:?}"));
        }
        let mut parts: Vec<PermalinkPart> = Vec::new();
        let mut rest = pattern;
        while let Some(colon) = rest.find(':') {
            if colon > 0 {
                parts.push(PermalinkPart::Text(rest[..colon].to_owned()));
            }
            let after = &rest[colon + 1..];
            let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
            parts.push(PermalinkPart::Field(field(&after[..end])?));
            rest = &after[end..];
        }
        if !rest.is_empty() {
            parts.push(PermalinkPart::Text(rest.to_owned()));
        }
        if !parts.contains(&PermalinkPart::Field(PermalinkField::Slug)) {
            return Err(
                "it must contain `:slug`, or all stories of a month would have the same URL".to_owned()
            );
        }
        Ok(Self(parts))
    }
}

fn field(name: &str) -> Result<PermalinkField, String> {
    if let Some((_, field)) = FIELDS.iter().find(|(known, _)| *known == name) {
        return Ok(*field);
    }
    let near = did_you_mean(name, FIELDS.iter().map(|(known, _)| *known));
    Err(match near {
        Some(near) => format!("unknown field `:{name}`; did you mean `:{near}`?"),
        None => format!(
            "unknown field `:{name}`; the fields are `:year`, `:month`, `:day`, `:hour`, `:minute`, `:section` and `:slug`"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use PermalinkPart::{Field, Text};

    #[test]
    fn patterns_alternate_text_and_fields() {
        let text = |text: &str| Text(text.to_owned());
        let all = [
            (
                "/:year/:month/:slug/",
                vec![
                    text("/"),
                    Field(PermalinkField::Year),
                    text("/"),
                    Field(PermalinkField::Month),
                    text("/"),
                    Field(PermalinkField::Slug),
                    text("/"),
                ],
            ),
            (
                "/news/:day-:hour:minute/:title.html",
                vec![
                    text("/news/"),
                    Field(PermalinkField::Day),
                    text("-"),
                    Field(PermalinkField::Hour),
                    Field(PermalinkField::Minute),
                    text("/"),
                    Field(PermalinkField::Slug),
                    text(".html"),
                ],
            ),
            (
                "/:categories/:contentbasename",
                vec![text("/"), Field(PermalinkField::Section), text("/"), Field(PermalinkField::Slug)],
            ),
            ("/:slugorcontentbasename/", vec![text("/"), Field(PermalinkField::Slug), text("/")]),
        ];
        for (pattern, parts) in all {
            assert_eq!(Permalink::parse(pattern), Ok(Permalink(parts)), "{pattern}");
        }
    }

    #[test]
    fn a_path_with_a_field_anywhere_is_a_pattern() {
        for (path, is_pattern) in [
            ("/:slug/", true),
            ("/news/story-:slug/", true),
            ("/a:Slug", true),
            ("/a:slug_x/", true),
            ("/:yaer/", true),
            ("/a:b/", false),
            ("/wiki/Foo:Titles", false),
            ("/slug/", false),
            ("/a:", false),
            ("", false),
        ] {
            assert_eq!(Permalink::is_pattern(path), is_pattern, "{path}");
        }
    }

    #[test]
    fn invalid_patterns_have_a_reason() {
        for (pattern, problem) in [
            (":year/:slug/", "must start with `/`"),
            ("", "must start with `/`"),
            ("/", "empty"),
            ("/:year//:slug/", "empty"),
            ("/../:slug/", "`..`"),
            ("/.git/:slug/", "start with a dot"),
            ("/.:slug/", "start with a dot"),
            ("/:slug/?x", "'?'"),
            ("/a b/:slug/", "' '"),
            ("/a\\b/:slug/", "'\\\\'"),
            ("/:year/:month/", "must contain `:slug`"),
            ("/:yaer/:slug/", "did you mean `:year`?"),
            ("/:zzz/:slug/", "the fields are `:year`"),
            ("/:/:slug/", "unknown field `:`"),
        ] {
            let error = Permalink::parse(pattern).unwrap_err();
            assert!(error.contains(problem), "{pattern}: {error}");
        }
    }
}
