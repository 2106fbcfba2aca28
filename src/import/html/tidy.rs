//! HTML as it is found → HTML that is well nested, not deep, and has only what Markdown can say.
//!
//! The parser and the converter behind it call themselves for each element in another, so depth is bounded here. Nothing here
//! does.

use std::collections::BTreeSet;

use url::Url;

use super::elements::{Role, ended_by, is_raw, role};
use super::marks::{self, ANCHOR, BORDER, MEANING, MORE, TERM};
use super::tables::Table;
use super::tokens::{Tag, Token, Tokens};
use super::{Picture, address, escaped};

mod grid;
mod media;

use media::Figure;

/// Elements that may stand in each other. What is deeper keeps its text.
const DEEPEST: usize = 48;

/// Lists and quotations that may stand in each other: each indents all of its lines.
const DEEPEST_INDENT: usize = 10;

/// What was found in HTML, beside its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) pictures: Vec<Picture>,
    pub(super) embeds: Vec<String>,
}

/// An element that is open.
#[derive(Debug)]
struct Open {
    name: &'static str,
    /// As it was written; empty for what is only a border.
    tag: String,
    is_inline: bool,
    /// Where its content begins.
    inside: usize,
    /// Whether it goes on with an element that had been closed.
    is_merged: bool,
}

/// Reads HTML.
struct Tidy<'a> {
    base: Option<&'a Url>,
    out: String,
    open: Vec<Open>,
    /// Breaks of lines that wait for text: two are the border of a paragraph.
    breaks: usize,
    figures: Vec<Figure>,
    table: Option<Table>,
    /// Tables in cells of the table.
    inner_tables: usize,
    /// Whether what `<video>` or `<object>` shows was linked to.
    is_linked: bool,
    /// Bytes of tags that may be written again because a block began in their elements.
    spare: usize,
    found: Found,
    /// Names of places that links of the text lead to.
    wanted: BTreeSet<String>,
    /// Those that wait for the text that they stand before.
    anchors: Vec<String>,
}

/// Names of places that the links of a text lead to.
fn wanted(html: &str) -> BTreeSet<String> {
    if !html.contains('#') {
        return BTreeSet::new();
    }
    let href = |token| match token {
        Token::Open(tag) if tag.name == "a" => tag.value("href")?.trim().strip_prefix('#').map(str::to_owned),
        _ => None,
    };
    let is_simple = |name: &String| {
        !name.is_empty()
            && name.len() <= 80
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    };
    Tokens::new(html).filter_map(href).filter(is_simple).collect()
}

/// Tidies HTML. URLs are taken against `base`.
pub(super) fn tidy(html: &str, base: Option<&Url>) -> (String, Found) {
    let mut tidy = Tidy {
        base,
        out: String::with_capacity(html.len()),
        open: Vec::new(),
        breaks: 0,
        figures: Vec::new(),
        table: None,
        inner_tables: 0,
        is_linked: false,
        spare: html.len().saturating_add(4096),
        found: Found::default(),
        wanted: wanted(html),
        anchors: Vec::new(),
    };
    let mut tokens = Tokens::new(html);
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => tidy.text(text),
            Token::Open(tag) => tidy.start(&tag, &mut tokens),
            Token::Close(name) => tidy.end(&name),
            Token::Comment(comment) if comment.trim() == "more" => tidy.more(),
            Token::Comment(_) => {}
        }
    }
    tidy.pop_to(0);
    (tidy.out, tidy.found)
}

