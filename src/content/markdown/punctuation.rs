//! Straight quotation marks and dashes in the events of a text → those of its language, paragraph by paragraph and across emphasis,
//! links and code.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use crate::typography::{Edit, Typography, edited};

/// Elements whose content is code or not text.
const VERBATIM: [&str; 10] =
    ["code", "pre", "kbd", "samp", "tt", "var", "script", "style", "textarea", "math"];

/// Placeholder for a picture in a paragraph.
const OBJECT: char = '\u{fffc}';

/// Sets the punctuation in all events.
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

/// The current paragraph.
#[derive(Default)]
struct Paragraph {
    text: String,
    /// Events whose text may change, with its range in the paragraph.
    parts: Vec<(usize, Range<usize>)>,
    /// Depth of code blocks, links that show their URL, and elements of code.
    verbatim: u32,
}

impl Paragraph {
    /// Reads an event of the paragraph. Returns false if the paragraph ends here.
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

    /// Adds text that stays as it is. Its punctuation does not affect the text around it.
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

/// Whether a text is written plainly: escapes and character references are intended.
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
            // Dots and hyphens that emphasis separates do not form an ellipsis or dash.
            if edit.range.start >= range.start && edit.range.end <= range.end {
                inside.push(edit.clone());
            }
        }
        if inside.is_empty() {
            continue;
        }
        if let Event::Text(text) = &mut events[*index].0 {
            *text = CowStr::from(edited(text, range.start, &inside));
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
    fn quotations_span_markup() {
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
    fn code_urls_and_escapes_are_kept() {
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
    fn quotation_marks_pair_within_a_block() {
        assert_eq!(html("- \"one\n- two\"\n").matches('”').count(), 1);
        assert_eq!(html("\"one\n\n\"two\"").matches('“').count(), 2);
    }
}
