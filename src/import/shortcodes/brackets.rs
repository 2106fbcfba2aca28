//! WordPress shortcodes: `[name a="b"]…[/name]`, in HTML.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{ShortcodeMap, Syntax};
use crate::import::archive::template_tags::{Delimiters, TemplateTag};

/// Quotation marks, including the curly ones that some editors put around values.
pub(in crate::import) const ROUND: [char; 8] = ['"', '\'', '“', '”', '″', '‘', '’', '′'];

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is valid")
}

static MARK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"\\?\[(/?[A-Za-z][A-Za-z0-9_-]*(?:[\s=](?:"[^"]*"|'[^']*'|[^\[\]"'])*)?/?)\\?\]"#)
});
static CODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?is)<(?:pre|code)\b.*?</(?:pre|code)>"));
static PICTURE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?is)^\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.*)$"));

/// Finds shortcodes: names in the table, and others with an attribute or an end. `[sic]` is not one.
pub(super) fn find<'t>(text: &'t str, map: &ShortcodeMap) -> Vec<TemplateTag<'t>> {
    let tag = |found: Captures<'t>| {
        let inner = found.get(1)?.as_str().trim_end_matches('\\').trim();
        Some(TemplateTag { kind: Delimiters::Bracket, inner, range: found.get(0)?.range() })
    };
    let all: Vec<TemplateTag<'t>> = MARK.captures_iter(text).filter_map(tag).collect();
    let closed: HashSet<String> =
        all.iter().filter_map(|tag| tag.inner.strip_prefix('/')).map(str::to_owned).collect();
    let is_tag = |tag: &TemplateTag<'_>| {
        let name = tag.name().trim_matches('/');
        tag.rest().contains('=') || closed.contains(name) || map.knows(Syntax::Wordpress, name)
    };
    all.into_iter().filter(is_tag).collect()
}

/// The ranges of code.
pub(super) fn code(html: &str) -> Vec<Range<usize>> {
    CODE.find_iter(html).map(|found| found.range()).collect()
}

/// A picture with the text after it as its caption.
pub(super) fn caption_picture(inner: &str) -> String {
    let parts = PICTURE.captures(inner);
    let part = |index| parts.as_ref().and_then(|parts| parts.get(index)).map(|part| part.as_str());
    let (picture, text) = (part(1).unwrap_or(inner), part(2).unwrap_or_default());
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("<figure>{picture}<figcaption>{text}</figcaption></figure>")
}

/// Replaces the shortcodes of a WordPress body before its lines become paragraphs. Also returns the names of those that stay.
pub(in crate::import) fn in_html(html: &str, map: &ShortcodeMap) -> (String, Vec<String>) {
    let mut report = super::replace::TagReport::default();
    let pass = super::replace::Replacer {
        map,
        syntax: Syntax::Wordpress,
        kinds: &[],
        is_markdown: false,
        own: &|_, _| None,
    };
    let edits = pass.edits(html, 0, &mut report);
    let name = |name: String| name.trim_start_matches('/').to_owned();
    let mut left: Vec<String> = report.unresolved.into_iter().map(|(_, left, _)| name(left)).collect();
    left.sort_unstable();
    left.dedup();
    (edits.apply(html).0, left)
}
