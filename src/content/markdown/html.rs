//! Markdown → HTML, with the site's URLs in its links and sizes on its images.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Tag, TagEnd, html};

use super::footnotes::Footnotes;
use super::raw_html::Used;
use super::references::{PictureMarkup, ReferenceKind, Target, Written, classify, without_urls};
use super::tables::Table;
use super::{Events, Heading, Player, comments, events, galleries, picture, prepare, raw_html};
use crate::typography::Typography;

/// Renders a Markdown text. `headings` are those of its [outline](super::outline()); `resolve` returns the target of each destination
/// within the site.
pub fn to_html(
    text: &str,
    headings: &[Heading],
    typography: Option<Typography>,
    resolve: &dyn Fn(&str, ReferenceKind) -> Target,
) -> String {
    let text = comments::clear(text).text;
    let prepared = prepare(&text);
    write(events(&prepared, &text, typography), text.len(), headings, resolve)
}

/// Writes the events of a text of this length.
pub(super) fn write<'a>(
    events: Events<'a>,
    length: usize,
    headings: &'a [Heading],
    resolve: &dyn Fn(&str, ReferenceKind) -> Target,
) -> String {
    let mut writer = Writer {
        headings: headings.iter(),
        level: HeadingLevel::H2,
        resolve,
        footnotes: Footnotes::default(),
        hidden: Vec::new(),
        in_hidden_url: false,
        image: None,
        in_figure: false,
        in_gallery: false,
        html_block: String::new(),
        table: Table::default(),
        out: Vec::with_capacity(events.len() + events.len() / 8),
    };
    let mut events = events.into_iter();
    while let Some((event, _)) = events.next() {
        if writer.starts_gallery(&event, events.as_slice()) {
            continue;
        }
        writer.write(event, events.as_slice().first().map(|(next, _)| next));
    }
    let mut html = String::with_capacity(length + length / 4);
    html::push_html(&mut html, writer.out.into_iter());
    writer.footnotes.push_html(&mut html);
    html
}

struct Writer<'a, 'h> {
    headings: std::slice::Iter<'a, Heading>,
    /// Level of the current heading.
    level: HeadingLevel,
    resolve: &'h dyn Fn(&str, ReferenceKind) -> Target,
    footnotes: Footnotes<'a>,
    /// For each open link, whether its tag was left out.
    hidden: Vec<bool>,
    /// Whether the current link shows a URL that readers must not see.
    in_hidden_url: bool,
    /// The image whose alternative text is read.
    image: Option<Image<'a>>,
    /// Whether a figure replaces the current paragraph.
    in_figure: bool,
    /// Whether a gallery replaces the current paragraph.
    in_gallery: bool,
    html_block: String,
    table: Table,
    out: Vec<Event<'a>>,
}

struct Image<'a> {
    destination: CowStr<'a>,
    title: CowStr<'a>,
    alt: String,
    /// Depth of images within its alternative text.
    inner: usize,
}

