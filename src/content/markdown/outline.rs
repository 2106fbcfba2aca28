//! Markdown → its [`Outline`]: headings, length, summary and references.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, LinkType, Tag, TagEnd};

use super::leftovers::{self, Leftover};
use super::references::{Reference, ReferenceKind, Written, classify, may_be_own, may_hand_on, without_urls};
use super::{comments, raw_html};
use crate::content::text::{self, Length};
use crate::slug::slugify;
use crate::typography::without_primes;

/// Limit of a summary in characters.
const SUMMARY: usize = 200;

/// Everything that the rest of the site needs of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Outline {
    /// The beginning as plain text, up to `<!--more-->` or about two sentences.
    pub summary: String,
    /// Its length.
    pub length: Length,
    /// Headings in order.
    pub headings: Vec<Heading>,
    /// Links, images and HTML attributes that name something within this site, in order.
    pub references: Vec<Reference>,
    /// Names of elements in raw HTML that links can lead to.
    pub anchors: Vec<String>,
    /// Where an unclosed comment begins, which hides the rest of the text.
    pub unclosed_comment: Option<usize>,
    /// Leftover markup; empty unless the text was just read, because its warnings are stored.
    #[serde(skip)]
    pub leftovers: Vec<Leftover>,
    /// Whether it contains raw HTML.
    pub has_html: bool,
    /// Spans of links whose scheme would run code.
    pub unsafe_links: Vec<Range<usize>>,
    /// Whether its HTML works on any page once its URLs are absolute: it has no raw HTML, and no link to a place on its own page.
    pub is_portable: bool,
}

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Heading {
    /// 2 to 6. The headline is the only heading of level 1, so headings of the text are moved down.
    pub level: u8,
    /// Unique in the text, without underscores unless written with one (`{#my_id}`).
    pub id: String,
    /// Plain text.
    pub title: String,
}

impl Outline {
    /// Whether no reference of the text depends on the rest of the site.
    pub(super) fn stands_alone(&self) -> bool {
        let is_within = |reference: &Reference| matches!(classify(&reference.written), Written::Fragment(_));
        self.references.iter().all(is_within)
    }
}

