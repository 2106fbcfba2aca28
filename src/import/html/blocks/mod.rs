//! Writes a tree of HTML as blocks of Markdown, in one pass.
//!
//! Inline content is collected until a block starts or ends, and then written as a paragraph. Open markup, such as bold type or a
//! link, continues in the next one.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use url::Url;

use super::elements::{Mark, Role, is_inline, kept_attributes, role, role_of};
use super::inline::{self, Markup, Piece, Place};
use super::tree::{Node, Ref, Tag, tag};
use super::{Converted, address, code, escaped, media, plain, tables};
use crate::slug::slugify;
use crate::typography::without_primes;

mod lists;

/// Longest name of an anchor.
const LONGEST_NAME: usize = 200;

/// A form with less text than this contains only fields and their labels.
const FORM: usize = 200;

/// What separates the previous block from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    Nothing,
    Line,
    BlankLine,
}

/// A prefix of a first line, such as a list marker.
struct FirstPrefix {
    text: String,
    /// The prefix of the blank line above.
    above: String,
}

/// Writes Markdown.
pub(super) struct Writer<'a> {
    pub(super) base: Option<&'a Url>,
    out: String,
    /// The prefix of all lines.
    prefix: String,
    lead: Option<FirstPrefix>,
    gap: Gap,
    /// The marker of the previous list, if nothing follows it: an adjacent list needs another marker.
    last_list: Option<char>,
    indents: usize,
    /// The number of enclosing list items. Pictures in them are inline and show no caption.
    pub(super) items: usize,
    /// Blocks written in the current item.
    blocks: usize,
    line: Vec<Piece>,
    open: Vec<Markup>,
    /// Where the current line is, such as in a heading or cell.
    pub(super) place: Place,
    /// Bytes of URLs that may be repeated because a block starts inside their link.
    url_budget: usize,
    /// Anchors that links of the text refer to.
    linked_anchors: BTreeSet<String>,
    /// Anchors written so far, and the ids of headings.
    anchors_written: BTreeSet<String>,
    pub(super) found: Converted,
}

impl<'a> Writer<'a> {
    pub(super) fn new(root: Ref<'_>, size: usize, base: Option<&'a Url>) -> Self {
        let hrefs = root.descendants().filter_map(tag).filter(|tag| tag.name() == "a");
        let places = hrefs.filter_map(|tag| address(tag.value("href")?, base));
        let names = places.filter_map(|url| Some(decoded(url.strip_prefix('#')?)));
        Self {
            base,
            linked_anchors: names.collect(),
            out: String::with_capacity(size),
            prefix: String::new(),
            lead: None,
            gap: Gap::Nothing,
            last_list: None,
            indents: 0,
            items: 0,
            // Not in an item.
            blocks: 2,
            line: Vec::new(),
            open: Vec::new(),
            place: Place::Paragraph,
            url_budget: size.saturating_add(4096),
            anchors_written: BTreeSet::new(),
            found: Converted::default(),
        }
    }

    /// Converts a tree.
    pub(super) fn convert(mut self, root: Ref<'_>) -> Converted {
        self.children(root);
        self.flush();
        self.anchors();
        self.found.body = self.out;
        self.found
    }

    pub(super) fn children(&mut self, node: Ref<'_>) {
        for child in node.children() {
            self.node(child);
        }
    }

    /// The content of a cell.
    pub(super) fn node_of_cell(&mut self, cell: Ref<'_>) {
        tag(cell).into_iter().for_each(|tag| self.anchor(tag));
        self.children(cell);
    }