impl<'a> Writer<'a, '_> {
    /// Opens a gallery if a paragraph begins that is one.
    fn starts_gallery(&mut self, event: &Event<'a>, rest: &[(Event<'a>, Range<usize>)]) -> bool {
        let starts = matches!(event, Event::Start(Tag::Paragraph)) && galleries::is_gallery(rest);
        if starts {
            self.in_gallery = true;
            self.out.push(Event::Html(galleries::START.into()));
        }
        starts
    }

    fn write(&mut self, event: Event<'a>, next: Option<&Event<'a>>) {
        if let Some(image) = self.image.take() {
            let ends_paragraph = matches!(next, Some(Event::End(TagEnd::Paragraph)));
            return self.read_alternative(image, event, ends_paragraph);
        }
        match event {
            Event::Start(Tag::Heading { id, classes, level, .. }) => self.heading(level, id, classes),
            Event::End(TagEnd::Heading(_)) => self.out.push(Event::End(TagEnd::Heading(self.level))),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) if link_type != LinkType::Email => {
                let dest_url = match self.target(&dest_url, ReferenceKind::Link) {
                    Target::Hidden => {
                        // An autolink shows its URL.
                        self.in_hidden_url = link_type == LinkType::Autolink;
                        return self.hidden.push(true);
                    }
                    Target::Url(url, _) => url.into(),
                    Target::Picture(picture) => picture.file.into(),
                    Target::Keep | Target::Player(_) => dest_url,
                };
                self.hidden.push(false);
                self.out.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            Event::End(TagEnd::Link) => {
                self.in_hidden_url = false;
                if self.hidden.pop() != Some(true) {
                    self.out.push(Event::End(TagEnd::Link));
                }
            }
            Event::Text(_) if self.in_hidden_url => {}
            Event::Text(text) if self.hidden.contains(&true) => {
                self.out.push(Event::Text(without_urls(&text).into_owned().into()))
            }
            Event::End(TagEnd::Paragraph) if self.in_figure => self.in_figure = false,
            Event::End(TagEnd::Paragraph) if self.in_gallery => {
                self.in_gallery = false;
                self.out.push(Event::Html(galleries::END.into()));
            }
            // Only blank text and breaks are between the pictures of a gallery.
            Event::Text(_) | Event::SoftBreak | Event::HardBreak if self.in_gallery => {}
            Event::Start(Tag::Image { dest_url, title, .. }) => {
                self.image = Some(Image { destination: dest_url, title, alt: String::new(), inner: 0 });
            }
            Event::Start(Tag::FootnoteDefinition(label)) => self.footnotes.open(&label, self.out.len()),
            Event::End(TagEnd::FootnoteDefinition) => self.footnotes.close(&mut self.out),
            Event::InlineHtml(html) => {
                let html = self.rewrite(&html);
                if !html.is_empty() {
                    self.out.push(Event::InlineHtml(html));
                }
            }
            Event::Html(line) => self.html_block.push_str(&line),
            Event::End(TagEnd::HtmlBlock) => {
                let block = std::mem::take(&mut self.html_block);
                let html = self.rewrite(&block);
                if !html.trim().is_empty() {
                    self.out.push(Event::Html(html));
                }
                self.out.push(Event::End(TagEnd::HtmlBlock));
            }
            Event::FootnoteReference(label) => {
                let reference = self.footnotes.refer(&label);
                self.out.push(Event::InlineHtml(reference.into()));
            }
            event => self.write_structure(event, next),
        }
    }

    /// Writes tables, tasks and breaks.
    fn write_structure(&mut self, event: Event<'a>, next: Option<&Event<'a>>) {
        match event {
            Event::Start(Tag::TableRow) => {
                self.table.row();
                self.out.push(Event::Start(Tag::TableRow));
            }
            Event::Start(Tag::TableCell) => {
                let cell = self.table.open_cell(matches!(next, Some(Event::End(TagEnd::TableCell))));
                self.out.push(Event::InlineHtml(cell.into()));
            }
            Event::End(TagEnd::TableCell) => self.out.push(Event::InlineHtml(self.table.close_cell().into())),
            Event::HardBreak => self.out.push(Event::InlineHtml("<br>\n".into())),
            Event::Rule => self.out.push(Event::Html("<hr>\n".into())),
            // A disabled form control without a label tells a screen reader nothing.
            Event::TaskListMarker(done) => {
                let mark = if done {
                    "<span class=\"task\">☑</span> "
                } else {
                    "<span class=\"task\">☐</span> "
                };
                self.out.push(Event::InlineHtml(mark.into()));
            }
            // A wide table scrolls in its own box; the keyboard must reach it (WCAG 2.1.1).
            Event::Start(Tag::Table(columns)) => {
                self.out.push(Event::Html("<div class=\"table-scroll\" tabindex=\"0\">".into()));
                self.table = Table::new(columns);
                self.out.push(Event::Start(Tag::Table(Vec::new())));
            }
            Event::End(TagEnd::Table) => {
                self.out.push(Event::End(TagEnd::Table));
                self.out.push(Event::Html("</div>\n".into()));
            }
            event => self.out.push(event),
        }
    }

    fn heading(&mut self, level: HeadingLevel, id: Option<CowStr<'a>>, classes: Vec<CowStr<'a>>) {
        let outlined = self.headings.next();
        self.level = outlined
            .and_then(|heading| HeadingLevel::try_from(usize::from(heading.level)).ok())
            .unwrap_or(level);
        let id = outlined.map(|heading| heading.id.as_str().into()).or(id);
        self.out.push(Event::Start(Tag::Heading { level: self.level, id, classes, attrs: Vec::new() }));
    }

    fn target(&self, destination: &str, kind: ReferenceKind) -> Target {
        match classify(destination) {
            Written::Unsafe => Target::Hidden,
            Written::Fragment(_) => Target::Keep,
            _ => (self.resolve)(destination, kind),
        }
    }

    /// Raw HTML with the site's URLs in it.
    fn rewrite(&self, html: &str) -> CowStr<'a> {
        let target = |url: &str, used| match used {
            Used::AsPicture => self.target(url, ReferenceKind::Image),
            Used::AsReference => self.target(url, ReferenceKind::Html),
            Used::Otherwise => match classify(url) {
                Written::Unsafe | Written::Fragment(_) => Target::Keep,
                _ => self.target(url, ReferenceKind::Mention),
            },
        };
        raw_html::rewrite(html, &target).into_owned().into()
    }

    /// Reads one event of an image's alternative text, or the end of the image.
    fn read_alternative(&mut self, mut image: Image<'a>, event: Event<'a>, ends_paragraph: bool) {
        match event {
            Event::Text(text) | Event::Code(text) => image.alt.push_str(&text),
            Event::SoftBreak | Event::HardBreak => image.alt.push(' '),
            Event::Start(Tag::Image { .. }) => image.inner += 1,
            Event::End(TagEnd::Image) if image.inner == 0 => return self.image(&image, ends_paragraph),
            Event::End(TagEnd::Image) => image.inner -= 1,
            _ => {}
        }
        self.image = Some(image);
    }

    /// Writes an image, as a figure if it has a title, a credit or a label and is alone in its paragraph.
    fn image(&mut self, image: &Image<'a>, ends_paragraph: bool) {
        let picture = match self.target(&image.destination, ReferenceKind::Image) {
            Target::Hidden => return,
            Target::Player(player) => return self.player(&player, image, ends_paragraph),
            Target::Keep => as_written(image.destination.to_string(), None),
            Target::Url(url, size) => as_written(url, size),
            Target::Picture(picture) => *picture,
        };
        if let Some(player) = Player::without_companions(&picture.src) {
            return self.player(&player, image, ends_paragraph);
        }
        let alone = self.is_alone(ends_paragraph);
        let has_words = !image.title.is_empty() || picture.credit.is_some() || picture.label.is_some();
        let mut html = String::new();
        if self.in_gallery {
            galleries::push_figure(&mut html, &picture, &image.title, &image.alt);
        } else if alone && has_words {
            self.out.pop();
            self.in_figure = true;
            html.push_str("<figure>");
            picture::picture(&mut html, &picture, &image.alt);
            picture::caption(&mut html, &image.title, Some(&picture));
            html.push_str("</figure>\n");
        } else {
            picture::picture(&mut html, &picture, &image.alt);
        }
        self.out.push(Event::InlineHtml(html.into()));
    }

    /// Writes sound or film, as a figure if it is alone in its paragraph.
    fn player(&mut self, player: &Player, image: &Image<'a>, ends_paragraph: bool) {
        let mut html = String::new();
        if self.is_alone(ends_paragraph) {
            self.out.pop();
            self.in_figure = true;
            player.push_figure(&mut html, &image.alt, &image.title);
        } else {
            player.push_html(&mut html, &image.alt);
        }
        self.out.push(Event::InlineHtml(html.into()));
    }

    /// Whether the image that ends here is all of its paragraph.
    fn is_alone(&self, ends_paragraph: bool) -> bool {
        ends_paragraph && matches!(self.out.last(), Some(Event::Start(Tag::Paragraph)))
    }
}