/// The outline of a Markdown text without comments, of a site at `host`. Spans are bytes of `text`.
pub(super) fn outline(text: &str, host: &str, events: &[(Event<'_>, Range<usize>)]) -> Outline {
    let mut reader = Reader { text, host, ..Reader::default() };
    let mut leftovers = leftovers::Reader::default();
    for (event, span) in events {
        leftovers.read(text, event, span);
        reader.read(event, span.clone());
    }
    reader.outline.leftovers = leftovers.finish(text);
    reader.finish()
}

#[derive(Default)]
struct Reader<'t> {
    text: &'t str,
    host: &'t str,
    outline: Outline,
    ids: HashMap<String, u32>,
    /// Plain text of the current block.
    block: String,
    html_block: String,
    /// Inside an inline `<script>` or `<style>`.
    in_program: bool,
    /// For each open link, whether it may lead to a page of the site.
    links: Vec<bool>,
    /// Depth of images, whose content is alternative text.
    images: u32,
    heading: Option<(HeadingLevel, Option<String>)>,
    /// Depth of block quotes, footnotes, lists and tables.
    depth: u32,
    summary_done: bool,
    /// Whether something works only on the text's own page.
    is_bound: bool,
}

impl Reader<'_> {
    fn read(&mut self, event: &Event<'_>, span: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(tag) => self.end(*tag, span),
            Event::Text(_) if self.in_program => {}
            // Lists and feeds show this text, which must not reveal the URL of a hidden story.
            Event::Text(text) | Event::Code(text) if self.images == 0 && self.links.contains(&true) => {
                self.block.push_str(&without_urls(text));
            }
            Event::Text(text) | Event::Code(text) if self.images == 0 => self.block.push_str(text),
            Event::SoftBreak | Event::HardBreak => self.block.push(' '),
            Event::InlineHtml(html) => {
                let name = html.get(1..7).unwrap_or(html).to_ascii_lowercase();
                self.in_program = name.starts_with("script") || name.starts_with("style");
                self.html(html, span);
            }
            // Blocks come line by line, and a tag may span several lines.
            Event::Html(line) => self.html_block.push_str(line),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => self.is_bound = true,
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, span: Range<usize>) {
        match tag {
            Tag::Heading { level, id, .. } => {
                self.block_ends();
                self.heading = Some((*level, id.as_deref().map(str::to_owned)));
            }
            Tag::HtmlBlock => self.html_block.clear(),
            // `<desk@example.org>` is not a file name.
            Tag::Link { link_type: LinkType::Email, .. } => self.links.push(false),
            Tag::Link { dest_url, .. } => {
                let before = self.outline.references.len();
                self.refer(dest_url, ReferenceKind::Link, span);
                self.links.push(self.outline.references.len() > before);
            }
            Tag::Image { dest_url, .. } => {
                self.images += 1;
                self.refer(dest_url, ReferenceKind::Image, span);
            }
            Tag::BlockQuote(_) | Tag::FootnoteDefinition(_) | Tag::List(_) | Tag::Table(_) => {
                self.block_ends();
                self.depth += 1;
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, span: Range<usize>) {
        match tag {
            TagEnd::Paragraph if self.depth == 0 && !self.summary_done => {
                let sentence = std::mem::take(&mut self.block);
                self.outline.length.add(&sentence);
                if !self.outline.summary.is_empty() {
                    self.outline.summary.push(' ');
                }
                self.outline.summary.push_str(sentence.trim());
                self.summary_done = self.outline.summary.len() >= SUMMARY / 2;
            }
            TagEnd::Image => self.images -= 1,
            TagEnd::Link => self.links.truncate(self.links.len().saturating_sub(1)),
            TagEnd::CodeBlock => self.block_ends(),
            TagEnd::Heading(_) => self.heading_ends(),
            TagEnd::HtmlBlock => {
                let html = std::mem::take(&mut self.html_block);
                self.html(&html, span);
            }
            TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition | TagEnd::List(_) | TagEnd::Table => {
                self.block_ends();
                self.depth -= 1;
            }
            TagEnd::Paragraph
            | TagEnd::Item
            | TagEnd::TableCell
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition => self.block_ends(),
            _ => {}
        }
    }

    fn block_ends(&mut self) {
        self.in_program = false;
        self.outline.length.add(&self.block);
        self.block.clear();
    }

    fn heading_ends(&mut self) {
        let title = std::mem::take(&mut self.block).trim().to_owned();
        self.outline.length.add(&title);
        if let Some((level, written)) = self.heading.take() {
            // These prefixes are reserved for footnotes.
            let written = written.map(|id| match id.starts_with("fn_") || id.starts_with("fnref_") {
                true => id.replacen('_', "-", 1),
                false => id,
            });
            let wanted = written.unwrap_or_else(|| slugify(&without_primes(&title)));
            let id = self.unique(if wanted.is_empty() { "section".to_owned() } else { wanted });
            self.outline.headings.push(Heading { level: level as u8, id, title });
        }
    }

    fn unique(&mut self, wanted: String) -> String {
        if !self.ids.contains_key(&wanted) {
            self.ids.insert(wanted.clone(), 1);
            return wanted;
        }
        loop {
            let used = self.ids.entry(wanted.clone()).or_insert(1);
            *used += 1;
            let next = format!("{wanted}-{used}");
            if !self.ids.contains_key(&next) {
                self.ids.insert(next.clone(), 1);
                return next;
            }
        }
    }

    fn refer(&mut self, destination: &str, kind: ReferenceKind, span: Range<usize>) {
        let written = classify(destination);
        self.is_bound |= match &written {
            Written::Web(_) | Written::Elsewhere => !is_absolute(destination),
            Written::Source { .. } | Written::Site(_) => false,
            // The link to a missing file stays as written.
            Written::File(_) | Written::Relative(_) | Written::Fragment(_) | Written::Unsafe => true,
        };
        match written {
            Written::Elsewhere if !may_hand_on(destination, self.host) => {}
            Written::Web(url) if !may_be_own(url, self.host) => {}
            Written::Unsafe | Written::Fragment(_) if kind == ReferenceKind::Mention => {}
            Written::Unsafe => self.outline.unsafe_links.push(span),
            _ => self.outline.references.push(Reference { written: destination.to_owned(), kind, span }),
        }
    }

    fn html(&mut self, html: &str, span: Range<usize>) {
        self.outline.has_html = true;
        if comments::is_more(html) {
            self.summary_done |= !self.outline.summary.is_empty();
        }
        if raw_html::is_empty(html) {
            return;
        }
        self.is_bound = true;
        // In a quotation or a list, lines have a prefix that is not HTML.
        let is_whole = self.text.get(span.clone()).is_some_and(|written| written.starts_with(html));
        for found in raw_html::urls(html) {
            let kind = if found.is_reference { ReferenceKind::Html } else { ReferenceKind::Mention };
            let place = match is_whole {
                true => span.start + found.span.start..span.start + found.span.end,
                false => span.clone(),
            };
            self.refer(&found.url, kind, place);
        }
        self.outline.anchors.extend(raw_html::anchors(html));
    }

    fn finish(mut self) -> Outline {
        self.block_ends();
        let summary = std::mem::take(&mut self.outline.summary);
        self.outline.summary = text::beginning(&summary, SUMMARY);
        level_headings(&mut self.outline.headings);
        self.outline.headings.shrink_to_fit();
        self.outline.references.shrink_to_fit();
        self.outline.anchors.shrink_to_fit();
        self.outline.is_portable = !self.is_bound;
        self.outline
    }
}

/// Whether a destination is absolute.
fn is_absolute(destination: &str) -> bool {
    let begins = |scheme: &str| {
        destination.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    ["https://", "http://", "mailto:", "tel:"].into_iter().any(begins)
}

/// Sets the levels below the headline: the first is 2, no level is skipped (WCAG technique G141), and headings of one level in the text
/// have one level on the page.
fn level_headings(headings: &mut [Heading]) {
    // Levels of the enclosing headings, as written and as set.
    let mut open: Vec<(u8, u8)> = Vec::new();
    for heading in headings {
        let written = heading.level;
        while open.last().is_some_and(|(level, _)| *level >= written) {
            open.pop();
        }
        heading.level = open.last().map_or(2, |(_, level)| (level + 1).min(6));
        open.push((written, heading.level));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(text: &str) -> Outline {
        crate::content::markdown::outline(text, None, "news.example")
    }

    #[test]
    fn heading_ids_are_unique_and_levels_start_below_the_headline() {
        let found = outline("# Talks\n\n## Talks\n\n## Talks 2\n\n### ?!\n\n## Named {#own}\n");
        let headings: Vec<_> = found.headings.iter().map(|h| (h.level, h.id.as_str())).collect();
        assert_eq!(headings, [(2, "talks"), (3, "talks-2"), (3, "talks-2-2"), (4, "section"), (3, "own")]);
    }

    #[test]
    fn no_level_of_headings_is_skipped() {
        let levels =
            |text: &str| outline(text).headings.iter().map(|heading| heading.level).collect::<Vec<_>>();
        assert_eq!(levels("### A\n\n##### B\n\n## C\n"), [2, 3, 2]);
        assert_eq!(levels("###### A\n"), [2]);
        assert_eq!(levels("### A\n\n### B\n"), [2, 2]);
        assert_eq!(levels("## A\n\n#### B\n\n### C\n"), [2, 3, 3]);
    }

    #[test]
    fn the_summary_is_the_beginning_of_the_text() {
        assert_eq!(outline("> quote\n\nFirst *one*.\n\n<!-- more -->\n\nSecond.").summary, "First one.");
        assert_eq!(outline("First.\n\nSecond.").summary, "First. Second.");
        assert_eq!(outline("![A ship](a.png) sails.").summary, "sails.");
        assert_eq!(outline("A <script>x()</script>ship <b>sails</b>.").summary, "A ship sails.");
        assert_eq!(outline("").summary, "");
    }

    #[test]
    fn urls_of_the_site_are_not_in_the_summary() {
        let text = "See [the *story*](/a/) and <https://news.example/b/>, [/c/ here](/c/), <https://other.example/>.";
        assert_eq!(outline(text).summary, "See the story and , here, https://other.example/.");
    }

    #[test]
    fn words_of_all_blocks_are_counted() {
        let text = "One two.\n\n- three\n- four\n\n| five | six |\n|---|---|\n| seven | eight |\n\n## Nine\n\nterm\n: ten\n";
        assert_eq!(outline(text).length.words, 11);
    }

    #[test]
    fn only_references_to_the_site_are_kept() {
        let text = "[a](b.md) [c](https://example.org/) ![d](e.png)\n\n<video src=\"f.mp4\"></video>\n";
        let found = outline(text);
        let written: Vec<_> = found.references.iter().map(|r| (r.written.as_str(), r.kind)).collect();
        assert_eq!(
            written,
            [("b.md", ReferenceKind::Link), ("e.png", ReferenceKind::Image), ("f.mp4", ReferenceKind::Html)]
        );
        assert_eq!(&text[found.references[0].span.clone()], "[a](b.md)");
    }

    #[test]
    fn a_text_is_portable_if_it_does_not_need_its_page() {
        for text in [
            "One *two*.\n\n## Talks\n\n- a\n\n| a |\n|---|\n| 1 |",
            "[a](https://x.example/) <b@c.example>",
            "[a](b.md) [c](/d/)",
        ] {
            assert!(outline(text).is_portable, "{text}");
        }
        for text in [
            "<b>a</b>",
            "<div>\n\na",
            "a[^1]\n\n[^1]: b",
            "- [x] done",
            "[a](#talks)",
            "[a](b/)",
            "[a](//x.example/)",
            "![a](b.png)",
            "[a](javascript:x)",
            "[]()",
        ] {
            assert!(!outline(text).is_portable, "{text}");
        }
    }

    #[test]
    fn links_that_run_code_are_found() {
        assert_eq!(outline("[a](javascript:alert(1))").unsafe_links.first(), Some(&(0..24)));
    }
}
