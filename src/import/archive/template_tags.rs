//! A text → the shortcodes and template tags in it.

use std::ops::Range;

/// The delimiters of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Delimiters {
    /// `{{< name >}}` in Hugo.
    Angle,
    /// `{{% name %}}` in Hugo.
    Percent,
    /// `{{ value }}` in Liquid and Tera.
    Output,
    /// `{% name %}` in Liquid and Tera.
    Tag,
    /// `[name]` in WordPress.
    Bracket,
}

impl Delimiters {
    fn signs(self) -> (&'static str, &'static str) {
        match self {
            Self::Angle => ("{{<", ">}}"),
            Self::Percent => ("{{%", "%}}"),
            Self::Output => ("{{", "}}"),
            Self::Tag => ("{%", "%}"),
            Self::Bracket => ("[", "]"),
        }
    }
}

/// A shortcode or template tag in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) struct TemplateTag<'a> {
    /// Its delimiters.
    pub(in crate::import) kind: Delimiters,
    /// The trimmed text inside, without the `-` that removes spaces in Liquid.
    pub(in crate::import) inner: &'a str,
    /// Its range, including the delimiters.
    pub(in crate::import) range: Range<usize>,
}

impl TemplateTag<'_> {
    /// The name of the shortcode or tag.
    pub(in crate::import) fn name(&self) -> &str {
        let ends = |c: char| c.is_whitespace() || c == '(' || c == '=' && self.kind == Delimiters::Bracket;
        self.inner.split(ends).next().unwrap_or_default()
    }

    /// The text after the name.
    pub(in crate::import) fn rest(&self) -> &str {
        self.inner.get(self.name().len()..).unwrap_or_default().trim()
    }
}

/// Finds the tags with some delimiters; longer ones come before their prefixes. Unclosed tags are ignored.
pub(in crate::import) fn find<'a>(text: &'a str, kinds: &[Delimiters]) -> Vec<TemplateTag<'a>> {
    let mut found = Vec::new();
    // The next closing delimiter of each kind. Cached, or many unclosed tags would make this quadratic.
    let mut closings: Vec<Option<usize>> = vec![Some(0); kinds.len()];
    let mut at = 0;
    while let Some(brace) = text.get(at..).and_then(|rest| rest.find('{')) {
        at += brace;
        let rest = text.get(at..).unwrap_or_default();
        let Some((index, kind)) = kinds.iter().enumerate().find(|(_, kind)| rest.starts_with(kind.signs().0))
        else {
            at += 1;
            continue;
        };
        let (open, close) = kind.signs();
        let inside = at + open.len();
        if closings[index].is_some_and(|end| end < inside) {
            closings[index] = text.get(inside..).and_then(|rest| rest.find(close)).map(|end| inside + end);
        }
        let Some(end) = closings[index] else {
            at += 1;
            continue;
        };
        let inner = text.get(inside..end).unwrap_or_default();
        let inner = inner.strip_prefix('-').unwrap_or(inner);
        let inner = inner.strip_suffix('-').unwrap_or(inner).trim();
        let range = at..end + close.len();
        at = range.end;
        found.push(TemplateTag { kind: *kind, inner, range });
    }
    found
}

/// Parses the arguments of a shortcode: `"x.md"`, `src="a.png"`, `` `x` ``, optionally separated by commas. Positional
/// arguments have an empty name. `None` if they are malformed.
pub(in crate::import) fn parse_arguments(text: &str, commas: bool) -> Option<Vec<(&str, String)>> {
    let mut found = Vec::new();
    let is_gap = |c: char| c.is_whitespace() || commas && c == ',';
    let mut rest = text.trim_matches(is_gap);
    while !rest.is_empty() {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.');
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end)?;
        let (name, value) = match after.trim_start().strip_prefix('=') {
            Some(value) if !word.is_empty() => (word, value.trim_start()),
            _ => ("", rest),
        };
        let (value, after) = parse_value(value, &is_gap)?;
        found.push((name, value));
        rest = after.trim_start_matches(is_gap);
    }
    Some(found)
}

/// Parses a value, quoted or up to the next gap, and returns the rest.
fn parse_value<'t>(text: &'t str, is_gap: &dyn Fn(char) -> bool) -> Option<(String, &'t str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '`' | '\''));
    let Some(quote) = quote else {
        let end = text.find(is_gap).unwrap_or(text.len());
        let (value, rest) = text.split_at_checked(end)?;
        return Some((value.to_owned(), rest));
    };
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote == '"' {
            value.extend(chars.next().map(|(_, c)| c));
        } else if c == quote {
            return Some((value, text.get(at + 1..)?));
        } else {
            value.push(c);
        }
    }
    None
}

/// Whether a link destination begins here, or began just before with other tags.
pub(in crate::import) fn is_destination(text: &str, start: usize) -> bool {
    let mut before = text.get(..start).unwrap_or_default();
    // As in `{{ site.url }}{{ site.baseurl }}`.
    for _ in 0..2 {
        let opening = before.ends_with("}}").then(|| before.rfind("{{")).flatten();
        before = opening.and_then(|at| before.get(..at)).unwrap_or(before);
    }
    ["](", "](<", "]: ", "=\"", "='"].iter().any(|sign| before.ends_with(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_by_their_delimiters() {
        let text = "a {{< figure src=\"x\" >}} {{%/* c */%}} {{ site.url }} {%- raw -%} {{ open";
        let tags = find(text, &[Delimiters::Angle, Delimiters::Percent, Delimiters::Output, Delimiters::Tag]);
        let found: Vec<_> = tags.iter().map(|tag| (tag.kind, tag.inner, tag.name(), tag.rest())).collect();
        assert_eq!(
            found,
            [
                (Delimiters::Angle, "figure src=\"x\"", "figure", "src=\"x\""),
                (Delimiters::Percent, "/* c */", "/*", "c */"),
                (Delimiters::Output, "site.url", "site.url", ""),
                (Delimiters::Tag, "raw", "raw", ""),
            ]
        );
        assert_eq!(&text[tags[0].range.clone()], "{{< figure src=\"x\" >}}");
        assert!(find(text, &[]).is_empty());
    }

    #[test]
    fn arguments_are_parsed() {
        assert_eq!(
            parse_arguments("src=\"a \\\"b\\\".png\" alt=`c` d", false).unwrap(),
            [("src", "a \"b\".png".to_owned()), ("alt", "c".to_owned()), ("", "d".to_owned())]
        );
        assert_eq!(parse_arguments("\"x.md#a\"", false).unwrap(), [("", "x.md#a".to_owned())]);
        assert_eq!(parse_arguments("a=\"b", false), None);
    }

    #[test]
    fn many_unclosed_tags_are_fast() {
        for text in ["{{<".repeat(300_000), "{".repeat(1_000_000), "{{ {% ".repeat(200_000)] {
            assert!(find(&text, &[Delimiters::Angle, Delimiters::Output, Delimiters::Tag]).is_empty());
        }
        assert_eq!(parse_arguments(&"\\".repeat(100_000), false).map(|all| all.len()), Some(1));
    }
}
