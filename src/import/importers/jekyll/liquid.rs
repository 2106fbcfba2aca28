//! Tags of Liquid that can be done without → what they stand for.

use crate::import::archive::marks::{self, Kind, Mark};
use crate::import::archive::{Asked, urls};

/// What a tag stands for, if that is sure: in a destination, or the URL of another article anywhere.
pub(super) fn convert(base: &str, mark: &Mark<'_>, asked: &Asked<'_>) -> Option<String> {
    match mark.kind {
        Kind::Output if !asked.is_destination => None,
        Kind::Output => output(base, mark.inner, asked.is_continued),
        Kind::Tag => {
            let file = match mark.name() {
                "post_url" => asked.finder.ending_with(mark.rest())?.to_owned(),
                "link" => mark.rest().trim_start_matches('/').to_owned(),
                _ => return None,
            };
            let Some(url) = asked.finder.url_of(&file) else {
                let is_file = mark.name() == "link" && urls::is_document(&file);
                return is_file.then(|| format!("/{}", urls::in_markdown(&file)));
            };
            // `{{ site.baseurl }}{% post_url x %}`
            let inner = url.strip_prefix(base).filter(|rest| asked.is_continued && rest.starts_with('/'));
            Some(inner.map_or_else(|| url.clone(), str::to_owned))
        }
        _ => None,
    }
}

/// Whether a text is nothing but Liquid and the HTML around it.
pub(super) fn is_all(text: &str, kinds: &[Kind]) -> bool {
    let found = marks::find(text, kinds);
    let is_loop = |mark: &Mark<'_>| mark.kind == Kind::Tag && matches!(mark.name(), "for" | "include");
    if !found.iter().any(is_loop) {
        return false;
    }
    let (mut others, mut at) = (String::new(), 0);
    for mark in &found {
        others.push_str(text.get(at..mark.range.start).unwrap_or_default());
        at = mark.range.end;
    }
    others.push_str(text.get(at..).unwrap_or_default());
    let mut is_tag = false;
    !others.chars().any(|c| {
        is_tag = c == '<' || is_tag && c != '>';
        !is_tag && c.is_alphanumeric()
    })
}

/// `site.baseurl`, `site.url`, `"/x" | relative_url` and the like.
fn output(base: &str, text: &str, is_continued: bool) -> Option<String> {
    let mut parts = text.split('|').map(str::trim);
    let first = parts.next()?;
    let filters: Vec<_> = parts.collect();
    match (first, filters.as_slice()) {
        ("site.url", []) => return Some(String::new()),
        ("site.baseurl", []) => return Some(base.to_owned()),
        _ => {}
    }
    let path = ['"', '\''].into_iter().find_map(|quote| first.strip_prefix(quote)?.strip_suffix(quote))?;
    let is_known = |filter: &&str| {
        matches!(*filter, "relative_url" | "absolute_url")
            || filter
                .strip_prefix("prepend:")
                .is_some_and(|what| matches!(what.trim(), "site.baseurl" | "site.url"))
    };
    if path.contains(['{', '"', '\'']) || filters.is_empty() || !filters.iter().all(is_known) {
        return None;
    }
    let base = if is_continued { "" } else { base };
    Some(format!("{base}/{}", path.trim_start_matches('/')))
}

/// The fences in place of `highlight` and its end.
pub(super) fn fences(arguments: &str, content: &str) -> (String, String) {
    let language = arguments.split_whitespace().next().unwrap_or_default();
    let longest = content.split(|c: char| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat((longest + 1).max(3));
    let open = if content.starts_with('\n') { "" } else { "\n" };
    let close = if content.ends_with('\n') { "" } else { "\n" };
    (format!("{fence}{language}{open}"), format!("{close}{fence}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_from_the_root() {
        for (text, expected) in [
            ("site.baseurl", Some("/b")),
            ("site.url", Some("")),
            ("\"/x\" | relative_url", Some("/b/x")),
            ("'x.png' | absolute_url", Some("/b/x.png")),
            ("\"/x\" | prepend: site.baseurl | prepend: site.url", Some("/b/x")),
            ("page.url | relative_url", None),
            ("\"/x\"", None),
            ("\"/x\" | upcase", None),
            ("", None),
        ] {
            assert_eq!(output("/b", text, false).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn fences_are_longer_than_those_in_the_text() {
        assert_eq!(fences("ruby linenos", "\na\n"), ("```ruby".to_owned(), "```".to_owned()));
        assert_eq!(fences("", "````"), ("`````\n".to_owned(), "\n`````".to_owned()));
    }
}
