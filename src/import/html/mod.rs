//! Turns HTML from any source into Markdown, in one pass over one tree.
//!
//! ```text
//! HTML ──▶ tree ──▶ blocks ──▶ lines ──▶ Markdown
//!          as browsers         markup in
//!          build it            text escaped
//! ```
//!
//! Scripts, forms and styles are removed. Frames become links to what they show. What Markdown cannot express (a table whose cells
//! contain lists, a caption with a link) stays HTML, reduced to safe elements and attributes.

use url::Url;

mod blocks;
mod code;
mod elements;
mod inline;
mod media;
mod raw;
mod tables;
mod tree;

use elements::{Role, role};
use tree::{Node, Ref, parse};

/// The result of a conversion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Converted {
    /// Markdown, without blank lines at its ends.
    pub(crate) body: String,
    /// Pictures in order of appearance.
    pub(crate) pictures: Vec<Picture>,
    /// URLs of embeds that became links.
    pub(crate) embeds: Vec<String>,
    /// Visible elements that Markdown cannot express, each name once.
    pub(crate) dropped: Vec<&'static str>,
}

/// A picture in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    /// Its URL, absolute if a base is known.
    pub(crate) src: String,
    /// Its alternative text. May be empty.
    pub(crate) alt: String,
    /// The caption of its figure.
    pub(crate) caption: Option<String>,
}

/// Converts HTML to Markdown. Relative URLs are resolved against `base`.
pub(crate) fn markdown(html: &str, base: Option<&Url>) -> Converted {
    let tree = parse(html);
    blocks::Writer::new(tree.root(), html.len(), base).convert(tree.root())
}

/// Converts plain text to Markdown. Blank lines separate paragraphs; without any, line ends do.
pub(crate) fn from_plain_text(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = || text.trim().lines();
    let paragraphs: Vec<String> = match lines().any(|line| line.trim().is_empty()) {
        true => {
            let lines: Vec<_> = lines().collect();
            lines.split(|line| line.trim().is_empty()).map(|lines| line(&lines.join(" "))).collect()
        }
        false => lines().map(line).collect(),
    };
    let paragraphs = paragraphs.iter().filter(|text| !text.is_empty());
    paragraphs.map(|text| super::markdown::escape(text)).collect::<Vec<_>>().join("\n\n")
}

/// The text of HTML on one line. Text without tags is only decoded.
pub(crate) fn text(html: &str) -> String {
    if html.contains('<') { plain(parse(html).root()) } else { line(&htmlize::unescape(html)) }
}

/// The text below a node on one line.
fn plain(node: Ref<'_>) -> String {
    let mut out = String::new();
    collect(node, &mut out);
    line(&out)
}

fn collect(node: Ref<'_>, out: &mut String) {
    match node.value() {
        Node::Text(text) => out.push_str(text),
        Node::Comment(_) => {}
        Node::Element(tag) => match role(tag.name()) {
            Role::Hidden | Role::Drawing => {}
            Role::Embed | Role::Player => out.push(' '),
            Role::Quotation => {
                out.push('“');
                node.children().for_each(|child| collect(child, out));
                out.push('”');
            }
            Role::Inline(_) | Role::InlineCode | Role::Link | Role::Transparent | Role::Picture => {
                node.children().for_each(|child| collect(child, out));
            }
            _ => {
                out.push(' ');
                node.children().for_each(|child| collect(child, out));
                out.push(' ');
            }
        },
        Node::Root => node.children().for_each(|child| collect(child, out)),
    }
}

/// Whether an element is a block or part of one.
pub(crate) fn is_block(name: &str) -> bool {
    matches!(name, "colgroup" | "col")
        || !(elements::is_inline(role(name))
            || matches!(role(name), Role::Break | Role::Embed | Role::Player | Role::Form))
}

/// Text on one line, without control characters.
pub(crate) fn line(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Escapes text for HTML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The URL of a link. `None` if it runs a script or leads nowhere.
fn address(href: &str, base: Option<&Url>) -> Option<String> {
    let href = href.trim();
    // A fragment refers to the text itself, wherever it is published.
    if href.len() > 1 && href.starts_with('#') {
        return Some(escape_url(href));
    }
    let is_web = |url: &Url| matches!(url.scheme(), "http" | "https" | "mailto" | "tel");
    match Url::options().base_url(base).parse(href) {
        Ok(url) if is_web(&url) => Some(escape_url(own_fragment(&url, base).unwrap_or(url.as_str()))),
        Err(url::ParseError::RelativeUrlWithoutBase) if !href.is_empty() => Some(escape_url(href)),
        _ => None,
    }
}

/// The fragment of an absolute URL that refers to the text itself.
fn own_fragment<'u>(url: &'u Url, base: Option<&Url>) -> Option<&'u str> {
    let (page, fragment) = url.as_str().split_once('#').filter(|(_, fragment)| !fragment.is_empty())?;
    let own = base?.as_str().split('#').next()?;
    (own.trim_end_matches('/') == page.trim_end_matches('/'))
        .then_some(&url.as_str()[url.as_str().len() - fragment.len() - 1..])
}

/// The URL of a picture or an embed.
fn picture_address(src: &str, base: Option<&Url>) -> Option<String> {
    address(src, base)
        .filter(|url| !url.starts_with("mailto:") && !url.starts_with("tel:") && !url.starts_with('#'))
}

/// Escapes a URL for Markdown links.
fn escape_url(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("%5C"),
            '"' => out.push_str("%22"),
            c if c.is_whitespace() => out.push_str("%20"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
