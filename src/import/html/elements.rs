//! The role of each HTML element.

use super::tree::Tag;

/// The role of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A paragraph or container.
    Block,
    /// A heading of this level. Level 1 is reserved for the headline.
    Heading(usize),
    Quote,
    List,
    Item,
    Terms,
    Code,
    Figure,
    Details,
    Table,
    /// A part of a table, treated as its content outside of tables.
    TablePart,
    Inline(Mark),
    InlineCode,
    Link,
    /// A quotation in a line.
    Quotation,
    Break,
    Rule,
    Picture,
    /// Shows content of another site.
    Embed,
    /// Audio or video.
    Player,
    Form,
    Drawing,
    Formula,
    /// Its content is not for readers, or needs a script.
    Hidden,
    /// Only its content counts.
    Transparent,
}

/// Inline markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Strong,
    Emphasis,
    Deleted,
    /// A tag that Markdown has no sign for.
    Tag(&'static str),
}

/// Inline elements that stay HTML.
const KEPT: [&str; 15] =
    ["abbr", "bdi", "bdo", "ins", "kbd", "mark", "rb", "rp", "rt", "ruby", "small", "sub", "sup", "u", "var"];

/// The role of an element name.
pub(super) fn role(name: &str) -> Role {
    match name {
        "p" | "multicol" | "legend" | "address" | "article" | "aside" | "center" | "dialog" | "div"
        | "dd" | "dt" | "fieldset" | "figcaption" | "footer" | "header" | "hgroup" | "main" | "nav"
        | "optgroup" | "search" | "section" | "summary" => Role::Block,
        "h1" | "h2" => Role::Heading(2),
        "h3" => Role::Heading(3),
        "h4" => Role::Heading(4),
        "h5" => Role::Heading(5),
        "h6" => Role::Heading(6),
        "blockquote" => Role::Quote,
        "ul" | "ol" | "menu" | "dir" => Role::List,
        "li" => Role::Item,
        "dl" => Role::Terms,
        "pre" | "listing" | "xmp" | "plaintext" => Role::Code,
        "figure" => Role::Figure,
        "details" => Role::Details,
        "table" => Role::Table,
        "caption" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th" => Role::TablePart,
        "em" | "i" => Role::Inline(Mark::Emphasis),
        "strong" | "b" => Role::Inline(Mark::Strong),
        "del" | "s" | "strike" => Role::Inline(Mark::Deleted),
        "code" | "samp" | "tt" => Role::InlineCode,
        "a" => Role::Link,
        "q" => Role::Quotation,
        "br" => Role::Break,
        "hr" => Role::Rule,
        "img" | "image" => Role::Picture,
        "embed" | "iframe" | "object" => Role::Embed,
        "audio" | "video" => Role::Player,
        "form" => Role::Form,
        "svg" => Role::Drawing,
        "math" => Role::Formula,
        "button" | "canvas" | "col" | "colgroup" | "datalist" | "head" | "input" | "noembed" | "noframes"
        | "noscript" | "param" | "script" | "select" | "source" | "style" | "template" | "textarea"
        | "title" | "track" | "xml" => Role::Hidden,
        _ => KEPT
            .iter()
            .find(|kept| **kept == name)
            .map_or(Role::Transparent, |kept| Role::Inline(Mark::Tag(kept))),
    }
}

/// The role of an element, considering its style: editors write `<span style="font-weight:bold">`.
pub(super) fn role_of(tag: &Tag) -> Role {
    let role = role(tag.name());
    let (Role::Inline(_) | Role::Transparent, Some(style)) = (role, tag.value("style")) else { return role };
    let style: String = style.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let has_style = |property: &str, values: &[&str]| {
        style
            .split(';')
            .filter_map(|rule| rule.strip_prefix(property)?.strip_prefix(':'))
            .any(|value| values.iter().any(|wanted| value.starts_with(wanted)))
    };
    match role {
        Role::Inline(Mark::Strong) if has_style("font-weight", &["normal", "400"]) => Role::Transparent,
        Role::Inline(Mark::Emphasis) if has_style("font-style", &["normal"]) => Role::Transparent,
        Role::Inline(_) => role,
        _ if has_style("font-weight", &["bold", "600", "700", "800", "900"]) => Role::Inline(Mark::Strong),
        _ if has_style("font-style", &["italic", "oblique"]) => Role::Inline(Mark::Emphasis),
        _ if has_style("text-decoration", &["line-through"]) => Role::Inline(Mark::Deleted),
        _ if has_style("vertical-align", &["super"]) => Role::Inline(Mark::Tag("sup")),
        _ if has_style("vertical-align", &["sub"]) => Role::Inline(Mark::Tag("sub")),
        _ => role,
    }
}

/// Whether a role is inline.
pub(super) fn is_inline(role: Role) -> bool {
    use Role::{Drawing, Formula, Hidden, Inline, InlineCode, Link, Picture, Quotation, Transparent};
    matches!(
        role,
        Inline(_) | InlineCode | Link | Quotation | Picture | Drawing | Formula | Hidden | Transparent
    )
}

/// Attributes that are kept on elements written as HTML.
pub(super) const ATTRIBUTES: [(&str, &[&str]); 10] = [
    ("td", &["colspan", "rowspan"]),
    ("th", &["colspan", "rowspan", "scope"]),
    ("ol", &["start", "reversed", "type"]),
    ("li", &["value"]),
    ("abbr", &["title"]),
    ("bdo", &["dir"]),
    ("bdi", &["dir"]),
    ("details", &["open"]),
    ("audio", &["loop"]),
    ("video", &["loop", "width", "height"]),
];

/// The kept attributes of an element, as HTML.
pub(super) fn kept_attributes(tag: &Tag) -> String {
    let names = ATTRIBUTES.iter().find(|(name, _)| *name == tag.name()).map_or(&[][..], |(_, names)| names);
    let written = |name: &&str| {
        Some(match tag.value(name)?.trim() {
            "" => format!(" {name}"),
            value => format!(" {name}=\"{}\"", super::escaped(value)),
        })
    };
    names.iter().filter_map(written).collect()
}
