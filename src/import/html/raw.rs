//! Writes safe HTML for what Markdown cannot express: tables whose cells contain lists, captions with links.
//!
//! It has no blank lines, because HTML blocks end there (CommonMark, section 4.6).

use super::blocks::{Writer, is_block, is_to_fill_in};
use super::elements::{Mark, Role, kept_attributes, role_of};
use super::inline::is_space;
use super::tree::{Node, Ref, Tag, name};
use super::{address, escaped, media};

/// Kept elements besides inline ones.
const KEPT: &str = "blockquote caption code dd details dl dt figcaption figure h2 h3 h4 h5 h6 li ol p pre summary table tbody td tfoot th thead tr ul q";

/// An element as HTML.
pub(super) fn html(writer: &mut Writer<'_>, node: Ref<'_>) -> String {
    let mut out = String::new();
    write(writer, node, false, &mut out);
    escape_template_tags(out.trim())
}

fn write(writer: &mut Writer<'_>, node: Ref<'_>, in_code: bool, out: &mut String) {
    match node.value() {
        Node::Text(text) if in_code => out.push_str(&escaped(text).replace('\n', "&#10;")),
        Node::Text(text) if text.trim().is_empty() && is_frame(node) => {}
        Node::Text(text) => {
            let text: String = text.chars().filter(|c| !c.is_control() || c.is_ascii_whitespace()).collect();
            if out.is_empty()
                || out.ends_with([' ', '\n'])
                || text.starts_with(|c: char| !c.is_ascii_whitespace())
            {
                out.push_str(&collapsed(&text));
            } else {
                out.push(' ');
                out.push_str(&collapsed(&text));
            }
        }
        Node::Element(tag) => element(writer, node, tag, in_code, out),
        Node::Comment(_) | Node::Root => {}
    }
}

/// Escapes template tags, as Markdown text does.
fn escape_template_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut chars = html.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some('{' | '%') if c == '{' => out.push_str("&#123;"),
            _ => out.push(c),
        }
    }
    out
}

/// Whether a node is between the parts of a table or list.
fn is_frame(node: Ref<'_>) -> bool {
    let outer = node.parent().map(name).unwrap_or_default();
    matches!(outer, "table" | "tbody" | "tfoot" | "thead" | "tr" | "ul" | "ol")
}

/// Text with collapsed spaces, and none at the start.
fn collapsed(text: &str) -> String {
    let mut collapsed = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    if !collapsed.is_empty() && text.ends_with(|c: char| c.is_ascii_whitespace()) {
        collapsed.push(' ');
    }
    escaped(&collapsed)
}

fn element(writer: &mut Writer<'_>, node: Ref<'_>, tag: &Tag, in_code: bool, out: &mut String) {
    let name = match role_of(tag) {
        Role::Hidden => return,
        Role::Form if is_to_fill_in(node) => return,
        Role::Break => return out.push_str(if in_code { "&#10;" } else { "<br>" }),
        Role::Rule => return out.push_str("<hr>"),
        Role::Picture => {
            if let Some(picture) = media::picture_of(node, tag, writer.base) {
                out.push_str(&media::as_html(&picture));
                writer.found.pictures.push(picture);
            }
            return;
        }
        Role::Embed | Role::Player => {
            if let Some(url) = media::embed_url(node, tag, writer.base) {
                out.push_str(&format!("<a href=\"{0}\">{0}</a>", escaped(&url)));
                writer.found.embeds.push(url);
            }
            return;
        }
        Role::Link => {
            let href = tag.value("href").and_then(|href| address(href, writer.base));
            let id = tag.value("id").or(tag.value("name")).map(|id| format!(" id=\"{}\"", escaped(id)));
            let href = href.map(|href| format!(" href=\"{}\"", escaped(&href)));
            let attributes = id.unwrap_or_default() + &href.unwrap_or_default();
            return wrap_element(writer, node, "a", &attributes, in_code, out);
        }
        Role::Inline(Mark::Strong) => "strong",
        Role::Inline(Mark::Emphasis) => "em",
        Role::Inline(Mark::Deleted) => "del",
        Role::Inline(Mark::Tag(name)) => name,
        Role::InlineCode => "code",
        Role::Heading(2) => "h2",
        _ => KEPT.split(' ').find(|kept| *kept == tag.name()).unwrap_or_default(),
    };
    let is_box = name.is_empty() && is_block(node);
    match name {
        "" if is_box && !out.ends_with('>') => {
            out.push_str("<br>");
            node.children().for_each(|child| write(writer, child, in_code, out));
        }
        "" => node.children().for_each(|child| write(writer, child, in_code, out)),
        name => wrap_element(writer, node, name, &kept_attributes(tag), in_code || name == "pre", out),
    }
}

fn wrap_element(
    writer: &mut Writer<'_>,
    node: Ref<'_>,
    name: &str,
    attributes: &str,
    in_code: bool,
    out: &mut String,
) {
    let is_row = matches!(name, "caption" | "li" | "tbody" | "tfoot" | "thead" | "tr");
    if is_row && !in_code {
        out.truncate(out.trim_end_matches(is_space).len());
        if !out.ends_with('\n') {
            out.push('\n');
        }
    }
    out.push_str(&format!("<{name}{attributes}>"));
    let start = out.len();
    node.children().for_each(|child| write(writer, child, in_code, out));
    let is_whole = matches!(name, "table" | "ol" | "ul" | "tbody" | "tfoot" | "thead");
    let is_own_line = is_row || is_whole || matches!(name, "p" | "td" | "th" | "dd" | "dt");
    if is_own_line && !in_code {
        let inner = out.split_off(start);
        out.push_str(inner.trim_start_matches(' '));
        out.truncate(out.trim_end_matches([' ', '\n']).len());
    }
    if is_whole && !in_code {
        out.push('\n');
    }
    out.push_str(&format!("</{name}>"));
}

/// The text of a caption with its links.
pub(super) fn inner(writer: &mut Writer<'_>, nodes: &[Ref<'_>]) -> String {
    let mut out = String::new();
    for node in nodes {
        if !out.is_empty() {
            out.push(' ');
        }
        match name(*node) {
            "" => write(writer, *node, false, &mut out),
            _ => node.children().for_each(|child| write(writer, child, false, &mut out)),
        }
    }
    escape_template_tags(out.trim())
}
