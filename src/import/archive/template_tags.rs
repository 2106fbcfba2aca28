//! A body → the shortcodes and template tags in it.

use std::ops::Range;

/// A kind of mark by what it stands between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Delimiters {
    /// `{{< name >}}` of Hugo.
    Angle,
    /// `{{% name %}}` of Hugo.
    Percent,
    /// `{{ value }}` of Liquid and Tera.
    Output,
    /// `{% name %}` of Liquid and Tera.
    Tag,
    /// `[name]` of WordPress.
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

/// A mark in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) struct TemplateTag<'a> {
    /// What it stands between.
    pub(in crate::import) kind: Delimiters,
    /// What is between, trimmed, without the `-` of Liquid that takes spaces away.
    pub(in crate::import) inner: &'a str,
    /// All of it.
    pub(in crate::import) range: Range<usize>,
}

impl TemplateTag<'_> {
    /// The name in front: of a shortcode or tag.
    pub(in crate::import) fn name(&self) -> &str {
        let ends = |c: char| c.is_whitespace() || c == '(' || c == '=' && self.kind == Delimiters::Bracket;
        self.inner.split(ends).next().unwrap_or_default()
    }

    /// What is behind the name.
    pub(in crate::import) fn rest(&self) -> &str {
        self.inner.get(self.name().len()..).unwrap_or_default().trim()
    }
}

/// Finds the marks of some kinds, the longer signs before the shorter. One that is not closed is none.
pub(in crate::import) fn find<'a>(text: &'a str, kinds: &[Delimiters]) -> Vec<TemplateTag<'a>> {
    let mut found = Vec::new();
    // For each kind where its next closing sign is: looked for once, however many are opened before it.
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

/// The values of a shortcode: `"x.md"`, `src="a.png"`, `` `x` ``, with commas between them if it is so. A value without a name has an
/// empty one. `None` if they cannot be told apart.
pub(in crate::import) fn values(text: &str, commas: bool) -> Option<Vec<(&str, String)>> {
    let mut found = Vec::new();
    let is_gap = |c: char| c.is_whitespace() || commas && c == ',';
    let mut rest = text.trim_matches(is_gap);
    while !rest.is_empty() {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.');
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at_checked(end)?;
        let (name, value) = match behind.trim_start().strip_prefix('=') {
            Some(value) if !word.is_empty() => (word, value.trim_start()),
            _ => ("", rest),
        };
        let (value, behind) = value_of(value, &is_gap)?;
        found.push((name, value));
        rest = behind.trim_start_matches(is_gap);
    }
    Some(found)
}

/// A value in quotes or up to a space, and what is behind it.
fn value_of<'t>(text: &'t str, is_gap: &dyn Fn(char) -> bool) -> Option<(String, &'t str)> {
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

/// Whether a place is where a destination begins, or behind other marks there.
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
    fn marks_are_found_by_their_signs() {
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
    fn values_of_shortcodes_are_told_apart() {
        assert_eq!(
            values("src=\"a \\\"b\\\".png\" alt=`c` d", false).unwrap(),
            [("src", "a \"b\".png".to_owned()), ("alt", "c".to_owned()), ("", "d".to_owned())]
        );
        assert_eq!(values("\"x.md#a\"", false).unwrap(), [("", "x.md#a".to_owned())]);
        assert_eq!(values("a=\"b", false), None);
    }

    #[test]
    fn many_that_are_not_closed_take_no_long_time() {
        for text in ["{{<".repeat(300_000), "{".repeat(1_000_000), "{{ {% ".repeat(200_000)] {
            assert!(find(&text, &[Delimiters::Angle, Delimiters::Output, Delimiters::Tag]).is_empty());
        }
        assert_eq!(values(&"\\".repeat(100_000), false).map(|all| all.len()), Some(1));
    }
}
