//! What becomes of each element of HTML.

/// What becomes of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A block of this name.
    Block(&'static str),
    /// Part of a line, of this name.
    Inline(&'static str),
    /// A break of a line.
    Break,
    /// A line between blocks.
    Rule,
    /// A picture.
    Picture,
    /// A table or a part of one.
    Table(Part),
    /// It shows something of another place.
    Embed,
    /// Its content is not for readers, or is none without a script.
    Gone,
    /// A quotation in a line.
    Quote,
    /// Its content stands for itself.
    Shell,
}

/// A part of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    Caption,
    Row,
    Head,
    Cell,
}

/// What becomes of the element of a name in lower case.
pub(super) fn role(name: &str) -> Role {
    match name {
        "p" | "multicol" | "legend" => Role::Block("p"),
        // The headline is the only heading of level 1.
        "h1" | "h2" => Role::Block("h2"),
        "h3" => Role::Block("h3"),
        "h4" => Role::Block("h4"),
        "h5" => Role::Block("h5"),
        "h6" => Role::Block("h6"),
        "blockquote" => Role::Block("blockquote"),
        "ul" | "menu" | "dir" => Role::Block("ul"),
        "ol" => Role::Block("ol"),
        "li" => Role::Block("li"),
        "pre" | "listing" | "xmp" => Role::Block("pre"),
        "figure" => Role::Block("figure"),
        "figcaption" => Role::Block("figcaption"),
        "dt" => Role::Block("dt"),
        "dd" => Role::Block("dd"),
        "address" | "article" | "aside" | "center" | "details" | "dialog" | "div" | "dl" | "fieldset"
        | "footer" | "header" | "hgroup" | "main" | "nav" | "search" | "section" | "summary" => {
            Role::Block("div")
        }
        "em" | "i" => Role::Inline("em"),
        "strong" | "b" => Role::Inline("strong"),
        "code" | "kbd" | "samp" | "tt" => Role::Inline("code"),
        "del" | "s" | "strike" => Role::Inline("del"),
        "sub" => Role::Inline("sub"),
        "sup" => Role::Inline("sup"),
        "a" => Role::Inline("a"),
        "br" => Role::Break,
        "hr" => Role::Rule,
        "img" | "image" => Role::Picture,
        "table" => Role::Table(Part::Whole),
        "caption" => Role::Table(Part::Caption),
        "tr" => Role::Table(Part::Row),
        "th" => Role::Table(Part::Head),
        "td" => Role::Table(Part::Cell),
        "audio" | "embed" | "iframe" | "object" | "source" | "video" => Role::Embed,
        "button" | "canvas" | "datalist" | "form" | "head" | "math" | "noscript" | "script" | "select"
        | "style" | "svg" | "template" | "textarea" | "title" => Role::Gone,
        "q" => Role::Quote,
        _ => Role::Shell,
    }
}

/// Elements whose content is no HTML: it goes even if it never ends.
pub(super) fn is_raw(name: &str) -> bool {
    matches!(name, "script" | "style" | "textarea" | "title" | "iframe")
}

/// Blocks that end when one of this name begins, and those that such an end does not reach beyond.
pub(super) fn ended_by(name: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match name {
        "li" => (&["li"], &["ul", "ol"]),
        "dt" | "dd" => (&["dt", "dd"], &["div"]),
        _ => (&[], &[]),
    }
}