/// A picture without renditions.
fn as_written(src: String, size: Option<(u32, u32)>) -> PictureMarkup {
    PictureMarkup { src, size, ..PictureMarkup::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::markdown::outline;

    fn html(text: &str) -> String {
        let resolve = |destination: &str, _| match destination {
            "hidden.md" => Target::Hidden,
            "map.svg" => Target::Url("/a/map.svg".to_owned(), Some((640, 360))),
            "b.md#talks" => Target::Url("/b/#talks".to_owned(), None),
            _ => Target::Keep,
        };
        let english = Some(Typography::of("en"));
        to_html(text, &outline(text, english, "news.example").headings, english, &resolve)
    }

    #[test]
    fn headings_have_the_ids_of_the_outline() {
        assert_eq!(
            html("# A\n\n## B {.wide}\n"),
            "<h2 id=\"a\">A</h2>\n<h3 id=\"b\" class=\"wide\">B</h3>\n"
        );
    }

    #[test]
    fn links_become_urls_and_hidden_links_leave_their_text() {
        assert_eq!(html("[b](b.md#talks)"), "<p><a href=\"/b/#talks\">b</a></p>\n");
        assert_eq!(html("see [*it*](hidden.md)."), "<p>see <em>it</em>.</p>\n");
        assert_eq!(html("see [a and/or b /x/y.md](hidden.md)."), "<p>see a and/or b .</p>\n");
        assert_eq!(html("[x](javascript:alert(1))"), "<p>x</p>\n");
    }

    #[test]
    fn comments_are_removed() {
        for (text, expected) in [
            ("a <!-- x --> b", "<p>a  b</p>\n"),
            ("<!-- x -->\n\na", "<p>a</p>\n"),
            ("- a\n\n<!-- x -->\n\n- b", "<ul>\n<li>a</li>\n</ul>\n<ul>\n<li>b</li>\n</ul>\n"),
            ("<div>\n<!-- x\n\nx -->\n</div>", "<div>\n\n</div>"),
            ("a\n\n<!--more-->\n\nb", "<p>a</p>\n<p>b</p>\n"),
            ("`<!-- a -->`", "<p><code>&lt;!-- a --&gt;</code></p>\n"),
        ] {
            assert_eq!(html(text), expected, "{text}");
        }
    }

    #[test]
    fn an_image_alone_with_a_title_is_a_figure() {
        let figure = html("![A \"map\"](map.svg \"The bay & the port\")\n");
        let image = "<img src=\"/a/map.svg\" alt=\"A “map”\" width=\"640\" height=\"360\" loading=\"lazy\" decoding=\"async\">";
        assert_eq!(
            figure,
            format!("<figure>{image}<figcaption>The bay &amp; the port</figcaption></figure>\n")
        );
        assert!(html("Text ![a](map.svg \"t\")").starts_with("<p>Text <img"));
        assert!(html("![a](map.svg)").starts_with("<p><img"));
    }

    #[test]
    fn attributes_of_images_are_escaped() {
        let image = html("![\"><script>](map.svg)");
        assert!(!image.contains("<script>"), "{image}");
    }

    #[test]
    fn tables_scroll_in_a_box() {
        let table = html("| a | b |\n|---|--:|\n| 1 | 2 |\n");
        assert!(table.starts_with("<div class=\"table-scroll\" tabindex=\"0\"><table>"), "{table}");
        assert!(table.contains("<th scope=\"col\" class=\"right\">b</th>"), "{table}");
        assert!(table.contains("<td class=\"right\">2</td>"), "{table}");
        assert!(table.ends_with("</table>\n</div>\n"), "{table}");
    }

    #[test]
    fn footnotes_are_numbered_by_first_reference_and_linked_both_ways() {
        let notes = html("One[^b] two[^a] three[^b].\n\n[^a]: Alpha.\n\n[^b]: Beta *it*.\n");
        assert!(
            notes.contains("One<sup><a href=\"#fn_1\" id=\"fnref_1\" role=\"doc-noteref\">1</a></sup>"),
            "{notes}"
        );
        assert!(notes.contains("id=\"fnref_1_2\""), "{notes}");
        let beta = notes.find("Beta").unwrap();
        assert!(beta < notes.find("Alpha").unwrap(), "{notes}");
        assert!(notes.contains("<a href=\"#fnref_1_2\" role=\"doc-backlink\">"), "{notes}");
    }

    #[test]
    fn definition_lists_and_tasks_are_rendered() {
        assert!(html("term\n: meaning\n").contains("<dt>term</dt>"));
        assert!(html("- [x] done\n").contains("<span class=\"task\">☑</span> done"));
        assert!(html("~~gone~~").contains("<del>gone</del>"));
    }
}
