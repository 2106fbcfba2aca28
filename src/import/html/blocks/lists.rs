//! Writes blocks that indent their content: lists, definitions, quotations, disclosures.

use super::super::elements::{Mark, is_inline, kept_attributes, role};
use super::super::inline;
use super::super::tree::{Node, Ref, Tag, find, name};
use super::super::{media, plain, raw};
use super::{Gap, Writer, tag};

/// How deep lists and quotations may be nested, as each indents all of its lines.
const DEEPEST_INDENT: usize = 10;

impl Writer<'_> {
    pub(super) fn quote(&mut self, node: Ref<'_>, tag: &Tag) {
        self.flush();
        if self.indents >= DEEPEST_INDENT {
            return self.paragraph(node);
        }
        self.indents += 1;
        self.indented("> ", "> ", |writer| writer.children(node));
        self.indents -= 1;
        if let Some(url) = media::post_url(self, node, tag) {
            self.block(&url);
        }
    }

    pub(super) fn list(&mut self, node: Ref<'_>, tag: &Tag) {
        self.flush();
        if self.indents >= DEEPEST_INDENT {
            return self.paragraph(node);
        }
        if is_gallery(node) {
            return node.children().for_each(|item| self.children(item));
        }
        if is_numbered_otherwise(node, tag) {
            let html = raw::html(self, node);
            return self.block(&html);
        }
        let start = tag.value("start").and_then(|start| start.trim().parse::<u32>().ok());
        let mut number = start.filter(|start| *start < 1_000_000).unwrap_or(1);
        let is_ordered = tag.name() == "ol";
        let marker = match (is_ordered, self.last_list) {
            (true, Some('.')) => ')',
            (true, _) => '.',
            (false, Some('-')) => '*',
            (false, _) => '-',
        };
        // Directly after a paragraph, Markdown starts a list only with number 1.
        if self.blocks == 1 && self.gap == Gap::BlankLine && (!is_ordered || number == 1) {
            self.gap = Gap::Line;
        }
        self.indents += 1;
        let is_space = |node: &Ref<'_>| matches!(node.value(), Node::Text(text) if text.trim().is_empty());
        let mut width = None;
        for child in node.children().filter(|child| !is_space(child)) {
            if width.is_some() {
                self.gap = Gap::Line;
            }
            if name(child) == "li" {
                let sign = if is_ordered { format!("{number}{marker} ") } else { format!("{marker} ") };
                super::tag(child).into_iter().for_each(|tag| self.anchor(tag));
                if self.item(child, &sign) {
                    number += 1;
                    width = Some(sign.len());
                }
                continue;
            }
            // Content between items belongs to the previous one.
            let outer = self.prefix.len();
            self.prefix.push_str(&" ".repeat(width.unwrap_or_default()));
            if !matches!(name(child), "ul" | "ol") && width.is_some() {
                self.gap = Gap::BlankLine;
            }
            self.node(child);
            self.flush();
            self.prefix.truncate(outer);
        }
        self.indents -= 1;
        if width.is_some() {
            self.gap = Gap::BlankLine;
            self.last_list = Some(marker);
        }
    }

    /// Writes a list item, unless it is empty.
    pub(super) fn item(&mut self, node: Ref<'_>, sign: &str) -> bool {
        self.flush();
        let blocks = std::mem::replace(&mut self.blocks, 0);
        self.items += 1;
        let is_written = self.indented(sign, &" ".repeat(sign.len()), |writer| writer.children(node));
        self.items -= 1;
        self.blocks = blocks + usize::from(is_written);
        is_written
    }

    /// Writes a definition list.
    pub(super) fn terms(&mut self, node: Ref<'_>) {
        self.flush();
        let parts = node.children().flat_map(|child| match name(child) {
            "div" => child.children().collect::<Vec<_>>(),
            _ => vec![child],
        });
        let mut parts =
            parts.filter(|part| !plain(*part).is_empty() || find(*part, &["img"]).is_some()).peekable();
        let mut has_term = false;
        while let Some(part) = parts.next() {
            tag(part).into_iter().for_each(|tag| self.anchor(tag));
            match name(part) {
                "dt" => {
                    has_term = self.indents == 0
                        && parts.peek().is_some_and(|next| name(*next) == "dd" && begins_with_text(*next));
                    let term = self.line_of_its_own(|writer| match has_term {
                        true => writer.children(part),
                        false => writer.mark(part, Mark::Strong, String::new()),
                    });
                    self.lines(&term);
                }
                "dd" if has_term && begins_with_text(part) => {
                    self.gap = Gap::Line;
                    self.indented(": ", "  ", |writer| writer.children(part));
                }
                name => {
                    has_term = false;
                    match name {
                        "dd" => self.paragraph(part),
                        _ => self.node(part),
                    }
                    self.flush();
                }
            }
        }
    }

    pub(super) fn details(&mut self, node: Ref<'_>, tag: &Tag) {
        let summary = node.children().find(|child| name(*child) == "summary");
        let html = summary.map(|summary| raw::html(self, summary)).unwrap_or_default();
        self.block(format!("<details{}>\n{html}", kept_attributes(tag)).trim_end());
        node.children().filter(|child| Some(*child) != summary).for_each(|child| self.node(child));
        self.block("</details>");
    }
}

/// Whether an element starts with paragraph text.
fn begins_with_text(node: Ref<'_>) -> bool {
    let first = node.descendants().find(|inner| match inner.value() {
        Node::Text(text) => !text.trim_matches(|c: char| c.is_whitespace() || inline::is_space(c)).is_empty(),
        Node::Element(tag) => matches!(tag.name(), "img" | "hr" | "iframe"),
        _ => false,
    });
    let first = first.filter(|first| matches!(first.value(), Node::Text(_)));
    first.is_some_and(|first| {
        let mut around = first.ancestors().take_while(|outer| *outer != node);
        around.all(|outer| is_inline(role(name(outer))) || matches!(name(outer), "p" | "div"))
    })
}

/// Whether a list is a gallery: its pictures show captions only as blocks.
fn is_gallery(node: Ref<'_>) -> bool {
    let is_seen = |node: &Ref<'_>| !matches!(node.value(), Node::Text(text) if text.trim().is_empty());
    let mut items = node.children().filter(is_seen).peekable();
    let is_figure =
        |item: Ref<'_>| name(item) == "li" && item.children().filter(is_seen).map(name).eq(["figure"]);
    items.peek().is_some() && items.all(is_figure)
}

/// Whether a list uses numbering that Markdown lacks.
fn is_numbered_otherwise(node: Ref<'_>, tag: &Tag) -> bool {
    tag.name() == "ol"
        && (tag.value("reversed").is_some()
            || tag.value("type").is_some_and(|kind| matches!(kind.trim(), "a" | "A" | "i" | "I"))
            || node.children().skip(1).filter_map(super::tag).any(|item| item.value("value").is_some()))
}