impl Tidy<'_> {
    fn is_in(&self, name: &str) -> bool {
        self.open.iter().any(|open| open.name == name)
    }

    /// Whether the text is in a cell, where there are no blocks.
    fn in_cell(&self) -> bool {
        self.is_in("cell")
    }

    fn text(&mut self, raw: &str) {
        let text = crate::import::entities::decode(raw);
        if self.is_in("pre") {
            let text: String = text.chars().filter(|c| !marks::is_odd(*c)).collect();
            return self.out.push_str(&escaped(&text));
        }
        if text.chars().all(|c| c.is_ascii_whitespace()) {
            return self.space();
        }
        self.flush();
        self.ensure_cell();
        self.anchor();
        if self.is_in("code") {
            // A blank line would end the paragraph, and with it the code.
            let mut was_space = false;
            let text =
                text.chars().filter(|c| !marks::is_odd(*c)).map(|c| if c.is_whitespace() { ' ' } else { c });
            let is_kept = |c: &char| !std::mem::replace(&mut was_space, *c == ' ') || *c != ' ';
            let text: String = text.filter(is_kept).collect();
            self.out.push_str(&escaped(&text));
        } else {
            marks::hide(&text, self.in_cell(), &mut self.out);
        }
    }

    /// Writes the names of places that wait. Each is one place.
    fn anchor(&mut self) {
        if self.is_in("code") {
            return;
        }
        for name in std::mem::take(&mut self.anchors) {
            self.out.push(ANCHOR);
            marks::hide(&name, false, &mut self.out);
            self.out.push(ANCHOR);
        }
    }

    fn space(&mut self) {
        if !self.out.ends_with([' ', '\n', '>']) || self.out.ends_with("</strong>") || self.ends_inline() {
            self.out.push(' ');
        }
    }

    /// Whether the last tag is of a part of a line, behind which a space counts.
    fn ends_inline(&self) -> bool {
        ["</em>", "</a>", "</code>", "</del>", "</sup>", "</sub>"].iter().any(|tag| self.out.ends_with(tag))
    }

    /// Writes the breaks that wait.
    fn flush(&mut self) {
        match std::mem::take(&mut self.breaks) {
            0 => {}
            _ if self.in_cell() || self.in_heading() => self.space(),
            1 => self.out.push_str("<br>"),
            _ => self.block("p"),
        }
    }

    fn in_heading(&self) -> bool {
        self.open.iter().any(|open| is_heading(open.name))
    }

    /// Text between the cells of a table is one of its own.
    fn ensure_cell(&mut self) {
        if self.table.is_some() && !self.in_cell() && !self.is_in("caption") {
            self.cell(false);
        }
    }

    fn more(&mut self) {
        if !self.in_cell() && !self.is_in("pre") {
            self.block("p");
            self.out.push(MORE);
            self.close("p");
        }
    }

    fn start(&mut self, tag: &Tag<'_>, tokens: &mut Tokens<'_>) {
        if !self.wanted.is_empty()
            && let Some(name) = tag.value("id").or_else(|| tag.value("name").filter(|_| tag.name == "a"))
            && let Some(name) = self.wanted.take(&name)
        {
            self.anchors.push(name);
        }
        match role(&tag.name) {
            Role::Gone => {
                if is_raw(&tag.name) || tokens.is_closed(&tag.name) {
                    tokens.skip_to_end(&tag.name);
                }
            }
            Role::Embed => self.embed(tag, tokens),
            Role::Block(name) => self.block_of(name, tag),
            Role::Inline(name) => self.inline(name, tag),
            Role::Break if self.is_in("pre") => self.out.push('\n'),
            Role::Break if self.is_in("code") => self.space(),
            Role::Break => self.breaks += 1,
            Role::Rule => {
                if !self.in_cell() && !self.is_in("pre") {
                    self.end_paragraph();
                    self.out.push_str("<hr>");
                }
            }
            Role::Picture => self.picture(tag),
            Role::Table(part) => self.table_start(part),
            Role::Quote => self.text("“"),
            Role::Shell => {}
        }
    }

    fn end(&mut self, name: &str) {
        match role(name) {
            Role::Block(name) => self.close(name),
            Role::Inline(name) => self.close(name),
            Role::Table(part) => self.table_end(part),
            Role::Quote => self.text("”"),
            _ => {}
        }
    }

    fn block_of(&mut self, name: &'static str, tag: &Tag<'_>) {
        if name == "ol" && !self.in_cell() {
            let start = tag.value("start").and_then(|start| start.trim().parse::<u32>().ok());
            let start = start.filter(|start| (2..1_000_000).contains(start));
            let tag = start.map_or("<ol>".to_owned(), |start| format!("<ol start=\"{start}\">"));
            return self.block_with("ol", tag);
        }
        if name == "li" && !self.is_in("ul") && !self.is_in("ol") {
            self.block("ul");
        }
        self.block(name);
    }

    fn block(&mut self, name: &'static str) {
        let tag = match name {
            "figure" => String::new(),
            "dt" => "<p>".to_owned(),
            "figcaption" | "dd" => "<div>".to_owned(),
            "pre" => "<pre><code>".to_owned(),
            _ => format!("<{name}>"),
        };
        self.block_with(name, tag);
    }

    fn block_with(&mut self, name: &'static str, tag: String) {
        self.breaks = 0;
        if self.in_cell() {
            return self.out.push(BORDER);
        }
        // All is text in code but for the ends of lines.
        if self.is_in("pre") {
            if !self.out.ends_with('\n') {
                self.out.push('\n');
            }
            return;
        }
        // Between cells there is nothing for blocks to be in.
        if self.table.is_some() {
            return;
        }
        // A heading with a block in it: the block is the heading, or the heading was not closed.
        if let Some(heading) = self.open.iter().rposition(|open| is_heading(open.name)) {
            let inside = self.open.get(heading).map_or(0, |open| open.inside);
            if self.is_blank_from(inside) {
                return;
            }
            self.pop_to(heading);
        }
        let (ended, stops) = ended_by(name);
        let reached =
            self.open.iter().rposition(|open| ended.contains(&open.name) || stops.contains(&open.name));
        if let Some(at) =
            reached.filter(|at| self.open.get(*at).is_some_and(|open| ended.contains(&open.name)))
        {
            self.pop_to(at);
        }
        let inlines = self.end_paragraph();
        let indents = self.open.iter().filter(|open| is_indented(open.name)).count();
        if self.open.len() >= DEEPEST || is_indented(name) && indents >= DEEPEST_INDENT {
            self.out.push_str("<br>");
            return;
        }
        if name == "figure" {
            self.figures.push(Figure::default());
        }
        self.push(name, tag, false);
        for (name, tag) in inlines {
            if tag.len() <= self.spare && self.open.len() < DEEPEST {
                self.spare -= tag.len();
                self.push(name, tag, true);
            }
        }
    }

    /// Ends the paragraph that is open, with what is open in it, which is given: it may go on in the next block.
    fn end_paragraph(&mut self) -> Vec<(&'static str, String)> {
        let block = self.open.iter().rposition(|open| !open.is_inline);
        let first = block.map_or(0, |at| at + 1);
        let inlines: Vec<_> = self
            .open
            .get(first..)
            .unwrap_or_default()
            .iter()
            .map(|open| (open.name, open.tag.clone()))
            .collect();
        let is_paragraph = block.and_then(|at| self.open.get(at)).is_some_and(|open| open.name == "p");
        self.pop_to(if is_paragraph { first - 1 } else { first });
        inlines
    }

    fn push(&mut self, name: &'static str, tag: String, is_inline: bool) {
        // The converter takes long for many equal elements side by side.
        let closing = format!("</{name}>");
        let is_merged = is_inline && name != "a" && self.out.ends_with(&closing);
        if is_merged {
            self.out.truncate(self.out.len() - closing.len());
        } else {
            self.out.push_str(&tag);
        }
        match name {
            "dt" => self.out.push(TERM),
            "dd" => self.out.push(MEANING),
            _ => {}
        }
        self.open.push(Open { name, tag, is_inline, inside: self.out.len(), is_merged });
    }

    fn inline(&mut self, name: &'static str, tag: &Tag<'_>) {
        if self.is_in("code") || self.is_in("pre") || self.open.len() >= DEEPEST {
            return;
        }
        if name == "a" {
            self.close("a");
        }
        let tag = match name {
            "a" => match tag.value("href").and_then(|href| address(&href, self.base)) {
                Some(href) => format!("<a href=\"{}\">", escaped(&href)),
                None => return,
            },
            _ => format!("<{name}>"),
        };
        if self.open.iter().any(|open| open.name == name) {
            return;
        }
        self.flush();
        self.ensure_cell();
        self.push(name, tag, true);
    }

    /// Ends an element, if it is open: no element that is not in its cell, and by an element of a line no block.
    fn close(&mut self, name: &str) {
        let is_inline = matches!(role(name), Role::Inline(_));
        let reaches = |open: &&Open| open.name != "cell" && (!is_inline || open.is_inline);
        let within = self.open.iter().rev().take_while(reaches).position(|open| open.name == name);
        match within {
            Some(back) => self.pop_to(self.open.len() - 1 - back),
            None if !is_inline && self.in_cell() => self.out.push(BORDER),
            None => {}
        }
        if !is_inline {
            self.breaks = 0;
        }
    }

    fn is_blank_from(&self, at: usize) -> bool {
        self.out.get(at..).is_none_or(|inside| inside.trim().is_empty())
    }

    /// Ends all that is open from a place on.
    fn pop_to(&mut self, length: usize) {
        while self.open.len() > length {
            let Some(open) = self.open.pop() else { return };
            match open.name {
                "figure" => self.end_figure(),
                "figcaption" => self.end_caption(&open),
                "caption" => self.end_table_caption(&open),
                "cell" => {
                    if let Some(table) = &mut self.table {
                        table.close_cell(&mut self.out);
                    }
                }
                "table" => {
                    if let Some(table) = self.table.take() {
                        table.close(&mut self.out);
                    }
                }
                "dt" => self.out.push_str("</p>"),
                "dd" => self.out.push_str("</div>"),
                "pre" => self.out.push_str("</code></pre>"),
                _ => self.end_plain(&open),
            }
        }
    }

    fn end_plain(&mut self, open: &Open) {
        if self.is_blank_from(open.inside) && !open.is_merged && (open.is_inline || open.name == "p") {
            let had_space = self.out.len() > open.inside;
            self.out.truncate(open.inside - open.tag.len());
            if had_space {
                self.space();
            }
            return;
        }
        self.out.push_str("</");
        self.out.push_str(open.name);
        self.out.push('>');
    }
}

/// Whether a block is one line.
fn is_heading(name: &str) -> bool {
    matches!(name, "h2" | "h3" | "h4" | "h5" | "h6" | "dt")
}

fn is_indented(name: &str) -> bool {
    matches!(name, "ul" | "ol" | "blockquote")
}
