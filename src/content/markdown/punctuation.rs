//! Events of a text with straight marks → events with those of its language, paragraph by paragraph, across emphasis, links and
//! code.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use crate::typography::{Edit, Typography, apply_edits};

/// Elements whose text is code, or no text.
const VERBATIM: [&str; 10] =
    ["code", "pre", "kbd", "samp", "tt", "var", "script", "style", "textarea", "math"];

/// Stands in a paragraph for what is there and has no text: a picture.
const OBJECT: char = '\u{fffc}';

/// Sets the marks in the texts of all events.
pub(super) fn set(events: &mut [(Event<'_>, Range<usize>)], source: &str, typography: Typography) {
    let mut paragraph = Paragraph::default();
    for index in 0..events.len() {
        // Captions.
        if let Event::Start(Tag::Image { title, .. }) = &mut events[index].0
            && let Cow::Owned(set) = typography.apply(title)
        {
            *title = set.into();
        }
        let (event, span) = &events[index];
        if !paragraph.read(index, event, span, source) {
            paragraph.end(events, typography);
        }
    }
    paragraph.end(events, typography);
}

/// The text of the paragraph at hand.
#[derive(Default)]
struct Paragraph {
    text: String,
    /// Events whose text may change, and where it is in the paragraph's.
    parts: Vec<(usize, Range<usize>)>,
    /// Code blocks, links that show their address, and elements of code around the place at hand.
    verbatim: u32,
}

impl Paragraph {
    /// Takes an event of the paragraph; gives false if it ends here.
    fn read(&mut self, index: usize, event: &Event<'_>, span: &Range<usize>, source: &str) -> bool {
        match event {
            Event::Text(text) if self.verbatim > 0 || !is_as_written(text, span, source) => self.keep(text),
            Event::Text(text) => {
                let start = self.text.len();
                self.text.push_str(text);
                self.parts.push((index, start..self.text.len()));
            }
            Event::Code(text) => self.keep(text),
            Event::SoftBreak | Event::HardBreak => self.text.push(' '),
            Event::InlineHtml(html) => self.tag(html),
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => self.text.push(OBJECT),
            Event::Start(
                Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. } | Tag::CodeBlock(_),
            ) => self.verbatim += 1,
            Event::End(TagEnd::Link) => self.verbatim = self.verbatim.saturating_sub(1),
            Event::FootnoteReference(_)
            | Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. })
            | Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => {}
            _ => return false,
        }
        true
    }

    /// What stays as it is. Marks in it are none to what is around.
    fn keep(&mut self, text: &str) {
        self.text.extend(text.chars().map(|c| if matches!(c, '\'' | '"' | '-' | '.') { '_' } else { c }));
    }

    fn tag(&mut self, html: &str) {
        let name = html.trim_start_matches(['<', '/']);
        let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
        if name.eq_ignore_ascii_case("br") {
            self.text.push(' ');
        } else if VERBATIM.iter().any(|verbatim| name.eq_ignore_ascii_case(verbatim)) {
            self.verbatim =
                if html.starts_with("</") { self.verbatim.saturating_sub(1) } else { self.verbatim + 1 };
        }
    }

    fn end(&mut self, events: &mut [(Event<'_>, Range<usize>)], typography: Typography) {
        if !self.parts.is_empty() {
            write(&self.parts, &typography.edits(&self.text), events);
        }
        self.text.clear();
        self.parts.clear();
        self.verbatim = 0;
    }
}

/// Whether a text stands in the source as it is: escapes and entities say what they mean.
fn is_as_written(text: &str, span: &Range<usize>, source: &str) -> bool {
    let is_escaped = source[..span.start].ends_with('\\') && text.starts_with(['\'', '"', '-', '.']);
    !is_escaped
        && source.get(span.clone()).is_none_or(|written| !written.starts_with('&') || text.starts_with('&'))
}

fn write(parts: &[(usize, Range<usize>)], edits: &[Edit], events: &mut [(Event<'_>, Range<usize>)]) {
    let mut edits = edits.iter().peekable();
    for (index, range) in parts {
        let mut inside = Vec::new();
        while let Some(edit) = edits.next_if(|edit| edit.range.start < range.end) {
            // Dots and hyphens that only emphasis holds together are not those of one mark.
            if edit.range.start >= range.start && edit.range.end <= range.end {
                inside.push(edit.clone());
            }
        }
        if inside.is_empty() {
            continue;
        }
        if let Event::Text(text) = &mut events[*index].0 {
            *text = CowStr::from(apply_edits(text, range.start, &inside));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::content::markdown::{Target, outline, to_html};
    use crate::typography::Typography;

    fn html(text: &str) -> String {
        let english = Some(Typography::of("en"));
        let html = to_html(text, &outline(text, english, "").headings, english, &|_, _| Target::Keep);
        html.trim().trim_start_matches("<p>").trim_end_matches("</p>").to_owned()
    }

    #[test]
    fn quotations_go_across_markup() {
        assert_eq!(html("*Herald*'s desk"), "<em>Herald</em>’s desk");
        assert_eq!(
            html("[Herald](https://a.example/)'s `x`'s"),
            "<a href=\"https://a.example/\">Herald</a>’s <code>x</code>’s"
        );
        assert_eq!(html("\"*Herald*\" said"), "“<em>Herald</em>” said");
        assert_eq!(html("*\"Herald\"* said"), "<em>“Herald”</em> said");
        assert_eq!(
            html("\"**One** two [three](https://a.example/)\"."),
            "“<strong>One</strong> two <a href=\"https://a.example/\">three</a>”."
        );
        assert_eq!(html("\"One\ntwo\"[^1].\n\n[^1]: \"x\"").matches('”').count(), 2);
        assert!(html("![a](b.png 'The \"Gate\"')").contains("<figcaption>The “Gate”</figcaption>"));
        assert_eq!(html("\"<b>One</b>\"<br>\"two\""), "“<b>One</b>”<br>“two”");
        assert_eq!(html("He said \"`x`\""), "He said “<code>x</code>”");
    }

    #[test]
    fn code_addresses_and_escapes_stay_as_they_are() {
        assert_eq!(
            html("`don't` <code>it's \"x\"</code> it's"),
            "<code>don't</code> <code>it's \"x\"</code> it’s"
        );
        assert_eq!(
            html("<https://a.example/b--c'd>"),
            "<a href=\"https://a.example/b--c&#x27;d\">https://a.example/b--c'd</a>"
        );
        assert_eq!(html("6\\'2\\\" &quot;x&quot; \\-- a\\..."), "6'2\" \"x\" -- a...");
        assert_eq!(html("<b title='it--x'>it's</b>"), "<b title='it--x'>it’s</b>");
        assert_eq!(html("```\nit's\n```"), "<pre><code>it's\n</code></pre>");
        assert_eq!(
            html("[it's](https://a.example/it's--x)"),
            "<a href=\"https://a.example/it&#x27;s--x\">it’s</a>"
        );
    }

    #[test]
    fn each_block_pairs_its_own_marks() {
        assert_eq!(html("- \"one\n- two\"\n").matches('”').count(), 1);
        assert_eq!(html("\"one\n\n\"two\"").matches('“').count(), 2);
    }
}