    fn node(&mut self, node: Ref<'_>) {
        match node.value() {
            Node::Text(text) => self.text(text),
            Node::Element(tag) => self.element(node, tag),
            Node::Comment(text) if text.trim() == "more" || text.starts_with("more ") => {
                if self.place == Place::Paragraph {
                    self.block("<!--more-->");
                }
            }
            Node::Comment(_) => {}
            Node::Root => self.children(node),
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        let mut shown = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                c if c.is_ascii_whitespace() && shown.ends_with(' ') => {}
                c if c.is_ascii_whitespace() => shown.push(' '),
                '\u{feff}' => {}
                c if c.is_control() => {}
                c => shown.push(c),
            }
        }
        self.piece(Piece::Text(shown));
    }

    pub(super) fn piece(&mut self, piece: Piece) {
        self.line.push(piece);
    }

    /// Whether the line ends in code.
    pub(super) fn ends_in_code(&self) -> bool {
        let last = self.line.iter().rev().find(|piece| !matches!(piece, Piece::Open(_) | Piece::Close));
        matches!(last, Some(Piece::Raw(raw)) if raw.ends_with('`'))
    }

    fn element(&mut self, node: Ref<'_>, tag: &Tag) {
        let role = role_of(tag);
        if !matches!(role, Role::Heading(_) | Role::Hidden) {
            self.anchor(tag);
        }
        if self.place != Place::Paragraph && !is_inline(role) {
            return self.block_in_line(node, tag, role);
        }
        match role {
            Role::Inline(mark) => self.mark(node, mark, kept_attributes(tag)),
            Role::Link => self.link(node, tag),
            Role::InlineCode => code::inline(self, node),
            Role::Quotation => {
                self.text("“");
                self.children(node);
                self.text("”");
            }
            Role::Break => self.line_break(),
            Role::Picture => media::picture(self, node, tag),
            Role::Transparent | Role::TablePart => self.children(node),
            Role::Heading(level) => self.heading(node, tag, level),
            Role::Quote => self.quote(node, tag),
            Role::List => self.list(node, tag),
            Role::Item => {
                if self.last_list == Some('-') {
                    self.gap = Gap::Line;
                }
                self.item(node, "- ");
                self.last_list = Some('-');
            }
            Role::Terms => self.terms(node),
            Role::Code => code::block(self, node),
            Role::Details => self.details(node, tag),
            Role::Table => tables::table(self, node, tag),
            Role::Rule => self.block("***"),
            Role::Figure => media::figure(self, node, tag),
            Role::Embed => media::embed(self, node, tag),
            Role::Player => media::player(self, node, tag),
            Role::Form if !is_to_fill_in(node) => self.paragraph(node),
            Role::Block if tag.has_class(&["wp-caption"]) => media::figure(self, node, tag),
            Role::Block if tag.has_class(&["highlight", "highlighter-rouge", "syntaxhighlighter"]) => {
                code::highlighted(self, node)
            }
            Role::Block => self.paragraph(node),
            Role::Drawing => media::drawing(self, node, tag),
            Role::Formula => media::formula(self, node, tag),
            Role::Form | Role::Hidden => media::fallback(self, node, tag),
        }
    }

    /// Writes a block inside a line.
    fn block_in_line(&mut self, node: Ref<'_>, tag: &Tag, role: Role) {
        match role {
            Role::Break => self.piece(Piece::Break),
            Role::Rule => self.text(" "),
            Role::Code => code::inline(self, node),
            Role::Embed | Role::Player => media::inline_link(self, node, tag),
            Role::Form if is_to_fill_in(node) => {}
            _ => {
                self.text(" ");
                self.children(node);
                self.text(" ");
            }
        }
    }

    fn line_break(&mut self) {
        let is_gap = |piece: &&Piece| match piece {
            Piece::Text(text) => text.trim_matches(inline::is_space).is_empty(),
            Piece::Open(_) | Piece::Close => true,
            _ => false,
        };
        let last = self.line.iter().rev().find(|piece| !is_gap(piece));
        // Two breaks separate paragraphs.
        if self.place == Place::Paragraph && last == Some(&Piece::Break) {
            return self.flush();
        }
        self.piece(Piece::Break);
    }

    /// Writes content as paragraphs of its own.
    pub(super) fn paragraph(&mut self, node: Ref<'_>) {
        self.flush();
        self.children(node);
        self.flush();
    }

    /// Writes content within markup.
    pub(super) fn marked_up(&mut self, markup: Markup, content: impl FnOnce(&mut Self)) {
        self.piece(Piece::Open(markup.clone()));
        self.open.push(markup);
        content(self);
        self.open.pop();
        self.piece(Piece::Close);
    }

    fn mark(&mut self, node: Ref<'_>, mark: Mark, attributes: String) {
        let is_open = |markup: &Markup| matches!(markup, Markup::Mark(other, _) if *other == mark);
        if self.open.iter().any(is_open) {
            return self.children(node);
        }
        self.marked_up(Markup::Mark(mark, attributes), |writer| writer.children(node));
    }

    fn link(&mut self, node: Ref<'_>, tag: &Tag) {
        let url = tag.value("href").and_then(|href| address(href, self.base));
        let Some(url) = url.filter(|_| !self.open.iter().any(|markup| matches!(markup, Markup::Link(_))))
        else {
            return self.children(node);
        };
        if media::linked_picture(self, node, &url) {
            return;
        }
        // A URL that links to itself.
        if node.first_child() == node.last_child()
            && let Some(Node::Text(text)) = node.first_child().map(|child| child.value())
            && text.trim() == url
            && url.starts_with("http")
            && !url.contains(['|', '`'])
        {
            return self.piece(Piece::Raw(format!("<{url}>")));
        }
        self.marked_up(Markup::Link(url), |writer| writer.children(node));
    }

    /// Writes the collected paragraph. Open markup continues in the next one.
    pub(super) fn flush(&mut self) {
        if self.line.is_empty() || self.place != Place::Paragraph {
            return;
        }
        let mut pieces = std::mem::take(&mut self.line);
        let open = pieces.iter().fold(0_usize, |open, piece| match piece {
            Piece::Open(_) => open + 1,
            Piece::Close => open.saturating_sub(1),
            _ => open,
        });
        for _ in 0..open {
            pieces.push(Piece::Close);
        }
        for markup in &mut self.open {
            if let Markup::Link(url) = markup {
                match self.url_budget.checked_sub(url.len()) {
                    Some(url_budget) => self.url_budget = url_budget,
                    None => *markup = Markup::Mark(Mark::Tag("span"), String::new()),
                }
            }
        }
        if inline::is_seen(&pieces) {
            let text = inline::to_markdown(pieces, Place::Paragraph);
            let url = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
            match url.filter(|url| url.starts_with("http") && !url.contains(['<', ' '])) {
                Some(url) => self.lines(&media::bare(url)),
                None => self.lines(&text),
            }
        } else {
            self.line = pieces.into_iter().filter(|piece| matches!(piece, Piece::Anchor(_))).collect();
        }
        self.line.extend(self.open.iter().cloned().map(Piece::Open));
    }

    /// Writes anchors that no text follows.
    fn anchors(&mut self) {
        let anchors: String = std::mem::take(&mut self.line)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Anchor(anchor) => Some(anchor),
                _ => None,
            })
            .collect();
        self.line.extend(self.open.iter().cloned().map(Piece::Open));
        if !anchors.is_empty() {
            self.lines(&anchors);
        }
    }

    /// Writes a block after the collected paragraph.
    pub(super) fn block(&mut self, text: &str) {
        self.flush();
        self.anchors();
        self.lines(text);
    }

    fn lines(&mut self, text: &str) {
        self.last_list = None;
        let above = self.lead.as_ref().map_or(&self.prefix, |lead| &lead.above);
        match self.gap {
            Gap::Nothing => {}
            Gap::Line => self.out.push('\n'),
            Gap::BlankLine => {
                self.out.push('\n');
                self.out.push_str(above.trim_end());
                self.out.push('\n');
            }
        }
        // An HTML block extends to the next blank line.
        self.blocks += if text.starts_with('<') { 2 } else { 1 };
        self.gap = Gap::BlankLine;
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.out.push('\n');
            }
            match self.lead.take() {
                Some(lead) => self.out.push_str(&lead.text),
                None if line.is_empty() => self.out.push_str(self.prefix.trim_end()),
                None => self.out.push_str(&self.prefix),
            }
            self.out.push_str(line);
        }
    }

    /// Writes content with line prefixes: `first` for the first line, `rest` for the others. Returns whether anything was written.
    pub(super) fn indented(&mut self, first: &str, rest: &str, content: impl FnOnce(&mut Self)) -> bool {
        let outer = self.lead.take();
        let length = self.prefix.len();
        let (text, above) = match &outer {
            Some(lead) => (format!("{}{first}", lead.text), lead.above.clone()),
            None => (format!("{}{first}", self.prefix), self.prefix.clone()),
        };
        self.lead = Some(FirstPrefix { text, above });
        self.prefix.push_str(rest);
        content(self);
        self.flush();
        self.prefix.truncate(length);
        let is_written = self.lead.is_none();
        if !is_written {
            self.lead = outer;
        }
        is_written
    }

    /// Writes content as one line.
    pub(super) fn phrase(&mut self, place: Place, content: impl FnOnce(&mut Self)) -> String {
        let line = std::mem::take(&mut self.line);
        let outer = std::mem::replace(&mut self.place, place);
        self.line.extend(self.open.iter().cloned().map(Piece::Open));
        content(self);
        for _ in 0..self.open.len() {
            self.piece(Piece::Close);
        }
        let pieces = std::mem::replace(&mut self.line, line);
        self.place = outer;
        if inline::is_seen(&pieces) {
            return inline::to_markdown(pieces, place);
        }
        // An anchor in empty content moves to what follows.
        self.line.extend(pieces.into_iter().filter(|piece| matches!(piece, Piece::Anchor(_))));
        String::new()
    }

    /// Writes a heading or term as one line, with the anchors before it.
    fn line_of_its_own(&mut self, content: impl FnOnce(&mut Self)) -> String {
        let line = std::mem::take(&mut self.line);
        let anchors: Vec<_> = line.into_iter().filter(|piece| matches!(piece, Piece::Anchor(_))).collect();
        let text = self.phrase(Place::Heading, |writer| {
            writer.line.extend(anchors);
            content(writer);
        });
        self.line = self.open.iter().cloned().map(Piece::Open).collect();
        text
    }

    /// Writes the anchor of an element, if a link refers to it or its kind is that of anchors.
    fn anchor(&mut self, tag: &Tag) {
        let name = tag.value("name").filter(|_| tag.name() == "a");
        for id in [tag.value("id"), name].into_iter().flatten() {
            if (tag.name() == "a" || self.linked_anchors.contains(id)) && self.takes_name(id) {
                self.line.push(Piece::Anchor(format!("<a id=\"{}\"></a>", escaped(id))));
            }
        }
    }

    /// Whether an anchor may have this name and does not exist yet.
    fn takes_name(&mut self, id: &str) -> bool {
        let is_name = !id.is_empty()
            && id.len() <= LONGEST_NAME
            && !id.chars().any(|c| c.is_whitespace() || c.is_control() || "\"'<>`{}\\|".contains(c));
        is_name && self.anchors_written.insert(id.to_owned())
    }

    fn heading(&mut self, node: Ref<'_>, tag: &Tag, level: usize) {
        self.flush();
        let is_block = |node: &Ref<'_>| self::is_block(*node);
        let first = node.children().position(|child| is_block(&child));
        let has_text = |nodes: &[Ref<'_>]| nodes.iter().any(|node| !plain(*node).is_empty());
        let children: Vec<_> = node.children().collect();
        let (title, rest) = match first {
            // An unclosed heading extends to the end of the text.
            Some(first) if has_text(&children[..first]) => children.split_at(first),
            Some(first) => children.split_at(first + 1),
            None => (&children[..], &[][..]),
        };
        let id = tag.value("id").map(str::to_owned);
        let title_text = super::line(&title.iter().map(|node| plain(*node)).collect::<Vec<_>>().join(" "));
        let own = slugify(&without_primes(&title_text));
        let is_own = id.as_ref().is_none_or(|id| *id == own) && self.anchors_written.insert(own);
        let id = id.filter(|id| !is_own && self.takes_name(id));
        if title_text.is_empty() {
            if let Some(id) = id {
                self.piece(Piece::Anchor(format!("<a id=\"{}\"></a>", escaped(&id))));
            }
            title.iter().for_each(|node| self.node(*node));
        } else {
            let text = self.line_of_its_own(|writer| title.iter().for_each(|node| writer.node(*node)));
            let id = id.map(|id| format!(" {{#{id}}}")).unwrap_or_default();
            self.lines(&format!("{} {text}{id}", "#".repeat(level)));
        }
        rest.iter().for_each(|node| self.node(*node));
        self.flush();
    }
}

/// Whether a node is a block.
pub(super) fn is_block(node: Ref<'_>) -> bool {
    tag(node).is_some_and(|tag| !is_inline(role(tag.name())) && role(tag.name()) != Role::Break)
}

/// Whether a form consists of fields. On some pages, a form contains the whole text.
pub(super) fn is_to_fill_in(node: Ref<'_>) -> bool {
    let is_field = |tag: &Tag| match tag.name() {
        "input" => tag.value("type") != Some("hidden"),
        name => matches!(name, "textarea" | "select" | "button"),
    };
    node.descendants().filter_map(tag).any(is_field) && plain(node).len() < FORM
}

/// Percent-decodes the name of an anchor.
fn decoded(name: &str) -> String {
    percent_decode_str(name).decode_utf8_lossy().into_owned()
}
