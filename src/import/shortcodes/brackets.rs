//! The marks of WordPress: `[name a="b"]…[/name]`. The text around them is HTML.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{ShortcodeMap, Syntax};
use crate::import::archive::template_tags::{Delimiters, TemplateTag};

/// Quotation marks, round ones too: some editors make them so around values.
pub(in crate::import) const ROUND: [char; 8] = ['"', '\'', '“', '”', '″', '‘', '’', '′'];

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern that is tested")
}

static MARK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"\\?\[(/?[A-Za-z][A-Za-z0-9_-]*(?:[\s=](?:"[^"]*"|'[^']*'|[^\[\]"'])*)?/?)\\?\]"#)
});
static CODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?is)<(?:pre|code)\b.*?</(?:pre|code)>"));
static PICTURE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?is)^\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.*)$"));

/// Finds the marks of a text: names that the table knows, and others with an attribute or an end. `[sic]` is none.
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

/// Where code is.
pub(super) fn code(html: &str) -> Vec<Range<usize>> {
    CODE.find_iter(html).map(|found| found.range()).collect()
}

/// The picture that a text begins with, and the text behind it as its caption.
pub(super) fn captioned(inner: &str) -> String {
    let parts = PICTURE.captures(inner);
    let part = |index| parts.as_ref().and_then(|parts| parts.get(index)).map(|part| part.as_str());
    let (picture, text) = (part(1).unwrap_or(inner), part(2).unwrap_or_default());
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("<figure>{picture}<figcaption>{text}</figcaption></figure>")
}

/// HTML with what the table says in the place of its marks, with blank lines around blocks, and the names of those that stay. For bodies
/// of WordPress before anything makes paragraphs of their lines.
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
